"""What was published is told from the moment it was known on, beside what the sources say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.instant import DAY, HOUR, Instant
from core.observation import Missing
from evals.facts import ScenarioFacts
from evals.lookahead.facts import SpoiledFacts
from evals.scenario import Fact
from tests.tools.ask.facts_by_hand import BEGIN, DAYS, held
from tools.facts.stored import StoredFacts


def never(info: Any) -> Any:
    raise AssertionError(info)


NOTHING = StoredFacts((), never, never)

moments = st.integers(0, 100)
facts = st.builds(
    lambda as_of, lag, asset, value: Fact(
        f"told {as_of}",
        "somebody",
        Instant(as_of),
        Instant(as_of + lag),
        asset if value is not None or asset else None,
        None if value is None or not asset else "tvl",
        None if value is None or not asset else Decimal(value),
        "USD",
    ),
    moments,
    st.integers(0, 50),
    st.sampled_from(["sui", "aave", None]),
    st.none() | st.integers(0, 9),
)


@given(several=st.lists(facts, max_size=12), now=st.integers(-1, 160), count=st.integers(0, 5))
def test_nothing_is_told_before_it_was_known_and_the_newest_come_last(
    several: list[Fact], now: int, count: int
) -> None:
    told = ScenarioFacts(several, NOTHING)
    at = Instant(now)
    known = [one for one in several if one.known_at <= now]
    for asset in ("sui", "aave"):
        figures = sorted(one.as_of for one in known if one.asset == asset and one.metric)
        found = told.facts(asset, "tvl", at, count)
        moments_told = [] if isinstance(found, Missing) else [one.as_of for one in found]
        assert moments_told == (figures[-count:] if count else [])
        assert set(told.metrics(asset, at)) == ({"tvl"} if figures else set())
        highest = told.highest(asset, "tvl", at)
        assert (highest is None) == (not figures)
    news = sorted(one.as_of for one in known if not one.metric)
    pieces = told.news(None, at, count)
    assert ([] if isinstance(pieces, Missing) else [one.as_of for one in pieces]) == (
        news[-count:] if count else []
    )


def test_a_published_figure_keeps_its_words_and_says_who_published_it() -> None:
    fact = Fact("TVL is 5", "a note", Instant(5), Instant(9), "sui", "tvl", Decimal(5), "USD")
    (told,) = ScenarioFacts([fact], NOTHING).facts("sui", "tvl", Instant(9), 3)  # type: ignore[misc]
    assert (told.value, told.unit, told.as_of, told.known_at) == (Decimal(5), "USD", 5, 9)
    assert (told.source, told.flags) == ("a note", ("published",))


def test_of_many_the_newest_are_told_and_the_highest_is_the_earliest_of_equals() -> None:
    several = [
        Fact("", "a note", Instant(k), Instant(k), "sui", "tvl", Decimal(value), "USD")
        for k, value in enumerate((1, 7, 7, 2))
    ]
    told = ScenarioFacts(several, NOTHING)
    newest, highest = told.facts("sui", "tvl", Instant(9), 2), told.highest("sui", "tvl", Instant(9))
    assert not isinstance(newest, Missing)
    assert [one.as_of for one in newest] == [2, 3]
    assert highest is not None
    assert (highest.value, highest.as_of) == (Decimal(7), 1)


def test_news_about_one_asset_is_not_told_of_another() -> None:
    told = ScenarioFacts([Fact("It rained", "a paper", Instant(1), Instant(2), "sui")], NOTHING)
    assert isinstance(told.news("aave", Instant(9), 5), Missing)
    assert not isinstance(told.news("sui", Instant(9), 5), Missing)


def test_many_instants_at_once_are_answered_as_each_alone_or_not_at_all() -> None:
    """Also with garbage after an instant, and also of what was published, which has no quicker way."""
    chance = np.random.default_rng(4)
    days = BEGIN + DAY * np.arange(DAYS, dtype=np.int64)
    moments = np.sort(chance.choice(np.arange(days[0], days[-1], 7 * HOUR), 40, replace=False))
    beneath = held().facts()
    after = Instant(int(moments[20]))
    quoted = Fact("said", "somebody", Instant(int(days[3])), Instant(int(days[4])), "sui", "tvl", Decimal(5))
    for reader in (ScenarioFacts([quoted], beneath), SpoiledFacts(beneath, after, 1)):
        for asset, metric in (("bitcoin", "active_addresses"), ("bitcoin", "tx_count"), ("nobody", "tvl")):
            told = reader.newest_at(asset, metric, moments)
            assert told is not None
            for moment, value, as_of in zip(moments.tolist(), *told, strict=True):
                alone = reader.facts(asset, metric, Instant(moment), 1)
                if isinstance(alone, Missing):
                    assert np.isnan(value)
                else:
                    assert (value, as_of) == (float(alone[-1].value), alone[-1].as_of)
    assert ScenarioFacts([quoted], beneath).newest_at("sui", "tvl", moments) is None
