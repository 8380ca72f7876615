"""One ccxt object of each sort for a whole module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.tools.exchange.stand_in.clients import Clients


@pytest.fixture(scope="module")
def ccxt_clients() -> Iterator[Clients]:
    clients = Clients()
    yield clients
    clients.close()
