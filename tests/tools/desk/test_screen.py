"""A screen: missing is never 0, everybody once, nothing of later, picks only where there is a grade."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from core.assets import AssetKind, AssetRef
from core.errors import UsageError
from core.instant import DAY
from core.observation import Missing
from tests.tools.ask import facts_by_hand
from tests.tools.ask.worlds import FACTS, START, context_at, paths
from tests.tools.desk.sheets_by_hand import HandDesk, HandSheet, sheet_of
from tools.ask import AskContext, Reply, ask
from tools.desk.grading.grades import GradeDesk
from tools.desk.screening.filters import Filter, read_filter
from tools.desk.screening.metrics import FACTS as METRICS
from tools.desk.screening.metrics import Measured
from tools.desk.screening.screen import Screened, screened

SERIES = paths()
NOW = START + 38 * DAY
BTC, SUI, NEW = "BTC/USDT", "SUI/USDT", "NEW/USDT"
GRADES = {BTC: 70.0, SUI: 50.0, NEW: None}


def world(sheet: HandSheet | None = None, **changes: Any) -> AskContext:
    desk = HandDesk(sheet or sheet_of(NOW, GRADES))
    return context_at(SERIES, NOW, grades=cast("GradeDesk", desk), **changes)


def screen(*filters: str, sort: str = "price", sheet: HandSheet | None = None, **changes: Any) -> Screened:
    sheet = sheet or sheet_of(NOW, GRADES)
    return screened(Measured(world(sheet, **changes), sheet), [read_filter(one) for one in filters], sort)


def ids(found: Screened) -> list[str]:
    return [one.member.id for one in found.passed]


def told(raw: dict[str, Any], sheet: HandSheet | None = None, **changes: Any) -> Reply:
    return ask("get_screen", raw, world(sheet, **changes))


@pytest.mark.parametrize("condition", ["tvl<1e18", "tvl>-1", "tvl>=0", "tvl<=0"])
def test_what_is_missing_passes_no_filter_and_is_counted(condition: str) -> None:
    found = screen(condition)
    assert ids(found) == ([] if condition == "tvl<=0" else ["sui"])
    assert found.left_out == {"tvl": 2}
    assert found.universe == 3


def test_only_who_would_have_passed_otherwise_is_left_out() -> None:
    assert screen("tvl>1", "narrative=AI").left_out == {}
    assert screen("tvl>1", "price>1e9").left_out == {}
    assert screen("tvl>1", "narrative=payments").left_out == {"tvl": 1}


def test_who_lacks_what_is_sorted_by_is_left_out() -> None:
    found = screen(sort="trader")
    assert ids(found) == ["bitcoin", "sui"]
    assert found.left_out == {"trader": 1}


def test_equal_ones_are_in_the_order_of_their_ids() -> None:
    assert ids(screen(sort="trader", sheet=sheet_of(NOW, {SUI: 50.0, NEW: 50.0, BTC: 50.0}))) == [
        "bitcoin",
        "new-coin",
        "sui",
    ]


def test_filters_hold_together() -> None:
    sheet = sheet_of(NOW, GRADES, values={(BTC, "return_30"): 0.2, (SUI, "return_30"): -0.1})
    assert ids(screen("trader>=50", "return_30>0.1", sheet=sheet)) == ["bitcoin"]
    assert ids(screen("trader>=50", "return_30<0.1", "narrative=L1", sheet=sheet)) == ["sui"]
    assert ids(screen("narrative!=payments", sheet=sheet)) == ["sui", "new-coin"]


def test_a_metric_that_there_is_not_is_refused_with_near_ones() -> None:
    with pytest.raises(UsageError) as caught:
        told({"filters": ["retrun_30>0.1"]})
    assert "return_30" in caught.value.candidates
    with pytest.raises(UsageError):
        told({"sort": "colour"})


def test_a_fact_of_a_strange_name_is_a_metric_where_it_is_known() -> None:
    held = facts_by_hand.held()
    days = START + DAY * np.arange(38, dtype=np.int64)
    key = facts_by_hand._key("sui", "fundamental", "stars")
    held.put(key, facts_by_hand.rows_of(days, days + DAY, np.arange(38.0)), "count")
    assert ids(screen("stars>3", facts=held.facts())) == ["sui"]
    assert told({"filters": ["stars>3"]}, facts=held.facts()).data["matched"] == 1
    with pytest.raises(UsageError):
        told({"filters": ["stars>3"]})


def test_a_figure_that_is_too_old_says_nothing_of_now() -> None:
    held = facts_by_hand.Held()
    days = START + DAY * np.arange(20, dtype=np.int64)
    held.put(
        facts_by_hand._key("sui", "fundamental", "tvl"), facts_by_hand.rows_of(days, days + DAY, days * 0 + 5)
    )
    sheet = sheet_of(NOW, GRADES)
    measured = Measured(world(sheet, facts=held.facts()), sheet)
    member = next(one for one in measured.members if one.id == "sui")
    assert measured.of(member, "tvl") == Missing("tvl", "stale")


def test_a_figure_is_the_one_that_was_known_then() -> None:
    held = facts_by_hand.held()
    for days in (31, 34):
        now = START + days * DAY
        sheet = sheet_of(now, GRADES)
        measured = Measured(context_at(SERIES, now, grades=None, facts=held.facts()), sheet)
        member = next(one for one in measured.members if one.id == "sui")
        value = measured.of(member, "tvl")
        assert not isinstance(value, Missing)
        assert value.as_of == now - 2 * DAY
        assert value.known_at <= now


def test_an_asset_is_there_once_and_only_while_it_is_traded() -> None:
    early = START + 30 * DAY
    sheet = sheet_of(early, GRADES)
    measured = Measured(context_at(SERIES, early, grades=None), sheet)
    assert [one.id for one in measured.members] == ["bitcoin", "sui"]
    twice = {**SERIES, "BTC/USDC": SERIES[BTC]}
    refs = {symbol: AssetRef("bitcoin", "BTC", "Bitcoin") for symbol in (BTC, "BTC/USDC")}
    context = context_at(twice, NOW, grades=None, assets=refs, symbols={"bitcoin": "BTC/USDC"})
    both = Measured(context, sheet_of(NOW, {BTC: 1.0, "BTC/USDC": 2.0}))
    assert [one.symbol for one in both.members] == ["BTC/USDC"]


def test_a_claim_on_another_asset_is_never_a_pick() -> None:
    refs = {BTC: AssetRef("wbtc", "WBTC", "Wrapped", AssetKind.WRAPPED, "bitcoin")}
    sheet = sheet_of(NOW, {BTC: 90.0}, {BTC: 90.0})
    measured = Measured(world(sheet, assets=refs), sheet)
    wish = [Filter("trader", ">=", read_filter("x>=60").bound)]
    assert ids(screened(measured, wish, "trader")) == ["wbtc"]
    assert ids(screened(measured, wish, "trader", derived=False)) == []


def test_money_is_told_to_the_letter_and_a_statistic_as_a_number() -> None:
    row = told({"filters": ["tvl>1"], "sort": "tvl"}).data["rows"][0]
    tvl = FACTS.facts().facts("sui", "tvl", NOW, 1)
    assert not isinstance(tvl, Missing)
    assert row["values"]["tvl"] == format(tvl[-1].value, "f")
    assert row["values"]["trader"] == 50.0
    assert row["values"]["investor"] is None
    assert set(row) == {"rank", "asset", "values", "narratives", "thesis", "breaks"}


def test_a_screen_tells_what_it_was_asked_and_how_many_it_saw() -> None:
    reply = told({"filters": ["trader >= 60"], "narrative": "l1", "limit": 1})
    assert reply.data["filters"] == ["trader>=60", "narrative=L1"]
    assert (reply.data["matched"], reply.data["universe"], reply.data["sort"]) == (1, 3, "trader")
    assert reply.data["left_out"] == {}
    assert {one.metric: one.value for one in reply.evidence if one.asset == "market"} == {
        "universe": "3",
        "matched": "1",
    }


def test_a_typing_error_is_told_before_anybody_is_graded() -> None:
    class Never:
        def sheet(self) -> HandSheet:
            raise AssertionError("graded for nothing")

    with pytest.raises(UsageError):
        ask("get_screen", {"filters": ["tvll>1"]}, context_at(SERIES, NOW, grades=cast("GradeDesk", Never())))


def test_where_nobody_has_a_grade_as_investor_it_says_so_and_why() -> None:
    reply = told({"picks": "long_term"})
    assert reply.data["rows"] == []
    assert reply.data["note"].startswith("Nobody has a grade as investor")
    assert [one["coverage"] for one in reply.data["ungraded"]] == [0.1, 0.1, 0.1]
    assert all(one["why"] for one in reply.data["ungraded"])
    assert reply.data["left_out"] == {"investor": 3}


def test_picks_are_bought_from_60_on_unless_a_filter_says_otherwise() -> None:
    assert [one["asset"]["id"] for one in told({"picks": "short_term"}).data["rows"]] == ["bitcoin"]
    wide = told({"picks": "short_term", "filters": ["trader>=45"]}).data
    assert [one["asset"]["id"] for one in wide["rows"]] == ["bitcoin", "sui"]
    assert wide["filters"] == ["trader>=45"]
    high = told({"picks": "short_term", "filters": ["trader>=90"]}).data
    assert high["note"] == "2 of 3 assets have a grade as trader; none of them passes trader>=90."


def test_restated_figures_are_named() -> None:
    held = facts_by_hand.held()
    days = START + DAY * np.arange(38, dtype=np.int64)
    rows = facts_by_hand.rows_of(days, days + DAY, days * 0 + 7.0, facts_by_hand.RESTATED)
    held.put(facts_by_hand._key("sui", "fundamental", "fdv"), rows, "USD")
    assert told({"filters": ["fdv>1"]}, facts=held.facts()).data["restated"] == ["fdv"]
    assert told({"filters": ["tvl>1"]}).data["restated"] == []


def test_every_fact_of_a_name_of_ours_has_a_unit() -> None:
    measured = Measured(world(), sheet_of(NOW, GRADES))
    assert all(measured.unit(name) for name in (*METRICS, "trader", "coverage", "return_30", "price"))
