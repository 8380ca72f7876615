"""TVL, fees, revenue, DEX volume and stablecoins: the steps that ask DefiLlama."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.assets import AssetRef
from core.observation import NoData, Observation, Ok, Outcome
from tools.fetching.asking import Span
from tools.fetching.figures import Ask, Figures, step_of
from tools.fetching.step import Step
from tools.fetching.world import World
from tools.sources.answer import Answer
from tools.sources.providers.defillama import SOURCE, DefiLlama
from tools.store.catalog import MARKET

_FLOWS: Mapping[str, str] = {"fees": "fees", "revenue": "revenue", "volume": "dex_volume"}
_KIND = "onchain"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an asset's figures are: a protocol by its slug, or a chain by its name."""

    slug: str = ""
    chain: str = ""


def tvl(world: World) -> Sequence[Step]:
    """TVL of everything, and of each asset's protocol or chain."""
    whole = Figures("tvl", MARKET, SOURCE, _KIND, _total)
    return [step_of(world, whole), *(_step(world, "tvl", asset) for asset in world.asked.assets)]


def fees(world: World) -> Sequence[Step]:
    """Fees of each asset's protocol or chain."""
    return [_step(world, "fees", asset) for asset in world.asked.assets]


def revenue(world: World) -> Sequence[Step]:
    """Revenue of each asset's protocol or chain."""
    return [_step(world, "revenue", asset) for asset in world.asked.assets]


def volume(world: World) -> Sequence[Step]:
    """Trades on each asset's exchange or chain."""
    return [_step(world, "volume", asset) for asset in world.asked.assets]


def stablecoins(world: World) -> Sequence[Step]:
    """Dollars in stablecoins, in all and on each asset's chain."""
    whole = Figures("stablecoins", MARKET, SOURCE, _KIND, _supply("all", MARKET))
    chains = [(one, one.ids["defillama_chain"]) for one in world.asked.assets if "defillama_chain" in one.ids]
    each = [Figures("stablecoins", one.id, SOURCE, _KIND, _supply(chain, one.id)) for one, chain in chains]
    return [step_of(world, one) for one in (whole, *each)]


def _step(world: World, what: str, asset: AssetRef) -> Step:
    known = _known(asset) is not None

    async def ask(world: World, _: Span) -> Outcome[Answer[Observation]]:
        place = _known(asset) or await _found(world, asset)
        if not isinstance(place, _Place):
            return place
        client = DefiLlama(world.fetcher)
        if what == "tvl":
            asked = (
                client.protocol_tvl(place.slug, asset.id)
                if place.slug
                else client.chain_tvl(place.chain, asset.id)
            )
        elif place.slug:
            asked = client.flow(_FLOWS[what], place.slug, asset.id)
        else:
            asked = client.chain_flow(_FLOWS[what], place.chain, asset.id)
        outcome = await asked
        world.listener.heard()
        return outcome

    calls = 1 if known else 3
    return step_of(world, Figures(what, asset.id, SOURCE, _KIND, ask, calls, whole_days=what != "tvl"))


def _known(asset: AssetRef) -> _Place | None:
    """Where the registry says that an asset is: its own protocol before its chain."""
    if "defillama" in asset.ids:
        return _Place(slug=asset.ids["defillama"])
    if "defillama_chain" in asset.ids:
        return _Place(chain=asset.ids["defillama_chain"])
    return None


async def _found(world: World, asset: AssetRef) -> _Place | Outcome[Answer[Observation]]:
    """Where DefiLlama itself says that an asset is, by its id at CoinGecko; never by a name."""
    client = DefiLlama(world.fetcher)
    chains = await world.once("defillama chains", client.chains)
    if not isinstance(chains, Ok):
        return chains
    names = [row.id for row in chains.value.rows if row.texts.get("coingecko") == asset.id]
    if len(names) == 1:
        return _Place(chain=names[0])
    protocols = await world.once("defillama protocols", client.protocols)
    if not isinstance(protocols, Ok):
        return protocols
    rows = [row for row in protocols.value.rows if row.texts.get("coingecko") == asset.id]
    # several versions of one protocol: their parent holds them all
    slugs = {row.texts.get("parent", row.id).removeprefix("parent#") for row in rows}
    if len(slugs) == 1:
        return _Place(slug=slugs.pop())
    if not slugs:
        return NoData(f"{SOURCE.title} knows no protocol or chain of {asset.id}")
    return NoData(f"{SOURCE.title} has several protocols of {asset.id}: {', '.join(sorted(slugs))}")


async def _total(world: World, _: Span) -> Outcome[Answer[Observation]]:
    outcome = await DefiLlama(world.fetcher).total_tvl(MARKET)
    world.listener.heard()
    return outcome


def _supply(chain: str, asset: str) -> Ask:
    async def ask(world: World, _: Span) -> Outcome[Answer[Observation]]:
        outcome = await DefiLlama(world.fetcher).stablecoin_supply(chain, asset)
        world.listener.heard()
        return outcome

    return ask
