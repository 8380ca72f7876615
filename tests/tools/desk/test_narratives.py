"""Narratives: flows and grades of those that are known, and a rotation only where two numbers say so."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pytest

from agent.models.grounding import unsupported
from core.errors import UsageError
from core.instant import DAY, Instant
from core.observation import Missing
from tests.tools.ask import facts_by_hand
from tests.tools.ask.worlds import START, context_at, paths
from tests.tools.desk.sheets_by_hand import HandDesk, sheet_of
from tools.ask import AskContext, Evidence, Reply, ask
from tools.desk.grading.grades import GradeDesk
from tools.desk.narratives import Move, Overview, move_of, overview

SERIES = paths()
NOW = START + 39 * DAY
BTC, SUI, NEW = "BTC/USDT", "SUI/USDT", "NEW/USDT"


def world(**changes: Any) -> AskContext:
    desk = HandDesk(sheet_of(NOW, {BTC: 70.0, SUI: 50.0, NEW: None}))
    return context_at(SERIES, NOW, **{"grades": cast("GradeDesk", desk), **changes})


def told(raw: Mapping[str, Any] | None = None, **changes: Any) -> Reply:
    return ask("get_narratives", raw or {}, world(**changes))


def row(reply: Reply, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in reply.data["narratives"] if one["narrative"] == name)
    return found


def move(asset: str, week: float, month: float, traded: tuple[float, float] | None = (10.0, 10.0)) -> Move:
    return Move(asset, f"{asset.upper()}/USDT", week, month, Instant(NOW), traded)


def seen(**groups: list[Move]) -> Overview:
    found = overview(groups, world(facts=None), sheet_of(NOW, {}))
    assert found is not None
    return found


UP, DOWN = (20.0, 10.0), (5.0, 10.0)
RISING = [move("a", 0.3, 0.0, UP), move("b", 0.2, 0.0, UP)]
FALLING = [move("c", -0.2, 0.4, DOWN), move("d", -0.1, 0.2, DOWN)]


def test_money_moves_where_rank_and_traded_value_both_say_so() -> None:
    found = seen(AI=FALLING, DeFi=RISING)
    assert [one.rotation for one in found.groups] == ["out", "in"]
    assert found.sentence == (
        "Money moves from AI to DeFi: DeFi went from rank 2 in 30 days to 1 in 7 days and from 50 % to 80 % of what "
        "is traded; AI went from rank 1 in 30 days to 2 in 7 days and from 50 % to 20 % of what is traded."
    )


@pytest.mark.parametrize(
    ("left", "gained"),
    [
        ([move("c", -0.2, 0.4), move("d", -0.1, 0.2)], [move("a", 0.3, 0.0), move("b", 0.2, 0.0)]),
        ([move("c", 0.4, 0.4, DOWN), move("d", 0.4, 0.2, DOWN)], RISING),
        (FALLING, [move("a", 0.3, 0.0, None), move("b", 0.2, 0.0, None)]),
        (FALLING[:1], RISING[:1]),
    ],
    ids=["the same value", "the same ranks", "no volume", "one asset each"],
)
def test_without_both_there_is_no_rotation(left: list[Move], gained: list[Move]) -> None:
    found = seen(AI=left, DeFi=gained)
    assert found.sentence is None
    assert not {"in", "out"} <= {one.rotation for one in found.groups}


def test_one_asset_is_told_as_such_and_never_as_a_trend() -> None:
    one = row(told(), "payments")
    assert one["assets"] == ["bitcoin"]
    assert "one_asset" in one["flags"]
    assert (one["turn"], one["rotation"]) == ("steady", "none")
    assert (one["leaders"], one["laggards"]) == ([], [])
    assert "one_asset" not in row(told(), "L1")["flags"]


def test_assets_of_two_leading_narratives_stand_where_they_meet() -> None:
    both = move("x", 0.1, 0.9)
    weak = [move(f"w{number}", 0.0, -0.5) for number in range(6)]
    found = seen(AI=[both, move("a", 0, 0.5)], DePIN=[both, move("b", 0, 0.4)], L1=weak[:3], L2=weak[3:])
    assert [one.name for one in found.leading] == ["AI", "DePIN"]
    assert {one.asset: names for one, names in found.crossings.items()} == {"x": ("AI", "DePIN")}
    assert seen(AI=[both, move("a", 0, 0.5)], L1=weak).crossings == {}


def test_leaders_and_laggards_are_different_assets() -> None:
    many = [move(name, 0.0, size) for name, size in (("a", 0.1), ("b", 0.3), ("c", -0.2))]
    up, down = seen(AI=many).groups[0].movers
    assert ([one.asset for one in up], [one.asset for one in down]) == (["b"], ["c"])


def test_a_mean_grade_is_of_those_who_have_one() -> None:
    one = row(told(), "L1")
    assert (one["trader_grade"], one["trader_graded"]) == (60.0, 2)
    assert (one["investor_grade"], one["investor_graded"]) == (None, 0)


def test_flows_of_tvl_are_exact_and_of_those_whose_month_is_known() -> None:
    rows = facts_by_hand.held().facts().facts("sui", "tvl", NOW, 31)
    assert not isinstance(rows, Missing)
    one = row(told(), "L1")
    assert one["tvl_assets"] == 1  # Bitcoin's is not known, and is not 0
    assert Decimal(one["tvl_flow_7d"]) == (rows[-1].value - rows[-8].value).quantize(Decimal("0.01"))
    assert one["tvl_change_30d"] == float(f"{float(rows[-1].value / rows[0].value) - 1:.4g}")
    assert row(told(), "payments")["tvl"] is None
    assert row(told(facts=None), "L1")["tvl_flow_30d"] is None


def test_tvl_with_a_missing_day_is_no_flow() -> None:
    held = facts_by_hand.Held()
    days = START + DAY * np.delete(np.arange(39), 20).astype(np.int64)
    key = facts_by_hand._key("sui", "fundamental", "tvl")
    held.put(key, facts_by_hand.rows_of(days, days + DAY, days * 0 + 5.0), "USD")
    assert row(told(facts=held.facts()), "L1")["tvl"] is None


def test_traded_value_is_a_week_against_the_month_before_it() -> None:
    found = move_of(world(), "bitcoin")
    assert isinstance(found, Move)
    assert found.traded is not None
    one = row(told(), "payments")
    assert one["traded_change"] == pytest.approx(found.traded[0] / found.traded[1] - 1, abs=1e-4)
    assert row(told(), "L1")["share_7d"] == 1.0


def test_one_narrative_is_told_alone_and_an_unknown_one_is_refused() -> None:
    assert [one["narrative"] for one in told({"narrative": "payments"}).data["narratives"]] == ["payments"]
    assert len(told({"limit": 1}).data["narratives"]) == 1
    with pytest.raises(UsageError, match="no narrative; known are AI, DeFi"):
        told({"narrative": "blockchain"})


def test_every_number_of_the_rotation_is_evidence() -> None:
    from tools.ask.get_narratives import _evidence

    found = seen(AI=FALLING, DeFi=RISING)
    facts: list[Evidence] = [line for one in found.groups for line in _evidence(one, found)]
    assert found.sentence is not None
    assert unsupported(found.sentence, facts) == ()
    assert unsupported(found.sentence.replace("80 %", "81 %"), facts) == ("81 %",)
