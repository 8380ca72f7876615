"""Grades and signals of Token Metrics, day by day, of a token that was made sure of by id, ticker and name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.assets import AssetRef
from core.instant import DAY, Instant
from core.observation import NoData, NotEntitled, Observation, Ok, Outcome
from tools.fetching.asking import Span
from tools.fetching.figures import Ask, Figures, step_of
from tools.fetching.step import Step
from tools.fetching.world import World
from tools.identity.spelling import folded
from tools.sources.answer import Answer
from tools.sources.providers.tokenmetrics import SOURCE, TokenMetrics

_WINDOW = 30
# endpoint: what is taken of it
_TAKEN: Mapping[str, tuple[str, ...]] = {
    "tm-grade-history": ("tm_grade", "quant_grade"),
    "fundamental-grade-history": ("fundamental_grade",),
    "technology-grade-history": ("technology_grade",),
    "trading-signals": ("trading_signal", "token_trend"),
}


def grades(world: World) -> Sequence[Step]:
    """Every grade of each asset."""
    return [_step(world, asset, endpoint) for asset in world.asked.assets for endpoint in _TAKEN]


def _step(world: World, asset: AssetRef, endpoint: str) -> Step:
    figures = Figures(
        *("grades", asset.id, SOURCE, "fundamental", _ask(asset, endpoint)),
        detail=endpoint.removesuffix("-history"),
        tells_known_at=True,
        whole_days=True,
    )
    rest = world.lacking(figures.question, figures.span(world))
    days = (rest[-1].end - rest[0].start) // DAY + 1 if rest else 0
    step = step_of(world, replace(figures, calls=-(-days // _WINDOW)))
    if SOURCE.name not in world.keys:
        return step.without("set TOKENWISE_KEY_TOKENMETRICS: it answers nobody without a key", "not_entitled")
    return step


def _ask(asset: AssetRef, endpoint: str) -> Ask:
    async def ask(world: World, span: Span) -> Outcome[Answer[Observation]]:
        refused = world.refusals.get(endpoint)
        if refused is not None:
            return NotEntitled(refused)
        token = await world.once(f"tokenmetrics {asset.id}", lambda: _token(world, asset))
        if not isinstance(token, Ok):
            return token
        client = TokenMetrics(world.fetcher)
        outcome = await client.history(endpoint, [token.value], span.start, Instant(span.end - 1))
        world.listener.heard()
        if isinstance(outcome, NotEntitled):
            world.refusals[endpoint] = outcome.detail
        if not isinstance(outcome, Ok):
            return outcome
        rows = tuple(
            one
            for row in outcome.value.rows
            for one in row.observations(asset.id)
            if one.metric in _TAKEN[endpoint]
        )
        answer = outcome.value
        return Ok(
            Answer(
                rows, answer.source, answer.fetched_at, answer.attribution, answer.licence, answer.left_out
            )
        )

    return ask


async def _token(world: World, asset: AssetRef) -> Outcome[str]:
    """Its number there. One ticker is several tokens: ticker and name have to fit, of one token alone."""
    if "tokenmetrics" in asset.ids:
        return Ok(asset.ids["tokenmetrics"])
    outcome = await TokenMetrics(world.fetcher).ask("tokens", symbol=asset.ticker)
    world.listener.heard()
    if not isinstance(outcome, Ok):
        return outcome
    fitting = [
        row.id
        for row in outcome.value.rows
        if folded(row.texts.get("token_symbol", "")) == folded(asset.ticker)
        and (
            row.texts.get("slug") == asset.id or folded(row.texts.get("token_name", "")) == folded(asset.name)
        )
    ]
    if len(fitting) == 1:
        return Ok(fitting[0])
    told = "no token" if not fitting else f"{len(fitting)} tokens"
    return NoData(f"{SOURCE.title} has {told} with the ticker {asset.ticker} and the name {asset.name}")
