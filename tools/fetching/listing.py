"""Who is who: the largest coins of CoinGecko, with their contracts, beside the assets that are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from core.assets import AssetKind, AssetRef
from core.observation import Ok
from tools.fetching.figures import key_of
from tools.fetching.report import Counts, failure_of
from tools.fetching.snapshots import today
from tools.fetching.step import Step
from tools.fetching.world import World
from tools.identity import Registry, chain_of, conflicts
from tools.identity.spelling import address
from tools.sources.answer import Listed
from tools.sources.providers.coingecko import SOURCE, CoinGecko
from tools.sources.providers.defillama import DefiLlama
from tools.store import assets

_PAGE = 250
_NAME = "assets from coingecko"
# what a name says of a token that is a claim on another one; on which, no list says
_A_CLAIM = re.compile(r"\b(wrapped|bridged|staked|restaked|staking|liquid|pegged|vault|peg)\b", re.IGNORECASE)


def steps(world: World) -> Sequence[Step]:
    """One step."""
    pages = -(-world.asked.top // _PAGE)
    skipped = None if world.lacking(_question(world), today(world)) else ("today's list is there", "stored")
    gap = SOURCE.provider.pace.gap_ms
    calls = 0 if skipped else pages + 2
    return [Step("assets", f"top {world.asked.top}", SOURCE.name, calls, gap, _run, key_of(SOURCE), skipped)]


def _question(world: World) -> str:
    return f"assets {SOURCE.name} {world.asked.top}"


async def _run(world: World) -> None:
    client = CoinGecko(world.fetcher)
    markets = await client.markets(most=-(-world.asked.top // _PAGE))
    world.listener.heard()
    if not isinstance(markets, Ok):
        world.report.fail(failure_of(_NAME, markets))
        return
    world.credit(markets.value)
    coins = await client.coins()
    world.listener.heard()
    contracts: Mapping[str, Mapping[str, str]] = {}
    if isinstance(coins, Ok):
        contracts = {row.id: _contracts(row) for row in coins.value.rows}
    else:
        world.report.fail(failure_of("contracts of assets from coingecko", coins))
    pegged = await DefiLlama(world.fetcher).stablecoins()
    world.listener.heard()
    stable: frozenset[str] = frozenset()
    if isinstance(pegged, Ok):
        stable = frozenset(row.texts.get("coingecko", "") for row in pegged.value.rows)
    else:
        # a stablecoin that is taken for another token would be traded as one
        world.report.fail(failure_of("which assets are stablecoins, from defillama", pegged))
        return
    rows = markets.value.rows[: world.asked.top]
    found = [
        one for row in rows if (one := _asset(world, row, contracts.get(row.id, {}), stable)) is not None
    ]
    _take(world, found)
    world.coverage.add(_question(world), today(world), world.clock.now())


def _contracts(row: Listed) -> Mapping[str, str]:
    pairs = [text.partition(":") for text in row.lists.get("contracts", ())]
    return {chain_of(chain): address(where) for chain, _, where in pairs}


def _asset(
    world: World, row: Listed, contracts: Mapping[str, str], stable: frozenset[str]
) -> AssetRef | None:
    """What *row* says of an asset; of one that is known, only what may be added to it."""
    name, ticker = row.texts["name"], row.texts.get("symbol", "").upper()
    if not ticker:
        world.report.find("asset_conflict", f"{row.id} was left out: it has no ticker")
        return None
    known = world.registry.assets.get(row.id)
    if known is not None:
        more = {**known.contracts, **contracts}
        return AssetRef(row.id, ticker, name, known.kind, known.underlying, known.narratives, {}, more)
    if row.id in stable:
        return AssetRef(row.id, ticker, name, AssetKind.STABLE, None, ("stablecoin",), contracts=contracts)
    if _A_CLAIM.search(name):
        told = f"{row.id} ({name}) was left out: it seems a claim on another asset, and nobody says on which"
        world.report.find("asset_conflict", told)
        return None
    return AssetRef(row.id, ticker, name, contracts=contracts)


def _take(world: World, found: Sequence[AssetRef]) -> None:
    """Stores those of *found* that contradict nothing, and says of the others why not."""
    base = Registry(assets.built_in())
    refused = {one.id: one.why for one in conflicts(base, found)}
    for number, why in refused.items():
        world.report.find("asset_conflict", f"{number} was left out: {why}")
    taken = [one for one in found if one.id not in refused]
    new, same, changed = assets.remember_all(world.store.connection, taken)
    world.report.assets = Counts(new, same, changed)
    for ticker, ids in _shared(base, taken).items():
        told = f"the ticker {ticker} is now of several assets: {', '.join(ids)}; say which one by its id"
        world.report.find("ambiguous_ticker", told)


def _shared(base: Registry, taken: Iterable[AssetRef]) -> Mapping[str, tuple[str, ...]]:
    """The tickers of known assets that new ones go by as well."""
    owners: dict[str, list[str]] = {}
    for one in base.assets.values():
        owners.setdefault(one.ticker.upper(), []).append(one.id)
    shared: dict[str, tuple[str, ...]] = {}
    for one in taken:
        if one.id not in base.assets and one.ticker in owners:
            shared[one.ticker] = (*shared.get(one.ticker, tuple(owners[one.ticker])), one.id)
    return shared
