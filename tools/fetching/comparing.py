"""A second opinion: the newest closes that came, beside what DefiLlama says of the same assets at that moment."""

from __future__ import annotations

from collections.abc import Sequence

from core.instant import Instant, iso
from core.observation import Ok
from tools.fetching.report import failure_of
from tools.fetching.step import Step
from tools.fetching.world import World
from tools.sources.providers.defillama import SOURCE, DefiLlama
from tools.sources.venues import MarketData
from tools.store.audit.candles import disagreements
from tools.store.catalog import FIGURES, SeriesInfo

_APART = 0.05


def step(candles: Sequence[Step]) -> Sequence[Step]:
    """One question about all assets whose candles are fetched; none where none are."""
    if not any(one.skipped is None for one in candles):
        return ()
    return (
        Step(
            *("candles", "second opinion", SOURCE.name, 1, SOURCE.provider.pace.gap_ms, _run),
            comes_last=True,
        ),
    )


async def confirmed(world: World, market: MarketData, symbol: str, asset: str) -> str | None:
    """Why *symbol* may be another asset than *asset*, by what both cost now; `None` where they cost the same."""
    quotes = await market.quotes([symbol])
    outcome = await DefiLlama(world.fetcher).prices({f"coingecko:{asset}": asset})
    world.listener.heard()
    quote, told = quotes[symbol], f"nobody has said that {symbol} at {market.venue} is {asset}"
    if not isinstance(quote, Ok) or not isinstance(outcome, Ok):
        return f"{told}, and its price cannot be compared"
    price = outcome.value.rows[0].value
    apart = abs(float(quote.value.mid / price) - 1)
    if apart <= _APART:
        return None
    return f"{told}, and it costs {quote.value.mid:f} where {asset} costs {price:f}"


def figures_apart(world: World) -> None:
    """Points out where a series that grew says otherwise than another source of the same figures."""
    came = {
        key for key, one in world.report.fetched.items() if key.kind in FIGURES and (one.new or one.revised)
    }
    twins: dict[tuple[str, str, str], list[SeriesInfo]] = {}
    for info in world.store.series():
        if info.key.kind in FIGURES:
            twins.setdefault((info.asset, info.key.metric, info.venue), []).append(info)
    for several in twins.values():
        if len(several) > 1 and any(info.key in came for info in several):
            told = []
            for info in several:
                rows = world.store.rows(info)
                newest = rows.pick(rows.is_newest())
                told.append((info, newest.as_of, newest.values[:, 0]))
            for one in disagreements(told, "values"):
                world.report.find("disagreement", f"{one.series}: {one.message}")


async def _run(world: World) -> None:
    """Asks once for the moment at which most of the series end; what ends elsewhere is not compared."""
    came = {key for key, one in world.report.fetched.items() if key.kind == "ohlcv" and one.new}
    ends: dict[Instant, list[tuple[str, str, float]]] = {}
    for info in world.store.series():
        if info.key in came:
            rows = world.store.rows(info)
            end = Instant(info.last + info.interval.ms)
            ends.setdefault(end, []).append((info.asset, info.key.label, float(rows.values[-1, 3])))
    if not ends:
        return
    moment = max(ends, key=lambda end: (len(ends[end]), end))
    coins = {f"coingecko:{asset}": asset for asset, _, _ in ends[moment] if ":" not in asset}
    outcome = await DefiLlama(world.fetcher).prices(coins, moment)
    world.listener.heard()
    if not isinstance(outcome, Ok):
        failure = failure_of("candles second opinion from defillama", outcome)
        world.report.find(failure.code, f"nobody confirmed the newest closes: {failure.why}")
        return
    prices = {row.asset: row for row in outcome.value.rows if "low_confidence" not in row.flags}
    for asset, label, close in ends[moment]:
        price = prices.get(asset)
        if price is None or close <= 0:
            continue
        apart = float(price.value) / close - 1
        if abs(apart) > _APART:
            world.report.find(
                "disagreement",
                f"{label}: it closed at {close:.10g} at {iso(moment)}, and {SOURCE.title} says {price.value} for"
                f" {asset} ({apart:+.0%}): one of them is wrong, or it is another asset",
            )
