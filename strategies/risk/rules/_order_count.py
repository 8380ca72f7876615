"""How many orders went out, those of this very cycle included."""

from __future__ import annotations

from core.orders import Finding
from strategies.risk.case import Case


def too_many(code: str, case: Case, within_ms: int, most: int, name: str) -> Finding | None:
    """A finding where *most* orders went out in the last *within_ms* already."""
    sent = sum(1 for at in case.recent_orders if case.now - within_ms < at < case.now)
    # An order of this cycle may or may not have been sent by now; it counts once either way.
    sent_now = sum(1 for at in case.recent_orders if at == case.now)
    approved_now = sum(1 for order in case.pending if order.created_at == case.now)
    value = sent + max(sent_now, approved_now) + 1
    if value <= most:
        return None
    return Finding(code, f"order number {value} within {name}; at most {most}", str(most), str(value))
