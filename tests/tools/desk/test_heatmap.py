"""The heatmap: a cell for everybody who trades, a band for every value, and nothing drawn as 0 for what is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.instant import DAY, Instant, instant
from core.spec import parse_spec
from tests.tools.ask.worlds import START, context_at, paths, spoiled
from tools.ask import AskContext
from tools.clocks import SimulatedClock
from tools.desk.heatmap import BY, Heatmap, band, bands_of, heatmap, told
from tools.facts.simulated import SimulatedFacts
from tools.market.bar_market import BarMarket
from tools.market.names import names_of
from tools.market.stored_market import advance_at_once
from tools.simulation.market import SimulatedMarket

SERIES = paths()
NOW = START + 38 * DAY


def simulated(days: int = 60, assets: int = 12) -> AskContext:
    world = SimulatedMarket(parse_spec(f"sim?seed=7&assets={assets}&grain=4h"))
    now = Instant(instant("2024-01-01") + days * DAY)
    market = BarMarket(SimulatedClock(now), world.grain, world.series(now), world.instruments, simulated=True)
    advance_at_once(market, now)
    names = names_of(world.assets, {})
    return AskContext(
        now=now,
        market=market,
        every=world.grain,
        symbols=names.symbols,
        source="sim",
        assets=names.assets,
        facts=SimulatedFacts(world.facts),
    )


def cells(made: Heatmap) -> dict[str, float | None]:
    return {cell.symbol: cell.value for _, several in made.groups for cell in several}


@pytest.mark.parametrize("by", BY)
def test_everybody_who_trades_is_there_once_in_the_first_narrative(by: str) -> None:
    context = simulated()
    made = heatmap(context, by)
    assert sorted(cells(made)) == sorted(context.market.symbols)
    for group, several in made.groups:
        assert all(context.assets[cell.symbol].narratives[0] == group for cell in several)
        assert [cell.size for cell in several] == sorted((cell.size for cell in several), reverse=True)
    totals = [sum(cell.size for cell in several) for _, several in made.groups]
    assert totals == sorted(totals, reverse=True)


def test_what_is_not_known_has_no_value_no_band_and_a_reason() -> None:
    made = heatmap(context_at(SERIES, NOW), "return_30")
    lacking = [cell for _, several in made.groups for cell in several if cell.value is None]
    assert [cell.symbol for cell in lacking] == ["NEW/USDT"]
    assert lacking[0].band is None
    assert lacking[0].why == "warming_up: 31 days are needed"
    assert ("return_30", "1 of 3 assets have none: NEW/USDT") in {(one.what, one.why) for one in made.missing}


def test_sizes_follow_the_value_traded_where_most_market_caps_are_not_known() -> None:
    made = heatmap(context_at(SERIES, NOW, facts=None), "change_24h")
    assert made.size == "traded_value"
    assert any(gap.what == "market_cap" for gap in made.missing)
    assert heatmap(simulated(), "change_24h").size == "market_cap"
    assert {cell.size for _, several in heatmap(simulated(), size="equal").groups for cell in several} == {1}


def test_a_heatmap_is_the_same_whatever_comes_later() -> None:
    known = told(heatmap(context_at(SERIES, NOW), "change_7d"))
    assert told(heatmap(context_at(spoiled(SERIES, NOW, seed=5), NOW), "change_7d")) == known


def test_nobody_is_on_the_map_before_there_is_a_day() -> None:
    made = heatmap(context_at(SERIES, START), "change_24h")
    assert made.groups == ()


@pytest.mark.parametrize(
    ("by", "value", "name"),
    [
        ("trader", 0.0, "very_weak"),
        ("trader", 19.99, "very_weak"),
        ("investor", 20.0, "weak"),
        ("trader", 59.99, "steady"),
        ("trader", 60.0, "strong"),
        ("trader", 100.0, "very_strong"),
        ("change_24h", -0.06, "sharp_fall"),
        ("change_24h", -0.05, "fall"),
        ("change_7d", 0.0, "flat"),
        ("return_30", 0.05, "rise"),
        ("return_30", 0.25, "sharp_rise"),
    ],
)
def test_a_border_belongs_to_the_better_band(by: str, value: float, name: str) -> None:
    assert band(by, value) == name


@pytest.mark.parametrize("by", BY)
def test_there_are_five_bands_of_whatever_is_shown(by: str) -> None:
    assert len(bands_of(by)) == 5


@pytest.mark.parametrize("size", ["market_cap", "traded_value"])
def test_a_size_in_dollars_is_told_as_a_plain_text_and_an_equal_one_as_a_number(size: str) -> None:
    context = simulated()
    sizes = [cell["size"] for group in told(heatmap(context, size=size))["groups"] for cell in group["cells"]]
    assert all(isinstance(one, str) and "e" not in one.lower() and Decimal(one) > 0 for one in sizes)
    equal = told(heatmap(context, size="equal"))["groups"]
    assert {cell["size"] for group in equal for cell in group["cells"]} == {1}
