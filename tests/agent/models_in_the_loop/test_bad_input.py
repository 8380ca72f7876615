"""``paper`` where no model can be asked as it was wished: one sentence, a mend, and the right exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.cli.trading_line import Line
from tests.agent.models_in_the_loop.model_run import ASKED, MARKET, abstentions, decided
from tests.wire.openai_server import Script, openai_server
from tests.wire.scripts import refusing, sound, unauthorised, unknown_model

SHORT = ("paper", *MARKET, "--until", "2024-01-01T08:00:00Z")
NOWHERE = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}


@pytest.mark.parametrize(
    ("environment", "flags", "code", "said"),
    [
        (NOWHERE, ("--decider", "llm"), "no_model", "no model is named"),
        ({"TOKENWISE_MODEL": "  "} | NOWHERE, ("--decider", "llm"), "no_model", "no model is named"),
        ({}, ASKED, "no_model", "neither a key nor a base URL"),
        (NOWHERE, ("--decider", "llm:"), "usage", "'llm:' is not a spec"),
        (NOWHERE, ("--decider", "llm:x?temperature=1"), "usage", "temperature"),
        (NOWHERE, (*ASKED, "--llm", "banana"), "usage", "no --llm mode 'banana'"),
        ({"TOKENWISE_LLM": "banana"} | NOWHERE, ASKED, "usage", "no --llm mode 'banana'"),
        ({"TOKENWISE_LLM_OUTPUT": "xml"} | NOWHERE, ASKED, "usage", "TOKENWISE_LLM_OUTPUT is 'xml'"),
        ({}, (*ASKED, "--llm", "replay"), "no_cassette", "no cassette in"),
        ({}, (*ASKED, "--llm", "replay", "--cassettes", "nowhere"), "no_cassette", "no cassette in"),
        ({"OPENAI_BASE_URL": "localhost:8000"}, ASKED, "bad_base_url", "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": "not a url"}, ASKED, "bad_base_url", "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": "http://u:p@127.0.0.1/v1"}, ASKED, "bad_base_url", "without a password"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:99999/v1"}, ASKED, "bad_base_url", "OPENAI_BASE_URL"),
        ({"TOKENWISE_LLM_DEADLINE": "soon"} | NOWHERE, ASKED, "usage", "TOKENWISE_LLM_DEADLINE is 'soon'"),
        ({"TOKENWISE_LLM_DEADLINE": "0"} | NOWHERE, ASKED, "usage", "above 0"),
        ({"TOKENWISE_BUDGET_USD_RUN": "-1"} | NOWHERE, ASKED, "usage", "TOKENWISE_BUDGET_USD_RUN is '-1'"),
        ({"TOKENWISE_BUDGET_TOKENS_DAY": "lots"} | NOWHERE, ASKED, "usage", "a number of tokens"),
        (NOWHERE, (*ASKED, "--deliberation", "quarrel"), "usage", "'quarrel' is no deliberation"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_traded(
    environment: dict[str, str],
    flags: tuple[str, ...],
    code: str,
    said: str,
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    error = line.error(*SHORT, *flags, status=2)
    assert error["code"] == code
    assert said in error["message"] + " " + error["mend"]
    assert not (line.home / "journal.db").exists() or line.events() == []


def test_a_file_in_the_place_of_cassettes_is_refused(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cassette = tmp_path / "cassettes"
    cassette.mkdir()
    (cassette / "a.jsonl").write_text("this is no cassette\n", encoding="utf-8")
    error = line.error(*SHORT, *ASKED, "--llm", "replay", "--cassettes", str(cassette), status=2)
    assert error["code"] == "bad_cassette"
    assert "line 1 of" in error["message"]
    monkeypatch.setenv("OPENAI_BASE_URL", NOWHERE["OPENAI_BASE_URL"])
    a_file = str(cassette / "a.jsonl")
    assert line(*SHORT, *ASKED, "--llm", "record", "--cassettes", a_file) in {1, 2}
    assert a_file in line.err


def test_a_mode_that_is_switched_off_is_the_offline_analyst(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    with openai_server(sound) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        data = line.data(*SHORT, *ASKED, "--llm", "off")
    assert server.requests == []
    assert data["abstentions"] == 0
    assert {body["decided_by"] for body in decided(line)} == {"offline"}


def test_the_offline_analyst_minds_no_setting_of_a_model(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "TOKENWISE_LLM"):
        monkeypatch.setenv(name, "banana")
    assert line.data(*SHORT, "--decider", "offline")["decisions"] == 2


@pytest.mark.parametrize(
    ("script", "status"),
    [(unknown_model, 404), (unauthorised, 401), (refusing(403), 403)],
    ids=["unknown-model", "key-refused", "not-allowed"],
)
def test_a_model_that_is_refused_abstains_and_the_run_goes_on(
    script: Script, status: int, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-secret")
    with openai_server(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        data = line.data(*SHORT, *ASKED)
        assert line(*SHORT, *ASKED, "--account", "told") == 0
    assert abstentions(line) == ["http"] * 2
    assert (data["decisions"], data["abstentions"], data["fills"], data["state"]) == (2, 2, 0, "active")
    responses = [call["outcome"] for body in decided(line) for call in body["model"]["calls"]]
    assert set(responses) == {"http"}
    # where a style is not taken a 404 is tried in the others; nothing else is asked again
    assert len(server.asked) == 2 * 2 * (3 if status == 404 else 1)
    assert "http 2" in line.out
    assert "no model answered at 2 of 2 decisions" in line.err
    assert f"(HTTP {status})" in line.err
    assert "sk-test-secret" not in line.out + line.err
    line.verified()


def test_an_endpoint_that_nobody_can_reach_abstains(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", NOWHERE["OPENAI_BASE_URL"])
    monkeypatch.setenv("TOKENWISE_LLM_DEADLINE", "0.4")
    assert line.data(*SHORT, *ASKED)["abstentions"] == 2
    assert abstentions(line) == ["http"] * 2
    line.verified()
