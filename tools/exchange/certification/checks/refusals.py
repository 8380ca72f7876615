"""What the venue must refuse: bad steps, dust, bad signatures, late requests, keys without rights."""

from __future__ import annotations

from core.errors import KeyRefusedError, OrderError, RejectedError
from core.instant import SECOND, Instant
from core.money import exact
from tools.exchange.certification.bench import SYMBOL, Bench
from tools.exchange.certification.check import Check, NotMetError, met

_LATE = 10 * SECOND


async def off_tick(bench: Bench) -> None:
    """A price off the tick is refused, not rounded."""
    await _placed_none(bench, "0.002", f"{60000 + bench.instrument.tick_size / 4}", "a price off the tick")


async def off_lot(bench: Bench) -> None:
    """A quantity off the lot is refused, not rounded."""
    await _placed_none(
        bench, f"{exact('0.1') + bench.instrument.lot_size / 4}", "49000.0", "a quantity off the lot"
    )


async def dust(bench: Bench) -> None:
    """An order below the least notional is refused."""
    bench.venue.set_filters(SYMBOL, min_notional="50")
    await _placed_none(bench, "0.0002", "49000.0", "an order below the least notional")


async def too_much(bench: Bench) -> None:
    """More than is there is refused, in a way that says so."""
    order = bench.entry("9000")
    bench.venue.deposit("USDT", "-9990")
    try:
        await bench.exchange.submit(order)
    except RejectedError as error:
        met(error.code == "cash", f"refused with the code {error.code}")
    else:
        raise NotMetError("an order for more than is there was taken")


async def signature(bench: Bench) -> None:
    """A request that is signed with another secret is refused."""
    forger = bench.connect("Zm9yZ2VkIGZvcmdlZCBmb3JnZWQ=")
    try:
        await forger.load_markets()
        await bench.raw("buy", "0.002", "49000.0", forger)
    finally:
        await forger.close()
    met(not bench.venue.orders(), "a forged signature was taken")


async def expired(bench: Bench) -> None:
    """A request whose time has passed is refused: that is what makes absence a proof."""
    if bench.dialect.grace_ms is None:
        return
    now = bench.clock.now()
    params = dict(bench.dialect.expiry(Instant(now - _LATE)))
    if "recvWindow" in params:
        bench.client.options["timeDifference"] = _LATE
    await bench.raw("sell", "0.002", "60000.0", **params)
    met(not bench.venue.orders(), "an order whose time had passed was executed")


async def revoked(bench: Bench) -> None:
    """A revoked key is known for one."""
    bench.venue.key.revoked = True
    try:
        await bench.exchange.balances()
    except KeyRefusedError:
        return
    except OrderError as error:
        raise NotMetError(f"a revoked key looks like {type(error).__name__}: {error.message}") from error
    raise NotMetError("a revoked key still reads the balances")


async def rights(bench: Bench) -> None:
    """A key's rights are told as they are."""
    safe = await bench.exchange.permissions()
    met(safe.trade and not safe.withdraw, f"a key that may trade and not withdraw is told as {safe}")
    bench.venue.key.withdraw = True
    met((await bench.exchange.permissions()).withdraw, "a key that may withdraw is told as one that may not")


async def _placed_none(bench: Bench, quantity: str, limit: str, what: str) -> None:
    side = "sell" if limit.startswith("6") else "buy"
    await bench.raw(side, quantity, limit)
    met(not bench.venue.orders(), f"{what} was taken")


CHECKS = (
    Check("refusal.tick", "a price off the tick is refused", off_tick),
    Check("refusal.lot", "a quantity off the lot is refused", off_lot),
    Check("refusal.notional", "an order below the least notional is refused", dust),
    Check("refusal.funds", "more than is there is refused as such", too_much),
    Check("refusal.signature", "a forged signature is refused", signature),
    Check("refusal.expired", "a late request is refused", expired),
    Check("refusal.revoked", "a revoked key is known for one", revoked),
    Check("refusal.rights", "a key's rights are told as they are", rights),
)
