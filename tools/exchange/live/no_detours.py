"""Follows no redirect: whoever could answer with one would be sent our key, and the order with it."""

from __future__ import annotations

from typing import Any

from tools.exchange.live.dialect import Client


class _Straight:
    """An HTTP session whose requests end where they were sent."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._session, name)
        if name not in {"get", "post", "put", "delete", "patch"}:
            return found

        def asked(*arguments: Any, **named: Any) -> Any:
            return found(*arguments, **(named | {"allow_redirects": False}))

        return asked


def straighten(client: Client) -> None:
    """Makes every session that *client* opens from now on a straight one."""
    opened = client.open

    def open_straight(*arguments: Any, **named: Any) -> None:
        opened(*arguments, **named)
        if client.session is not None and not isinstance(client.session, _Straight):
            client.session = _Straight(client.session)

    client.open = open_straight
