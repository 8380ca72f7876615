"""``paper`` by a language model: in every style of output, then from cassettes with nobody to ask."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.agent.cli.trading_line import Line, figures
from tests.agent.models_in_the_loop.model_run import ASKED, PAPER, abstentions, decided, export
from tests.wire.openai_server import Script, openai_server
from tests.wire.replies import Reply, a_proposal, good, menu_of, style_of
from tests.wire.scripts import answers, no_view, only_text, refusing, sound

pytestmark = pytest.mark.parts


@pytest.mark.parametrize(
    ("output", "script", "styles"),
    [
        ("tools", sound, ["tools"] * 12),
        ("schema", sound, ["schema"] * 12),
        ("text", sound, ["text"] * 12),
        ("auto", sound, ["tools"] * 12),
        ("auto", only_text(), ["tools", "schema"] + ["text"] * 12),
    ],
    ids=["tools", "schema", "text", "auto", "auto-without-tools"],
)
def test_a_model_trades_in_each_style_of_output(
    output: str, script: Script, styles: list[str], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENWISE_LLM_OUTPUT", output)
    with openai_server(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        data = line.data(*PAPER)
    assert [style_of(asked) for asked in server.asked] == styles
    assert {asked["model"] for asked in server.asked} == {"test-model"}
    assert (data["decider"], data["decisions"], data["abstentions"]) == ("llm:test-model", 12, 0)
    assert data["fills"] > 0
    for body in decided(line):
        (wish,) = body["proposals"]
        assert (body["decided_by"], wish["asset"], wish["stance"]) == ("test-model", 0, 0.4)
        assert body["model"]["calls"][-1]["outcome"] == "ok"
    told = data["llm"]
    assert (told["calls"], told["tokens_in"], told["tokens_out"]) == (len(styles), 12 * 120, 12 * 40)
    line.verified()


def moody() -> Script:
    """A model of every mood: sound, of no view, broken and mended, refusing, unreachable, changing its mind."""
    turn = count()
    nonsense = answers("I would rather not say.")
    moods: tuple[Script, ...] = (
        sound, no_view, nonsense, sound, nonsense, nonsense, nonsense, refusing(401), flipping, sound, refusing(503),
        sound, flipping, answers('{"proposals": [{"asset": 7}]}'), flipping, flipping,
    )  # fmt: skip

    def script(request: dict[str, Any]) -> Reply:
        return moods[next(turn) % len(moods)](request)

    return script


def flipping(request: dict[str, Any]) -> Reply:
    menu = menu_of(request)
    return good(request, [a_proposal(request, index, -1.0 if index == 0 else 0.3) for index in sorted(menu)])


@pytest.mark.parametrize("deliberation", ["single", "committee", "debate"])
def test_a_recorded_run_is_had_again_from_its_cassettes_with_nobody_to_ask(
    deliberation: str, line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cassettes = ("--cassettes", str(tmp_path / "cassettes"), "--deliberation", deliberation)
    with openai_server(moody()) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        recorded = line.data(*PAPER, "--llm", "record", *cassettes)
    line.verified()
    events, why = export(line, tmp_path), abstentions(line)
    assert len(server.asked) > recorded["decisions"], "no answer was repaired"
    assert {None, "not_json"} <= set(why)
    assert "http" in why or deliberation == "debate"
    assert recorded["fills"] > 1

    monkeypatch.delenv("OPENAI_BASE_URL")
    line.home = tmp_path / "again"
    replayed = line.data(*PAPER, "--llm", "replay", *cassettes)
    line.verified()
    assert export(line, tmp_path) == events
    assert replayed["journal_head"] == recorded["journal_head"]
    assert figures(replayed) == figures(recorded)
    assert replayed["llm"] == recorded["llm"]


def test_cassettes_of_another_run_abstain_and_nothing_is_traded(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cassettes = ("--cassettes", str(tmp_path / "cassettes"))
    with openai_server(sound) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        line.data(*PAPER, "--llm", "record", *cassettes)
    line.home = tmp_path / "other"
    other = ("paper", "--market", "sim?assets=2&seed=8", "--until", "2024-01-03", "--report", "none", *ASKED)
    data = line.data(*other, "--llm", "replay", *cassettes)
    assert abstentions(line) == ["http"] * 12
    assert (data["abstentions"], data["fills"]) == (12, 0)
    line.verified()


def test_real_candles_of_2022_are_traded_by_a_model_and_again_from_its_cassettes(
    line: Line, tmp_path: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = tmp_path / "two.toml"
    manifest.write_text(
        """
[[series]]
path = "canonical/{base}USDT_1h.parquet"
kind = "ohlcv"
symbol = "{base}/USDT"
venue = "binance"
interval = "1h"
source = "shared"
asset = { BTC = "bitcoin", ETH = "ethereum" }
where = { src = ["binance_spot_a", "binance_spot_b", "binance_spot_d"] }
""",
        encoding="utf-8",
    )
    assert line("data", "import", "--manifest", str(manifest), "--root", str(shared_data)) == 0, line.err
    window = ("--market", "replay", "--from", "2022-05-07", "--until", "2022-05-09", "--report", "none")
    run = ("paper", *window, *ASKED, "--cassettes", str(tmp_path / "cassettes"))
    with openai_server(moody()) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        told = line.envelope(*run, "--account", "live", "--llm", "record")
    monkeypatch.delenv("OPENAI_BASE_URL")
    replayed = line.data(*run, "--account", "again", "--llm", "replay")
    assert not told["simulated"]
    assert told["data"]["fills"] > 0
    assert figures(replayed) == figures(told["data"])
    line.verified()
