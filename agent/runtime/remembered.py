"""What alerts have told a person: said once, and taken up again after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.events import Alert
from core.ids import OrderId
from core.money import ZERO, exact, plain, subtract

UNKNOWN = "order.unknown"
EXTERNAL = "order.external"
OVERFILLED = "order.overfilled"
DRIFT = "balance.drift"
OUTSIDE = "balance.outside"
TROUBLE = "venue.trouble"
FROZEN = "delisted.frozen"
SUMMARY = "daily.summary"


class Remembered:
    """A fold over an account's alerts.

    *unknown*: orders that only a person can settle. *external*: orders of other hands. *outside*: what the
    venue holds of each asset beside the account's books. *frozen*: symbols whose trading ended with a
    position still held. *summed_up*: the last UTC day (since 1970) that a person was told of.
    """

    def __init__(self) -> None:
        self.unknown: set[OrderId] = set()
        self.external: set[OrderId] = set()
        self.outside: dict[str, Decimal] = {}
        self.frozen: set[str] = set()
        self.summed_up = 0

    def take(self, alert: Alert) -> None:
        """Folds *alert* in; one about something else changes nothing."""
        about = alert.about
        if alert.code == UNKNOWN:
            self.unknown.add(OrderId(about["order_id"]))
        elif alert.code == EXTERNAL:
            self.external.add(OrderId(about["order_id"]))
        elif alert.code == FROZEN:
            self.frozen.add(about["symbol"])
        elif alert.code == SUMMARY:
            self.summed_up = int(about["day"])
        elif alert.code in (DRIFT, OUTSIDE):
            self.outside.update({asset: exact(amount) for asset, amount in about["outside"].items()})

    def paid(self, asset: str, amount: Decimal) -> None:
        """A fee was taken in a coin that is not of the account's books."""
        self.outside[asset] = subtract(self.outside.get(asset, ZERO), amount)


def written(outside: Mapping[str, Decimal]) -> dict[str, dict[str, str]]:
    """What an alert is about that names new amounts *outside*."""
    return {"outside": {asset: plain(amount) for asset, amount in sorted(outside.items())}}
