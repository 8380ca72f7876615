"""What the adapter needs to know of one venue. A venue is one file in `tools/exchange/venues/`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.ids import OrderId
from core.instant import SECOND, Instant

Client = Any
"""A ccxt.async_support exchange; ccxt is not typed."""

Raw = Mapping[str, Any]
"""One of ccxt's order or trade dictionaries."""

MAX_SKEW = SECOND
VISIBILITY_LAG = 30 * SECOND
"""What a proof of absence waits beyond the request's own expiry: clocks apart, and a listing behind the engine."""


class PartialAnswerError(Exception):
    """The venue answered, but not what was asked for: nothing follows from it."""


class Find(Protocol):
    """Looks an order up."""

    def __call__(
        self, client: Client, client_id: str, symbol: str, number: str | None = None
    ) -> Awaitable[Raw | None]:
        """The order *client_id* of *symbol*; *number* is the venue's id where it is known."""
        ...


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a key may do, as the venue says."""

    trade: bool
    withdraw: bool
    ip_bound: bool


@dataclass(frozen=True, slots=True)
class Dialect:
    """One venue, in plain values and small functions over its ccxt client.

    Reads raise `PartialAnswerError` where the answer has not the shape that was asked for, so that an
    answer which went wrong is never read as "nothing".

    *client_id* / *order_id*: our order id as this venue takes it, and back (`None`: not one of ours).
    *expiry*: request parameters after which the venue itself refuses to execute an order that is late;
    *grace_ms*: from then on absence is a proof (`None`: this venue offers none).
    *order_params*: what every new order says beside that.
    *echoes*: the answer to a new order names our client id; where it does not, the order is looked up at once.
    *markets_query*: asks for the filters of these symbols only.
    *find*: one order by client id, in a symbol, and by the venue's id where that is known; `None` where it is
    not shown now. *few*: so many orders are cheaper to look up one by one than to list all open ones.
    *open_orders*, *orders_since*, *trades*: whole listings; the last of a symbol since an instant, or of the
    order of that number alone.
    *options*, *settings*: of the ccxt client, after and at its making.
    *not_found*: codes that mean "no such order" to a question.
    *is_balance*: whether what came back is a balance at all.
    *clock_step_ms*: how coarse the time is that the venue tells.
    *fee_asset*: a coin of the venue's own that fees may be taken in.
    *arm*: the dead-man switch, milliseconds from now, 0 disarms; `None` where the venue has none.
    """

    name: str
    ccxt_id: str
    client_id: Callable[[OrderId], str]
    order_id: Callable[[str], OrderId | None]
    expiry: Callable[[Instant], Mapping[str, Any]]
    grace_ms: int | None
    echoes: bool
    markets_query: Callable[[Sequence[str]], Mapping[str, Any]]
    find: Find
    open_orders: Callable[[Client], Awaitable[Sequence[Raw]]]
    orders_since: Callable[[Client, str, Instant], Awaitable[Sequence[Raw]]]
    trades: Callable[[Client, str, Instant, str | None], Awaitable[Sequence[Raw]]]
    cancel: Callable[[Client, str, str], Awaitable[None]]
    permissions: Callable[[Client], Awaitable[Permissions]]
    is_balance: Callable[[Any], bool]
    not_found: frozenset[str]
    few: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    order_params: Mapping[str, Any] = field(default_factory=dict)
    clock_step_ms: int = 1
    fee_asset: str | None = None
    arm: Callable[[Client, int], Awaitable[None]] | None = None
    sandbox: bool = False


def listed(answer: object, what: str) -> list[Any]:
    """*answer*, which must be a list of objects.

    Raises:
        PartialAnswerError: it is anything else.
    """
    if not isinstance(answer, list) or not all(isinstance(item, Mapping) for item in answer):
        raise PartialAnswerError(f"the answer to {what} is no list of them")
    return answer


def named(answer: object, what: str, *keys: str) -> Mapping[str, Any]:
    """*answer*, which must be an object that has *keys*.

    Raises:
        PartialAnswerError: it is anything else.
    """
    if not isinstance(answer, Mapping) or any(answer.get(key) is None for key in keys):
        raise PartialAnswerError(f"the answer to {what} lacks {', '.join(keys) or 'everything'}")
    return answer
