"""What the tools said beside prices, in sentences: on-chain, fundamentals, funding, sentiment, narratives, news."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from agent.graph.conversation.claims import quotable
from agent.graph.conversation.offline.seen import Seen, Told
from agent.graph.conversation.offline.words import (
    age,
    amount,
    listed,
    moment,
    number,
    percent,
    reason,
    share,
)
from core.instant import Instant

_SPANS = {"change_1d": "1 day", "change_7d": "7 days", "change_30d": "30 days"}
_MOST_FIGURES, _MOST_NARRATIVES, _MOST_HEADLINES = 6, 5, 5
_FEWEST_WORDS = 3
_MARKS = {
    "restated": "restated: today's history, not what was shown then",
    "revised": "revised since it was first told",
    "jump": "it jumped on that day",
    "derived": "worked out from others",
    "stale": "too old to speak of now",
}
_NAMES = {"fear_greed": "fear and greed"}
_SOLID = {"get_onchain": "on-chain facts", "get_fundamentals": "fundamentals"}


def tell(seen: Seen) -> Iterator[str]:
    """Everything that was looked up beside prices, in the order of the calls."""
    for told in seen.results:
        teller = _TELLERS.get(told.tool)
        if teller is not None:
            yield from teller(told, seen.now)
            yield from told.data.get("credits", ())


def _figures(told: Told, now: Instant) -> Iterator[str]:
    name, what = _who(told), _SOLID[told.tool]
    figures = told.data.get("figures", ())
    if not figures:
        yield f"I don't know the {what} of {name}: {reason(told.why(''))}."
        return
    yield f"{what.capitalize()} of **{name}**:"
    for one in figures[:_MOST_FIGURES]:
        yield f"- {_figure(one, now)}"
    lacking = [what.replace("_", " ") for what in told.missing if "_change" not in what]
    if lacking:
        yield f"I don't know its {listed(lacking)}: {reason(told.why(next(iter(told.missing))))}."


def _figure(one: Mapping[str, Any], now: Instant) -> str:
    unit = "" if one["unit"] in ("count", "number", "ratio", "index") else f" {one['unit']}"
    text = f"{_NAMES.get(one['metric'], one['metric'].replace('_', ' '))}: {_large(one['value'])}{unit}"
    moves = [f"{_moved(one, key)} in {span}" for key, span in _SPANS.items() if one[key] is not None]
    if moves:
        text += f", {listed(moves)}"
    text += f"; of {moment(one['as_of'])} ({age(one['as_of'], now)})"
    if one["high"] is not None and one["high_at"] != one["as_of"]:
        text += f"; its highest so far was {_large(one['high'])}{unit} at {moment(one['high_at'])}"
    if one["others"]:
        others = [f"{_large(other['value'])} by {other['source']}" for other in one["others"]]
        apart = "but" if "disagreement" in one["flags"] else "and"
        text += f"; that is by {one['source']}, {apart} {listed(others)}"
    marks = [told for mark, told in _MARKS.items() if mark in one["flags"]]
    return f"{text} ({'; '.join(marks)})." if marks else f"{text}."


def _moved(one: Mapping[str, Any], key: str) -> str:
    text = format(Decimal(repr(one[key])), "f")
    if one["change_unit"] == "fraction":
        return percent(text)
    return f"{'+' if one[key] > 0 else ''}{number(text)} {one['change_unit']}"


def _large(value: str) -> str:
    """A number as a person says it: ``54.12 billion``."""
    size = abs(Decimal(value))
    for least, word in ((10**9, "billion"), (10**6, "million")):
        if size >= least:
            return f"{amount(str(Decimal(value) / least), 4)} {word}"
    return amount(value)


def _derivatives(told: Told, now: Instant) -> Iterator[str]:
    name, facts = _who(told), told.facts
    venues = told.data.get("venues", ())
    if not venues:
        yield f"I don't know the funding of {name}: {reason(told.why('funding'))}."
    elif "funding_per_8h" not in facts:
        yield f"I don't know the funding of {name} now: {reason(told.why('funding_now'))}. The newest that is known:"
    else:
        told_8h = facts["funding_per_8h"]
        side = told.data["paid_by"]
        yield (
            f"Funding of **{name}**: {percent(told_8h['value'])} per 8 hours, the median of "
            f"{facts['funding_venues']['value']} venues; {side} {'pays' if side == 'nobody' else 'pay'}. "
            f"In a year that would be {percent(facts['funding_per_year']['value'])}."
        )
        yield f"Between the venues it differs by {share(facts['funding_spread']['value'])} per 8 hours:"
    for one in venues:
        rate = f"{percent(one['per_8h'])} per 8 hours" if one["per_8h"] else percent(one["rate"])
        yield f"- {one['venue']}: {rate}, of {moment(one['as_of'])} ({age(one['as_of'], now)})."
    for one in told.data.get("figures", ()):
        yield f"- {_figure(one, now)}"
    if "open_interest" in told.missing:
        yield f"I don't know its open interest: {reason(told.missing['open_interest'])}."


def _sentiment(told: Told, now: Instant) -> Iterator[str]:
    figures = told.data.get("figures", ())
    if not figures:
        yield f"I don't know the sentiment: {reason(told.why('fear_greed'))}."
        return
    mood = told.data.get("mood")
    if mood:
        yield f"The market's mood is {mood.replace('_', ' ')}; the index runs from extreme fear to extreme greed."
    for one in figures:
        yield f"- {_figure(one, now)}"
    if "mood" in told.missing:
        yield f"I don't know the mood of now: {reason(told.missing['mood'])}."
    if "sentiment_of_asset" in told.missing:
        yield f"I know no sentiment of {_who(told)} itself."


def _narratives(told: Told, now: Instant) -> Iterator[str]:
    rows, at = told.data.get("narratives", ()), told.data.get("as_of")
    if not rows or not at:
        yield f"I don't know which narratives lead: {reason(told.why('narratives'))}."
        return
    yield (
        f"Narratives by the mean return of their assets, the leader first, on daily candles up to {moment(at)} "
        f"({age(at, now)}); the median asset made {percent(_plain(told.data['market_return_30d']))} in 30 days:"
    )
    for one in rows[:_MOST_NARRATIVES]:
        count = len(one["assets"])
        turn = "" if one["turn"] == "steady" else f"; its rank is {one['turn']}"
        yield (
            f"- {one['narrative']}: {percent(_plain(one['return_30d']))} in 30 days, "
            f"{percent(_plain(one['return_7d']))} in 7 days; {share(_plain(one['breadth_30d']))} of its "
            f"{count} {'asset' if count == 1 else 'assets'} rose{turn}."
        )
    yield "It speaks to days and weeks, and says nothing of what comes."


def _news(told: Told, now: Instant) -> Iterator[str]:
    name, pieces = _who(told), told.data.get("headlines", ())
    if not pieces:
        yield f"I know no news about {name}: {reason(told.why('news'))}."
        return
    newest = pieces[0]["published"]
    about = "Headlines" if name == "the market" else f"Headlines about {name}"
    yield (
        f"{about}, the newest of {moment(newest)} ({age(newest, now)}); they are quoted as others "
        "wrote them, and nobody has checked them:"
    )
    for one in pieces[:_MOST_HEADLINES]:
        title = quotable(one["title"])
        if len(title.split()) >= _FEWEST_WORDS:
            yield f'- "{title}" ({one["source"]}, {moment(one["published"])})'


def _plain(value: float) -> str:
    return format(Decimal(repr(value)), "f")


def _who(told: Told) -> str:
    asked = told.arguments.get("asset")
    return "the market" if told.data.get("asset") == "market" else told.title(asked or "the market")


_TELLERS: Mapping[str, Callable[[Told, Instant], Iterator[str]]] = {
    "get_onchain": _figures,
    "get_fundamentals": _figures,
    "get_derivatives": _derivatives,
    "get_sentiment": _sentiment,
    "get_narratives": _narratives,
    "get_news": _news,
}
