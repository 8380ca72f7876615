"""Asks every answer of `tools.ask`, with the true future and with garbage in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from agent.runtime.account_then import Until
from core.assets import AssetRef
from core.canonical import canonical
from core.instant import Instant, interval, iso
from core.money import published
from core.observation import Missing
from core.ports import JournalReader
from evals.lookahead.findings import Compared, Leak, differs
from evals.lookahead.living import Lived
from evals.lookahead.memory import SpoiledMemory
from evals.lookahead.moments import SEVERAL, market_at
from evals.lookahead.scene import Scene, Spoiling, Subject
from evals.lookahead.sources import EVERY, MEMORY, SOURCES
from evals.lookahead.watching import Moment, plainly
from strategies.risk.in_force import describe
from tools.ask import AskContext, Tool, ask, tools
from tools.market.names import names_of

_MARKET = "market"
_METRICS = 40
Question = tuple[str, dict[str, Any]]


async def compare_answers(
    subject: Subject, lived: Lived, moment: Moment, done: Compared, *, deep: bool = False
) -> list[Leak]:
    """The leaks of all answers at *moment*: of each tool, on each asset, its figures one by one."""
    spoiling = subject.deep if deep and subject.deep is not None else subject.near
    clean = await _context(subject.scene, lived, moment, lived.journal)
    questions = list(_questions(clean))
    true = [_reply(clean, one) for one in questions]
    false = await _spoiled(lived, moment, spoiling, EVERY, questions)
    leaks = []
    for question, was, now in zip(questions, true, false, strict=True):
        done.answers += 1
        done.bytes += len(canonical(was))
        if (early := _told_early(was, moment.at)) is not None:
            name, known_at = early
            path = f"{_path(question)}/evidence/{name}/known_at"
            leaks.append(Leak(subject.id, None, moment.at, question[0], path, iso(moment.at), known_at))
        elif (found := differs(was, now)) is not None:
            source = await _source(lived, moment, spoiling, question, was)
            path = f"{_path(question)}{found.path}"
            leaks.append(Leak(subject.id, None, moment.at, source, path, found.recorded, found.replayed))
    return leaks


async def _source(lived: Lived, moment: Moment, spoiling: Spoiling, question: Question, was: Any) -> str:
    """Which source alone makes the difference."""
    for one in SOURCES:
        now = await _spoiled(lived, moment, spoiling, frozenset({one}), [question])
        if differs(was, now[0]) is not None:
            return one
    return SEVERAL


async def _spoiled(
    lived: Lived, moment: Moment, spoiling: Spoiling, sources: frozenset[str], questions: list[Question]
) -> list[Any]:
    with spoiling(moment.at, sources) as scene:
        memory = SpoiledMemory(lived.journal, moment.at) if MEMORY in sources else lived.journal
        context = await _context(scene, lived, moment, memory)
        return [_reply(context, one) for one in questions]


def _reply(context: AskContext, question: Question) -> Any:
    name, raw = question
    try:
        reply = ask(name, raw, context)
    except Exception as error:  # whatever an answer raises over garbage is a difference, and is told as one
        return {"raised": repr(error)}
    return {
        "data": plainly(reply.data),
        "evidence": [plainly(asdict(one)) for one in reply.evidence],
        "missing": [plainly(asdict(one)) for one in reply.missing],
    }


def _told_early(reply: Any, now: Instant) -> tuple[int, str] | None:
    """The first evidence that was not known at *now*, or that was known before the moment it describes."""
    for number, one in enumerate(reply.get("evidence", ())):
        if not one["as_of"] <= one["known_at"] <= now:
            return number, iso(Instant(max(one["as_of"], one["known_at"])))
    return None


def _path(question: Question) -> str:
    name, raw = question
    return "/" + "/".join([name, *(str(value).replace("/", "~1") for value in raw.values())])


def _questions(context: AskContext) -> Iterator[Question]:
    for name, tool in tools().items():
        fields = tool.Args.model_fields
        if "query" in fields:
            yield from ((name, {"query": symbol.partition("/")[0]}) for symbol in context.assets)
            continue
        if "asset" not in fields or not tool.of_asset or not fields["asset"].is_required():
            yield name, _most(tool)
        if "asset" in fields:
            for symbol in context.assets:
                yield name, {"asset": symbol, **_most(tool)}
                yield from _widths(name, tool, symbol)
                yield from _metrics(name, tool, symbol, context)


def _widths(name: str, tool: Tool, symbol: str) -> Iterator[Question]:
    if "interval" in tool.Args.model_fields:
        yield name, {"asset": symbol, "interval": "1d", **_most(tool)}


def _metrics(name: str, tool: Tool, symbol: str, context: AskContext) -> Iterator[Question]:
    if "metric" in tool.Args.model_fields and context.facts is not None:
        known = context.facts.metrics(context.assets[symbol].id, context.now)
        for metric in sorted(known)[:_METRICS]:
            yield name, {"asset": symbol, "metric": metric}


def _most(tool: Tool) -> dict[str, Any]:
    """The largest count that the tool takes, where it takes one."""
    field = tool.Args.model_fields.get("count")
    most = [one.le for one in field.metadata if hasattr(one, "le")] if field is not None else []
    return {"count": most[0]} if most else {}


async def _context(scene: Scene, lived: Lived, moment: Moment, memory: JournalReader) -> AskContext:
    """A question's context as of *moment*: the market, what is known beside it, the account and its journal."""
    market = await market_at(scene, moment.at)
    assets = {}
    for symbol in scene.world.symbols:
        base = symbol.partition("/")[0]
        narratives = scene.world.narratives.get(symbol, ())
        assets[symbol] = AssetRef(scene.world.series[symbol].asset, base, base, narratives=narratives)
    names = names_of(assets, {}, at=moment.at)
    marks: dict[str, Decimal] = {}
    for symbol in moment.portfolio.positions:
        close = market.close(symbol)
        if not isinstance(close, Missing):
            marks[symbol] = published(close[0])
    whole = all(symbol in marks for symbol in moment.portfolio.positions)
    return AskContext(
        now=moment.at,
        market=market,
        every=interval("1d"),
        symbols=names.symbols,
        source=_MARKET,
        assets=names.assets,
        others=names.others,
        facts=scene.facts,
        portfolio=moment.portfolio,
        marks=marks,
        equity=moment.portfolio.equity(marks) if whole else None,
        peak=moment.watermarks.peak_equity,
        state=moment.state.value,
        limits=describe(lived.config.limits),
        records=Until(memory, moment.at),
        account=lived.config.account,
        account_at=moment.at,
        account_simulated=scene.world.simulated,
    )
