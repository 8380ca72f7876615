"""The decider that asks a rule: what becomes a proposal, what is recorded, and that it can be made again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from struct import pack

import pytest

from core.canonical import canonical
from core.decision import Decision, Proposal, Situation, Unchanged
from core.errors import UsageError
from core.ids import DecisionId
from core.instant import HOUR, Instant, Interval
from core.market import Bars, Candle
from core.observation import Missing
from core.portfolio import Portfolio
from core.registry import discover
from core.spec import parse_spec
from strategies.decider import RuleDecider, rule_decider, strategy_decider
from strategies.rules import COLUMN_NAMES, Columns, Moment, Need, Rule

EVERY = Interval(HOUR)


class Closes:
    """A market of closes alone, or of the reason why a symbol has none; every column is the close."""

    def __init__(self, now: Instant, closes: Mapping[str, list[float] | str]) -> None:
        self.now = now
        self._closes = closes

    def candle(self, symbol: str) -> Candle | Missing:
        raise AssertionError("a rule reads columns only")

    def window(self, symbol: str, interval: Interval, count: int) -> Bars | Missing:
        raise AssertionError("a rule reads columns only")

    def column(self, symbol: str, interval: Interval, name: str, count: int) -> list[float] | Missing:
        assert interval == EVERY
        closes = self._closes[symbol]
        if isinstance(closes, str):
            return Missing(symbol, closes)
        return closes[-count:] if len(closes) >= count else Missing(symbol, "warming_up")


class Recorded(Closes):
    """The market as a decision's inputs recorded it."""

    def column(self, symbol: str, interval: Interval, name: str, count: int) -> list[float] | Missing:
        seen = self._inputs[symbol]
        return Missing(symbol, seen["missing"]) if "missing" in seen else seen[name]

    def __init__(self, now: Instant, inputs: Mapping[str, dict]) -> None:  # type: ignore[type-arg]
        super().__init__(now, {})
        self._inputs = inputs


def situation(market: Closes, menu: tuple[str, ...], wished: Mapping[str, float] | None = None) -> Situation:
    return Situation(
        DecisionId("d"),
        "paper",
        market.now,
        EVERY,
        menu,
        market,
        Portfolio(Decimal(10_000), "USDT"),
        wished or {},
    )


def decide(
    decider: RuleDecider,
    closes: Mapping[str, list[float] | str],
    wished: Mapping[str, float] | None = None,
    now: int = HOUR,
) -> Decision | Unchanged:
    return asyncio.run(decider.decide(situation(Closes(Instant(now), closes), tuple(closes), wished)))


def a_rule(text: str) -> RuleDecider:
    return rule_decider(parse_spec(text))


CROSS = a_rule("rule:sma_cross?fast=1&slow=2")
CROSSING_UP = [5.0, 4.0, 5.0]
FALLING = [5.0, 4.0, 3.0]


def test_a_stance_that_is_new_becomes_a_proposal_with_its_reason_and_all_that_was_seen() -> None:
    answer = decide(CROSS, {"A/USDT": FALLING, "B/USDT": CROSSING_UP})
    assert answer == Decision(
        proposals=(Proposal(1, 1.0, confidence=1.0, thesis="SMA(1) 5 crossed above SMA(2) 4.5"),),
        decided_by="rule",
        inputs={"market": {"A/USDT": {"close": FALLING}, "B/USDT": {"close": CROSSING_UP}}},
    )


def test_a_symbol_without_data_gets_no_proposal_and_the_reason_is_recorded() -> None:
    answer = decide(CROSS, {"A/USDT": "gate:jump", "B/USDT": CROSSING_UP, "C/USDT": [1.0]})
    assert isinstance(answer, Decision)
    assert [proposal.asset for proposal in answer.proposals] == [1]
    assert answer.inputs["market"]["A/USDT"] == {"missing": "gate:jump"}
    assert answer.inputs["market"]["C/USDT"] == {"missing": "warming_up"}


@pytest.mark.parametrize(
    ("rule", "wished", "proposed"),
    [
        pytest.param("hold", None, 1.0, id="first wish"),
        pytest.param("hold", 1.0, None, id="the same again"),
        pytest.param("hold", 0.0, 1.0, id="another"),
        pytest.param("cash", None, None, id="flat where nothing was ever wished"),
        pytest.param("cash", 1.0, 0.0, id="flat after long"),
        pytest.param("cash", 0.0, None, id="flat after flat"),
    ],
)
def test_only_a_change_is_proposed(rule: str, wished: float | None, proposed: float | None) -> None:
    wishes = {} if wished is None else {"A/USDT": wished}
    answer = decide(a_rule(f"rule:{rule}"), {"A/USDT": [7.0]}, wishes)
    if proposed is None:
        assert isinstance(answer, Unchanged)
    else:
        assert isinstance(answer, Decision)
        assert [proposal.stance for proposal in answer.proposals] == [proposed]


def test_equal_weight_proposes_the_same_again_when_it_rebalances_and_only_then() -> None:
    decider, wished = a_rule("rule:equal_weight?rebalance=6h"), {"A/USDT": 1.0, "B/USDT": 1.0}
    closes: dict[str, list[float] | str] = {"A/USDT": [7.0], "B/USDT": "stale"}
    changed = [
        hour for hour in range(1, 25) if isinstance(decide(decider, closes, wished, hour * HOUR), Decision)
    ]
    assert changed == [6, 12, 18, 24]


def test_where_nothing_changed_the_newest_of_each_column_and_every_gap_is_in_the_fingerprint() -> None:
    answer = decide(CROSS, {"A/USDT": FALLING, "B/USDT": "stale", "C/USDT": [9.0, 8.0, 7.5]})
    assert answer == Unchanged(pack("<2d", 3.0, 7.5) + b"B/USDT stale\n")


def test_another_price_or_another_gap_gives_another_fingerprint() -> None:
    seen = [
        decide(CROSS, {"A/USDT": [5.0, 4.0, 3.0], "B/USDT": [5.0, 4.0, 2.0]}),
        decide(CROSS, {"A/USDT": [5.0, 4.0, 3.5], "B/USDT": [5.0, 4.0, 2.0]}),
        decide(CROSS, {"A/USDT": "stale", "B/USDT": [5.0, 4.0, 2.0]}),
        decide(CROSS, {"A/USDT": "gate:jump", "B/USDT": [5.0, 4.0, 2.0]}),
        decide(CROSS, {"A/USDT": [5.0, 4.0, 2.0], "B/USDT": "stale"}),
    ]
    assert all(isinstance(answer, Unchanged) for answer in seen)
    assert len({answer.fingerprint for answer in seen if isinstance(answer, Unchanged)}) == 5


WALK = [100.0 + (bar * 37 % 101) / 3 + bar % 7 for bar in range(300)]


@pytest.mark.parametrize(
    "text",
    [
        "rule:hold",
        "rule:equal_weight?rebalance=5h",
        "rule:sma",
        "rule:sma_cross?fast=3&slow=8",
        "rule:macd?fast=3&slow=6&signal=2",
        "rule:bollinger?window=5&width=1",
        "rule:breakout?window=4",
        "rule:random?turnover=3000",
    ],
)
def test_every_decision_is_made_again_to_the_byte_from_its_recorded_inputs(text: str) -> None:
    wished: dict[str, float] = {}
    decisions = 0
    for end in range(1, len(WALK) + 1):
        closes: dict[str, list[float] | str] = {
            "A/USDT": WALK[:end],
            "B/USDT": WALK[end // 2 : end] if end % 11 else "gate:jump",
        }
        answer = decide(a_rule(text), closes, wished, end * HOUR)
        if isinstance(answer, Unchanged):
            continue
        decisions += 1
        recorded = Recorded(Instant(end * HOUR), answer.inputs["market"])
        again = asyncio.run(a_rule(text).decide(situation(recorded, tuple(closes), dict(wished))))
        assert isinstance(again, Decision)
        assert again == answer
        assert canonical(dict(again.inputs)) == canonical(dict(answer.inputs))
        menu = tuple(closes)
        wished |= {menu[proposal.asset]: proposal.stance for proposal in answer.proposals}
    assert decisions


def test_what_was_recorded_stays_though_the_market_goes_on() -> None:
    column = [5.0, 4.0, 5.0]

    class Reused(Closes):
        def column(self, symbol: str, interval: Interval, name: str, count: int) -> list[float] | Missing:
            return column

    answer = asyncio.run(CROSS.decide(situation(Reused(Instant(0), {}), ("A/USDT",))))
    column[:] = [0.0, 0.0, 0.0]
    assert isinstance(answer, Decision)
    assert answer.inputs["market"]["A/USDT"]["close"] == CROSSING_UP


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rule:cash", "rule:cash"),
        ("rule:equal_weight", "rule:equal_weight?rebalance=7d"),
        ("rule:sma", "rule:sma?window=15"),
        ("rule:slma", "rule:sma_cross?fast=20&slow=50"),
        ("rule:slma?slow=60&fast=30", "rule:sma_cross?fast=30&slow=60"),
        ("rule:macd", "rule:macd?fast=12&signal=9&slow=26"),
        ("rule:bollinger?width=2.5", "rule:bollinger?width=2.5&window=20"),
        ("rule:random?turnover=12", "rule:random?seed=1&turnover=12"),
    ],
)
def test_the_spec_that_is_shown_has_its_keys_sorted_defaults_filled_in_and_no_alias(
    text: str, expected: str
) -> None:
    assert a_rule(text).spec == expected
    assert a_rule(expected).spec == expected


def test_an_unknown_rule_is_refused_with_those_that_there_are() -> None:
    for text in ("rule:smaa", "rule", "offline"):
        with pytest.raises(UsageError) as refused:
            a_rule(text)
        assert repr(text) in refused.value.message
        assert {"cash", "hold", "equal_weight", "sma", "sma_cross", "macd"} < set(refused.value.candidates)


def test_an_unknown_key_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError) as refused:
        a_rule("rule:slma?quick=3")
    assert "rule:sma_cross knows no key 'quick'" in refused.value.message
    assert refused.value.candidates == ("fast", "slow")


def test_every_file_of_rules_keeps_to_the_contract() -> None:
    names: list[str] = []
    for name, rule in discover("strategies.rules", "STRATEGY").items():
        assert isinstance(rule, Rule)
        names += [name, *rule.aliases]
        params = {**rule.defaults, "turnover": "12"} if name == "random" else rule.defaults
        strategy = rule.make(params)
        assert strategy_decider(name, strategy).strategy is strategy
        assert all(need.column in COLUMN_NAMES and need.count > 0 for need in strategy.needs)
    assert len(names) == len(set(names))


class Momentum:
    """A strategy as a person would write one: no thesis, no repeats."""

    needs = (Need("close", 3),)

    def stance(self, columns: Columns, moment: Moment) -> float | None:
        return 0.5 if columns[0][-1] > columns[0][0] else None


def test_a_strategy_from_a_file_needs_no_more_than_needs_and_stance() -> None:
    decider = strategy_decider("py:momentum.py", Momentum())
    answer = decide(decider, {"A/USDT": [1.0, 2.0, 3.0]})
    assert decider.spec == "py:momentum.py"
    assert isinstance(answer, Decision)
    assert answer.proposals == (Proposal(0, 0.5, thesis="py:momentum.py wishes a stance of 0.5"),)


def test_a_strategy_from_a_file_may_be_a_rule_with_defaults() -> None:
    rule = Rule(make=lambda _params: Momentum())
    assert isinstance(strategy_decider("py:momentum.py", rule).strategy, Momentum)


class WithoutStance:
    needs = ()


class WithoutNeeds:
    def stance(self, columns: Columns, moment: Moment) -> float | None:
        return None


class Waiting(Momentum):
    async def stance(self, columns: Columns, moment: Moment) -> float | None:  # type: ignore[override]
        return None


class Reasonless(Momentum):
    thesis = "because"


def needing(needs: object) -> object:
    strategy = Momentum()
    strategy.needs = needs  # type: ignore[assignment]
    return strategy


@pytest.mark.parametrize(
    ("candidate", "message"),
    [
        (None, "the STRATEGY of py:x.py has no needs and no stance"),
        (WithoutStance(), "the STRATEGY of py:x.py has no stance"),
        (WithoutNeeds(), "the STRATEGY of py:x.py has no needs"),
        (Momentum, "the STRATEGY of py:x.py is the class Momentum, not a strategy"),
        (Waiting(), "where a plain function belongs"),
        (Reasonless(), "the STRATEGY of py:x.py has 'because' where a plain function belongs"),
        (needing([Need("close", 3)]), "not a tuple of Need"),
        (needing(("close", 3)), "not a tuple of Need"),
        (needing((Need("price", 3),)), "py:x.py needs an unknown column 'price'"),
        (needing((Need("close", 0),)), "py:x.py needs 0 values of close"),
        (needing((Need("close", True),)), "py:x.py needs True values of close"),
        (needing((Need("close", 3), Need("close", 5))), "py:x.py needs the column close twice"),
    ],
)
def test_a_strategy_that_breaks_the_contract_is_refused_in_words(candidate: object, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        strategy_decider("py:x.py", candidate)
    assert message in refused.value.message
    assert refused.value.mend


@pytest.mark.parametrize("stance", [float("nan"), 1.5, -1.5, float("inf"), "long"])
def test_an_answer_that_is_no_stance_trades_nothing(stance: object) -> None:
    class Wild(Momentum):
        def stance(self, columns: Columns, moment: Moment) -> float | None:
            return stance  # type: ignore[return-value]

    with pytest.raises(UsageError, match="for A/USDT, which is no stance"):
        decide(strategy_decider("py:wild.py", Wild()), {"A/USDT": [1.0, 2.0, 3.0]})
