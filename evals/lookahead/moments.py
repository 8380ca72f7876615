"""Asks a decider the same question again, with the true future and with garbage in its place."""

from __future__ import annotations

from typing import Any

from agent.runtime.account import Account
from core.canonical import canonical, digest_bytes
from core.instant import Instant
from core.ports import JournalReader
from evals.lookahead.findings import Compared, Leak, differs
from evals.lookahead.living import Lived, configured
from evals.lookahead.memory import SpoiledMemory
from evals.lookahead.scene import Candidate, Scene, Sight, Subject
from evals.lookahead.sources import EVERY, MEMORY, SOURCES
from evals.lookahead.watching import Moment, WatchedMarket, answered
from tools.clocks import SimulatedClock
from tools.market.bar_market import BarMarket

SEVERAL = "several together"
KEPT = "what was kept of another time"


async def compare_moment(
    subject: Subject, candidate: Candidate, lived: Lived, moment: Moment, done: Compared
) -> Leak | None:
    """The leak at *moment* of a run, where there is one.

    Both times the decider is made anew, so that only what lies before it can tell the answers apart.
    """
    clean = await _asked(subject, candidate, subject.scene, moment, lived.journal)
    garbage = await _spoiled(subject, candidate, lived, moment, EVERY)
    done.moments += 1
    done.decisions += 1
    done.bytes += len(canonical(clean))
    found = differs(clean, garbage)
    if found is None:
        return _kept(subject, candidate, lived, moment, clean["answer"])
    source = SEVERAL
    for one in SOURCES:
        alone = differs(clean, await _spoiled(subject, candidate, lived, moment, frozenset({one})))
        if alone is not None:
            source, found = one, alone
            break
    return Leak(subject.id, candidate.spec, moment.at, source, found.path, found.recorded, found.replayed)


def _kept(
    subject: Subject, candidate: Candidate, lived: Lived, moment: Moment, answer: dict[str, Any] | None
) -> Leak | None:
    """Whether the run answered otherwise when it came by: then something is kept from one time for another.

    Whatever is kept hides the future that it was made of: it is there with garbage after the moment as without.
    """
    then = lived.digests.get(moment.at)
    if then is None or answer is None:
        return None
    raw = bytes.fromhex(answer["unchanged"]) if "unchanged" in answer else canonical(answer)
    now = digest_bytes(raw)
    if now == then:
        return None
    return Leak(subject.id, candidate.spec, moment.at, KEPT, "/answer", then, now)


async def _spoiled(
    subject: Subject, candidate: Candidate, lived: Lived, moment: Moment, sources: frozenset[str]
) -> dict[str, Any]:
    with subject.near(moment.at, sources) as scene:
        memory = SpoiledMemory(lived.journal, moment.at) if MEMORY in sources else lived.journal
        return await _asked(subject, candidate, scene, moment, memory)


async def _asked(
    subject: Subject, candidate: Candidate, scene: Scene, moment: Moment, memory: JournalReader
) -> dict[str, Any]:
    """The menu, everything that was read of the market, and the answer."""
    config = configured(subject, candidate, scene)
    watched = WatchedMarket(await market_at(scene, moment.at))
    sight = Sight(scene, standing(config.account, moment), memory, config)
    situation = moment.situation._replace(market=watched, menu=config.symbols, wished=dict(moment.wished))
    told, raised = None, None
    try:
        async with candidate.make(sight) as decider:
            told = answered(await decider.decide(situation))
    except Exception as error:  # whatever a decider raises over garbage is a difference, and is told as one
        raised = repr(error)
    return {"menu": list(config.symbols), "raised": raised, "read": watched.read, "answer": told}


def standing(name: str, moment: Moment) -> Account:
    """An account that stands as it did at *moment*."""
    account = Account(name)
    account.portfolio, account.wished = moment.portfolio, dict(moment.wished)
    account.state, account.watermarks = moment.state, moment.watermarks
    account.beat = moment.at
    return account


async def market_at(scene: Scene, now: Instant) -> BarMarket:
    """The market of *scene* as it was known at *now*."""
    world = scene.world
    market = BarMarket(
        SimulatedClock(now), world.grain, world.series, world.instruments, simulated=world.simulated
    )
    await market.advance(now)
    return market
