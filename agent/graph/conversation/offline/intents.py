"""What a question is after, by its words. A question may be after several things."""

from __future__ import annotations

import re
from enum import StrEnum


class Intent(StrEnum):
    """One thing that may be asked for."""

    PRICE = "price"
    CHANGE = "change"
    TREND = "trend"
    OPINION = "opinion"
    LEVELS = "levels"
    BOOK = "order book"
    CANDLES = "candles"
    PORTFOLIO = "portfolio"
    DECISIONS = "decisions"
    LIMITS = "limits"
    ORDER = "order"
    ONCHAIN = "on-chain"
    FUNDAMENTALS = "fundamentals"
    DERIVATIVES = "derivatives"
    SENTIMENT = "sentiment"
    NARRATIVES = "narratives"
    NEWS = "news"
    ABSENT = "absent"


OF_ACCOUNT = frozenset({Intent.PORTFOLIO, Intent.DECISIONS, Intent.LIMITS})

OF_FACTS = frozenset(
    {
        *(Intent.ONCHAIN, Intent.FUNDAMENTALS, Intent.DERIVATIVES),
        *(Intent.SENTIMENT, Intent.NARRATIVES, Intent.NEWS),
    }
)
"""What is known beside prices."""

ABSENT = {
    "forecast": r"\b(?:forecasts?|predict\w*|price target|target price|will (?:it|be|\w+) (?:reach|hit))\b",
}
"""What is asked for and not built yet, by the words that ask for it."""

IN_WORDS = {"forecast": "forecasts"}
"""How a person says it, where that is not the name itself."""

_WORDS: tuple[tuple[Intent, str], ...] = (
    (
        Intent.DECISIONS,
        r"\bwhy (?:did|have|are|were|do|is|was|didn't|haven't|don't) (?:you|the agent|we|it)\b"
        r"|\b(?:last|latest|recent|newest|past|your) (?:decisions?|trades?|actions?|orders?)\b|\bdecisions?\b"
        r"|\bwhat (?:did|have) you (?:do|done|decided?|buy|bought|sell|sold|trade)\b|\brefused?\b",
    ),
    (
        Intent.PORTFOLIO,
        r"\b(?:portfolio|holdings?|equity|balance|drawdown|p&l|pnl|net worth)\b|\bmy (?:account|cash|money|positions?)\b"
        r"|\b(?:do|what do|what are|am) (?:i|you|we) (?:hold|own|have|holding)\b|\bpositions?\b|\bhow am i doing\b"
        r"|\bhow (?:much|many) \w* ?(?:do|have) (?:i|you|we)\b|\bcash\b|\bdo (?:i|you|we) (?:hold|own)\b",
    ),
    (
        Intent.LIMITS,
        r"\b(?:limits?|rules?|risk profile)\b"
        r"|\b(?:what|how much|how many|how far) (?:may|can|could|are) you (?:do|trade|spend|buy|risk|lose|allowed|go)\b"
        r"|\b(?:allowed|permitted|allowance|max(?:imum)?)\b|\b(?:biggest|largest) (?:order|position|loss)\b"
        r"|\bmay you\b|\bstop trading\b|\bcan (?:i|you|it|we) lose\b",
    ),
    (
        Intent.ORDER,
        r"^\s*(?:please |now |go |can you |could you )*(?:buy|sell|short|long|close|order|trade|purchase|dump)\b"
        r"|\b(?:buy|sell) (?:me )?\d|\b(?:place|submit|make|send) an? (?:order|trade)\b",
    ),
    (
        Intent.OPINION,
        r"\b(?:should i|an? (?:[\w-]+ )?(?:buy|sell)\b|worth (?:buying|holding)|outlook|view|opinion|think|good time|analy[sz]e|analysis)\b"
        r"|\b(?:bullish|bearish|grades?|signals?|recommend\w*|invest\w*|how (?:is|does|are|do) .+ (?:look|doing)|how\'?s? (?:is )?the market)",
    ),
    (
        Intent.TREND,
        r"\b(?:trend\w*|momentum|rsi|macd|adx|moving averages?|sma|ema|indicators?|technicals?|overbought|oversold"
        r"|volatil\w+|strong|weak|atr)\b",
    ),
    (
        Intent.LEVELS,
        r"\b(?:levels?|supports?|resistances?|breakout|pullback|floor|ceiling|bounce)\b",
    ),
    (
        Intent.ONCHAIN,
        r"\bon-? ?chain\b|\b(?:active|funded) addresses\b|\bmvrv\b|\bwhales?\b|\bhash ?rate\b|\bnetwork activity\b"
        r"|\btransaction count\b|\bdaily transactions\b|\bstablecoin supply\b|\bexchange (?:in|out|net)flows?\b",
    ),
    (
        Intent.FUNDAMENTALS,
        r"\btvl\b|\btotal value locked\b"
        r"|\b(?:fundamentals?|revenues?|fees? earned|market cap\w*|fdv|tokenomics|unlocks?|circulating supply)\b",
    ),
    (
        Intent.DERIVATIVES,
        r"\b(?:funding|open interest|liquidations?|derivatives|futures|perpetuals?|options)\b",
    ),
    (Intent.SENTIMENT, r"\b(?:sentiment|fear|fearful|greed|greedy|mood)\b"),
    (Intent.NARRATIVES, r"\b(?:narratives?|sectors?|rotation|rotating)\b"),
    (Intent.NEWS, r"\b(?:news|headlines?|announce\w*)\b"),
    (Intent.BOOK, r"\b(?:order ?book|spread|bids?|asks?|depth|liquidity)\b"),
    (Intent.CANDLES, r"\b(?:candles?|ohlcv?|highest|lowest|high and low|range of)\b"),
    (
        Intent.CHANGE,
        r"\b(?:chang\w*|mov(?:e|ed|es|ing)|perform\w*|up or down|gain\w*|r[oi]sen?|f[ae]ll(?:en)?|dropped|return(?:ed|s)?"
        r"|went|gone|since (?:yesterday|last))\b|\b(?:up|down) (?:today|this|by|much|in)\b",
    ),
    (
        Intent.PRICE,
        r"\b(?:prices?|worth|costs?|quote|trading at|value|how much is|last|stand|at the moment)\b",
    ),
)
_PATTERNS = tuple((intent, re.compile(words, re.IGNORECASE)) for intent, words in _WORDS)
_ABSENT = {what: re.compile(words, re.IGNORECASE) for what, words in ABSENT.items()}
_INTERVAL = re.compile(r"\b(1m|15m|1h|4h|1d)\b|\b(hourly|daily)\b", re.IGNORECASE)
_PAST = re.compile(
    r"\b\d{4}-\d{2}(?:-\d{2})?\b|\b(?:in|since|during|of|from) (?:19|20)\d{2}\b|\byesterday\b"
    r"|\b(?:last|a|two|three|\d+) (?:months?|years?)(?: ago)?\b"
    r"|\b(?:on|in|since) (?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b",
    re.IGNORECASE,
)
_INVESTOR = re.compile(r"\b(?:months?|years?|long[- ]term|invest\w*|hodl|quarter)\b", re.IGNORECASE)
_OF_PRICE = re.compile(r"\b(?:prices?|worth|trading at|quote)\b", re.IGNORECASE)
_EXPLAINS = frozenset({Intent.DECISIONS, Intent.ORDER})


def intents(question: str) -> frozenset[Intent]:
    """Everything that *question* is after."""
    found = {intent for intent, pattern in _PATTERNS if pattern.search(question)}
    if absent(question):
        found.add(Intent.ABSENT)
    if found & _EXPLAINS:
        # "why did you sell at that price" asks for a decision, not for a quote
        found &= OF_ACCOUNT | {Intent.ORDER, Intent.LEVELS, Intent.ABSENT}
    if Intent.OPINION in found:
        found.discard(Intent.PRICE)
    if found & OF_FACTS and not _OF_PRICE.search(question):
        # "how did the total value locked change" asks for no quote
        found -= {Intent.PRICE, Intent.CHANGE}
    return frozenset(found)


def absent(question: str) -> tuple[str, ...]:
    """What *question* asks for that no tool answers yet."""
    return tuple(what for what, pattern in _ABSENT.items() if pattern.search(question))


def interval_of(question: str) -> str | None:
    """The width of candles that *question* names."""
    match = _INTERVAL.search(question)
    if match is None:
        return None
    return match[1].lower() if match[1] else {"hourly": "1h", "daily": "1d"}[match[2].lower()]


def looks_back(question: str) -> bool:
    """Whether *question* speaks of another day than the one it is asked on."""
    return _PAST.search(question) is not None


def looks_far(question: str) -> bool:
    """Whether *question* speaks of months and more."""
    return _INVESTOR.search(question) is not None


def is_of_account(question: str) -> bool:
    """Whether *question* is to be answered from the account's own market: what it holds and did is there."""
    meant = intents(question)
    return bool(meant & {Intent.PORTFOLIO, Intent.DECISIONS}) or (bool(meant) and meant <= OF_ACCOUNT)
