"""The checks of a scenario's ``[[expect]]``: what must hold of a run, read off the venue's own books."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.instant import instant, iso
from core.money import multiply, plain, published
from core.observation import Missing
from core.orders import Finding, Side
from evals.lived import Lived, held_at_end, inside_limits
from evals.scenario import Check, Expect
from tools.market.track import Track


def check(expects: Sequence[Expect], run: Lived) -> tuple[Finding, ...]:
    """Everything of *expects* that does not hold of *run*; the code is ``expect.`` and the check's name."""
    return tuple(finding for expect in expects for finding in _CHECKS[expect.check](expect, run))


def _inside_limits(_: Expect, run: Lived) -> Sequence[Finding]:
    """Every order kept to the limits that the run was under, by the venue's books."""
    return [
        Finding("expect.inside_limits", f"{one.code}: {one.message}", one.limit, one.value)
        for one in inside_limits(run)
    ]


def _orders_at_most(expect: Expect, run: Lived) -> Sequence[Finding]:
    """The venue was sent at most so many orders, protective ones counted."""
    most, sent = int(expect.value or 0), len(run.orders)
    if sent <= most:
        return ()
    told = f"the venue was sent {sent} orders, at most {most} were expected"
    return (Finding("expect.orders_at_most", told, str(most), str(sent)),)


def _no_entry_after(expect: Expect, run: Lived) -> Sequence[Finding]:
    """The venue was sent no buy after that instant (in spot every buy enters); one sent before may still fill."""
    last = instant(expect.value or "")
    return [
        Finding(
            "expect.no_entry_after",
            f"{one.symbol} was bought at {iso(one.created_at)}, no entry was expected after {iso(last)}",
            iso(last),
            iso(one.created_at),
        )
        for one in run.orders
        if one.side is Side.BUY and one.created_at > last
    ]


def _flat_at_end(_: Expect, run: Lived) -> Sequence[Finding]:
    """Nothing is held at the end but the quote, and dust that the venue takes no order for."""
    found = []
    for symbol, quantity in held_at_end(run).items():
        track = Track(run.world.series[symbol])
        track.advance(run.world.until)
        close = track.close()
        instrument = run.world.instruments[symbol]
        is_dust = quantity < instrument.min_quantity or (
            not isinstance(close, Missing)
            and multiply(quantity, published(close[0])) < instrument.min_notional
        )
        if not is_dust:
            told = f"{plain(quantity)} {instrument.base} are held at the end"
            found.append(Finding("expect.flat_at_end", told, "0", plain(quantity)))
    return found


_CHECKS: Mapping[Check, Callable[[Expect, Lived], Sequence[Finding]]] = {
    "inside_limits": _inside_limits,
    "orders_at_most": _orders_at_most,
    "no_entry_after": _no_entry_after,
    "flat_at_end": _flat_at_end,
}
