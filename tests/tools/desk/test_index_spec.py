"""Baskets by their spec, and an index at a moment: what is asked, refused and known."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import UsageError
from core.instant import DAY, Instant
from core.observation import Observation
from core.spec import parse_spec
from strategies.baskets.weights import Scheme
from tests.tools.ask.worlds import START, context_at, paths, spoiled
from tools.ask import ask
from tools.desk.grading.grades import grades_of
from tools.desk.indices.index import composed, index_of, told
from tools.desk.indices.spec import NAMED, canonical_index
from tools.desk.indices.universe import listed_in

SERIES = paths()
NOW = START + 38 * DAY


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_named_index_is_a_spec_that_reads_back_as_itself(name: str) -> None:
    spec, basket = canonical_index(name)
    assert canonical_index(spec) == (spec, basket)
    assert canonical_index(name.upper())[0] == spec


def test_a_spec_says_everything_in_one_order() -> None:
    spec, basket = canonical_index("narrative:ai?cap=0.250&weight=capped", rebalance="336h")
    assert spec == (
        "narrative:AI?among=0&by=traded_value_30&cap=0.25&count=10&order=highest&rebalance=14d&weight=capped"
    )
    assert (basket.narrative, basket.weight, basket.cap) == ("AI", Scheme.CAPPED, 0.25)
    assert basket.rebalance_ms == 14 * DAY


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("nonsense", "not an index"),
        ("top:AI", "not an index"),
        ("narrative", "not an index"),
        ("narrative:clouds", "not a narrative"),
        ("top?colour=red", "knows no key 'colour'"),
        ("top?by=tradr", "neither a grade nor an indicator"),
        ("top?count=0", "out of range"),
        ("top?count=51", "out of range"),
        ("top?count=ten", "out of range"),
        ("top?weight=heavy", "not known"),
        ("top?order=best", "not known"),
        ("top?cap=0", "out of range"),
        ("top?cap=nan", "out of range"),
        ("top?cap=25%25", "out of range"),
        ("top?rebalance=1h", "out of range"),
        ("top?rebalance=36h", "out of range"),
        ("top?rebalance=soon", "not a duration"),
        ("", "not a spec"),
    ],
)
def test_what_is_no_basket_is_refused_in_words(text: str, part: str) -> None:
    with pytest.raises(UsageError, match=part) as refused:
        canonical_index(text)
    assert refused.value.mend


def test_an_unknown_indicator_is_told_what_may_have_been_meant() -> None:
    with pytest.raises(UsageError) as refused:
        canonical_index("top?by=retrun_30")
    assert "return_30" in refused.value.candidates


def test_an_index_is_the_same_whatever_comes_later() -> None:
    _, basket = canonical_index("top?by=return_7&weight=inverse_volatility")
    known = told(index_of(basket, context_at(SERIES, NOW)), basket.by)
    assert known["constituents"]
    assert told(index_of(basket, context_at(spoiled(SERIES, NOW, seed=3), NOW)), basket.by) == known


def test_who_is_not_traded_yet_is_not_even_left_out() -> None:
    _, basket = canonical_index("top")
    early = index_of(basket, context_at(SERIES, START + 35 * DAY))
    assert {one.symbol for one in early.members} == {"BTC/USDT", "SUI/USDT"}
    assert early.left_out == ()
    later = index_of(basket, context_at(SERIES, NOW))
    assert [(one.symbol, one.why) for one in later.left_out] == [
        ("NEW/USDT", "traded_value_30: warming_up: 30 days are needed")
    ]


def test_a_grade_chooses_too() -> None:
    _, basket = canonical_index("top?by=trader&count=2")
    made = index_of(basket, context_at(SERIES, NOW))
    assert {one.symbol for one in made.members} | {one.symbol for one in made.left_out} == {
        one.symbol for one in listed_in(context_at(SERIES, NOW))
    }


def test_the_answer_tells_weights_with_evidence_and_a_wrong_index_in_one_sentence() -> None:
    reply = ask("get_index", {"index": "top?by=return_7&count=1"}, context_at(SERIES, NOW))
    assert reply.data["constituents"][0]["weight"] == 1.0
    assert [one.metric for one in reply.evidence] == ["index_weight", "index_rank"]
    with pytest.raises(UsageError, match="not an index"):
        ask("get_index", {"index": "stonks"}, context_at(SERIES, NOW))


def test_the_document_names_every_index_and_every_key() -> None:
    text = (Path(__file__).parents[3] / "docs/indices.md").read_text(encoding="utf-8")
    named = next(line for line in text.splitlines() if line.startswith("Names:"))
    assert re.findall(r"`(\w+)`", named) == [*NAMED]
    rows = re.findall(r"^\| `(\w+)` \|.*\| `?([\w]+)`? \|$", text, re.MULTILINE)
    assert dict(rows) == parse_spec(canonical_index("top")[0]).params


@pytest.mark.parametrize(("days", "known"), [(7, True), (8, False)])
def test_a_market_cap_of_more_than_a_week_ago_says_nothing_of_now(days: int, known: bool) -> None:
    context = context_at(SERIES, NOW)
    at = Instant(NOW - days * DAY)

    def caps(asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...]:
        assert (metric, now, count) == ("market_cap", NOW, 1)
        return (Observation(asset, metric, Decimal(1_000_000), "USD", at, at, "test"),)

    _, basket = canonical_index("top?weight=capped")
    made = composed(
        basket, listed_in(context), context.market, sheet=lambda: grades_of(context).sheet(), caps=caps
    )
    assert ("market_cap" in {gap.what for gap in made.missing}) is not known
