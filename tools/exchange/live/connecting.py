"""Builds the ccxt client of a venue: exact numbers, no retries, nothing but what we ask for on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from core.errors import FaultError, UsageError
from core.registry import discover
from tools.exchange.live.dialect import Client, Dialect
from tools.exchange.live.no_detours import straighten
from tools.exchange.live.redaction import Keys, quieten

TIMEOUT_MS = 10_000


def venue(name: str) -> Dialect:
    """The dialect of the venue *name*.

    Raises:
        UsageError: there is no such venue.
    """
    known = discover("tools.exchange.venues", "VENUE")
    found = known.get(name)
    if not isinstance(found, Dialect):
        raise UsageError(
            f"there is no venue {name!r}", f"Use one of {', '.join(known)}.", candidates=list(known)
        )
    return found


def connect(
    dialect: Dialect,
    keys: Keys | None,
    *,
    base_url: str | None = None,
    sandbox: bool = False,
    timeout_ms: int = TIMEOUT_MS,
) -> Client:
    """A ccxt client of *dialect*'s venue; *keys* live in it and nowhere else.

    Args:
        dialect: The venue.
        keys: `None` for public data only.
        base_url: A stand-in on this machine to talk to instead of the venue.
        sandbox: The venue's own test environment.
        timeout_ms: Patience for one request.

    Raises:
        UsageError: the venue has no sandbox, or *base_url* is not on this machine.
    """
    quieten()
    if sandbox and not dialect.sandbox:
        raise UsageError(
            f"{dialect.name} has no sandbox", "Leave --sandbox out, or use a venue that has one."
        )
    made = getattr(import_module(f"ccxt.async_support.{dialect.ccxt_id}"), dialect.ccxt_id)
    secrets = {} if keys is None else {"apiKey": keys.key, "secret": keys.secret}
    client = made({"enableRateLimit": True, "timeout": timeout_ms, **dialect.settings, **secrets})
    if sandbox:
        client.set_sandbox_mode(True)  # before anything else: it exchanges the addresses
    client.number = str  # ccxt reads some numbers twice, and the second time it takes a Decimal for none
    straighten(client)
    client.has["fetchCurrencies"] = False
    client.options.update(dialect.options)
    client.options["adjustForTimeDifference"] = False
    if base_url is not None:
        _point(client, base_url)
    assert_sends_once(client)
    return client


def assert_sends_once(client: Client) -> None:
    """Refuses a client that would send a request again on its own: each try could be another order.

    Raises:
        FaultError: ``maxRetriesOnFailure`` is above 0 somewhere in its options.
    """
    options: Mapping[str, Any] = client.options
    for scope in (options, *(value for value in options.values() if isinstance(value, Mapping))):
        if scope.get("maxRetriesOnFailure"):
            raise FaultError(
                "ccxt is set to repeat failed requests, which places orders twice",
                "Leave maxRetriesOnFailure at 0.",
                code="retries",
            )


def _point(client: Client, base_url: str) -> None:
    host = urlsplit(base_url).hostname or ""
    if not _is_loopback(host):
        raise UsageError(
            f"{base_url} is not on this machine",
            "A venue is stood in for on 127.0.0.1 only; leave the address out.",
        )
    client.urls["api"] = _moved(client.urls["api"], base_url.rstrip("/"))
    # the real venue's pace would only make a local one slow
    client.rateLimit = 1
    client.timeout_on_exit = 0
    client.tokenBucket = {}
    client.init_rest_rate_limiter()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _moved(urls: Any, base_url: str) -> Any:
    if isinstance(urls, Mapping):
        return {name: _moved(url, base_url) for name, url in urls.items()}
    return base_url + urlsplit(urls).path if isinstance(urls, str) else urls
