"""Every way to look ahead that was ever published is found, named with its source; its honest twin is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from agent.runtime.account_then import Until
from agent.runtime.modes import benchmark
from core.decision import Situation
from core.instant import DAY, HOUR, Instant
from core.market import Bars, BarSeries
from core.observation import Missing
from evals.facts import ScenarioFacts
from evals.lookahead.proof import Depth
from evals.lookahead.scene import Scene, Sight
from evals.lookahead.sources import (
    CANDLES,
    DELISTING,
    FIGURES,
    FLAGS,
    FUNDING,
    MEMORY,
    NEWS,
    PEG,
    REVISIONS,
)
from evals.scenario import Fact
from tests.agent.runtime.small_world import START
from tests.evals.lookahead.scenes import a_subject, a_world, days_of, figures, looking, newest_tvl, proven
from tools.clocks import SimulatedClock
from tools.store.gate import judge
from tools.store.readings import FundingRate

AAA = "AAA/USDT"
FOREVER = START + 900 * DAY
ON_TIME = days_of() + 2 * DAY
REVISED = days_of() + 5 * DAY


def test_the_unclosed_candle() -> None:
    def unclosed(sight: Sight, situation: Situation) -> float:
        bars = sight.scene.world.series[AAA].bars
        return float(bars.high[np.searchsorted(bars.opened_at, situation.now)])

    def closed(_: Sight, situation: Situation) -> float:
        candle = situation.market.candle(AAA)
        return 0.0 if isinstance(candle, Missing) else candle.high

    subject = a_subject(Scene(a_world()))
    found = proven(subject, looking(unclosed))
    assert found.leaks
    assert {(leak.source, leak.path) for leak in found.leaks if leak.decider} >= {
        (CANDLES, "/answer/inputs/seen")
    }
    assert proven(subject, looking(closed)).leaks == []


def test_the_value_of_the_same_day() -> None:
    def same_day(sight: Sight, situation: Situation) -> list[str]:
        return newest_tvl(sight.scene.facts, situation.now + 2 * DAY, situation.now)

    def published(sight: Sight, situation: Situation) -> list[str]:
        return newest_tvl(sight.scene.facts, situation.now, situation.now)

    subject = a_subject(Scene(a_world(), figures(ON_TIME)))
    assert {leak.source for leak in proven(subject, looking(same_day)).leaks} == {FIGURES}
    assert proven(subject, looking(published)).leaks == []


def test_the_revised_tvl() -> None:
    def as_it_reads_today(sight: Sight, situation: Situation) -> list[str]:
        return newest_tvl(sight.scene.facts, FOREVER, situation.now - 2 * DAY)

    def as_it_read_then(sight: Sight, situation: Situation) -> list[str]:
        return newest_tvl(sight.scene.facts, situation.now, situation.now - 2 * DAY)

    subject = a_subject(Scene(a_world(), figures(ON_TIME, REVISED)))
    assert {leak.source for leak in proven(subject, looking(as_it_reads_today)).leaks} == {FIGURES}
    assert proven(subject, looking(as_it_read_then)).leaks == []


def test_shuffled_known_at() -> None:
    """A source that says of a figure that it was known before the day that it describes."""

    def newest(sight: Sight, situation: Situation) -> list[str]:
        return newest_tvl(sight.scene.facts, situation.now, FOREVER)

    shuffled = np.random.default_rng(1).permutation(ON_TIME)
    assert (shuffled < days_of()).any()
    leaky = proven(a_subject(Scene(a_world(), figures(shuffled))), looking(newest))
    assert {leak.source for leak in leaky.leaks if leak.decider} == {FIGURES}
    answers = [leak for leak in leaky.leaks if leak.decider is None]
    assert answers
    assert all("get_" in leak.path for leak in answers)
    assert proven(a_subject(Scene(a_world(), figures(ON_TIME))), looking(newest)).leaks == []


def test_the_future_memory() -> None:
    def remembers(sight: Sight, situation: Situation) -> list[str]:
        del situation
        return [one.hash for one in sight.memory.records(sight.account.stream)]

    def remembers_until_now(sight: Sight, situation: Situation) -> list[str]:
        # what was decided now is written at this instant, but after it
        past = Until(sight.memory, Instant(situation.now - 1))
        return [one.hash for one in past.records(sight.account.stream, kinds=("decided",))]

    subject = a_subject(Scene(a_world()))
    assert {leak.source for leak in proven(subject, looking(remembers)).leaks} == {MEMORY}
    assert proven(subject, looking(remembers_until_now)).leaks == []


def test_the_benchmark_that_knows_the_end() -> None:
    async def held(sight: Sight, until: Instant) -> float:
        clock = SimulatedClock(START)
        return (await benchmark(sight.config, sight.scene.world, clock, until)).total_return

    def to_the_end(sight: Sight, situation: Situation) -> Any:
        del situation
        return held(sight, sight.config.until)

    def so_far(sight: Sight, situation: Situation) -> Any:
        return held(sight, situation.now) if situation.now > sight.config.start + HOUR else 0.0

    subject = a_subject(Scene(a_world()), every="1d")
    assert {leak.source for leak in proven(subject, looking(to_the_end)).leaks} == {CANDLES}
    assert proven(subject, looking(so_far)).leaks == []


def test_the_universe_of_survivors() -> None:
    world = a_world()
    gone = replace(world.series["BBB/USDT"], delisted_at=Instant(START + 12 * DAY))
    scene = Scene(replace(world, series={AAA: world.series[AAA], "BBB/USDT": gone}))

    def survivors(scene: Scene) -> tuple[str, ...]:
        return tuple(symbol for symbol, one in scene.world.series.items() if one.delisted_at is None)

    def nothing(_: Sight, situation: Situation) -> int:
        return len(situation.menu)

    found = proven(a_subject(scene, universe=survivors), looking(nothing), depth=Depth(6, 2, 0))
    assert {(leak.source, leak.path.split("/")[1]) for leak in found.leaks} == {(DELISTING, "menu")}
    assert proven(a_subject(scene), looking(nothing), depth=Depth(6, 2, 0)).leaks == []


def hasty(asset: str, bars: Bars, source: str) -> BarSeries:
    """A gate that refuses a candle for what is wrong with the next one."""
    sound = judge(asset, bars, source)
    rows = np.arange(len(bars))
    bad = np.append(sound.last_bad[1:] == rows[1:], False)
    return replace(
        sound,
        last_bad=np.maximum(sound.last_bad, np.maximum.accumulate(np.where(bad, rows, -1))),
        bad_code=tuple("jump" if late else code for late, code in zip(bad, sound.bad_code, strict=True)),
    )


def test_the_quality_flag_from_the_future() -> None:
    def close(_: Sight, situation: Situation) -> Any:
        seen = situation.market.column(AAA, situation.every, "close", 3)
        return seen.why if isinstance(seen, Missing) else seen

    depth = Depth(12, 2, 0)
    found = proven(a_subject(Scene(a_world(hasty)), gate=hasty), looking(close), depth=depth)
    assert {leak.source for leak in found.leaks} == {FLAGS}
    assert proven(a_subject(Scene(a_world())), looking(close), depth=depth).leaks == []


def test_a_revision_before_it_was_made() -> None:
    def latest(sight: Sight, situation: Situation) -> list[float]:
        del situation
        return [one.close for one in sight.scene.world.series[AAA].revisions]

    subject = a_subject(Scene(a_world()))
    assert {leak.source for leak in proven(subject, looking(latest)).leaks} == {REVISIONS}


class WithRates(ScenarioFacts):
    """A funding rate every eight hours, known when it is settled."""

    def funding(self, asset: str, now: Instant, since: Instant) -> tuple[FundingRate, ...] | Missing:
        told = range(START, min(now, START + 14 * DAY) + 1, 8 * HOUR)
        rates = (Decimal(at // HOUR % 97) / 1000 for at in told)
        return tuple(
            FundingRate(asset, "venue", rate, Decimal(8), Instant(at), Instant(at), "test")
            for at, rate in zip(told, rates, strict=True)
            if at >= since
        )


def headlines(sight: Sight, now: int) -> list[str]:
    facts = sight.scene.facts
    found = Missing("news", "no_data") if facts is None else facts.news(None, Instant(now), 99)
    return [] if isinstance(found, Missing) else [one.title for one in found]


def rates(sight: Sight, now: int) -> list[str]:
    facts = sight.scene.facts
    found = Missing("rates", "no_data") if facts is None else facts.funding("x", Instant(now), START)
    return [] if isinstance(found, Missing) else [str(one.rate) for one in found]


def pegs(sight: Sight, now: int) -> list[str]:
    return [str(worth) for at, worth in sight.scene.world.pegs if at <= now]


@pytest.mark.parametrize(("look", "source"), [(headlines, NEWS), (rates, FUNDING), (pegs, PEG)])
def test_tomorrows_news_rates_and_worth_of_the_quote(
    look: Callable[[Sight, int], list[str]], source: str
) -> None:
    days = [Instant(int(at)) for at in days_of()]
    news = [Fact(f"story {n}", "test", at, Instant(at + 8 * HOUR)) for n, at in enumerate(days)]
    world = replace(a_world(), pegs=tuple((at, Decimal(n + 1)) for n, at in enumerate(days)))
    subject = a_subject(Scene(world, WithRates(news, figures(ON_TIME))))
    ahead = looking(lambda sight, situation: look(sight, situation.now + 2 * DAY))
    now = looking(lambda sight, situation: look(sight, situation.now))
    depth = Depth(6, 0, 1)
    assert {leak.source for leak in proven(subject, ahead, depth=depth).leaks} == {source}
    assert proven(subject, now, depth=depth).leaks == []


def test_what_is_raised_over_the_future_is_a_leak_too() -> None:
    true = a_world().series[AAA].bars.close[-1]

    def fragile(sight: Sight, situation: Situation) -> int:
        del situation
        if sight.scene.world.series[AAA].bars.close[-1] != true:
            raise ValueError("what a price")
        return 1

    found = proven(a_subject(Scene(a_world())), looking(fragile), depth=Depth(2, 1, 0))
    assert {(leak.path, leak.now) for leak in found.leaks} == {
        ("/raised", "ValueError('what a price')"),
    }


@pytest.mark.parametrize("hours", [1, 24])
def test_a_leak_is_named_with_its_instant_and_its_place(hours: int) -> None:
    def ahead(sight: Sight, situation: Situation) -> dict[str, Any]:
        bars = sight.scene.world.series[AAA].bars
        row = min(int(np.searchsorted(bars.opened_at, situation.now + hours * HOUR)), len(bars) - 1)
        return {"a/b": [1, float(bars.close[row])]}

    leak = proven(a_subject(Scene(a_world())), looking(ahead)).leaks[0]
    assert leak.at % (4 * HOUR) == 0
    assert leak.path == "/answer/inputs/seen/a~1b/1"
    assert leak.told()["was"] != leak.told()["is"]
    assert f"LEAK small rule:hold at {leak.told()['at']}: candles at /answer/inputs/seen" in str(leak)
