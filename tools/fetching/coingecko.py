"""Market cap, supply, developers and community: the steps that ask CoinGecko."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.instant import DAY
from core.observation import Observation, Ok, Outcome
from tools.fetching import figures, snapshots
from tools.fetching.asking import Span
from tools.fetching.step import Step
from tools.fetching.world import World
from tools.sources.answer import Answer, Listed
from tools.sources.providers.coingecko import SOURCE, CoinGecko

_PAGE = 250
_SUPPLY = frozenset(
    (*("fdv", "circulating_supply", "total_supply", "max_supply"), "market_cap_rank", "price_all_time_high")
)
_PEOPLE = frozenset(
    (
        *("stars", "forks", "subscribers", "total_issues", "closed_issues", "pull_requests_merged"),
        *("pull_request_contributors", "commit_count_4_weeks", "votes_up"),
        *("reddit_subscribers", "reddit_accounts_active_48h", "telegram_channel_user_count"),
        *("facebook_likes", "twitter_followers"),
    )
)
# its chart: our name; one answer holds all three
_CHARTS = {"price": "price", "market_cap": "market_cap", "volume": "total_volume"}


def fundamentals(world: World) -> Sequence[Step]:
    """Supply of all assets at once; a chart, developers and community of each one."""
    ids = [asset.id for asset in world.asked.assets]
    at_once = [ids[k : k + _PAGE] for k in range(0, len(ids), _PAGE)]
    steps = [snapshots.step_of(world, _supply(some)) for some in at_once]
    for asset in ids:
        steps.append(snapshots.step_of(world, _people(asset)))
        steps.append(figures.step_of(world, _chart(asset)))
    return steps


def _supply(ids: Sequence[str]) -> snapshots.Snapshot:
    async def ask(world: World) -> Outcome[Answer[Listed]]:
        return await CoinGecko(world.fetcher).markets(ids)

    return snapshots.Snapshot("fundamentals", ids, SOURCE, _SUPPLY, ask, "supply")


def _people(asset: str) -> snapshots.Snapshot:
    async def ask(world: World) -> Outcome[Answer[Listed]]:
        return await CoinGecko(world.fetcher).coin(asset)

    return snapshots.Snapshot("fundamentals", [asset], SOURCE, _PEOPLE, ask, "people")


def _chart(asset: str) -> figures.Figures:
    async def ask(world: World, span: Span) -> Outcome[Answer[Observation]]:
        days = min(-(-(world.clock.now() - span.start) // DAY), SOURCE.history_days or 1)
        found: list[Answer[Observation]] = []
        for theirs, ours in _CHARTS.items():
            outcome = await CoinGecko(world.fetcher).chart(theirs, asset, days)
            if not isinstance(outcome, Ok):
                world.listener.heard()
                return outcome
            rows = tuple(replace(row, metric=ours) for row in outcome.value.rows)
            found.append(replace(outcome.value, rows=rows))
        world.listener.heard()
        return Ok(replace(found[0], rows=tuple(row for one in found for row in one.rows)))

    return figures.Figures(
        "fundamentals", asset, SOURCE, "fundamental", ask, detail="market", back=SOURCE.history_days
    )
