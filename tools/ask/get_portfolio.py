"""What the account owns, what it is worth, and how it stands."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from core.instant import iso
from core.money import divide, multiply, plain, subtract
from core.observation import Missing
from core.portfolio import Portfolio, Position
from tools.ask._arguments import Strict
from tools.ask._text import Stamp, amount, quantity, ratio
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool

SCOPE = "account"
SOURCE = "journal"
_DIGITS = 4


class Args(Strict):
    """Nothing: the account is the one that asks."""


class Holding(Strict):
    """One position. *cost* has the buy fees in it; *return* is *profit* over it, *weight* a share of equity."""

    symbol: str
    quantity: str
    cost: str
    price: str | None = None
    value: str | None = None
    profit: str | None = None
    gain: float | None = Field(default=None, alias="return")
    weight: float | None = None
    opened_at: str


class Result(Strict):
    """Amounts in *quote*, exact; evidence tells them to the cent. *drawdown*: of equity from its peak, 0 or less."""

    account: str | None = None
    simulated: bool = False
    as_of: str | None = None
    state: str | None = None
    quote: str | None = None
    equity: str | None = None
    cash: str | None = None
    positions: list[Holding] = Field(default_factory=list)
    drawdown: float | None = None
    realised: str | None = None
    fees: str | None = None
    fills: int = 0
    round_trips: int = 0


def answer(_: Args, context: AskContext) -> Reply:
    """The books at the last marks; `Missing` where nobody trades."""
    books = context.portfolio
    if books is None:
        return Reply(Result().model_dump(by_alias=True), (), (Missing("portfolio", "no_account"),))
    at = context.now if context.account_at is None else context.account_at
    equity = context.equity
    if equity is None and all(symbol in context.marks for symbol in books.positions):
        equity = books.equity(context.marks)
    missing = [Missing(f"price of {s}", "no_data") for s in books.positions if s not in context.marks]
    if equity is None:
        missing.append(Missing("equity", "no_data"))
    held = [_holding(one, context.marks.get(one.symbol), equity) for one in books.positions.values()]
    told = Result(
        account=context.account,
        simulated=context.account_simulated,
        as_of=iso(at),
        state=context.state,
        quote=books.quote,
        equity=None if equity is None else plain(equity),
        cash=plain(books.cash),
        positions=held,
        drawdown=_drawdown(equity, context.peak),
        realised=plain(books.realised),
        fees=plain(books.fees),
        fills=books.fills,
        round_trips=books.round_trips,
    )
    evidence = _of_account(told, books, Stamp(TOOL.name, SCOPE, at, SOURCE))
    for one in held:
        evidence += _of_position(one, books.quote, Stamp(TOOL.name, one.symbol, at, SOURCE))
    return Reply(told.model_dump(by_alias=True), tuple(evidence), tuple(missing))


def _holding(held: Position, mark: Decimal | None, equity: Decimal | None) -> Holding:
    told = Holding(
        symbol=held.symbol,
        quantity=plain(held.quantity),
        cost=plain(held.cost),
        opened_at=iso(held.opened_at),
    )
    if mark is None:
        return told
    value = multiply(held.quantity, mark)
    profit = subtract(value, held.cost)
    return told.model_copy(
        update={
            "price": plain(mark),
            "value": plain(value),
            "profit": plain(profit),
            "gain": _share(profit, held.cost),
            "weight": _share(value, equity),
        }
    )


def _share(part: Decimal, whole: Decimal | None) -> float | None:
    return None if not whole else float(ratio(float(divide(part, whole)), _DIGITS))


def _drawdown(equity: Decimal | None, peak: Decimal | None) -> float | None:
    if equity is None or not peak:
        return None
    return min(0.0, float(ratio(float(divide(equity, peak)) - 1, _DIGITS)))


def _of_account(told: Result, books: Portfolio, stamp: Stamp) -> list[Evidence]:
    found = []
    for metric in ("equity", "cash", "realised", "fees"):
        exact = getattr(told, metric)
        if exact is not None:
            found.append(stamp(metric, amount(Decimal(exact)), books.quote))
    if told.drawdown is not None:
        found.append(stamp("drawdown", ratio(told.drawdown, _DIGITS), "fraction"))
    if told.state is not None:
        found.append(stamp("state", told.state, "state"))
    found.append(stamp("positions", str(len(told.positions)), "positions"))
    found.append(stamp("round_trips", str(told.round_trips), "trades"))
    return found


def _of_position(held: Holding, quote: str, stamp: Stamp) -> list[Evidence]:
    base = held.symbol.partition("/")[0]
    found = [stamp("position_quantity", quantity(Decimal(held.quantity)), base)]
    if held.price is not None:
        found.append(stamp("position_price", held.price, quote))
    for metric, exact in (
        ("position_cost", held.cost),
        ("position_value", held.value),
        ("position_profit", held.profit),
    ):
        if exact is not None:
            found.append(stamp(metric, amount(Decimal(exact)), quote))
    for metric, share in (("position_return", held.gain), ("position_weight", held.weight)):
        if share is not None:
            found.append(stamp(metric, ratio(share, _DIGITS), "fraction"))
    return found


TOOL = Tool(
    "get_portfolio",
    "The account's equity, cash, positions with profit and weight, drawdown and trading state.",
    Args,
    Result,
    answer,
    of_account=True,
)
