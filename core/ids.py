"""Identity, derived and never drawn: the same decision gets the same id on every machine and every try."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, NewType

from core.instant import Instant

if TYPE_CHECKING:
    from hashlib import _Hash as HASH

DecisionId = NewType("DecisionId", str)
OrderId = NewType("OrderId", str)
RunId = NewType("RunId", str)

ID_LENGTH = 22


def _derive(*parts: object) -> str:
    """22 characters of ``[0-9a-f]`` (88 bits): fits every venue's client order id."""
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:ID_LENGTH]


def decision_id(account: str, decider: str, at: Instant) -> DecisionId:
    """One decision per account, decider and instant, whatever a model said."""
    state = _decisions_of(account, decider).copy()
    state.update(b"%d" % at)
    return DecisionId(state.hexdigest()[:ID_LENGTH])


@lru_cache(maxsize=64)
def _decisions_of(account: str, decider: str) -> HASH:
    """The hash of what all decisions of an account share: an id is derived on every candle."""
    return sha256(f"decision\x1f{account}\x1f{decider}\x1f".encode())


def order_id(decision: DecisionId, symbol: str, attempt: int) -> OrderId:
    """One order per decision, asset and attempt: a retried order is the same order."""
    return OrderId(_derive("order", decision, symbol, attempt))


def exit_id(account: str, symbol: str, trigger: str, at: Instant) -> OrderId:
    """One protective order per account, asset, trigger and instant."""
    return OrderId(_derive("exit", account, symbol, trigger, at))


def run_id(account: str, config_hash: str, number: int) -> RunId:
    """The *number*-th start of an account under one configuration."""
    return RunId(_derive("run", account, config_hash, number)[:12])
