"""Single wrong behaviours of a venue: what certification has to notice."""

from __future__ import annotations

from enum import Enum


class Wrong(Enum):
    """One lie or defect each; the value says it in a line. All are honest in the audit, wrong on the wire."""

    DROPS_CLIENT_ID = "keeps no client order id: orders come back without it"
    ECHOES_ANOTHER_ID = "answers with another client order id than was sent"
    IGNORES_RECV_WINDOW = "executes requests however old their signature is"
    LOOKUP_FINDS_NOTHING = "says that an order it has does not exist when asked by client id"
    LOOKUP_FINDS_ANOTHER = "answers a lookup by client id with another order"
    FILLS_ABOVE_LIMIT = "fills a buy above its limit and a sell below it"
    IOC_RESTS = "lets an immediate-or-cancel order rest in the book"
    ROUNDS_PRICE = "rounds a price off the tick instead of refusing it"
    ROUNDS_QUANTITY = "rounds a quantity off the lot instead of refusing it"
    NO_MIN_NOTIONAL = "takes orders below its own minimum notional"
    CANCEL_DOES_NOTHING = "says that an order is cancelled and leaves it open"
    TRADES_WITHOUT_FEES = "lists trades that cost nothing"
    TRADES_WITHOUT_ID = "lists trades under no id of their own"
    TRADES_LEFT_OUT = "lists no trades of orders that filled"
    BALANCES_STAND_STILL = "shows the balances of the start for ever"
    OPEN_ORDERS_CUT = "leaves all open orders but the oldest out of the list, without saying so"
    FORGETS_CLOSED = "forgets an order as soon as it is no longer open"
    WITHDRAW_HIDDEN = "says that a key cannot withdraw which can"
    TIME_JUMPS = "tells a time that jumps an hour ahead on every second request"
    POST_ONLY_TAKES = "executes a post-only order as taker"
    ANY_SIGNATURE = "takes requests whose signature is wrong"
    FILLED_TOO_MUCH = "reports more filled than was ordered"
