"""What each piece of evidence about a submitted order proves (the truth table). Pure.

Only a reply that names our own client id, an id of the venue's and a known status says that the order
exists; only a definite refusal says that it does not. Everything else is of unknown fate.
"""

from __future__ import annotations

import re
from asyncio import CancelledError
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ccxt.base import errors as ccxt  # type: ignore[import-untyped]


class Outcome(StrEnum):
    """What is proven about an order that was sent, or about a question that failed."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    KEY_REFUSED = "key_refused"
    THROTTLED = "throttled"


@dataclass(frozen=True, slots=True)
class Ruling:
    """*code*: the venue's own, "" where it gave none. *resync*: it complains of our clock."""

    outcome: Outcome
    text: str
    code: str = ""
    resync: bool = False


KNOWN_STATUSES = frozenset({"open", "closed", "canceled", "expired", "rejected"})
STRIKES = 3
"""So many private calls in a row refused as a flood are a revoked key: Binance's -2015 looks so to ccxt."""

_R, _U, _K, _T = Outcome.REJECTED, Outcome.UNKNOWN, Outcome.KEY_REFUSED, Outcome.THROTTLED

# ccxt's whole tree, each class on purpose; a test holds this to the installed version
BY_CLASS: Mapping[type[BaseException], Outcome] = {
    ccxt.BaseError: _U,
    ccxt.ExchangeError: _U,  # also what a body shorter than its Content-Length becomes: the order is live
    ccxt.AuthenticationError: _K,
    ccxt.PermissionDenied: _K,
    ccxt.AccountNotEnabled: _K,
    ccxt.AccountSuspended: _K,
    ccxt.ArgumentsRequired: _R,
    ccxt.BadRequest: _R,  # with the venue's code only, see `of_failure`
    ccxt.BadSymbol: _R,
    ccxt.OperationRejected: _R,
    ccxt.NoChange: _U,
    ccxt.MarginModeAlreadySet: _U,
    ccxt.MarketClosed: _R,
    ccxt.ManualInteractionNeeded: _R,
    ccxt.RestrictedLocation: _R,
    ccxt.InsufficientFunds: _R,
    ccxt.InvalidAddress: _U,
    ccxt.AddressPending: _U,
    ccxt.InvalidOrder: _R,
    ccxt.OrderNotFound: _U,  # no answer to a new order
    ccxt.OrderNotCached: _U,
    ccxt.OrderImmediatelyFillable: _R,
    ccxt.OrderNotFillable: _R,
    ccxt.DuplicateOrderId: _U,  # then one of that id exists
    ccxt.ContractUnavailable: _R,
    ccxt.NotSupported: _R,
    ccxt.InvalidProxySettings: _U,
    ccxt.ExchangeClosedByUser: _U,
    ccxt.OperationFailed: _U,
    ccxt.NetworkError: _U,
    ccxt.DDoSProtection: _T,
    ccxt.RateLimitExceeded: _T,
    ccxt.ExchangeNotAvailable: _U,
    ccxt.OnMaintenance: _U,
    ccxt.InvalidNonce: _U,
    ccxt.ChecksumError: _U,
    ccxt.RequestTimeout: _U,
    ccxt.BadResponse: _U,
    ccxt.NullResponse: _U,
    ccxt.CancelPending: _U,
    ccxt.UnsubscribeError: _U,
}

_KEY_CODES = frozenset({"-2008", "-2014", "-2015", "-2017", "EAPI:Invalid key", "EAPI:Invalid signature"})
_THROTTLE_CODES = frozenset({"-1003", "-1015"})
_CODE = re.compile(r'"code"\s*:\s*"?(-?\d+)|"(E[A-Za-z]+:[^"]*)"')
_DUPLICATE = re.compile("duplicate", re.IGNORECASE)


def of_reply(reply: object, client_id: str) -> Ruling:
    """What ccxt's answer to a new order proves about the order *client_id*."""
    if not isinstance(reply, Mapping):
        return Ruling(Outcome.UNKNOWN, "the answer is no order")
    echoed, number, status = (reply.get(name) for name in ("clientOrderId", "id", "status"))
    if echoed != client_id:
        return Ruling(Outcome.UNKNOWN, f"the answer names client id {echoed!r}, not ours")
    if not number:
        return Ruling(Outcome.UNKNOWN, "the answer names no order id")
    if status not in KNOWN_STATUSES:
        return Ruling(Outcome.UNKNOWN, f"the answer's status is {status!r}")
    if status == "rejected":
        return Ruling(Outcome.REJECTED, "the venue says that it rejected the order")
    return Ruling(Outcome.ACCEPTED, str(status))


def of_failure(error: BaseException, strikes: int = 0) -> Ruling:
    """What an exception proves. *strikes*: private calls refused as a flood just before this one."""
    text = _words(error)
    if not isinstance(error, ccxt.BaseError):
        return Ruling(Outcome.UNKNOWN, text)
    code = code_of(text)
    resync = isinstance(error, ccxt.InvalidNonce)
    outcome = _by_class(type(error))
    if code in _KEY_CODES:
        outcome = Outcome.KEY_REFUSED
    elif code in _THROTTLE_CODES:
        outcome = Outcome.THROTTLED
    elif _DUPLICATE.search(text) or (type(error) is ccxt.BadRequest and not code):
        outcome = Outcome.UNKNOWN
    if isinstance(error, ccxt.DDoSProtection) and strikes + 1 >= STRIKES:
        outcome = Outcome.KEY_REFUSED
    return Ruling(outcome, text, code, resync)


def code_of(text: str) -> str:
    """The venue's own code in the text of one of ccxt's exceptions: ``-1013``, ``EOrder:Insufficient funds``."""
    found = _CODE.search(text)
    return "" if found is None else found[1] or found[2]


def is_flood(error: BaseException) -> bool:
    """Whether *error* says that we ask too much, and so counts as a strike. A revoked key only looks so."""
    return isinstance(error, ccxt.DDoSProtection) and code_of(str(error)) not in _KEY_CODES


def _by_class(kind: type[BaseException]) -> Outcome:
    known = BY_CLASS.get(kind)
    if known is not None:
        return known
    # a class of a later ccxt: only that a key is refused or a limit is reached may be inherited
    parent = next(BY_CLASS[base] for base in kind.__mro__ if base in BY_CLASS)
    return parent if parent in {Outcome.KEY_REFUSED, Outcome.THROTTLED} else Outcome.UNKNOWN


def _words(error: BaseException) -> str:
    if isinstance(error, CancelledError):
        return "cancelled while the answer was awaited"
    if isinstance(error, TimeoutError):
        return "no answer within the deadline"
    return f"{type(error).__name__}: {error}"
