"""On-chain counts and sentiment by day: Blockchain.com, Coin Metrics, alternative.me."""

from __future__ import annotations

from collections.abc import Sequence

from core.assets import AssetRef
from core.instant import DAY, Instant
from core.observation import Observation, Outcome
from tools.fetching.asking import Span
from tools.fetching.figures import Ask, Figures, step_of
from tools.fetching.step import Step
from tools.fetching.world import World
from tools.sources.answer import Answer
from tools.sources.providers import alternative_me, blockchain, coinmetrics
from tools.store.catalog import MARKET

_CHARTS = ("active_addresses", "tx_count", "hash_rate", "transfer_volume", "difficulty", "mvrv", "nvt")
# the price of a day has another name here than a price of a moment, which other sources tell
_COUNTS = (
    *("active_addresses", "tx_count", "funded_addresses", "transfer_count", "hash_rate"),
    *("circulating_supply", "fees_native", "issuance_native", "mvrv"),
)


def onchain(world: World) -> Sequence[Step]:
    """Bitcoin's charts, and the counts of everybody whom Coin Metrics has, where a person said yes to it."""
    steps: list[Step] = []
    for asset in world.asked.assets:
        if asset.id == blockchain.ASSET:
            steps += [
                step_of(
                    world,
                    Figures(
                        *("onchain", asset.id, blockchain.SOURCE, "onchain", _chart(metric)),
                        detail=metric,
                        whole_days=True,
                    ),
                )
                for metric in _CHARTS
            ]
        steps += _counted(world, asset)
    return steps


def _counted(world: World, asset: AssetRef) -> Sequence[Step]:
    if "coinmetrics" not in asset.ids:
        return ()
    figures = Figures(
        *("onchain", asset.id, coinmetrics.SOURCE, "onchain", _counts(asset)),
        tells_known_at=True,
        whole_days=True,
    )
    step = step_of(world, figures)
    if coinmetrics.PROVIDER.opt_in and coinmetrics.SOURCE.name not in world.opted_in:
        why = f"--opt-in coinmetrics: {coinmetrics.PROVIDER.opt_in}"
        return (step.without(why, "opt_in"),)
    return (step,)


def sentiment(world: World) -> Sequence[Step]:
    """The fear and greed index."""
    return [step_of(world, Figures("sentiment", MARKET, alternative_me.SOURCE, "sentiment", _index))]


def _chart(metric: str) -> Ask:
    async def ask(world: World, span: Span) -> Outcome[Answer[Observation]]:
        days = -(-(world.clock.now() - span.start) // DAY) + 1
        client = blockchain.Blockchain(world.fetcher)
        outcome = await client.chart(metric, span.start, f"{days}days")
        world.listener.heard()
        return outcome

    return ask


def _counts(asset: AssetRef) -> Ask:
    async def ask(world: World, span: Span) -> Outcome[Answer[Observation]]:
        client = coinmetrics.CoinMetrics(world.fetcher)
        named = {asset.ids["coinmetrics"]: asset.id}
        outcome = await client.daily(named, _COUNTS, span.start, Instant(span.end - 1))
        world.listener.heard()
        return outcome

    return ask


async def _index(world: World, span: Span) -> Outcome[Answer[Observation]]:
    days = -(-(world.clock.now() - span.start) // DAY) + 1
    outcome = await alternative_me.AlternativeMe(world.fetcher).fear_and_greed(days)
    world.listener.heard()
    return outcome
