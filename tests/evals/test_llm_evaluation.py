"""A language model evaluated: recorded once, had again with nobody to ask, and honest where it did not answer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from agent.models import configured
from tests.agent.cli.trading_line import Line
from tests.evals.eval_line import kept, line, written
from tests.wire.openai_server import Script, openai_server
from tests.wire.replies import Reply
from tests.wire.scripts import refusing, sound

__all__ = ["line"]

pytestmark = pytest.mark.parts
DAYS = 12


@pytest.fixture(autouse=True)
def _nothing_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configured, "_LEARNED", {})


def words(folder: Path, out: str, *more: str) -> tuple[str, ...]:
    return (
        "eval", "run", "--scenario", written(folder, days=DAYS, every="1d"), "--decider", "llm:test-model",
        "--workers", "1", "--cassettes", str(folder / "cassettes"), "--out", str(folder / out), *more,
    )  # fmt: skip


def asked_of(script: Script, monkeypatch: pytest.MonkeyPatch, run: Callable[[], Any]) -> int:
    """How many questions *script* was asked by *run*."""
    with openai_server(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        run()
        monkeypatch.delenv("OPENAI_BASE_URL")
        return len(server.asked)


def dying(after: int) -> Script:
    """A model that answers so often, and then never again."""
    number = count()
    dead = refusing(401)

    def script(request: dict[str, Any]) -> Reply:
        return sound(request) if next(number) < after else dead(request)

    return script


def test_a_whole_evaluation_is_had_again_from_cassettes_with_no_network(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = words(tmp_path, "recorded", "--llm", "record", "--seeds", "2")
    assert asked_of(sound, monkeypatch, lambda: line.data(*recorded)) == 2 * DAYS
    replay = words(tmp_path, "replayed", "--llm", "replay", "--seeds", "2")
    line.data(*replay)
    first, again = kept(tmp_path / "recorded"), kept(tmp_path / "replayed")
    assert again["rows"] == first["rows"]
    assert again["pooled"] == first["pooled"]
    models = [row for row in again["rows"] if row["role"] == "candidate"]
    assert [row["seed"] for row in models] == [0, 1]
    for row in models:
        assert row["status"] == "ok"
        assert row["metrics"]["llm_calls"] == DAYS
        assert row["metrics"]["tokens_in"] == DAYS * 120
        assert row["decided_by"] == {"test-model": DAYS}
        assert row["vs_twin"]["verdict"] in {"better", "worse", "inconclusive"}
    (twin,) = (row for row in again["rows"] if row["role"] == "twin")
    assert (twin["decider"], twin["limits"]) == ("offline", "balanced")
    bytes_before = (tmp_path / "replayed/result.json").read_bytes()
    third = words(tmp_path, "third", "--llm", "replay", "--seeds", "2")
    line.data(*third)
    assert (tmp_path / "third/result.json").read_bytes() == bytes_before


def test_seeds_that_were_not_recorded_are_said_to_be_missing(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_of(
        sound, monkeypatch, lambda: line.data(*words(tmp_path, "one", "--llm", "record", "--seeds", "1"))
    )
    envelope = line.envelope(*words(tmp_path, "five", "--llm", "replay", "--baselines", "none"))
    assert [one["code"] for one in envelope["warnings"]] == ["simulated", "seeds"]
    assert "only 1 of 5 seeds" in envelope["warnings"][1]["message"]
    assert [row["seed"] for row in kept(tmp_path / "five")["rows"] if row["role"] == "candidate"] == [0]


def test_a_model_that_dies_half_way_is_a_partial_row_and_left_out_of_the_mean(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = words(tmp_path, "out", "--llm", "live", "--seeds", "1", "--baselines", "none")
    asked_of(dying(5), monkeypatch, lambda: line.data(*run))
    result = kept(tmp_path / "out")
    (row, _) = result["rows"]
    assert row["status"] == "partial"
    assert f"{DAYS - 5} of {DAYS} decisions got no answer" in row["why"]
    assert row["metrics"]["abstentions"] == DAYS - 5
    assert row["decided_by"]["test-model"] == DAYS
    pooled = result["pooled"][0]
    assert (pooled["rows"], pooled["vs_hold"], pooled["mean_total_return"]) == (0, None, None)
    assert [(one["scenario"], one["status"]) for one in pooled["left_out"]] == [("small", "partial")]
    assert [one["code"] for one in result["warnings"]] == ["simulated", "partial"]


def test_a_partial_row_is_asked_again_by_the_same_command(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = words(tmp_path, "out", "--llm", "live", "--seeds", "1", "--baselines", "none")
    asked_of(dying(5), monkeypatch, lambda: line.data(*run))
    assert asked_of(sound, monkeypatch, lambda: line.data(*run)) == DAYS
    assert kept(tmp_path / "out")["rows"][0]["status"] == "ok"
    # what said everything is never paid for twice
    assert asked_of(sound, monkeypatch, lambda: line.data(*run)) == 0


def test_a_budget_that_runs_out_is_partial_and_never_another_models_decisions(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # each call sets aside the longest answer, some 0.005 USD, and then takes 0.00016
    line.home.mkdir()
    (line.home / "prices.toml").write_text(
        '[models.test-model]\ninput = "1"\noutput = "1"\n', encoding="utf-8"
    )
    run = words(
        tmp_path, "out", "--llm", "live", "--seeds", "1", "--baselines", "none", "--budget-usd", "0.006"
    )
    asked = asked_of(sound, monkeypatch, lambda: line.data(*run))
    (row, twin) = kept(tmp_path / "out")["rows"]
    assert 0 < asked < DAYS
    assert row["status"] == "partial"
    assert "budget" in row["why"]
    assert row["abstained"] == {"budget": DAYS - asked}
    assert set(row["decided_by"]) == {"test-model"}
    assert float(row["metrics"]["usd"]) <= 0.006
    assert twin["decided_by"] == {"offline": DAYS}
