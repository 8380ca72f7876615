"""The numbers that a text claims: what they say, how exactly, and in which direction.

Not claims: evidence ids, parameters of indicators (``RSI 14``), spans of time (``3 days``, ``4h``),
counts (``3 of 4``), numbered points, and names that hold digits (``1INCH``). Number words are not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_SPAN = r"(?:min(?:ute)?s?|h(?:r|our)?s?|d(?:ay)?s?|w(?:eek)?s?|months?|years?|bars?|candles?|periods?|sessions?|closes)"
_NUMBER = re.compile(
    r"(?P<sign>(?<![\w.)\]%])[+-])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\d)\.\d+)"
    r"(?:[eE](?P<power>[+-]?\d{1,2})(?!\w))?"
    r"(?:\s?(?P<unit>%|(?:per ?cent|pct|bps|basis points|k|K|m|M|mn|bn|B|million|billion)\b))?"
)
_SKIPPED = (
    re.compile(r"\[?\be\d+\b\]?"),
    re.compile(r"(?<=[A-Za-z])\(\s*\d+(?:\s*[,/]\s*\d+(?:\.\d+)?)*\s*\)"),
    re.compile(r"\b(?:\d{1,2}|one|two|three|four|five|six) (?:out )?of (?:the )?\d{1,2}\b(?!\.\d|\s?%)"),
    re.compile(rf"(?<![\d.,])\d+(?:\s?(?:-|to)\s?\d+)?\s?-?\s?{_SPAN}\b", re.IGNORECASE),
    re.compile(r"\b(?:asset|menu) #?\d{1,2}\b(?!\.\d)", re.IGNORECASE),
    re.compile(r"(?:^|(?<=\s))\(?\d\)(?=\s)"),
    re.compile(r"\b(?=\d*[A-Z])[A-Z0-9]+/[A-Z]{2,}\b"),
    re.compile(r"\b(?=[A-Z0-9]*[A-Z]{2})(?=[A-Z0-9]*\d)[A-Z0-9]+\b"),
)
_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
_INDICATOR = re.compile(
    r"\b(rsi|sma|ema|wma|atr|adx|macd|bollinger|stochastic|cci|mfi|roc|donchian|return|volatility|high|low|mean)"
    r"((?:[ _/,-]{1,2}\d+)+)(?![\d.]*\d|\s?%)",
    re.IGNORECASE,
)
_USUAL = {
    "rsi": {7, 14, 21},
    "atr": {14},
    "adx": {14},
    "sma": {10, 20, 50, 100, 200},
    "ema": {9, 12, 20, 21, 26, 50, 100, 200},
    "macd": {9, 12, 26},
    "bollinger": {2, 20},
    "stochastic": {3, 14},
    "cci": {20},
    "mfi": {14},
}
_FELL = (
    r"(?:down|fell|fall(?:s|en|ing)?|drop(?:s|ped)?|lost|lose[sd]?|loss|declin\w+|minus|negative|decreas\w+)"
)
_FELL_BEFORE = re.compile(rf"\b{_FELL}(?: (?:by|of|about|some|nearly|over|at|is))*\s*$", re.IGNORECASE)
_BELOW_NEAR = re.compile(rf"\b(?:{_FELL}|below|under|lower|beneath|drawdown)\b", re.IGNORECASE)
_POWERS = {"k": 3, "K": 3, "m": 6, "M": 6, "mn": 6, "million": 6, "bn": 9, "B": 9, "billion": 9}
# 42,100 may stand for 42123.7, 30 million for 30.21, 0.5 for 0.46: never 40,000 for 42123.7, or 0 for 0.4
_ROUND_SHARE, _LARGE_SHARE, _MOST_SHARE = 0.0025, 0.01, 0.1
_BASIS = {"bps", "basis points"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One number of a text. *half*: half a unit of the last digit that was given.

    *most*: the share of a value that rounding may take at most.
    *kind*: ``plain``, ``percent``, ``bps`` or ``date``. *said*: the word before it. *fell*: the words say a
    fall; *below*: they allow one.
    """

    text: str
    value: float
    half: float
    most: float
    kind: str
    signed: bool
    fell: bool
    below: bool
    said: str


def claims(text: str, metrics: Collection[str] = ()) -> Iterator[Claim]:
    """The claims of *text*, in order; *metrics* are the names whose parameters are no claims."""
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("_", " ")
    dates = [match.span() for match in _DATE.finditer(text)]
    for start, end in dates:
        yield Claim(text[start:end], 0.0, 0.0, 0.0, "date", signed=False, fell=False, below=False, said="")
    text = _blank(text, dates)
    for pattern in _SKIPPED:
        text = _blank(text, [match.span() for match in pattern.finditer(text)])
    text = _blank(text, list(_parameters(text, metrics)))
    for match in _NUMBER.finditer(text):
        yield _claim(text, match)


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _parameters(text: str, metrics: Collection[str]) -> Iterator[tuple[int, int]]:
    for match in _INDICATOR.finditer(text):
        word = match[1].lower()
        usual = set(_USUAL.get(word, ()))
        for metric in metrics:
            if word in metric:
                usual.update(int(part) for part in re.findall(r"\d+", metric))
        for number in re.finditer(r"\d+", match[2]):
            if int(number[0]) in usual:
                yield match.start(2) + number.start(), match.start(2) + number.end()


def _claim(text: str, match: re.Match[str]) -> Claim:
    digits = match["digits"].replace(",", "")
    unit = match["unit"] or ""
    power = int(match["power"] or 0) + _POWERS.get(unit, 0)
    value = float(digits) * 10.0**power * (-1 if match["sign"] == "-" else 1)
    place = _last_place(digits)
    before, after = text[: match.start()], text[match.end() :]
    near = " ".join([*before.split()[-4:], "|", *after.split()[:3]])
    words = re.findall(r"[a-z]+", before.lower())
    return Claim(
        match[0].strip(),
        value,
        0.5 * 10.0 ** (power + place),
        _ROUND_SHARE if place > 0 else _LARGE_SHARE if unit in _POWERS else _MOST_SHARE,
        "bps" if unit in _BASIS else "percent" if unit and unit not in _POWERS else "plain",
        signed=match["sign"] is not None,
        fell=_FELL_BEFORE.search(before) is not None,
        below=_BELOW_NEAR.search(near) is not None,
        said=words[-1] if words else "",
    )


def _last_place(digits: str) -> int:
    """The power of ten of the last digit that means something: -2 for 1.25, 2 for 42100."""
    whole, _, decimals = digits.partition(".")
    if decimals:
        return -len(decimals)
    return len(whole) - len(whole.rstrip("0")) if float(whole) >= 1000 else 0
