"""Every endpoint of every source is asked as its provider documents it, and its answer is read."""

from __future__ import annotations

import json

import pytest

from core.observation import Ok
from tests.tools.sources.asking import KEYS, asked
from tests.tools.sources.contract.case import Case, numbers_in, times_in
from tests.tools.sources.contract.every_case import CASES, OF_EACH_CLIENT
from tools.sources.http.fetcher import Fetcher
from tools.sources.source import sources

pytestmark = pytest.mark.parts


def test_every_endpoint_of_every_source_has_a_case() -> None:
    declared = {(source.name, name) for source in sources().values() for name in source.endpoints}
    assert {(case.source, case.endpoint) for case in CASES} == declared
    assert {case.source for case in OF_EACH_CLIENT} == set(sources())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_endpoint_is_asked_and_read(case: Case) -> None:
    async def ask(fetcher: Fetcher, server: object) -> object:
        return await case.ask(fetcher), server.requests  # type: ignore[attr-defined]

    outcome, requests = asked(lambda _: case.good, ask)
    assert isinstance(outcome, Ok), outcome
    (request,) = requests
    assert case.is_met_by(request), request
    provider = sources()[case.source].provider
    key = KEYS.get(case.source)
    if provider.key_header:
        assert key is not None
        assert request.headers[provider.key_header] == key.reveal()
    assert not any(other.reveal() in str(request) for name, other in KEYS.items() if name != case.source)
    assert request.headers["user-agent"].startswith("tokenwise")
    assert (outcome.value.source, outcome.value.attribution) == (case.source, provider.attribution)
    assert outcome.value.licence == provider.licence
    assert numbers_in(outcome) or case.source == "news" or outcome.value.rows
    assert all(known_at >= as_of for as_of, known_at in times_in(outcome))


def test_chat_is_a_post_of_the_question() -> None:
    (case,) = (case for case in CASES if case.endpoint == "v2/tmai")

    async def ask(fetcher: Fetcher, server: object) -> object:
        await case.ask(fetcher)
        await case.ask(fetcher)
        return server.requests  # type: ignore[attr-defined]

    first, again = asked(lambda _: case.good, ask)
    assert (first.method, json.loads(first.body)) == ("POST", {"messages": [{"user": "What moved?"}]})
    assert again.body == first.body  # an answer to a question is never kept


def test_sources_say_what_they_need_serve_and_ask_for() -> None:
    table = sources()
    assert [name for name, source in table.items() if source.needs_key] == ["tokenmetrics"]
    assert table["coingecko"].history_days == 365
    assert "CC BY-NC" in table["coinmetrics"].licence
    assert all(source.attribution for source in table.values())
    assert all(source.serves for source in table.values())
