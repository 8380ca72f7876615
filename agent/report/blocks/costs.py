"""What trading cost, and what was assumed of fills."""

from __future__ import annotations

from decimal import Decimal

from agent.report import words
from agent.report.markup import Markup, section, tag
from agent.report.view import View
from core.money import ZERO, add, multiply, plain

_BASIS_POINTS = Decimal(10_000)


def costs(view: View) -> Markup:
    """Fees paid, traded notional, and the fill model in words."""
    traded = ZERO
    for fill in view.story.fills:
        traded = add(traded, multiply(fill.quantity, fill.price))
    start = Decimal(view.summary["start_equity"])
    share = float(view.run.fees / start) if start else None
    paid = (
        ("Fees paid", f"{words.amount(view.run.fees)} {view.quote}", f"{words.percent(share)} of the start"),
        (
            "Traded",
            f"{words.amount(traded)} {view.quote}",
            f"in {words.count(len(view.story.fills), 'fill')}",
        ),
    )
    cards = [
        tag(
            "div",
            tag("p", title, class_="label"),
            tag("p", value, class_="value small"),
            tag("p", note, class_="versus"),
            class_="card",
        )
        for title, value, note in paid
    ]
    return section(
        "costs",
        "Costs and fills",
        tag("div", *cards, class_="cards two"),
        tag("ul", *(tag("li", line) for line in fill_model(view)), class_="prose"),
        lead="A paper result is worth as much as its assumptions. These were in force.",
    )


def fill_model(view: View) -> tuple[str, ...]:
    """The assumptions in force, one sentence each."""
    rates = view.costs
    told = [
        "A decision sees only candles that had closed. A market order fills at the open of the next candle, "
        "and is known when that candle closes.",
        "A stop triggers when it is touched and fills at the worse of its level and the open; where one "
        "candle touches both stop and target, the stop counts.",
    ]
    if not rates or not any(Decimal(rate) for key, rate in rates.items() if key != "latency"):
        return (*told, "No fee, no slippage and no limit on size: real trading costs more than this.")
    taker, maker = _number(rates, "taker"), _number(rates, "maker")
    told.append(f"Fees: {_rate(taker)} where an order takes liquidity, {_rate(maker)} where it makes it.")
    told.append(
        f"Slippage: {plain(_number(rates, 'slippage_bps'))} basis points against us, plus "
        f"{plain(_number(rates, 'impact'))} x the candle's range x the square root of our share of its volume."
    )
    part = _number(rates, "participation")
    told.append(
        f"At most {_rate(part)} of a candle's volume fills; the rest waits for the next."
        if part
        else "There is no limit on the share of a candle's volume that fills."
    )
    late = rates.get("latency", "0s")
    told.append(f"An order reaches the venue {'at once' if late == '0s' else f'{late} after its decision'}.")
    return tuple(told)


def _number(rates: object, key: str) -> Decimal:
    value = rates.get(key, ZERO) if isinstance(rates, dict) else ZERO
    return Decimal(value)


def _rate(fraction: Decimal) -> str:
    return f"{plain(fraction * 100)}\N{NARROW NO-BREAK SPACE}%"
