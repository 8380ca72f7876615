"""What the tools said of one asset, in sentences with their units and ages."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from agent.graph.conversation.horizons import in_words
from agent.graph.conversation.offline.seen import Seen, Told
from agent.graph.conversation.offline.words import (
    Fact,
    age,
    listed,
    moment,
    number,
    percent,
    reason,
    share,
)

_SPANS = {"change_1h": "1 hour", "change_24h": "24 hours", "change_7d": "7 days"}


def price(seen: Seen, name: str) -> Iterator[str]:
    """The last price, its age and its changes; else why there is none."""
    told = seen.of("get_price", name)
    if told is None:
        return
    name = told.title(name)
    fact = told.facts.get("price")
    if fact is None:
        last = told.data.get("as_of")
        ended = told.data.get("delisted_at")
        since = f" Its last known close is of {moment(last)}." if last else ""
        stop = f" Trading of it ended at {moment(ended)}." if ended else ""
        yield f"I don't know the price of {name}: {reason(told.why('price'))}.{since}{stop}"
        return
    text = (
        f"**{name}** is at {fact['value']} {fact['unit']}, at the close of {moment(fact['as_of'])} "
        f"({age(fact['as_of'], seen.now)})."
    )
    moves = [f"{percent(told.facts[m]['value'])} in {span}" for m, span in _SPANS.items() if m in told.facts]
    yield f"{text} Its change is {listed(moves)}." if moves else text
    unknown = [span for metric, span in _SPANS.items() if metric in told.missing]
    if unknown:
        yield f"I don't know its change in {listed(unknown)}: {reason(told.missing[_metric(unknown[0])])}."


def _metric(span: str) -> str:
    return next(metric for metric, told in _SPANS.items() if told == span)


def trend(seen: Seen, name: str) -> Iterator[str]:
    """What speaks for a rise and what against it, from the indicators."""
    told = seen.of("get_indicators", name)
    if told is None:
        return
    name = told.title(name)
    facts = told.facts
    if not facts:
        yield f"I don't know the trend of {name}: {reason(told.why('indicators'))}."
        return
    rising: list[str] = []
    falling: list[str] = []
    for metric, words in _DISTANCES.items():
        if metric in facts:
            value = facts[metric]["value"]
            (rising if Decimal(value) > 0 else falling).append(f"the close is {percent(value)} from {words}")
    if "rsi_14" in facts:
        value = facts["rsi_14"]["value"]
        strength = Decimal(value)
        told_rsi = f"RSI 14 is {number(value)}"
        if strength > 70:
            falling.append(f"{told_rsi}, which is stretched upwards")
        elif strength < 30:
            rising.append(f"{told_rsi}, which is stretched downwards")
        else:
            (rising if strength >= 50 else falling).append(told_rsi)
    if "macd_histogram" in facts:
        positive = Decimal(facts["macd_histogram"]["value"]) > 0
        (rising if positive else falling).append(f"MACD is {'above' if positive else 'below'} its signal")
    at = next(iter(facts.values()))["as_of"]
    width = told.data.get("interval", "1d")
    yield f"Indicators of {name} on {width} candles up to {moment(at)} ({age(at, seen.now)}):"
    yield f"- For: {'; '.join(rising) or 'nothing among the indicators that I look at'}."
    yield f"- Against: {'; '.join(falling) or 'nothing among the indicators that I look at'}."
    if "atr_14" in facts:
        fact = facts["atr_14"]
        yield f"- Its usual range of one candle (ATR 14) is {number(fact['value'])} {_per_cent(fact)}."


_DISTANCES = {
    "sma_20_distance": "its 20-bar mean",
    "sma_50_distance": "its 50-bar mean",
    "sma_200_distance": "its 200-bar mean",
}


def _per_cent(fact: Fact) -> str:
    return "% of the price" if fact["unit"] == "percent" else fact["unit"]


def levels(seen: Seen, name: str) -> Iterator[str]:
    """Support and resistance, nearest first."""
    told = seen.of("get_levels", name)
    if told is None:
        return
    name = told.title(name)
    facts = told.facts
    if "price" not in facts:
        yield f"I don't know the levels of {name}: {reason(told.why('levels'))}."
        return
    at, quote = facts["price"]["as_of"], facts["price"]["unit"]
    width = told.data.get("interval", "1d")
    yield (
        f"Levels of {name} from {width} candles up to {moment(at)} ({age(at, seen.now)}), "
        f"with the close at {facts['price']['value']} {quote}:"
    )
    for kind in ("support", "resistance"):
        zones = [_zone(facts, f"{kind}_{rank}", quote) for rank in (1, 2, 3) if f"{kind}_{rank}_low" in facts]
        yield f"- {kind.capitalize()}: {'; '.join(zones) or 'none was found on this side of the price'}."


def _zone(facts: dict[str, Fact], name: str, quote: str) -> str:
    low, high = facts[f"{name}_low"]["value"], facts[f"{name}_high"]["value"]
    zone = low if low == high else f"{low} to {high}"
    distance = facts[f"{name}_distance"]["value"]
    where = "around the price" if Decimal(distance) == 0 else f"{percent(distance)} away"
    touches = facts[f"{name}_touches"]["value"]
    return f"{zone} {quote} ({where}, {touches} {'touch' if touches == '1' else 'touches'})"


def candles(seen: Seen, name: str) -> Iterator[str]:
    """The range of the newest candles."""
    told = seen.of("get_candles", name)
    if told is None:
        return
    name = told.title(name)
    facts = told.facts
    if "close" not in facts:
        yield f"I don't know the candles of {name}: {reason(told.why('candles'))}."
        return
    at, quote, width = facts["close"]["as_of"], facts["close"]["unit"], told.data.get("interval", "1d")
    count = facts["window_candles"]["value"] if "window_candles" in facts else "1"
    text = (
        f"Over the newest {count} candles of {width}, up to {moment(at)} ({age(at, seen.now)}), {name} ranged "
        f"from {facts['window_low']['value']} to {facts['window_high']['value']} {quote} "
        f"and closed at {facts['close']['value']} {quote}."
    )
    moved = facts.get("window_change")
    yield f"{text} Its change from the first close is {percent(moved['value'])}." if moved else text


def book(seen: Seen, name: str) -> Iterator[str]:
    """The best orders, where a market shows its book."""
    told = seen.of("get_order_book", name)
    if told is None:
        return
    name = told.title(name)
    if not told.facts:
        yield (
            f"I don't know the order book of {name}: {reason(told.why('order_book'))}. "
            "Simulated and replayed markets keep candles only."
        )
        return
    facts = [
        f"{fact['metric'].replace('_', ' ')} {fact['value']} {fact['unit']}" for fact in told.facts.values()
    ]
    yield f"Order book of {name}: {'; '.join(facts)}."


def horizon(seen: Seen, name: str) -> Iterator[str]:
    """Both horizons and whether they part; then what each known grade rests on."""
    told = seen.of("get_grades", name)
    if told is None or "trader" not in told.data:
        return
    yield in_words(told.title(name), told.data)
    for who, span in (("trader", "Days to weeks"), ("investor", "Months")):
        if f"{who}_grade" in told.facts:
            yield f"- {span}: {_grade(seen, told, who)}"


def _grade(seen: Seen, told: Told, who: str) -> str:
    facts = told.facts
    grade, change = facts[f"{who}_grade"], facts.get(f"{who}_grade_change_7d")
    text = (
        f"the {who} grade is {number(grade['value'])} points, "
        f"as of {moment(grade['as_of'])} ({age(grade['as_of'], seen.now)})"
    )
    if change is not None:
        text += f"; its change in 7 days is {number(change['value'])} points"
    coverage = facts.get(f"{who}_coverage")
    if coverage is not None and Decimal(coverage["value"]) < 1:
        text += f"; it rests on {share(coverage['value'])} of its inputs"
    return f"{text}."
