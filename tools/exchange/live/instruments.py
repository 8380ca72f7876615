"""A venue's filters, exact, of the symbols that are traded and no others; and what changed in them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.market import Instrument
from core.money import ZERO, exact, plain
from tools.exchange.live.dialect import Client, Dialect, PartialAnswerError

Ask = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Sends one call; `None` where the venue knows no such symbol."""


async def instruments(
    client: Client, dialect: Dialect, symbols: Sequence[str], ask: Ask
) -> Mapping[str, Instrument]:
    """The filters of those *symbols* that trade now; the client knows these markets afterwards.

    Raises:
        UnreachableError: the venue did not answer wholly.
    """
    found = await ask(lambda: _fetched(client, dialect, symbols))
    if found is None and len(symbols) > 1:  # one unknown symbol spoils the whole question
        each = [await ask(lambda one=symbol: _fetched(client, dialect, [one])) for symbol in symbols]  # type: ignore[misc]
        found = [market for markets in each for market in markets or ()]
    markets = {market["symbol"]: market for market in found or ()}
    if not markets and client.markets:
        return {}  # all are gone; what the client knew of them still reads their old orders
    old = [market for symbol, market in (client.markets or {}).items() if symbol not in markets]
    client.set_markets([*markets.values(), *old])
    if "marketsByAltname" in client.options:
        client.options["marketsByAltname"] = client.index_by(list(client.markets.values()), "altname")
    return {
        symbol: instrument(market)
        for symbol, market in markets.items()
        if symbol in symbols and market.get("spot") and market.get("active")
    }


async def _fetched(client: Client, dialect: Dialect, symbols: Sequence[str]) -> list[dict[str, Any]]:
    markets = await client.fetch_markets(dialect.markets_query(symbols))
    if not isinstance(markets, list) or not markets:
        raise PartialAnswerError("the answer has no markets")
    return markets


def instrument(market: Mapping[str, Any]) -> Instrument:
    """The filters of one of ccxt's markets.

    Raises:
        PartialAnswerError: one that every order needs is missing.
    """
    steps, limits = market["precision"], market["limits"]
    tick, lot = _number(steps.get("price")), _number(steps.get("amount"))
    least = _number(limits["amount"].get("min"))
    if not tick or not lot or least is None:
        raise PartialAnswerError(f"the filters of {market['symbol']} are not whole")
    # Kraken names the step of its prices beside their decimals
    tick = max(tick, _number(market.get("info", {}).get("tick_size")) or ZERO)
    return Instrument(
        symbol=market["symbol"],
        tick_size=tick,
        lot_size=lot,
        min_quantity=least,
        min_notional=_number(limits["cost"].get("min")) or ZERO,
        max_quantity=_number(limits["amount"].get("max")),
        max_notional=_number(limits["cost"].get("max")),
    )


def changes(old: Mapping[str, Instrument], new: Mapping[str, Instrument]) -> tuple[str, ...]:
    """What is different now, in sentences, one per symbol and filter."""
    said = []
    for symbol, before in old.items():
        after = new.get(symbol)
        if after is None:
            said.append(f"{symbol} does not trade any more")
            continue
        for name in ("tick_size", "lot_size", "min_quantity", "min_notional", "max_quantity", "max_notional"):
            was, now = getattr(before, name), getattr(after, name)
            if was != now:
                said.append(f"{symbol}: {name.replace('_', ' ')} is {_text(now)}, was {_text(was)}")
    said += [f"{symbol} trades again" for symbol in new if symbol not in old]
    return tuple(said)


def _number(value: Any) -> Decimal | None:
    return None if value is None else exact(value)


def _text(value: Decimal | None) -> str:
    return "none" if value is None else plain(value)
