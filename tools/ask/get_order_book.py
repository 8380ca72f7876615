"""The best orders of a venue's book, where a market shows one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.observation import Missing
from tools.ask._arguments import OfAsset, Strict
from tools.ask._names import label, resolve, unresolved
from tools.ask._vocabulary import AskContext, Reply, Tool


class Args(OfAsset):
    """Of what, and how deep."""

    depth: Annotated[int, Field(ge=1, le=50, description="How many prices of each side.")] = 10


class Result(Strict):
    """Rows of price (in *quote*) and quantity, best first."""

    asset: str
    symbol: str
    quote: str
    bids: list[tuple[str, str]] = Field(default_factory=list)
    asks: list[tuple[str, str]] = Field(default_factory=list)
    spread_bps: float | None = None
    as_of: str | None = None


def answer(args: Args, context: AskContext) -> Reply:
    """`Missing`: candles are all that simulated and replayed markets keep of the past."""
    symbol = resolve(context, args.asset)
    if isinstance(symbol, Missing):
        return unresolved(context, args.asset, symbol)
    told = Result(asset=label(context, symbol), symbol=symbol, quote=symbol.partition("/")[2])
    return Reply(told.model_dump(mode="json"), (), (Missing("order_book", "no_data"),))


TOOL = Tool(
    "get_order_book",
    "The best bids and asks of an asset. Simulated and replayed markets have none.",
    Args,
    Result,
    answer,
)
