"""What cannot work is said before anything runs: one sentence and a mend."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent.models.configured import adapter_from, chat_from
from agent.settings import ModelSettings, Secret, model_settings
from core.errors import UsageError
from tests.agent.models.asking import NOON, Analyst, an_adapter, proposed, settings
from tests.wire.openai_server import openai_server
from tests.wire.scripts import refuses_tools, sound
from tools.clocks import SimulatedClock, SystemClock

LOCAL = "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    ("changes", "flags", "message"),
    [
        ({}, {"mode": "sometimes"}, "no --llm mode 'sometimes'"),
        ({"mode": "LIVE"}, {}, "no --llm mode 'LIVE'"),
        ({"output": "xml"}, {}, "TOKENWISE_LLM_OUTPUT is 'xml'"),
        ({"model": None}, {}, "no model is named"),
        ({"base_url": None}, {}, "neither a key nor a base URL"),
        ({"base_url": "127.0.0.1:9"}, {}, "no plain http"),
        ({"base_url": "ftp://127.0.0.1"}, {}, "no plain http"),
        ({"base_url": "http://127.0.0.1:99999999"}, {}, "no plain http"),
        ({"base_url": "http://me:secret@127.0.0.1"}, {}, "no plain http"),
        ({"base_url": "http://127.0.0.1/v1?api_key=secret"}, {}, "no plain http"),
        ({}, {"mode": "replay"}, "no cassette"),
        ({}, {"mode": "record"}, "needs a folder"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    changes: dict[str, Any], flags: dict[str, Any], message: str, tmp_path: Path
) -> None:
    home = None if flags.get("mode") == "record" else tmp_path
    for make in (adapter_from, chat_from):
        if make is chat_from and "output" in changes:
            continue
        with pytest.raises(UsageError, match=message) as refused:
            make(
                settings(LOCAL, **changes)
                if changes.get("base_url", 0) is not None
                else settings(None, **{k: v for k, v in changes.items() if k != "base_url"}),
                home,
                SimulatedClock(NOON),
                **flags,
            )
        assert refused.value.mend
        assert "secret" not in str(refused.value)


def test_a_flag_wins_over_the_environment(tmp_path: Path) -> None:
    with openai_server(sound) as server:
        given = settings(server.url, mode="replay", quick_model="test-model-quick")
        answer = proposed(
            an_adapter(given, tmp_path, mode="record", cassettes=tmp_path / "here", model="mine")
        )
    assert answer.decided_by == "mine"
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["cassette.jsonl"]


def test_cassettes_are_kept_in_the_home_where_no_folder_is_named(tmp_path: Path) -> None:
    with openai_server(sound) as server:
        proposed(an_adapter(settings(server.url), tmp_path, mode="record"))
    assert (tmp_path / "cassettes" / "cassette.jsonl").exists()
    answer = proposed(an_adapter(settings(None), tmp_path, mode="replay", offline=Analyst()))
    assert (answer.abstained, answer.decided_by) == (None, "test-model")


def test_a_replay_has_no_budget_and_nobody_else_who_answers(tmp_path: Path) -> None:
    with openai_server(sound) as server:
        proposed(an_adapter(settings(server.url), tmp_path, mode="record"))
    spent = (tmp_path / "spend.json").read_bytes()
    given = settings(None, usd_day=Decimal(0), mode="replay")
    answer = proposed(an_adapter(given, tmp_path, offline=Analyst()))
    assert (answer.abstained, answer.decided_by) == (None, "test-model")
    assert (tmp_path / "spend.json").read_bytes() == spent


def test_live_what_an_endpoint_takes_is_learned_once_per_process(tmp_path: Path) -> None:
    with openai_server(refuses_tools()) as server:
        proposed(an_adapter(settings(server.url)))
        other = adapter_from(settings(server.url), tmp_path, SimulatedClock(NOON))
        assert len(proposed(other).calls) == 1


def test_a_recording_holds_what_a_replay_in_another_process_will_ask(tmp_path: Path) -> None:
    with openai_server(refuses_tools()) as server:
        proposed(an_adapter(settings(server.url)))
        recorded = proposed(adapter_from(settings(server.url), tmp_path, SimulatedClock(NOON), mode="record"))
    assert len(recorded.calls) == 2
    assert proposed(an_adapter(settings(None), tmp_path, mode="replay")) == recorded


def test_where_models_are_off_there_is_no_model_to_talk_with(tmp_path: Path) -> None:
    assert chat_from(settings(None, mode="off"), tmp_path, SimulatedClock(NOON)) is None


def test_a_usd_budget_that_cannot_hold_a_model_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    adapter_from(settings(LOCAL, usd_day=Decimal(1)), tmp_path, SimulatedClock(NOON))
    assert "test-model has no known price" in caplog.text
    caplog.clear()
    adapter_from(settings(LOCAL, usd_day=Decimal(1), tokens_day=5), tmp_path, SimulatedClock(NOON))
    adapter_from(settings(LOCAL, usd_day=Decimal(1), model="gpt-4.1"), tmp_path, SimulatedClock(NOON))
    assert not caplog.records


def test_the_environment_is_read_as_the_contract_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert model_settings() == ModelSettings()
    for name, value in {
        "OPENAI_API_KEY": "k",
        "OPENAI_BASE_URL": LOCAL,
        "TOKENWISE_MODEL": "m",
        "TOKENWISE_MODEL_QUICK": "q",
        "TOKENWISE_LLM": "record",
        "TOKENWISE_LLM_OUTPUT": "schema",
        "TOKENWISE_LLM_DEADLINE": "2.5",
        "TOKENWISE_CASSETTES": str(tmp_path),
        "TOKENWISE_BUDGET_USD_DECISION": "0.01",
        "TOKENWISE_BUDGET_USD_DAY": "1",
        "TOKENWISE_BUDGET_USD_RUN": "0",
        "TOKENWISE_BUDGET_TOKENS_DAY": "1000",
    }.items():
        monkeypatch.setenv(name, value)
    read = model_settings()
    assert isinstance(read.key, Secret)
    assert read == ModelSettings(
        read.key,
        *(LOCAL, "m", "q", "record", "schema", 2.5, tmp_path),
        *(Decimal("0.01"), Decimal(1), Decimal(0), 1000),
    )


@pytest.mark.parametrize("name", ["LLM_DEADLINE", "BUDGET_USD_DAY", "BUDGET_TOKENS_DAY", "BUDGET_USD_RUN"])
@pytest.mark.parametrize("value", ["much", "-1", "NaN"])
def test_a_number_that_is_none_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TOKENWISE_{name}", value)
    with pytest.raises(UsageError, match=f"TOKENWISE_{name} is '{value}'"):
        model_settings()


@pytest.mark.parametrize("value", ["0", "3601", "1e999"])
def test_a_deadline_of_nothing_or_of_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TOKENWISE_LLM_DEADLINE", value)
    with pytest.raises(UsageError, match="above 0"):
        model_settings()


def test_an_address_with_a_space_in_it_is_refused(tmp_path: Path) -> None:
    settings = ModelSettings(base_url="http://exa mple/v1", model="m")
    with pytest.raises(UsageError, match="OPENAI_BASE_URL"):
        adapter_from(settings, tmp_path, SystemClock())


@pytest.mark.parametrize("mode", ["record", "replay"])
def test_a_file_is_no_folder_of_cassettes(tmp_path: Path, mode: str) -> None:
    file = tmp_path / "tapes"
    file.write_text("")
    settings = ModelSettings(base_url="http://127.0.0.1:1/v1", model="m")
    with pytest.raises(UsageError, match="folder"):
        adapter_from(settings, tmp_path, SystemClock(), mode=mode, cassettes=file)
