"""Keys are seen on the wire and nowhere else: not in logs at DEBUG, messages, reprs or addresses."""

from __future__ import annotations

import logging

import pytest

from tests.tools.sources.asking import KEYS, Canary, asked, js
from tests.tools.sources.contract.every_case import OF_EACH_CLIENT
from tests.tools.sources.provider_server import ProviderServer, Request
from tests.wire.replies import Reply
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.redaction import masked
from tools.sources.providers.coingecko import CoinGecko
from tools.sources.providers.tokenmetrics import TokenMetrics

pytestmark = pytest.mark.parts

SECRETS = [key.reveal() for key in KEYS.values()]


def telling(request: Request) -> Reply:
    """A server that sends back everything that it was sent."""
    told = f"bad key {request.headers} {request.query}"
    return js({"success": False, "message": told, "error": {"message": told}}, 401, x_echo=str(SECRETS))


def test_a_key_is_in_no_log_message_repr_or_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def ask(fetcher: Fetcher, server: ProviderServer) -> list[str]:
        seen = [repr(fetcher.__dict__)]
        for status in (401, 403, 500, 200):
            server.script = lambda r, status=status: Reply(  # type: ignore[misc]
                telling(r).body, status, {"content-type": "application/json", "x-echo": str(SECRETS)}
            )
            seen.append(repr(await CoinGecko(fetcher).markets()))
            seen.append(repr(await TokenMetrics(fetcher).ask("tm-grade", ["3375"])))
        assert any(secret in str(request.headers) for secret in SECRETS for request in server.requests)
        assert not any(secret in str((r.path, r.query)) for secret in SECRETS for r in server.requests)
        return seen

    seen = asked(telling, ask)
    assert not any(secret in text for secret in SECRETS for text in seen)
    assert not any(secret in record.getMessage() for secret in SECRETS for record in caplog.records)


def test_a_key_that_cannot_be_sent_is_not_shown_either() -> None:
    bad = Canary("canary\r\nx-evil: 1")
    outcome = asked(lambda _: js({}), lambda f, _: CoinGecko(f).markets(), keys={"coingecko": bad})
    assert "canary" not in repr(outcome)
    assert "connection failed" in repr(outcome)


def test_a_key_goes_to_its_own_provider_only() -> None:
    async def ask(fetcher: Fetcher, server: ProviderServer) -> None:
        for case in OF_EACH_CLIENT:
            server.requests.clear()
            server.script = lambda _, case=case: case.good  # type: ignore[misc]
            await case.ask(fetcher)
            for name, key in KEYS.items():
                assert (key.reveal() in str(server.requests)) == (name == case.source), case

    asked(lambda _: Reply(), ask)


@pytest.mark.parametrize(
    "text",
    [
        "tm-3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "key CG-abcdefghijklmnopqrstuvwx is wrong",
        "x-api-key: abc123secret",
        "url?x_cg_demo_api_key=abc123secret&a=1",
        '{"api_key": "abc123secret"}',
        "Authorization: abc123secret",
    ],
)
def test_what_looks_like_a_key_is_masked_in_messages(text: str) -> None:
    shown = masked(text)
    assert "[secret]" in shown
    assert not any(part in shown for part in ("abc123secret", "abcdefghijklmn", "3f2504e0"))
