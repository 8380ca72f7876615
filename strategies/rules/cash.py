"""``rule:cash``: never owns anything."""

from __future__ import annotations

from strategies.rules import Columns, Moment, Need, Rule


class Cash:
    """Flat, always."""

    needs: tuple[Need, ...] = ()

    def stance(self, columns: Columns, moment: Moment) -> float | None:  # noqa: ARG002 (the contract's)
        """0."""
        return 0.0


STRATEGY = Rule(make=lambda _params: Cash())
