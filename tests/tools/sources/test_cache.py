"""What is kept, how long, for whom, and how it is asked after."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from zlib import decompress

import pytest

from core.errors import UsageError
from core.instant import DAY, HOUR, Instant
from core.observation import NoData, Observation, Ok, Outcome, Unreachable
from tests.tools.sources.asking import NOW, Canary, asked, js, seconds
from tests.tools.sources.provider_server import ProviderServer, Request
from tests.wire.replies import Reply
from tools.clocks import SimulatedClock
from tools.database import connect
from tools.sources.answer import Answer
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.limits import Limits
from tools.sources.http.network import Heard
from tools.sources.http.schema import SCHEMA, open_cache
from tools.sources.providers.coingecko import CoinGecko
from tools.sources.providers.defillama import DefiLlama

pytestmark = pytest.mark.parts

CHAIN = [{"date": seconds("2026-03-08"), "tvl": 2}]


def sui(fetcher: Fetcher) -> object:
    return DefiLlama(fetcher).chain_tvl("Sui", "sui")


def fetched_at(outcome: Outcome[Answer[Observation]]) -> Instant:
    assert isinstance(outcome, Ok), outcome
    return outcome.value.fetched_at


def test_an_answer_is_kept_for_its_time_and_says_how_old_it_is() -> None:
    clock = SimulatedClock(NOW)

    async def ask(fetcher: Fetcher, server: ProviderServer) -> list[tuple[int, int]]:
        seen = []
        for wait in (0, HOUR - 1, 1):
            await clock.sleep_until(Instant(clock.now() + wait))
            outcome = await DefiLlama(fetcher).chain_tvl("Sui", "sui")
            seen.append((fetched_at(outcome) - NOW, len(server.requests)))
        return seen

    assert asked(lambda _: js(CHAIN), ask, clock=clock) == [(0, 1), (0, 1), (HOUR, 2)]


def test_an_answer_is_kept_across_restarts(tmp_path: Path) -> None:
    def ask(reply: Reply) -> object:
        async def one(fetcher: Fetcher, server: ProviderServer) -> object:
            fetcher._addresses._stand_ins["defillama"] = "http://127.0.0.1:1"  # the same address both times
            fetcher._network.send = sent  # type: ignore[method-assign,assignment]
            return await DefiLlama(fetcher).chain_tvl("Sui", "sui")

        async def sent(*_: object) -> object:
            return Heard(reply.status, dict(reply.headers), reply.body)

        return asked(lambda _: reply, one, cache=tmp_path / "cache.db")

    first = ask(js(CHAIN))
    assert isinstance(first, Ok)
    assert ask(js({}, 500)) == first


@pytest.mark.parametrize(
    ("mark", "condition", "value"),
    [
        ("etag", "if-none-match", 'W/"abc"'),
        ("last_modified", "if-modified-since", "Tue, 10 Mar 2026 09:00:00 GMT"),
    ],
)
def test_what_has_not_changed_is_not_sent_again(mark: str, condition: str, value: str) -> None:
    clock = SimulatedClock(NOW)

    def script(request: Request) -> Reply:
        return Reply(b"", 304, {}) if request.headers.get(condition) == value else js(CHAIN, **{mark: value})

    async def ask(fetcher: Fetcher, server: ProviderServer) -> object:
        first = await DefiLlama(fetcher).chain_tvl("Sui", "sui")
        await clock.sleep_until(Instant(NOW + DAY))
        again = await DefiLlama(fetcher).chain_tvl("Sui", "sui")
        kept = await DefiLlama(fetcher).chain_tvl("Sui", "sui")
        return first, again, kept, len(server.requests)

    first, again, kept, count = asked(script, ask, clock=clock)
    assert isinstance(first, Ok)
    assert isinstance(again, Ok)
    assert [row.value for row in first.value.rows] == [row.value for row in again.value.rows] == [2]
    assert (fetched_at(first), fetched_at(again), fetched_at(kept)) == (NOW, NOW + DAY, NOW + DAY)
    assert count == 2


def test_nothing_but_a_readable_answer_is_kept() -> None:
    bad = [
        js({}, 404),
        js([]),
        Reply(b"<html>", 200, {"content-type": "text/html"}),
        Reply(b"[", 200),
        js([{"a": 1}]),
    ]

    async def ask(fetcher: Fetcher, server: ProviderServer) -> list[object]:
        outcomes = []
        for reply in [*bad, js(CHAIN)]:
            server.script = lambda _, reply=reply: reply  # type: ignore[misc]
            outcomes.append(await DefiLlama(fetcher).chain_tvl("Sui", "sui"))
            kept = fetcher._cache._connection.execute("SELECT count(*) FROM answers").fetchone()
            assert kept == (int(isinstance(outcomes[-1], Ok)),)
        return outcomes

    *failed, good = asked(lambda _: Reply(), ask)
    assert [type(outcome) for outcome in failed] == [NoData, NoData, Unreachable, Unreachable, Unreachable]
    assert isinstance(good, Ok)


def test_a_source_that_is_down_is_not_covered_up_by_what_it_once_said() -> None:
    clock = SimulatedClock(NOW)

    async def ask(fetcher: Fetcher, server: ProviderServer) -> object:
        await DefiLlama(fetcher).chain_tvl("Sui", "sui")
        await clock.sleep_until(Instant(NOW + DAY))
        server.script = lambda _: js({}, 500)
        return await DefiLlama(fetcher).chain_tvl("Sui", "sui")

    assert isinstance(asked(lambda _: js(CHAIN), ask, clock=clock), Unreachable)


def test_an_answer_with_a_key_is_not_the_answer_without_one_and_no_key_is_in_the_file(tmp_path: Path) -> None:
    key = Canary("CG-canary0123456789abcdef")

    def telling(request: Request) -> Reply:
        told = request.headers.get("x-cg-demo-api-key", "nobody")
        row = {"id": "sui", "name": f"Sui for {told}", "last_updated": "2026-03-10T11:59:00Z"}
        return js([row], etag=f'"{told}"')

    async def ask(fetcher: Fetcher, server: ProviderServer) -> object:
        outcomes = []
        for keys in ({"coingecko": key}, {}, {"coingecko": key}):
            fetcher._keys = keys
            outcomes.append(await CoinGecko(fetcher).markets())
        return outcomes, len(server.requests)

    outcomes, count = asked(telling, ask, cache=tmp_path / "cache.db")
    assert count == 2
    assert "canary" not in repr(outcomes)
    with closing(connect(tmp_path / "cache.db", SCHEMA)) as connection:
        dumped = "\n".join(connection.iterdump())
        bodies = [decompress(row[0]) for row in connection.execute("SELECT body FROM answers")]
    assert len(bodies) == 2
    assert "canary" not in dumped
    assert not any(b"canary" in body for body in bodies)


def test_what_a_stand_in_said_is_never_taken_for_the_providers_word(tmp_path: Path) -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> int:
        await DefiLlama(fetcher).chain_tvl("Sui", "sui")
        return len(server.requests)

    for _ in range(2):  # two servers, two ports
        assert asked(lambda _: js(CHAIN), ask, cache=tmp_path / "cache.db") == 1


def test_a_spoilt_row_of_the_cache_is_asked_for_anew() -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> object:
        await DefiLlama(fetcher).chain_tvl("Sui", "sui")
        fetcher._cache._connection.execute("UPDATE answers SET body = x'00'")
        return await DefiLlama(fetcher).chain_tvl("Sui", "sui"), len(server.requests)

    outcome, count = asked(lambda _: js(CHAIN), ask)
    assert isinstance(outcome, Ok)
    assert count == 2


def test_what_was_kept_after_now_is_not_served() -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> object:
        await DefiLlama(fetcher).chain_tvl("Sui", "sui")
        fetcher._clock, fetcher._limits = SimulatedClock(Instant(NOW - 1)), Limits()
        return await DefiLlama(fetcher).chain_tvl("Sui", "sui"), len(server.requests)

    outcome, count = asked(lambda _: js(CHAIN), ask)
    assert fetched_at(outcome) == NOW - 1
    assert count == 2


def test_what_is_older_than_a_month_goes(tmp_path: Path) -> None:
    with closing(open_cache(tmp_path)) as connection:
        fetcher = Fetcher(connection, SimulatedClock(NOW), limits=Limits())
        connection.execute("INSERT INTO answers VALUES ('k', 'p', x'00', NULL, NULL, ?)", (NOW - 31 * DAY,))
        assert fetcher.spent("p") == 0
        Fetcher(connection, SimulatedClock(NOW), limits=Limits())
        assert connection.execute("SELECT count(*) FROM answers").fetchone() == (0,)
    assert (tmp_path / "cache.db").is_file()


def test_the_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with closing(open_cache(tmp_path)) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(UsageError, match="schema 99"):
        open_cache(tmp_path)
