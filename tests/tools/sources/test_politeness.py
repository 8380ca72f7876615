"""How often and how fast a provider is asked: retries, pauses, limits, budgets, one deadline."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.instant import HOUR, SECOND, Instant
from core.observation import BadRequest, NotEntitled, Ok, Throttled, Unreachable
from tests.tools.sources.asking import NOW, asked, at, js, seconds
from tests.tools.sources.provider_server import ProviderServer, Request, Script
from tests.wire.replies import Reply
from tools.clocks import SimulatedClock, SystemClock
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.limits import OF_THE_PROCESS, Limits
from tools.sources.http.network import Timeouts
from tools.sources.providers._defillama import CHAIN_TVL
from tools.sources.providers.blockchain import Blockchain
from tools.sources.providers.coingecko import CoinGecko
from tools.sources.providers.coinmetrics import CoinMetrics
from tools.sources.providers.defillama import DefiLlama
from tools.sources.providers.tokenmetrics import TokenMetrics

pytestmark = pytest.mark.parts

CHAIN = [{"date": seconds("2026-03-08"), "tvl": 2}]
Question = Callable[[Fetcher, ProviderServer], Awaitable[object]]


def replies(*first: Reply, then: Reply | None = None) -> Script:
    """One reply after the other; *then* for good."""
    waiting = list(first)
    return lambda _: waiting.pop(0) if waiting else then or js(CHAIN)


def sui(fetcher: Fetcher) -> Awaitable[object]:
    return DefiLlama(fetcher).chain_tvl("Sui", "sui")


async def asked_and_counted(fetcher: Fetcher, server: ProviderServer) -> tuple[object, int]:
    return await sui(fetcher), len(server.requests)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again_with_growing_pauses(status: int) -> None:
    clock = SimulatedClock(NOW)
    script = replies(js({}, status), js({}, status))
    outcome, count = asked(script, asked_and_counted, clock=clock)
    assert isinstance(outcome, Ok)
    assert count == 3
    assert 1_500 <= clock.now() - NOW <= 3_000


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 410, 418, 451, 501])
def test_what_will_not_pass_is_asked_once(status: int) -> None:
    clock = SimulatedClock(NOW)
    outcome, count = asked(lambda _: js({}, status), asked_and_counted, clock=clock)
    assert not isinstance(outcome, Ok)
    assert (count, clock.now()) == (1, NOW)


def test_four_attempts_and_no_more() -> None:
    outcome, count = asked(lambda _: js({}, 500), asked_and_counted)
    assert isinstance(outcome, Unreachable)
    assert count == 4


def test_a_connection_that_times_out_is_tried_again_but_one_that_is_refused_is_not() -> None:
    script = replies(Reply(delay=float("inf")))
    outcome, count = asked(script, asked_and_counted, timeouts=Timeouts(0.05, 0.05))
    assert isinstance(outcome, Ok)
    assert count == 2
    outcome, count = asked(replies(Reply(raw=b"")), asked_and_counted)
    assert isinstance(outcome, Unreachable)
    assert count == 1


@pytest.mark.parametrize("header", ["7", "Tue, 10 Mar 2026 12:00:07 GMT"])
def test_a_pause_that_is_asked_for_is_kept_by_everyone(header: str) -> None:
    clock = SimulatedClock(NOW)
    limits = Limits()
    outcome, count = asked(
        replies(js({}, 429, retry_after=header)), asked_and_counted, clock=clock, limits=limits
    )
    assert isinstance(outcome, Ok)
    assert count == 2
    assert clock.now() - NOW == 7 * SECOND
    (gate,) = limits._gates.values()
    assert gate.reserve(NOW, Instant(NOW + HOUR)) == NOW + 7 * SECOND


def test_a_pause_beyond_the_deadline_is_told_and_not_waited_for() -> None:
    clock = SimulatedClock(NOW)

    async def twice(fetcher: Fetcher, server: ProviderServer) -> object:
        return await sui(fetcher), await DefiLlama(fetcher).chain_tvl("Base", "base"), len(server.requests)

    first, second, count = asked(lambda _: js({}, 429, retry_after="3600"), twice, clock=clock)
    assert first == Throttled("defillama /v2/historicalChainTvl/{chain}: HTTP 429", HOUR)
    assert isinstance(second, Throttled)
    assert second.retry_after_ms == HOUR
    assert (count, clock.now()) == (1, NOW)  # the second was not even sent


def test_one_deadline_spans_all_attempts() -> None:
    clock = SimulatedClock(NOW)
    outcome, count = asked(lambda _: js({}, 503), asked_and_counted, clock=clock, deadline_ms=1_200)
    assert isinstance(outcome, Unreachable)
    assert count == 2
    assert clock.now() - NOW <= 1_200
    slow = asked(lambda _: Reply(delay=0.2), lambda f, _: sui(f), clock=SystemClock(), deadline_ms=100)
    assert isinstance(slow, Unreachable)
    assert "within 100 ms" in slow.detail


def test_the_same_seed_waits_the_same() -> None:
    def waited(seed: int) -> Instant:
        clock = SimulatedClock(NOW)
        asked(replies(js({}, 500), js({}, 500)), asked_and_counted, clock=clock, seed=seed)
        return clock.now()

    assert waited(1) == waited(1) != waited(2)


def test_all_callers_share_one_limit() -> None:
    clock = SimulatedClock(NOW)

    async def many(fetcher: Fetcher, server: ProviderServer) -> int:
        for chain in ("a", "b", "c", "d", "e", "f"):
            await DefiLlama(fetcher).chain_tvl(chain, "x")
        return len(server.requests)

    assert asked(lambda _: js(CHAIN), many, clock=clock) == 6
    assert clock.now() - NOW == 2 * SECOND  # two at once, then two a second


def test_two_that_ask_by_themselves_share_the_limit_too() -> None:
    clock, limits = SimulatedClock(NOW), Limits()
    for _ in range(3):
        asked(lambda _: js({}, 404), lambda f, _: _fixed(f), clock=clock, limits=limits)
    assert clock.now() - NOW == 500
    assert Fetcher.__init__.__kwdefaults__["limits"] is OF_THE_PROCESS


async def _fixed(fetcher: Fetcher) -> None:
    """Asks as if every server of this test were one and the same."""
    fetcher._limits.gate, gate = (lambda _, pace: gate("one", pace)), fetcher._limits.gate  # type: ignore[method-assign]
    await DefiLlama(fetcher).chain_tvl("Sui", "sui")
    fetcher._limits.gate = gate  # type: ignore[method-assign]


def test_a_body_may_be_as_large_as_its_endpoint_says_and_no_larger() -> None:
    size = len(js(CHAIN).body)

    def ask(largest: int) -> object:
        endpoint = replace(CHAIN_TVL, largest=largest)
        about = {"asset": "sui"}
        return asked(lambda _: js(CHAIN), lambda f, _: f.ask(endpoint, {"chain": "Sui"}, about))

    assert isinstance(ask(size), Ok)
    outcome = ask(size - 1)
    assert isinstance(outcome, Unreachable)
    assert f"larger than {size - 1} bytes" in outcome.detail


def test_a_body_that_is_packed_is_unpacked() -> None:
    good = js(CHAIN)
    packed = Reply(gzip.compress(good.body), 200, {**good.headers, "content-encoding": "gzip"})
    assert isinstance(asked(lambda _: packed, lambda f, _: sui(f)), Ok)


def test_no_more_are_on_the_wire_at_once_than_a_host_takes() -> None:
    on_the_wire, most = 0, 0

    async def many(fetcher: Fetcher, server: ProviderServer) -> None:
        nonlocal on_the_wire, most
        send = fetcher._network.send

        async def watched(*given: object) -> object:
            nonlocal on_the_wire, most
            on_the_wire += 1
            most = max(most, on_the_wire)
            await asyncio.sleep(0.002)
            try:
                return await send(*given)  # type: ignore[arg-type]
            finally:
                on_the_wire -= 1

        fetcher._network.send = watched  # type: ignore[method-assign,assignment]
        await asyncio.gather(*(DefiLlama(fetcher).chain_tvl(f"c{n}", "x") for n in range(8)))

    asked(lambda _: js(CHAIN), many)
    assert most == 2


def test_the_same_question_at_the_same_time_is_asked_once() -> None:
    async def together(fetcher: Fetcher, server: ProviderServer) -> int:
        outcomes = await asyncio.gather(*(sui(fetcher) for _ in range(5)))
        assert all(isinstance(outcome, Ok) for outcome in outcomes)
        return len(server.requests)

    assert asked(lambda _: js(CHAIN), together) == 1


def test_a_months_budget_holds_across_restarts_and_ends_with_the_month(tmp_path: Path) -> None:
    def ask(now: Instant) -> object:
        clock = SimulatedClock(now)
        budget = {"defillama": 2}
        return asked(
            lambda _: js({}, 400), lambda f, _: sui(f), clock=clock, cache=tmp_path / "c.db", budgets=budget
        )

    assert isinstance(ask(NOW), BadRequest)
    assert isinstance(ask(NOW), BadRequest)
    spent = ask(at("2026-03-31T23:00"))
    assert spent == Throttled("defillama: this month's 2 requests are spent", HOUR)
    assert isinstance(ask(at("2026-04-01")), BadRequest)


def test_every_attempt_counts_in_the_budget_and_what_the_cache_answers_does_not() -> None:
    async def ask(fetcher: Fetcher, _: ProviderServer) -> list[int]:
        counts = []
        for _ in range(2):
            await sui(fetcher)
            counts.append(fetcher.spent("defillama"))
        return counts

    assert asked(replies(js({}, 500)), ask) == [2, 2]


def test_a_question_that_costs_is_never_asked_twice_by_itself() -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> tuple[object, int]:
        return await TokenMetrics(fetcher).chat("What moved?"), len(server.requests)

    outcome, count = asked(lambda _: js({}, 503), ask)
    assert isinstance(outcome, Unreachable)
    assert count == 1
    outcome, count = asked(lambda _: Reply(delay=float("inf")), ask, timeouts=Timeouts(0.05, 0.05))
    assert isinstance(outcome, Unreachable)
    assert count == 1


def test_without_a_key_or_a_persons_yes_nothing_is_sent() -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> list[object]:
        return [
            await TokenMetrics(fetcher).ask("tm-grade", ["3375"]),
            await CoinMetrics(fetcher).daily({"btc": "bitcoin"}, ("tx_count",)),
            len(server.requests),
        ]

    no_key, no_yes, count = asked(lambda _: js({}), ask, keys={}, opted_in=frozenset())
    assert isinstance(no_key, NotEntitled)
    assert isinstance(no_yes, NotEntitled)
    assert "CC BY-NC" in no_yes.detail
    assert count == 0


@pytest.mark.parametrize("slug", ["", "..", ".", "a\nb", "x" * 7_000, "\x00"])
def test_what_cannot_be_sent_is_not_sent(slug: str) -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> tuple[object, int]:
        return await DefiLlama(fetcher).protocol_tvl(slug, "x"), len(server.requests)

    outcome, count = asked(lambda _: js({}), ask)
    assert isinstance(outcome, BadRequest)
    assert count == 0


@pytest.mark.parametrize("slug", ["../../etc", "a/b", "a?x=1", "a#b", "ä b", "%2e%2e", "{slug}"])
def test_a_name_stays_one_part_of_the_path(slug: str) -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> list[Request]:
        await CoinGecko(fetcher).contract(slug, "0x1")
        return server.requests

    (request,) = asked(lambda _: js({}, 404), ask)
    assert (request.path, request.query) == (f"/api/v3/coins/{slug}/contract/0x1", {})


def test_each_host_has_its_own_limit() -> None:
    clock = SimulatedClock(NOW)

    async def ask(fetcher: Fetcher, _: ProviderServer) -> list[Instant]:
        ends = []
        for _ in range(3):
            await Blockchain(fetcher).chart("tx_count", timespan=f"{len(ends) + 1}days")
            ends.append(clock.now())
        return ends

    first, second, third = asked(lambda _: js({}, 404), ask, clock=clock)
    assert (first - NOW, second - NOW, third - NOW) == (0, 0, 10 * SECOND)
