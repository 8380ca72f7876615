"""Asks every answer of `tools.ask`, with the true future and with garbage in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any, NamedTuple

from agent.journal.difference import Difference
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
from tools.desk.grading.grades import GradeDesk
from tools.market.names import names_of

_MARKET = "market"
_METRICS = 40
ENOUGH = 10
"""Leaks of one kind of comparison after which it is not looked further."""


class Question(NamedTuple):
    """What is asked: a tool, and its arguments as pairs."""

    tool: str
    about: tuple[tuple[str, Any], ...] = ()


async def compare_answers(
    subject: Subject, lived: Lived, moment: Moment, done: Compared, *, deep: bool = False
) -> list[Leak]:
    """The leaks of all answers at *moment*: of each tool, on each asset, its figures one by one."""
    spoiling = subject.deep if deep and subject.deep is not None else subject.near
    clean = await _context(subject.scene, lived, moment, lived.journal)
    questions = list(_questions(clean))
    true = [_reply(clean, one) for one in questions]
    false = await _spoiled(lived, moment, spoiling, EVERY, questions)
    leaks, moved = [], []
    for question, was, now in zip(questions, true, false, strict=True):
        done.answers += 1
        done.bytes += len(canonical(was))
        if (early := _told_early(was, moment.at)) is not None:
            name, known_at = early
            path = f"{_path(question)}/evidence/{name}/known_at"
            leaks.append(Leak(subject.id, None, moment.at, "its evidence", path, iso(moment.at), known_at))
        elif differs(was, now) is not None:
            moved.append((question, was, now))
    for question, (source, found) in (await _traced(lived, moment, spoiling, moved[:ENOUGH])).items():
        path = f"{_path(question)}{found.path}"
        leaks.append(Leak(subject.id, None, moment.at, source, path, found.recorded, found.replayed))
    return leaks[:ENOUGH]


async def _traced(
    lived: Lived, moment: Moment, spoiling: Spoiling, moved: list[tuple[Question, Any, Any]]
) -> dict[Question, tuple[str, Difference]]:
    """Which source alone makes each difference, and where."""
    traced: dict[Question, tuple[str, Difference]] = {}
    for source in SOURCES:
        left = [(question, was) for question, was, _ in moved if question not in traced]
        if not left:
            break
        asked = [question for question, _ in left]
        now = await _spoiled(lived, moment, spoiling, frozenset({source}), asked)
        for (question, was), is_now in zip(left, now, strict=True):
            if (found := differs(was, is_now)) is not None:
                traced[question] = source, found
    for question, was, is_now in moved:
        if question not in traced and (found := differs(was, is_now)) is not None:
            traced[question] = SEVERAL, found
    return traced


async def _spoiled(
    lived: Lived, moment: Moment, spoiling: Spoiling, sources: frozenset[str], questions: list[Question]
) -> list[Any]:
    with spoiling(moment.at, sources) as scene:
        memory = SpoiledMemory(lived.journal, moment.at) if MEMORY in sources else lived.journal
        context = await _context(scene, lived, moment, memory)
        return [_reply(context, one) for one in questions]


def _reply(context: AskContext, question: Question) -> Any:
    try:
        reply = ask(question.tool, dict(question.about), context)
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
    told = (str(value).replace("/", "~1") for _, value in question.about)
    return "/" + "/".join((question.tool, *told))


def _questions(context: AskContext) -> Iterator[Question]:
    for name, tool in tools().items():
        fields, most = tool.Args.model_fields, _most(tool)
        if "query" in fields:
            yield from (Question(name, (("query", one.partition("/")[0]),)) for one in context.assets)
            continue
        if "asset" not in fields or not fields["asset"].is_required():
            yield Question(name, most)
        for symbol in context.assets if "asset" in fields else ():
            about = ("asset", symbol)
            yield Question(name, (about, *most))
            if "interval" in fields:
                yield Question(name, (about, ("interval", "1d"), *most))
            if "metric" in fields:
                for metric in _metrics(context, symbol):
                    yield Question(name, (about, ("metric", metric)))


def _metrics(context: AskContext, symbol: str) -> list[str]:
    if context.facts is None:
        return []
    return sorted(context.facts.metrics(context.assets[symbol].id, context.now))[:_METRICS]


def _most(tool: Tool) -> tuple[tuple[str, Any], ...]:
    """The largest count that the tool takes, where it takes one."""
    field = tool.Args.model_fields.get("count")
    most = [one.le for one in field.metadata if hasattr(one, "le")] if field is not None else []
    return (("count", most[0]),) if most else ()


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
    told = {symbol: one.id for symbol, one in names.assets.items()}
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
        grades=GradeDesk(market, told, scene.facts, refs=names.assets),
    )
