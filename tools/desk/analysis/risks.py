"""What speaks against acting at all: how far price swings, what is thin, crowded, torn, old or rewritten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from core.grades import Regime
from core.instant import DAY, WEEK, Instant, Interval
from core.observation import Missing
from strategies.levels.findings import MEAN_BARS
from tools.ask import Evidence, price, ratio
from tools.desk.analysis.case import Case
from tools.desk.analysis.cited import MINE
from tools.desk.prose import because, day, large, percent, points, share, some_of

WILD = 1.0
"""A volatility a year from which a token counts as wild (ours)."""
THIN = 1_000_000.0
"""Turnover a day, in quote currency, below which a market counts as thin (ours)."""
STRETCHED = 70.0
"""RSI from which a rise counts as stretched (Wilder)."""
CROWDED = 0.30
"""Funding a year from which longs count as crowded (ours)."""
_SHORT = 200
_DAILY = Interval(DAY)
_LOOKED_BACK = 2 * WEEK
_INDICATORS, _CANDLES, _FUNDING = "get_indicators", "get_candles", "get_derivatives"
NEEDED = ("realised_volatility_30", "atr_14", "drawdown_90", "rsi_14", "sma_200_distance", "return_30")
"""The indicators that risks and outlook speak of."""

Risk = dict[str, Any]


def risks(case: Case) -> list[Risk]:
    """Every risk that the known figures show, and what of them cannot be told."""
    found: list[Risk] = []
    for each in (
        _delisted,
        _refused,
        _swings,
        _fall,
        _stretch,
        _market,
        _liquidity,
        _funding,
        _torn,
        _history,
        _old,
    ):
        found += each(case)
    return found


def _risk(case: Case, code: str, level: str, text: str, *cited: tuple[str, str]) -> Risk:
    return {"code": code, "level": level, "text": text, "evidence": case.cited.ids(*cited)}


def _delisted(case: Case) -> Iterator[Risk]:
    ended = case.data("get_price").get("delisted_at")
    if ended:
        yield _risk(case, "delisted", "high", f"Trading of {case.symbol} ended on {ended[:10]}.")


def _refused(case: Case) -> Iterator[Risk]:
    """A collapse looks like a fault of the data at first: nothing that rests on candles is told, and that is a risk."""
    why = case.grade("trader").get("why") or ""
    if why.startswith("gate:"):
        text = f"Nothing is measured of it now: {because(why)}. A collapse looks like that as well as a fault of the data."
        fallen, cited = _since_believed(case)
        yield _risk(case, "refused_candle", "high", f"{text}{fallen}", ("get_price", "price"), *cited)


def _since_believed(case: Case) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The last price against the daily closes that are believed: the newest, and the one a week before it."""
    last, quoted = case.cited.number("get_price", "price"), case.cited.text("get_price", "price")
    now, like = case.context.now, ("get_price", "price")
    told = case.context.market.series_since(case.symbol, _DAILY, Instant(now - _LOOKED_BACK))
    if last is None or not told:
        return "", ()
    series = told[-1]
    # what a later candle confirmed is refused no more
    refused = np.minimum.accumulate(series.last_bad[::-1])[::-1]
    fit = (refused < np.arange(len(series.bars))) & (series.segment == series.segment[-1])
    closes = {
        int(opened): float(close)
        for opened, close in zip(series.bars.opened_at[fit], series.bars.close[fit], strict=True)
    }
    if not closes:
        return "", ()
    newest = max(closes)
    texts, cited = [], []
    for name, opened in (("believed_close", newest), ("believed_close_week_before", newest - WEEK)):
        if opened in closes:
            close, shut = price(closes[opened]), Instant(opened + DAY)
            source = case.context.sources.get(case.symbol, case.context.source)
            case.cited.put(Evidence(MINE, case.name, name, close, case.quote, shut, shut, source))
            moved = case.note(f"change_since_{name}", ratio(last / closes[opened] - 1, 4), "fraction", like)
            texts.append(f"{percent(float(moved))} since the close of {day(Instant(opened))} ({close})")
            cited += [(MINE, name), (MINE, f"change_since_{name}")]
    return (
        f" Its last price, {quoted} {case.quote}, set beside the daily closes that are believed: "
        f"{some_of(texts)}.",
        tuple(cited),
    )


def _swings(case: Case) -> Iterator[Risk]:
    wild = case.cited.number(_INDICATORS, "realised_volatility_30")
    usual = case.cited.number(_INDICATORS, "atr_14")
    cited = ((_INDICATORS, "realised_volatility_30"), (_INDICATORS, "atr_14"))
    if wild is None or usual is None:
        return
    text = f"It swings: volatility of {share(wild)} a year, and a usual day spans {share(usual / 100)} of the price."
    yield _risk(case, "volatility", "high" if wild >= WILD else "medium", text, *cited)


def _fall(case: Case) -> Iterator[Risk]:
    """How far below its own high it is, of 90 days or of as many as are known."""
    deep = case.cited.number(_INDICATORS, "drawdown_90")
    if deep is not None:
        text = f"It is {share(-deep)} below its high of 90 days." if deep else "It is at its high of 90 days."
        case.note("days_of_high", "90", "days", (_INDICATORS, "drawdown_90"))
        cited = (_INDICATORS, "drawdown_90"), (MINE, "days_of_high")
        yield _risk(case, "drawdown", "high" if deep <= -0.2 else "low", text, *cited)
        return
    top, last = (case.cited.number(_CANDLES, name) for name in ("window_high", "close"))
    if top is None or last is None or isinstance(case.daily, Missing):
        return
    like = (_CANDLES, "window_high")
    days = case.note("days_of_high", str(len(case.daily)), "days", like)
    below = case.note("below_high", ratio(max(1 - last / top, 0.0), 4), "fraction", like)
    text = f"It is {share(float(below))} below {price(top)}, its high of the {days} days that are known."
    level = "high" if float(below) >= 0.2 else "low"
    yield _risk(case, "drawdown", level, text, (MINE, "below_high"), (MINE, "days_of_high"), like)


def _stretch(case: Case) -> Iterator[Risk]:
    strength, moved = (case.cited.number(_INDICATORS, name) for name in ("rsi_14", "return_30"))
    if strength is None or strength < STRETCHED or moved is None:
        return
    case.note("stretched_from", points(STRETCHED), "index", (_INDICATORS, "rsi_14"))
    case.note("days_of_return", "30", "days", (_INDICATORS, "return_30"))
    text = (
        f"The rise is stretched: RSI {points(strength)} (from {points(STRETCHED)}), "
        f"{percent(moved)} in 30 days."
    )
    cited = ((_INDICATORS, "rsi_14"), (_INDICATORS, "return_30"))
    yield _risk(case, "stretched", "medium", text, *cited, (MINE, "stretched_from"), (MINE, "days_of_return"))


def _market(case: Case) -> Iterator[Risk]:
    if case.regime in {Regime.BEAR, Regime.STRESS}:
        text = f"The whole market is in {'a bear phase' if case.regime is Regime.BEAR else 'stress'}, and pulls single tokens with it."
        yield _risk(case, "regime", "high", text, (MINE, "regime"))


def _liquidity(case: Case) -> Iterator[Risk]:
    if isinstance(case.daily, Missing):
        return
    turnover = float((case.daily.volume[-MEAN_BARS:] * case.daily.close[-MEAN_BARS:]).mean())
    if not turnover:
        case.cited.lacks("volume", "no_data")
        text = "How much is traded is not known here: what an order would move cannot be told."
        yield _risk(case, "liquidity", "medium", text)
        return
    like = (_CANDLES, "close")
    told = case.note("turnover_per_day", ratio(turnover, 4), case.quote, like)
    days = case.note("days_of_turnover", str(min(MEAN_BARS, len(case.daily))), "days", like)
    level = "high" if turnover < THIN else "low"
    thin = "Thin: only about" if turnover < THIN else "About"
    text = f"{thin} {large(float(told))} {case.quote} a day were traded here in the last {days} days."
    yield _risk(case, "liquidity", level, text, (MINE, "turnover_per_day"), (MINE, "days_of_turnover"))


def _funding(case: Case) -> Iterator[Risk]:
    paid = case.cited.number(_FUNDING, "funding_per_year")
    if paid is not None and abs(paid) >= CROWDED:
        who, other = ("Longs", "shorts") if paid > 0 else ("Shorts", "longs")
        text = f"{who} are crowded: they pay {other} {share(abs(paid))} a year."
        yield _risk(case, "crowded", "medium", text, (_FUNDING, "funding_per_year"))


def _torn(case: Case) -> Iterator[Risk]:
    told = case.data("get_grades").get("divergence") or {}
    if told.get("direction") in {"trader_above", "investor_above"} and told.get("size") is not None:
        above, below = (
            ("trader", "investor") if told["direction"] == "trader_above" else ("investor", "trader")
        )
        cited = ("get_grades", "trader_grade"), ("get_grades", "investor_grade")
        size = case.note("divergence", points(told["size"]), "points", cited[0])
        text = f"The horizons disagree: the {above} grade is {size} points above the {below} grade."
        yield _risk(case, "divergence", "medium", text, *cited, (MINE, "divergence"))


def _history(case: Case) -> Iterator[Risk]:
    if isinstance(case.daily, Missing) or len(case.daily) >= _SHORT:
        return
    if case.cited.number(_INDICATORS, "sma_200_distance") is not None:
        return
    days = case.note("days", str(len(case.daily)), "days", ("get_levels", "price"))
    text = f"Its history here is short: {days} days of candles, too few for what takes long to measure."
    yield _risk(case, "short_history", "medium", text, (MINE, "days"))


def _old(case: Case) -> Iterator[Risk]:
    """Figures whose history was rewritten later, and figures that are too old to speak of now."""
    texts = {
        "restated": "Its history is as it is told today, not as it was shown then: {}.",
        "stale": "Too old to speak of now: {}.",
        "disagreement": "Its sources disagree: {}.",
    }
    named: dict[str, list[str]] = {flag: [] for flag in texts}
    for tool in ("get_fundamentals", "get_onchain", "get_sentiment"):
        for figure in case.data(tool).get("figures") or []:
            for flag in texts:
                # a ratio is as old as the oldest figure of a month that it is made of
                if flag == "stale" and "derived" in figure["flags"]:
                    continue
                if flag in figure["flags"] and figure["metric"] not in named[flag]:
                    named[flag].append(figure["metric"])
    for flag, metrics in named.items():
        if metrics:
            names = some_of([metric.replace("_", " ") for metric in metrics])
            yield _risk(case, flag, "medium", texts[flag].format(names))
