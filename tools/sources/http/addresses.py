"""Where requests go: a provider's own hosts, or a server on this machine that stands in for them."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from core.errors import UsageError


def loopback_origin(name: str, text: str) -> str:
    """The ``scheme://host:port`` that *text* names; *name* says who asks, for the refusal.

    Raises:
        UsageError: not an address of this machine, or more than an address.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(name) from None
    more = parts.username or parts.password or parts.query or parts.fragment or parts.path not in ("", "/")
    if parts.scheme not in ("http", "https") or more or not _is_loopback(host):
        raise _refused(name)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port is not None else "")


class Addresses:
    """The origin that stands in for each provider, where one does.

    Args:
        stand_ins: Origins by provider; loopback only.

    Raises:
        UsageError: an origin that is not on this machine.
    """

    def __init__(self, stand_ins: Mapping[str, str] | None = None) -> None:
        given = stand_ins or {}
        self._stand_ins = {provider: loopback_origin(provider, text) for provider, text in given.items()}

    def origin(self, provider: str, own: str) -> str:
        """*own*, or what stands in for all hosts of *provider*."""
        return self._stand_ins.get(provider, own)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(name: str) -> UsageError:
    # what was given stays out of the message: it may hold a password
    return UsageError(
        f"the address for {name} is not one of this machine",
        "Give a loopback address without a path, such as http://127.0.0.1:8080, or unset it.",
    )
