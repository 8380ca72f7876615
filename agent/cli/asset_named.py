"""Which symbol a command's ASSET is, and the sentence where it is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import NoAnswerError

if TYPE_CHECKING:
    from agent.runtime.asking import Asking

_SILENT = frozenset({"no_data", "stale", "delisted"})
_OTHERS = "Import some with 'tokenwise data import', fetch them with 'tokenwise data fetch', or ask another --market."


def symbol_with_candles(asked: Asking, name: str) -> str:
    """The symbol that *name* stands for, which shows a candle at the question's now, if only one that is refused.

    Raises:
        NoAnswerError: no asset of that name, several, none with candles here, or none with any now.
    """
    from core.instant import iso
    from core.observation import Missing
    from tools.ask import candidates, resolve

    context = asked.context
    symbol = resolve(context, name)
    if isinstance(symbol, Missing):
        raise not_found(name, symbol.why, candidates(context, name))
    newest = context.market.candle(symbol)
    if isinstance(newest, Missing) and newest.why in _SILENT:
        last, ended = context.market.close(symbol), context.market.delisted_at(symbol)
        told = "none was known yet" if isinstance(last, Missing) else f"its last closed at {iso(last[1])}"
        if ended is not None:
            told = f"trading ended at {iso(ended)}"
        raise NoAnswerError(
            f"{symbol} shows no candle at {iso(context.now)}: {told}",
            within(asked, symbol),
            code=newest.why,
        )
    return symbol


def not_found(name: str, why: str, near: Sequence[str], of: str = "prices") -> NoAnswerError:
    """Why *name* stands for no one asset here that has *of*: *why* is what resolving it said."""
    if why == "no_data":
        return NoAnswerError(f"there are no {of} of {name} in this market", _OTHERS)
    if why == "ambiguous_asset":
        return NoAnswerError(
            f"{name!r} may be several assets", "Say which one by its id.", code=why, candidates=near
        )
    return NoAnswerError(
        f"there is no asset {name!r} in this market",
        "Use its CoinGecko id, its ticker or a symbol such as BTC/USDT.",
        code=why,
        candidates=near,
    )


def within(asked: Asking, symbol: str) -> str:
    """Where the store does hold candles of *symbol*, as a mend."""
    from core.instant import iso
    from core.observation import Missing

    if symbol not in asked.reach:
        return "Choose another --as-of or --market."
    first, last = asked.reach[symbol]
    newest, known = asked.context.market.candle(symbol), asked.context.market.close(symbol)
    is_silent = isinstance(newest, Missing) and newest.why in _SILENT
    if is_silent and not isinstance(known, Missing) and first <= asked.context.now < last:
        # when they go on again is not known at the question's now
        return f"There is a hole in its candles since {iso(known[1])}: choose --as-of up to then, or import more."
    return f"The store holds its candles from {iso(first)} to {iso(last)}: choose --as-of in there, or import more."
