"""Identity, derived and never drawn: the same decision gets the same id on every machine and every try."""

from __future__ import annotations

from hashlib import sha256
from typing import NewType

from core.instant import Instant

DecisionId = NewType("DecisionId", str)
OrderId = NewType("OrderId", str)
RunId = NewType("RunId", str)

ID_LENGTH = 22


def _derive(*parts: object) -> str:
    """22 characters of ``[0-9a-f]`` (88 bits): fits every venue's client order id."""
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:ID_LENGTH]


def decision_id(account: str, decider: str, at: Instant) -> DecisionId:
    """One decision per account, decider and instant, whatever a model said."""
    return DecisionId(_derive("decision", account, decider, at))


def order_id(decision: DecisionId, symbol: str, attempt: int) -> OrderId:
    """One order per decision, asset and attempt: a retried order is the same order."""
    return OrderId(_derive("order", decision, symbol, attempt))


def exit_id(account: str, symbol: str, trigger: str, at: Instant) -> OrderId:
    """One protective order per account, asset, trigger and instant."""
    return OrderId(_derive("exit", account, symbol, trigger, at))


def run_id(account: str, config_hash: str, number: int) -> RunId:
    """The *number*-th start of an account under one configuration."""
    return RunId(_derive("run", account, config_hash, number)[:12])
