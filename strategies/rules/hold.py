"""``rule:hold``: buys everything at the first decision and never trades again."""

from __future__ import annotations

from strategies.rules import Columns, Moment, Need, Rule


class Hold:
    """Long from the first decision at which the symbol has a price."""

    needs = (Need("close", 1),)

    def stance(self, columns: Columns, moment: Moment) -> float | None:  # noqa: ARG002 (the contract's)
        """1."""
        return 1.0

    def thesis(self, columns: Columns, stance: float) -> str:  # noqa: ARG002 (the contract's)
        """The price at which it buys."""
        return f"buys its share at about {columns[0][-1]:.8g} and holds it"


STRATEGY = Rule(make=lambda _params: Hold())
