"""The offline analyst: rules that trade seldom, cite what they say, and never pretend to be a model."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

import prompts
from agent.models.grounding import ungrounded
from agent.models.lines import EvidenceLine, View, menu_text, read
from agent.models.offline import NAME, OfflineAnalyst
from agent.models.reply import Malformed, from_message, proposals_of

RISING = {
    "position_weight": ("0", "fraction"),
    "price": ("105.5", "USDT"),
    "sma_20_distance": ("0.011", "fraction"),
    "sma_50_distance": ("0.0213", "fraction"),
    "rsi_14": ("61.4", "index"),
    "donchian_20_position": ("0.83", "fraction"),
    "atr_14": ("1.21", "percent"),
    "daily.return_30": ("0.1234", "fraction"),
    "daily.sma_50_distance": ("0.0642", "fraction"),
    "daily.sma_200_distance": ("0.201", "fraction"),
    "daily.realised_volatility_30": ("0.55", "fraction_per_year"),
    "daily.support_1_low": ("97.25", "USDT"),
    "daily.resistance_1_high": ("111.5", "USDT"),
    "daily.regime": ("bull", "word"),
    "grade.trader": ("71.2", "index"),
    "grade.trader_signal": ("buy", "word"),
    "grade.trader_coverage": ("0.93", "fraction"),
    "grade.trader_change_7d": ("8.04", "points"),
}
FALLING = {
    **RISING,
    "sma_50_distance": ("-0.0213", "fraction"),
    "rsi_14": ("38.6", "index"),
    "donchian_20_position": ("0.12", "fraction"),
    "daily.return_30": ("-0.1234", "fraction"),
    "daily.sma_50_distance": ("-0.0642", "fraction"),
    "daily.sma_200_distance": ("-0.05", "fraction"),
    "daily.regime": ("bear", "word"),
    "grade.trader": ("28.5", "index"),
    "grade.trader_signal": ("sell", "word"),
    "grade.trader_change_7d": ("-11.5", "points"),
}
STEADY = {
    **RISING,
    "grade.trader": ("52.3", "index"),
    "grade.trader_signal": ("neutral", "word"),
    "grade.trader_change_7d": ("0.4", "points"),
}
FOR_MONTHS = {"grade.investor": ("66.5", "index"), "grade.investor_signal": ("buy", "word")}
AGAINST_FOR_MONTHS = {
    "grade.investor": ("31.2", "index"),
    "grade.investor_signal": ("sell", "word"),
    "grade.divergence": ("trader_above", "word"),
}
FADING = {**RISING, "grade.trader_change_7d": ("-6.5", "points")}
HELD = {"position_weight": ("0.15", "fraction")}
ACCOUNT = {
    "equity": ("10000", "USDT"),
    "exposure": ("0.1", "fraction"),
    "drawdown": ("-0.01", "fraction"),
    "state": ("active", "word"),
}
MARKET = {"regime": ("bull", "word"), "share_above_sma_50": ("0.75", "fraction")}

Facts = dict[str, tuple[str, str]]


def lines_of(*assets: Facts, account: Facts = ACCOUNT, market: Facts = MARKET) -> dict[str, EvidenceLine]:
    scopes = [("account", account), ("market", market), *((str(n), one) for n, one in enumerate(assets))]
    found = [(scope, metric, *fact) for scope, facts in scopes for metric, fact in facts.items()]
    return {f"e{n}": EvidenceLine(f"e{n}", *fact) for n, fact in enumerate(found, 1)}


def ask(
    *assets: Facts,
    task: str = "decide",
    views: str = "none",
    account: Facts = ACCOUNT,
    market: Facts = MARKET,
) -> list[dict[str, Any]]:
    """The analyst's proposals; each is parsed and checked as any model's would be."""
    evidence = lines_of(*assets, account=account, market=market)
    user = prompts.load("decide").fill(
        task=task,
        menu=menu_text(f"A{n}/USDT" for n in range(len(assets))),
        evidence="\n".join(map(str, evidence.values())),
        missing="none",
        views=views,
    )
    message = asyncio.run(OfflineAnalyst().ainvoke([SystemMessage("any"), HumanMessage(user)]))
    assert isinstance(message, AIMessage)
    raw = from_message(message)
    assert not isinstance(raw, Malformed)
    read_back = proposals_of(raw, "tools", len(assets), evidence.keys())
    assert not isinstance(read_back, Malformed)
    assert ungrounded(read_back, evidence) is None
    proposals: list[dict[str, Any]] = message.tool_calls[0]["args"]["proposals"]
    return proposals


def test_it_enters_where_grade_and_trend_agree_and_says_why_with_the_evidence_numbers() -> None:
    (proposal,) = ask(RISING)
    assert proposal["stance"] > 0
    assert proposal["thesis"] == (
        "For weeks it is a buy: its trader grade is 71.2 (buy); that grade rose 8.04 points in 7 days; "
        "it stands 6.42 % above its 50-day mean."
    )
    assert proposal["invalidation"] == "A daily close below the support at 97.25 ends it."
    assert proposal["horizon"] == "weeks"
    assert 0.5 <= proposal["confidence"] <= 0.8


@pytest.mark.parametrize(
    ("signal", "enters"),
    [("strong_buy", True), ("buy", True), ("neutral", False), ("sell", False), ("strong_sell", False)],
)
def test_the_signal_of_the_trader_grade_decides_whether_it_enters(signal: str, enters: bool) -> None:
    assert bool(ask({**RISING, "grade.trader_signal": (signal, "word")})) is enters


def test_where_the_weeks_say_nothing_the_investor_grade_carries_a_position_for_months() -> None:
    assert ask(STEADY) == []
    (proposal,) = ask({**STEADY, **FOR_MONTHS})
    assert proposal["horizon"] == "months"
    assert proposal["thesis"].startswith("For months it is a buy: its investor grade is 66.5 (buy)")
    assert ask({**FALLING, **FOR_MONTHS}) == []
    deep = {**ACCOUNT, "drawdown": ("-0.06", "fraction")}
    assert ask({**STEADY, **FOR_MONTHS}, account=deep) == []


def test_where_the_horizons_part_it_says_so_and_takes_less() -> None:
    (plain,) = ask(RISING)
    (parted,) = ask({**RISING, **AGAINST_FOR_MONTHS})
    assert "The horizons part: for months its investor grade is 31.2 (sell)." in parted["thesis"]
    assert (parted["horizon"], 0 < parted["stance"] < plain["stance"]) == ("weeks", True)


def test_what_months_speak_for_is_not_left_for_a_weak_week() -> None:
    weak = {
        **STEADY,
        **HELD,
        "grade.trader": ("36.0", "index"),
        "grade.trader_signal": ("sell", "word"),
    }
    assert [one["stance"] for one in ask(weak)] == [0.0]
    assert ask({**weak, **FOR_MONTHS}) == []
    worse = {**weak, "grade.trader_signal": ("strong_sell", "word")}
    assert [one["stance"] for one in ask({**worse, **FOR_MONTHS})] == [0.0]


def test_without_a_trader_grade_it_has_no_view() -> None:
    young = {name: fact for name, fact in RISING.items() if not name.startswith("grade.")}
    assert ask({**young, **FOR_MONTHS}) == []
    assert ask({**young, **HELD}) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"daily.regime": ("stress", "word")}, id="its-regime-is-stress"),
        pytest.param({"rsi_14": ("84.1", "index")}, id="it-is-overbought"),
        pytest.param({"sma_20_distance": ("0.09", "fraction")}, id="it-is-stretched"),
        pytest.param({"daily.sma_50_distance": ("-0.001", "fraction")}, id="it-is-below-its-50-day-mean"),
    ],
)
def test_it_stays_out_where_one_thing_speaks_clearly_against(change: Facts) -> None:
    assert ask({**RISING, **change}) == []


def test_it_lets_a_winner_run_and_does_not_trade_around_it() -> None:
    held = {**RISING, "position_weight": ("0.15", "fraction"), "last_stance": ("0.6", "stance")}
    assert ask(held) == []


def test_it_does_not_leave_on_a_wobble() -> None:
    wobbling = {**STEADY, **HELD, "grade.trader_change_7d": ("-6.5", "points")}
    assert ask(wobbling) == []
    below = {**STEADY, **HELD, "daily.sma_50_distance": ("-0.02", "fraction")}
    assert ask(below) == []
    assert len(ask({**below, "grade.trader": ("48.9", "index")})) == 1


def test_it_leaves_where_the_trend_is_broken() -> None:
    held = {**FALLING, "position_weight": ("0.15", "fraction")}
    (proposal,) = ask(held)
    assert proposal["stance"] == 0
    assert proposal["thesis"].startswith(
        "What carried this position is gone: its trader grade is 28.5 (sell); that grade fell 11.5 points"
    )
    assert "111.5" in proposal["invalidation"]


def test_it_opens_nothing_where_all_falls() -> None:
    assert ask(FALLING) == []


@pytest.mark.parametrize("state", ["reducing", "halted"])
def test_it_only_reduces_while_the_account_may_only_reduce(state: str) -> None:
    account = {**ACCOUNT, "state": (state, "word")}
    held = {**FALLING, "position_weight": ("0.1", "fraction")}
    assert [(one["asset"], one["stance"]) for one in ask(RISING, held, account=account)] == [(1, 0.0)]


def test_a_drawdown_makes_it_careful() -> None:
    (bold,) = ask(RISING)
    (careful,) = ask(RISING, account={**ACCOUNT, "drawdown": ("-0.07", "fraction")})
    assert 0 < careful["stance"] < bold["stance"]


def test_near_the_breaker_it_leaves_what_is_in_doubt_and_enters_only_what_is_clear() -> None:
    near = {**ACCOUNT, "drawdown": ("-0.085", "fraction")}
    held = {**STEADY, **HELD}
    assert ask(held) == []
    (left,) = ask(held, account=near)
    assert left["stance"] == 0
    assert len(ask(FADING)) == 1
    assert ask(FADING, account=near) == []


def test_it_enters_at_most_two_assets_at_once_and_none_in_a_weak_market_or_a_full_account() -> None:
    assert len(ask(*[RISING] * 6)) == 2
    assert ask(RISING, market={**MARKET, "share_above_sma_50": ("0.3", "fraction")}) == []
    assert ask(RISING, account={**ACCOUNT, "exposure": ("0.7", "fraction")}) == []


def test_after_a_stop_it_asks_for_more_before_it_enters_again() -> None:
    assert len(ask(FADING)) == 1
    assert ask({**FADING, "last_stance": ("0.6", "stance")}) == []


def test_with_too_little_evidence_it_has_no_view() -> None:
    assert ask({"price": ("1.5", "USDT"), "position_weight": ("0.1", "fraction")}) == []


def test_as_technical_analyst_it_leans_with_price() -> None:
    stances = {one["asset"]: one["stance"] for one in ask(RISING, FALLING, task="technical")}
    assert stances[0] > 0 > stances[1]


def test_as_risk_analyst_it_speaks_where_caution_is_called_for() -> None:
    calm, wild = {**RISING}, {**RISING, "daily.realised_volatility_30": ("1.9", "fraction_per_year")}
    parted = {**RISING, **AGAINST_FOR_MONTHS}
    stances = {one["asset"]: one["stance"] for one in ask(calm, wild, FALLING, parted, task="risk")}
    assert stances == {1: -0.1, 2: -0.5, 3: -0.1}
    reducing = {**ACCOUNT, "state": ("reducing", "word")}
    assert {one["stance"] for one in ask(calm, task="risk", account=reducing)} == {-1.0}


def test_as_judge_it_stands_between_the_views_nearer_to_the_surer_one() -> None:
    views = "\n".join(
        [
            str(View("technical", 0, 0.9, 0.8, "weeks", ("e7",))),
            str(View("risk", 0, -0.9, 0.4, "weeks", ("e8",))),
            str(View("technical", 1, 0.5, 0.9, "weeks", ("e9",))),
            "disputed: 0",
        ]
    )
    (proposal,) = ask(RISING, RISING, task="debate", views=views)
    assert (proposal["asset"], proposal["stance"]) == (0, 0.3)


def test_views_against_an_entry_keep_it_out() -> None:
    assert ask(RISING, views=str(View("debate", 0, -0.6, 0.8, "weeks", ("e9",)))) == []


def test_it_says_that_it_is_no_llm() -> None:
    analyst = OfflineAnalyst()
    assert analyst._llm_type == NAME == "offline-analyst-1"
    assert analyst._identifying_params["is_llm"] is False
    message = analyst.reply([HumanMessage("hello")])
    assert message.response_metadata["model_name"] == NAME
    assert json.loads(message.additional_kwargs["tool_calls"][0]["function"]["arguments"]) == {
        "proposals": []
    }


def test_the_same_prompt_gets_the_same_answer() -> None:
    assert ask(RISING, FALLING, RISING) == ask(RISING, FALLING, RISING)


@given(
    st.dictionaries(
        st.sampled_from(sorted(RISING)),
        st.floats(-5, 5).map(lambda value: (f"{value:.4g}" if abs(value) > 1e-3 else "0", "fraction")),
    ),
    st.sampled_from(["decide", "technical", "risk"]),
)
def test_whatever_the_numbers_its_texts_are_grounded_and_its_answer_is_well_formed(
    facts: Facts, task: str
) -> None:
    words = {"daily.regime": ("range", "word")}
    ask({**RISING, **facts, **words}, task=task)


@given(st.text(max_size=400))
def test_no_message_breaks_it(text: str) -> None:
    OfflineAnalyst().reply([HumanMessage(f"task: decide\n{text}")])


def test_what_is_written_is_read_back() -> None:
    evidence = lines_of(RISING)
    view = View("risk", 0, -0.25, 0.5, "days", ())
    message = prompts.load("decide").fill(
        task="debate",
        menu=menu_text(["A0/USDT"]),
        evidence="\n".join(map(str, evidence.values())),
        missing="missing: 0 rsi_14 warming_up",
        views=f"{view}\ndisputed: 0",
    )
    brief = read(message)
    assert brief.task == "debate"
    assert brief.menu == {0: "A0/USDT"}
    assert brief.lines == tuple(evidence.values())
    assert brief.views == (view,)
    assert brief.disputed == (0,)
