"""Lives a whole run again, up to an instant after which all is garbage, and lays the two side by side."""

from __future__ import annotations

from typing import Any

from core.instant import Instant
from evals.lookahead.findings import Compared, Leak, differs
from evals.lookahead.living import Lived, bytes_of, live, told
from evals.lookahead.scene import Candidate, Spoiling, Subject
from evals.lookahead.sources import EVERY, MEMORY, SOURCES


async def compare_run(
    subject: Subject, candidate: Candidate, lived: Lived, after: Instant, done: Compared
) -> Leak | None:
    """The first leak of a run up to *after*: of a decision, or of what the loop, the limits or the venue did.

    Garbage is put in as deep as the subject allows: into the store's own files, where it has any.
    """
    deep = subject.deep or subject.near
    found = await _leak(subject, candidate, lived, after, deep, EVERY, done)
    if found is None:
        return None
    for source in SOURCES:
        if source == MEMORY:
            continue  # a run remembers only what it has lived
        alone = await _leak(subject, candidate, lived, after, deep, frozenset({source}), Compared())
        if alone is not None:
            return alone
    return found


async def _leak(
    subject: Subject,
    candidate: Candidate,
    lived: Lived,
    after: Instant,
    spoiling: Spoiling,
    sources: frozenset[str],
    done: Compared,
) -> Leak | None:
    named = next(iter(sources)) if len(sources) == 1 else "several together"

    def leak(at: Instant, path: str, was: Any, now: Any) -> Leak:
        return Leak(subject.id, candidate.spec, at, named, path, was, now)

    with spoiling(after, sources) as scene:
        universe = subject.universe(scene)
        if universe != lived.config.symbols:
            return leak(after, "/menu", list(lived.config.symbols), list(universe))
        try:
            again = await live(subject, candidate, scene, until=after)
        except Exception as error:  # whatever is raised over garbage is a difference, and is told as one
            return leak(after, "/raised", None, repr(error))
        before = [moment.at for moment in lived.moments if moment.at <= after]
        done.runs += 1
        done.decisions += len(before)
        done.bytes += again.bytes
        for at in sorted({*before, *again.digests}):
            if lived.digests.get(at) == again.digests.get(at):
                continue
            keep = frozenset({at})
            true = await live(subject, candidate, subject.scene, until=at, keep=keep)
            false = await live(subject, candidate, scene, until=at, keep=keep)
            found = differs(true.whole.get(at), false.whole.get(at))
            path, was, now = ("/answer", None, None) if found is None else found
            return leak(at, f"/answer{path}" if found else path, was, now)
    was, now = lived.events(after), again.events(after)
    done.events += len(was)
    raw = bytes_of(was)
    done.bytes += len(raw)
    if raw == bytes_of(now):
        return None
    found = differs([told(one) for one in was], [told(one) for one in now])
    if found is None:
        return None
    number = int(found.path.split("/")[1])
    at = (was[number] if number < len(was) else now[number]).at
    return leak(at, f"/events{found.path}", found.recorded, found.replayed)
