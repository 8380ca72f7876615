"""``get`` and ``ask`` on facts: real figures of a home, an invented market, and every refusal in words."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from core.instant import DAY, HOUR, Instant, iso
from tests.tools.store.candles import START, a_store, bars, frame, put, wander
from tests.tools.store.figures_by_hand import put as put_figures
from tests.tools.store.figures_by_hand import put_news

AT = Instant(START + 40 * DAY)
SIM = ("--market", "sim?assets=3")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Candles of Bitcoin and Ether; figures, funding and news of Bitcoin; two sources of its market cap."""
    folder = tmp_path_factory.mktemp("home")
    with closing(a_store(folder)) as store:
        put(store, folder / "b.parquet", frame(bars(wander(45 * 24))))
        put(store, folder / "e.parquet", frame(bars(wander(45 * 24))), asset="ethereum", symbol="ETH/USDT")
        days = [iso(Instant(START + day * DAY)) for day in range(45)]
        for metric in ("active_addresses", "tx_count"):
            lines = [f"{day},{metric},{1000 + number}" for number, day in enumerate(days)]
            put_figures(store, folder / f"{metric}.csv", "\n".join(["ts,metric,value", *lines]))
        for source, value in (("one", 100), ("two", 150)):
            lines = [f"{day},market_cap,{value}" for day in days]
            text = "\n".join(["ts,metric,value", *lines])
            put_figures(store, folder / f"{source}.csv", text, kind="fundamental", source=source)
        lines = [f"{day},fear_greed,61" for day in days]
        text = "\n".join(["ts,metric,value", *lines])
        put_figures(store, folder / "m.csv", text, kind="sentiment", asset="market", source="alternative.me")
        rates = [f"{iso(Instant(START + k * 8 * HOUR))},0.0001,8" for k in range(130)]
        text = "\n".join(["ts,rate,interval_hours", *rates])
        put_figures(store, folder / "f.csv", text, kind="funding", venue="binance")
        pieces = [
            {"published": day, "title": f"Piece {number} of the news"} for number, day in enumerate(days)
        ]
        put_news(store, folder / "n.jsonl", *pieces)
    return folder


def run(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    status = main(["--home", str(home), "--json", *words])
    told = capsys.readouterr()
    return status, json.loads(told.out or told.err)


@pytest.mark.parametrize(
    ("words", "metric", "value"),
    [
        (("onchain", "bitcoin"), "active_addresses", "1038"),
        (("fundamentals", "BTC"), "market_cap", "100"),
        (("derivatives", "BTC/USDT"), "funding_per_8h", "0.0001"),
        (("sentiment",), "fear_greed", "61"),
        (("news", "BTC"), "headlines", "6"),
    ],
)
def test_an_answer_about_facts_is_as_of_its_time(
    home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], metric: str, value: str
) -> None:
    status, told = run(home, capsys, "get", *words, "--as-of", iso(AT))
    assert status == 0
    one = next(one for one in told["data"]["evidence"] if one["metric"] == metric)
    assert one["value"] == value
    assert one["as_of"] <= one["known_at"] <= iso(AT)
    assert told["as_of"] == iso(AT)


@pytest.mark.parametrize("name", ["onchain", "fundamentals", "narratives"])
def test_the_invented_market_has_facts_of_its_own(
    home: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    status, told = run(home, capsys, "get", name, *(() if name == "narratives" else ("NOVA",)), *SIM)
    assert (status, told["simulated"]) == (0, True)
    assert told["data"]["evidence"]


@pytest.mark.parametrize(
    ("words", "code", "message", "mend"),
    [
        (("onchain", "nobody"), "unknown_asset", "there is no asset 'nobody'", "Use its CoinGecko id"),
        (("onchain", "grass"), "no_data", "there are no data of grass", "data fetch"),
        (("onchain", "ETH"), "no_data", "nothing is known of the on-chain facts of ethereum", "data import"),
        (
            ("onchain", "BTC", "--as-of", "2020-01-01"),
            "no_data",
            "nothing is known of the on-chain facts of bitcoin at 2020-01-01",
            "The store holds them from 2024-01-01 to 2024-02-14",
        ),
        (
            ("onchain", "BTC", "--metric", "colour", "--as-of", iso(AT)),
            "unknown_metric",
            "no metric 'colour' of bitcoin was known",
            "Ask for one of the candidates",
        ),
        (("derivatives", "NOVA", *SIM), "not_simulated", "a simulated market has none", "--market auto"),
        (("news", *SIM), "not_simulated", "nothing is known of the news of the market", "--market auto"),
        (("onchain", "BTC", "--as-of", "2199-01-01"), "usage", "has not come yet", "time that has passed"),
    ],
)
def test_what_cannot_be_told_is_said_in_words_with_a_mend(
    home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str, message: str, mend: str
) -> None:
    status, told = run(home, capsys, "get", *words)
    assert status in (2, 3)
    error = told["error"]
    assert message in error["message"]
    assert mend in error["mend"]
    assert error["code"] == code


def test_a_metric_that_nobody_knows_has_candidates(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = run(home, capsys, "get", "onchain", "BTC", "--metric", "colour", "--as-of", iso(AT))
    assert "tx_count" in told["error"]["candidates"]


def test_two_sources_stand_side_by_side_in_the_table(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "get", "fundamentals", "BTC", "--as-of", iso(AT)]) == 0
    told = capsys.readouterr().out
    assert "150 (two)" in told
    assert "disagreement" in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How is bitcoin's on-chain activity?", "active addresses: 1038"),
        ("What is the fear and greed index?", "mood is greed"),
        ("What is the funding of BTC?", "+0.01 % per 8 hours"),
        ("Any news on BTC?", '"Piece 38 of the news"'),
        ("What is BTC's market cap?", "that is by one, but 150 by two"),
        ("What is the funding of ETH?", "I don't know the funding of ETH: there are no data"),
    ],
)
def test_a_question_about_facts_is_answered_offline_with_evidence(
    home: Path, capsys: pytest.CaptureFixture[str], question: str, says: str
) -> None:
    status, told = run(home, capsys, "ask", question, "--decider", "offline", "--as-of", iso(AT))
    assert status == 0
    assert says in told["data"]["answer"]
    assert told["data"]["dropped"] == 0
    assert "I don't know" in says or told["data"]["claims"] or "news" in question
