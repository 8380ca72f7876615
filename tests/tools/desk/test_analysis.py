"""An analysis of one asset: whole whatever is known, every number in evidence, nothing from later."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.grades import Regime, Signal
from core.instant import DAY, MINUTE, Instant, interval, iso
from strategies.grades.signals import signal_after
from strategies.levels import findings
from tests.tools.ask import facts_by_hand
from tests.tools.ask.worlds import DAYS, FACTS, LATE_DAYS, START, bars_of, context_at, paths, spoiled, walk
from tools.ask import AskContext, Evidence, Reply
from tools.desk.analysis.case import Case
from tools.desk.analysis.cited import Cited
from tools.desk.analysis.outlook import locked
from tools.desk.analysis.risks import _since_believed, risks
from tools.desk.analysis.scenarios import events, scenarios
from tools.desk.analysis.whole import _case, analyse
from tools.desk.analysis.would_change import would_change

SERIES = paths()
END = START + DAYS * DAY
DAILY = interval("1d")
KEYS = {
    *("asset", "price", "grades", "drivers", "levels", "scenarios", "fundamentals", "tvl", "onchain"),
    *("sentiment", "derivatives", "narratives", "forecast", "risks", "would_change", "horizons", "close"),
}
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w]|\.\d)")
_MULTIPLES = {"trillion": 1e12, "billion": 1e9, "million": 1e6}


def test_no_breakout_is_read_into_who_is_pegged() -> None:
    case, _ = _case(context_at(SERIES, END), "SUI/USDT")
    assert len(scenarios(case)) == 3
    pegged = Reply({"trader": {"why": "pegged"}}, (), ())
    (one,) = scenarios(replace(case, replies={**case.replies, "get_grades": pegged}))
    assert one["name"] == "pegged"
    assert "no breakout" in one["text"]


def test_a_fall_is_measured_from_the_daily_closes_that_are_believed() -> None:
    case, cited = _case(context_at(SERIES, END), "SUI/USDT")
    text, names = _since_believed(case)
    assert "since the close of" in text
    last, hourly = cited.number("get_price", "price"), SERIES["SUI/USDT"].bars.close
    assert last is not None
    for metric, rows in (("believed_close", 1), ("believed_close_week_before", 7 * 24 + 1)):
        assert cited.number("analyze", metric) == pytest.approx(hourly[-rows], rel=1e-3)
        moved = cited.number("analyze", f"change_since_{metric}")
        assert moved == pytest.approx(last / hourly[-rows] - 1, abs=1e-3)
    assert len(cited.ids(*names)) == 4


def told(context: AskContext, asset: str) -> bytes:
    reply = analyse(context, asset)
    evidence = [asdict(one) for one in reply.evidence]
    return json.dumps(
        [reply.data, evidence, [asdict(one) for one in reply.missing]], allow_nan=False
    ).encode()


@settings(max_examples=8)
@given(minutes=st.integers(0, DAYS * 24 * 60), seed=st.integers(0, 2**16))
@example(minutes=(LATE_DAYS * 24 + 3) * 60 + 17, seed=2)
@example(minutes=35 * 24 * 60, seed=3)
def test_garbage_after_the_question_changes_no_byte_of_the_analysis(minutes: int, seed: int) -> None:
    now = START + minutes * MINUTE
    clean = context_at(SERIES, now)
    garbage = context_at(
        spoiled(SERIES, now, seed), now, facts=facts_by_hand.spoiled(FACTS, now, seed).facts()
    )
    for asset in ("SUI", "new-coin"):
        assert told(clean, asset) == told(garbage, asset)


@pytest.mark.parametrize("days", [0, 1, 10, 37, DAYS])
@pytest.mark.parametrize("asset", ["BTC", "sui", "NEW/USDT"])
def test_every_key_is_always_there_and_what_is_not_known_is_named(days: int, asset: str) -> None:
    reply = analyse(context_at(SERIES, START + days * DAY, facts=None), asset)
    assert reply.data.keys() >= KEYS
    assert reply.data["forecast"] is None
    missing = {one.what: one.why for one in reply.missing}
    assert missing["forecast"] == "no_model"
    for name in ("fundamentals", "onchain", "sentiment", "derivatives"):
        assert reply.data[name] is None
        assert missing[name]
    for name in ("levels", "scenarios"):
        assert reply.data[name] or missing[name]
    assert all(one.known_at <= START + days * DAY for one in reply.evidence)


def test_a_name_that_is_no_one_asset_is_told_with_what_may_have_been_meant() -> None:
    for name, why in (("nobody", "unknown_asset"), ("LUNA", "ambiguous_asset")):
        reply = analyse(context_at(SERIES, END), name)
        assert [one.why for one in reply.missing] == [why]
        assert "candidates" in reply.data


@pytest.mark.parametrize("seed", range(1, 7))
@pytest.mark.parametrize("asset", ["BTC", "SUI"])
def test_every_number_in_every_sentence_is_in_the_evidence_it_names(seed: int, asset: str) -> None:
    reply = analyse(context_at(paths(seed), END), asset)
    by_id = {f"e{number}": one for number, one in enumerate(reply.evidence, 1)}
    said = 0
    for name in ("events", "scenarios", "risks", "would_change", "horizons"):
        for one in reply.data[name]:
            said += grounded(one["text"], [by_id[each] for each in one["evidence"]])
    if reply.data["tvl"] is not None:
        said += grounded(reply.data["tvl"]["text"], [by_id[each] for each in reply.data["tvl"]["evidence"]])
    said += grounded(reply.data["close"], reply.evidence)
    assert said > 15
    for several in reply.data["drivers"].values():
        for one in several:
            values = [float(by_id[each].value) for each in one["evidence"]]
            assert values == [one["input"], one["points"]]


def grounded(text: str, evidence: Iterable[Evidence]) -> int:
    """How many numbers of *text* there are; each is a value of *evidence*, rounded as it is told."""
    values = [float(one.value) for one in evidence if re.fullmatch(r"-?\d+(\.\d+)?", one.value)]
    bare = re.sub(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b", "", text)
    found = list(_NUMBER.finditer(bare))
    for match in found:
        number, rest = match[0].replace(",", ""), bare[match.end() :].lstrip()
        places = len(number.partition(".")[2])
        size = next((size for word, size in _MULTIPLES.items() if rest.startswith(word)), 1.0)
        scale = 0.01 if rest.startswith("%") else size
        near = 0.5000001 * 10**-places * scale
        wide = (abs(value) for value in (*values, *(value / 100 for value in values)))
        assert any(abs(value - float(number) * scale) <= near for value in wide), (number, text)
    return len(found)


def test_a_number_that_nothing_vouches_for_is_noticed() -> None:
    with pytest.raises(AssertionError, match="77"):
        grounded("It fell by 77 %.", [an_entry("get_price", "change_24h", "0.5")])


# ------- single sections, from replies made by hand


def an_entry(tool: str, metric: str, value: str, unit: str = "USDT") -> Evidence:
    return Evidence(tool, "sui", metric, value, unit, Instant(END), Instant(END), "test")


def a_case(
    closes: Any = None, volume: float | None = None, regime: Regime | None = None, **given_replies: Reply
) -> Case:
    """A case on daily *closes*, from the replies given; an answer that is not tells nothing."""
    daily = bars_of(
        "SUI/USDT", walk(60, 3, 4.0) if closes is None else np.asarray(closes, float), START, DAILY
    )
    if volume is not None:
        daily = replace(daily, volume=np.full(len(daily), volume))
    names = ("price", "grades", "levels", "fundamentals", "onchain", "sentiment", "derivatives")
    tools = [f"get_{name}" for name in (*names, "indicators", "candles", "narratives")]
    replies = {tool: given_replies.get(tool.removeprefix("get_"), Reply({})) for tool in tools}
    cited = Cited()
    for reply in replies.values():
        cited.take(reply)
    context = context_at(SERIES, END)
    return Case(context, "SUI/USDT", "sui", daily, findings(daily), regime, replies, cited)


def graded(value: float, signal: Signal | None = Signal.NEUTRAL) -> Reply:
    grade = {
        "value": value, "signal": None if signal is None else signal.value, "coverage": 0.9,
        "change_7d": None, "band": "steady", "why": None,
    }  # fmt: skip
    entries = [
        an_entry("get_grades", f"{kind}_grade", f"{value}", "points") for kind in ("trader", "investor")
    ]
    apart = {"direction": "unknown", "size": None}
    return Reply({"trader": grade, "investor": grade, "divergence": apart}, tuple(entries))


def tvl(value: str, high: str, flags: tuple[str, ...] = (), change: float | None = 0.2) -> Reply:
    figure = {
        "metric": "tvl", "value": value, "unit": "USD", "change_1d": 0.01, "change_7d": 0.05,
        "change_30d": change, "high": high, "high_at": iso(Instant(END)), "as_of": iso(Instant(END)),
        "flags": [*flags],
    }  # fmt: skip
    evidence = (
        an_entry("get_fundamentals", "tvl", value, "USD"),
        an_entry("get_fundamentals", "tvl_high", high, "USD"),
        an_entry("get_fundamentals", "tvl_rank", "8", "rank"),
    )
    return Reply({"figures": [figure]}, evidence)


def candles(close: str, high: str) -> Reply:
    entries = (an_entry("get_candles", "window_high", high), an_entry("get_candles", "close", close))
    return Reply({}, entries)


@pytest.mark.parametrize("seed", range(1, 7))
def test_levels_are_broken_confirmed_and_failed_on_the_sides_they_must_be(seed: int) -> None:
    data = analyse(context_at(paths(seed), END), "SUI").data
    price = float(data["price"]["price"])
    out, back, down = data["scenarios"]
    assert [one["name"] for one in data["scenarios"]] == ["breakout", "pullback", "breakdown"]
    if out["zone"] is not None:
        assert price <= float(out["trigger"]) < float(out["confirmed_beyond"])
        assert float(out["fails_at"]) < float(out["trigger"])
    if down["zone"] is not None:
        assert price >= float(down["trigger"]) > float(down["confirmed_beyond"])
        assert back["zone"] == down["zone"]
        assert float(back["fails_at"]) <= price


def test_without_a_resistance_above_the_price_the_breakout_says_so() -> None:
    zone = {
        "kind": "support", "low": "3", "high": "3.2", "strength": 0.5, "touches": 1,
        "last_touch": iso(Instant(END)), "distance": -0.1, "basis": ["swing"],
    }  # fmt: skip
    entry = an_entry("get_levels", "price", "4")
    case = a_case(levels=Reply({"levels": [zone]}, (entry, an_entry("get_levels", "support_1_low", "3"))))
    out, back, down = scenarios(case)
    assert out["zone"] is out["trigger"] is None
    assert "No resistance is known above" in out["text"]
    assert (back["fails_at"], down["trigger"]) == ("3", "3")


def test_a_rise_out_of_its_range_is_told_with_what_confirms_it_and_what_is_still_awaited() -> None:
    swings = 100 + 5 * np.sin(np.arange(80) * 0.7)
    entry = an_entry("get_levels", "price", "125")
    case = a_case([*swings, 112.0, 118.0, 125.0], levels=Reply({"levels": []}, (entry,)))
    told_events = events(case)
    broke = next(one for one in told_events if one["kind"] == "breakout")
    assert broke["direction"] == "up"
    assert "held" in broke["confirmed_by"]
    assert "retest" in broke["awaits"]
    assert f"closed above the resistance {broke['low']} to {broke['high']}" in broke["text"]


@pytest.mark.parametrize("held", list(Signal))
def test_a_signal_changes_exactly_where_the_conditions_say(held: Signal) -> None:
    middle = {
        Signal.STRONG_SELL: 10.0, Signal.SELL: 30.0, Signal.NEUTRAL: 50.0, Signal.BUY: 70.0,
        Signal.STRONG_BUY: 90.0,
    }[held]  # fmt: skip
    conditions = [
        one for one in would_change(a_case(grades=graded(middle, held)), ()) if one["horizon"] == "days_weeks"
    ]
    assert len(conditions) == (1 if held in {Signal.STRONG_BUY, Signal.STRONG_SELL} else 2)
    for one in conditions:
        beyond = 0.01 if one["when"] == "above" else -0.01
        after = signal_after(held, one["value"] + beyond)
        assert after is not None
        assert after.value == one["then"]
        assert signal_after(held, one["value"] - beyond) is held
        at_it = signal_after(held, one["value"])
        assert (at_it is not held) == (" or " in one["text"])


def test_without_a_grade_the_condition_is_its_coverage() -> None:
    grade = {"value": None, "signal": None, "coverage": 0.31, "why": "coverage 0.31"}
    reply = Reply({"trader": grade, "investor": grade}, (an_entry("get_grades", "trader_coverage", "0.31"),))
    conditions = would_change(
        a_case(grades=reply, price=Reply({}, (an_entry("get_price", "price", "4"),))), ()
    )
    assert [one["then"] for one in conditions] == ["graded", "graded"]
    assert all("0.5" in one["text"] and "0.31" in one["text"] for one in conditions)


def test_what_will_never_be_graded_gets_no_condition_under_which_it_would_be() -> None:
    grade = {"value": None, "signal": None, "coverage": 0.0, "why": "pegged"}
    assert would_change(a_case(grades=Reply({"trader": grade, "investor": grade})), ()) == []


def test_value_locked_at_its_high_while_price_is_not_is_said() -> None:
    behind = locked(a_case(fundamentals=tvl("2110000000", "2110000000"), candles=candles("4", "5.35")))
    assert behind is not None
    assert (behind["at_high"], behind["price_behind"], behind["rank"]) == (True, True, 8)
    assert "2.11 billion USD" in behind["text"]
    assert "does not follow yet" in behind["text"]
    beside = locked(a_case(fundamentals=tvl("2110000000", "2110000000"), candles=candles("5.3", "5.35")))
    assert beside is not None
    assert beside["price_behind"] is False
    assert "follow" not in beside["text"]
    below = locked(a_case(fundamentals=tvl("1000000000", "2110000000"), candles=candles("4", "5.35")))
    assert below is not None
    assert (below["at_high"], below["price_behind"]) == (False, False)
    assert locked(a_case()) is None


def codes(case: Case) -> dict[str, str]:
    return {one["code"]: one["level"] for one in risks(case)}


def test_each_risk_is_told_where_its_figures_show_it_and_nowhere_else() -> None:
    def indicators(**values: str) -> Reply:
        return Reply({}, tuple(an_entry("get_indicators", name, value) for name, value in values.items()))

    assert codes(a_case([4.0] * 250, volume=1e7, candles=candles("4", "4"))) == {
        "drawdown": "low",
        "liquidity": "low",
    }
    assert codes(a_case([4.0] * 250, volume=10.0, candles=candles("4", "4")))["liquidity"] == "high"
    assert codes(a_case([4.0] * 250, volume=0.0, candles=candles("4", "4")))["liquidity"] == "medium"
    assert codes(a_case(candles=candles("3", "4"), volume=1e7))["drawdown"] == "high"
    wild = a_case(indicators=indicators(realised_volatility_30="1.4", atr_14="8"), candles=candles("4", "4"))
    assert codes(wild)["volatility"] == "high"
    calm = a_case(indicators=indicators(realised_volatility_30="0.4", atr_14="2"), candles=candles("4", "4"))
    assert codes(calm)["volatility"] == "medium"
    hot = a_case(indicators=indicators(rsi_14="81", return_30="0.5"), candles=candles("4", "4"))
    assert "stretched" in codes(hot)
    assert "stretched" not in codes(
        a_case(indicators=indicators(rsi_14="60", return_30="0.5"), candles=candles("4", "4"))
    )
    for state, there in ((Regime.BEAR, True), (Regime.STRESS, True), (Regime.BULL, False), (None, False)):
        assert ("regime" in codes(a_case(regime=state, candles=candles("4", "4")))) is there
    paid = Reply({}, (an_entry("get_derivatives", "funding_per_year", "0.5", "fraction"),))
    assert "crowded" in codes(a_case(derivatives=paid, candles=candles("4", "4")))
    rewritten = a_case(fundamentals=tvl("1", "2", ("restated",)), candles=candles("4", "4"))
    assert "restated" in codes(rewritten)
    ended = a_case(price=Reply({"delisted_at": iso(Instant(END))}), candles=candles("4", "4"))
    assert codes(ended)["delisted"] == "high"
    torn = graded(70.0)
    torn.data["divergence"] = {"direction": "trader_above", "size": 25.0}
    assert "divergence" in codes(a_case(grades=torn, candles=candles("4", "4")))
