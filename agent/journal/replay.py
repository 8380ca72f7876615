"""``journal replay``: re-runs recorded decisions from their recorded inputs and compares, value by value."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any

from agent.journal.difference import Difference, first_difference
from agent.journal.dossier import find
from agent.journal.reading import Archive, reference
from agent.journal.recorded_view import RecordedView
from core.canonical import canonical
from core.codec import encode
from core.decision import Decision, Situation, Unchanged
from core.errors import NoAnswerError
from core.events import Decided, Filled, Started, event
from core.ids import DecisionId
from core.instant import Interval, interval
from core.money import ZERO
from core.portfolio import Portfolio
from core.ports import Decider, Record

DeciderFor = Callable[[str], Decider]
ModelReplay = Callable[[Mapping[str, Any]], Awaitable[Decision]]
SpanChecker = Callable[[Record], Awaitable[Difference | None]]

_READ = ("started", "decided", "span", "filled")


async def replay(
    archive: Archive,
    wanted: str,
    decider_for: DeciderFor,
    span_checker: SpanChecker | None = None,
    replay_model: ModelReplay | None = None,
) -> dict[str, Any]:
    """Replays one decision (by any id that `find` takes) or, for ``all``, every one there is.

    Args:
        archive: The journal.
        wanted: An id, or ``all``.
        decider_for: Builds a fresh decider from its spec.
        span_checker: Re-runs a span of unchanged decisions on its market. Without it, or where it raises
            `NoAnswerError` because that market is gone, spans are not counted.
        replay_model: Makes a model's decision again from its recorded inputs; without it those are not
            counted.

    Returns:
        The data of CONTRACT §6 ``replay``.

    Raises:
        NoAnswerError: no such decision, or one that cannot be replayed from the journal alone.
    """
    only = None if wanted == "all" else find(archive, wanted).decided
    if wanted != "all" and (only is None or not _replayable(only, replay_model)):
        raise NoAnswerError(
            f"{wanted!r} is not a decision that the journal alone can replay",
            "Give the id of a rule's decision, or 'all'.",
            code="not_replayable",
        )
    checked = same = 0
    first: dict[str, Any] | None = None
    async for record, found in _outcomes(archive, only, decider_for, span_checker, replay_model):
        checked += 1
        same += found is None
        if found is not None and first is None:
            name = record.body.get("decision_id") or reference(record)
            first = {"id": name, **found._asdict()}
    return {"checked": checked, "same": same, "first_difference": first}


async def _outcomes(
    archive: Archive,
    only: Record | None,
    decider_for: DeciderFor,
    span_checker: SpanChecker | None,
    replay_model: ModelReplay | None,
) -> AsyncIterator[tuple[Record, Difference | None]]:
    for stream in sorted(archive.heads()) if only is None else [only.stream]:
        for record, every, portfolio in _walk(archive, stream):
            if only is not None and record.seq != only.seq:
                continue
            if record.kind == "decided" and _by_model(record):
                if replay_model is not None:
                    yield record, await _replay_model(archive, record, replay_model)
            elif record.kind == "decided":
                yield record, await _rerun(archive, record, every, portfolio, decider_for)
            elif record.kind == "span" and span_checker is not None:
                try:
                    yield record, await span_checker(record)
                except NoAnswerError:
                    continue  # the market that it was made on is gone; what was not checked is not counted


def _walk(archive: Archive, stream: str) -> Iterator[tuple[Record, Interval, Portfolio]]:
    """Each decision and span with the run's decision interval and the books as they stood before it."""
    every, portfolio = interval("1h"), Portfolio(ZERO, "")
    for record in archive.records(stream, kinds=_READ):
        if record.kind in {"decided", "span"}:
            yield record, every, portfolio
            continue
        happened = event(record.kind, record.body)
        if isinstance(happened, Filled):
            portfolio = portfolio.after(happened.fill)
        elif isinstance(happened, Started):
            every = interval(str(happened.config.get("every", every)))
            if not happened.resumed:
                portfolio = Portfolio(happened.cash, happened.quote)


def _by_model(record: Record) -> bool:
    return record.body["model"] is not None or record.body["prompt"] is not None


def _replayable(record: Record, replay_model: ModelReplay | None) -> bool:
    return replay_model is not None or not _by_model(record)


def _inputs(archive: Archive, record: Record) -> dict[str, Any]:
    return {name: json.loads(archive.blob(str(digest))) for name, digest in record.body["inputs"].items()}


async def _replay_model(archive: Archive, record: Record, replay_model: ModelReplay) -> Difference | None:
    inputs = _inputs(archive, record)
    return first_difference(_recorded(record, inputs), _replayed(await replay_model(inputs)))


async def _rerun(
    archive: Archive, record: Record, every: Interval, portfolio: Portfolio, decider_for: DeciderFor
) -> Difference | None:
    decided = event(record.kind, record.body)
    assert isinstance(decided, Decided)  # noqa: S101 - narrows the union for the type checker
    inputs = _inputs(archive, record)
    situation = Situation(
        decision_id=DecisionId(decided.decision_id),
        account=decided.account,
        now=record.at,
        every=every,
        menu=decided.menu,
        market=RecordedView(record.at, every, inputs.get("market", {})),
        portfolio=portfolio,
        wished=decided.wished,
    )
    answer = await decider_for(decided.decider).decide(situation)
    return first_difference(_recorded(record, inputs), _replayed(answer))


def _recorded(record: Record, inputs: Mapping[str, Any]) -> dict[str, Any]:
    body = record.body
    return {
        "proposals": body["proposals"],
        "abstained": body["abstained"],
        "decided_by": body["decided_by"],
        "inputs": dict(inputs),
    }


def _replayed(answer: Decision | Unchanged) -> dict[str, Any]:
    if isinstance(answer, Unchanged):
        return {"proposals": "unchanged"}
    made = {
        "proposals": [encode(proposal) for proposal in answer.proposals],
        "abstained": answer.abstained,
        "decided_by": answer.decided_by,
        "inputs": dict(answer.inputs),
    }
    parsed: dict[str, Any] = json.loads(canonical(made))
    return parsed
