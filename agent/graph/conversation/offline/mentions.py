"""Which assets a question names: known ones, ones that may mean several, ones that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\$?[A-Za-z0-9][\w/:.-]*")
_LONGEST_NAME = 3
# tickers that are words: an asset only where they stand in capitals or behind a $
_WORDS = frozenset(
    """
    a about account all am an and any are as ask at band bank be been bid big bond book buy by can cash change
    core data day did do does doing done down everything far fast few first flow for from fun fund gas get give
    go gold good grade grades had has have hold holding holdings how i ice if in index into is it its just last
    left level levels like limit limits link long look looking loss low made make many mask may me month months
    more most move much my near new news next no not now of off ok on one open or order orders our out over own
    people plan play please portfolio position price prices profit pump quick rare real right risk safe say see
    sell short should so some spell stance still stop strong support tell than that the their them then there
    average best closing coin crypto current daily entry exit fair hourly investor latest market overall
    stock technical token trader weekly whats asset assets both spot they this time to today top trade trend trends two up us usual value view wait was way we week weeks well
    were what when where which who why will win with world worth would year yes yet you your
    alpha amp ape audio beam cake core cream cyber gala gate goat hook hot hype icon id ip joe keep layer linear magic
    mana meme mew multi om ordinals perp prime ray request rose rune sand sats secret status super treasure ultra
    virtual wink alt auction bio blast cow gravity io iq marlin usual
    """.split()  # noqa: SIM905
)
# names that are words: an asset where they begin with a capital as well
_NAMES = frozenset(
    """
    ark badger balancer blur centrifuge civic compound curve dent dock drift flare flux golem grass harmony hive honey
    immutable maker reef wax
    mantle mantra maple movement oasis ocean orca orchid osmosis plume quant render sandbox sky sonic stacks story
    sushi synapse theta tribe turbo venus verge waves wormhole
    """.split()  # noqa: SIM905
)
# capitals that are no tickers
_TERMS = frozenset(
    """
    I A AI API ATH ATR ADX CCI CVAR DD EMA EUR FAQ FDV GMT HTML JSON LLM MA MACD MFI OBV OHLC OHLCV OK PNL RSI
    SIM SL SMA TP TVL US USA USD USDC USDT UTC VWAP WTF WHY WHAT HOW THE IS IT AND OR NOT DO MY ME BUY SELL HOLD
    STOP LONG SHORT IGNORE ALL NOW YES NO SYSTEM USER PLEASE
    """.split()  # noqa: SIM905
)
_OF = re.compile(
    r"\b(?:price|value|worth|trend|levels?|support|resistance|chart|outlook|momentum|change|grades?|tvl|spread)"
    r" (?:of|for|on) (?:the )?([A-Za-z][\w-]{1,30})\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b([A-Za-z][\w-]{1,30})(?:'s)? (?:price|trend|levels?|chart|outlook|momentum|grade)\b", re.IGNORECASE
)
_CASHTAG = re.compile(r"\$[A-Za-z]\w*")
_TICKER = re.compile(r"\$?[A-Z][A-Z0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Mentions:
    """What was named, in the order of the question: *known* as it was written, *ambiguous*, *unknown* or without prices."""

    known: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every name that stands for an asset, known or not."""
        return (*self.ambiguous, *self.known, *self.unknown)


def mentions(question: str, symbols: Mapping[str, str], others: Mapping[str, Sequence[str]]) -> Mentions:
    """The assets that *question* names; *symbols* leads names to symbols.

    *others* lead names to the assets that they may mean; a single one is known and has no prices here.
    """
    known: dict[str, str] = {}
    ambiguous: dict[str, None] = {}
    unknown: dict[str, None] = {}
    taken: set[str] = set()
    for phrase in _phrases(question):
        words = set(phrase.casefold().split())
        if words & taken or not _may_name(phrase):
            continue
        bare = phrase.lstrip("$")
        symbol = _symbol(bare, symbols)
        if symbol is not None:
            if symbol not in known.values():
                known[bare] = symbol
            taken |= words
        elif bare.casefold() in others:
            (ambiguous if len(others[bare.casefold()]) > 1 else unknown)[bare] = None
            taken |= words
    for word in _strangers(question):
        if word.casefold() not in taken and word not in ambiguous:
            unknown[word] = None
    return Mentions(tuple(known), tuple(ambiguous), tuple(unknown))


def _symbol(name: str, symbols: Mapping[str, str]) -> str | None:
    for spelling in (name, name.casefold(), name.upper()):
        if spelling in symbols:
            return symbols[spelling]
    return None


def _phrases(question: str) -> Iterator[str]:
    """Runs of one to three words, longest first, so that a long name is not taken for its first word."""
    words = [word.rstrip(".,:;-/?!").removesuffix("'s") for word in _WORD.findall(question)]
    for length in range(_LONGEST_NAME, 0, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _may_name(phrase: str) -> bool:
    if " " in phrase or phrase.startswith("$") or "/" in phrase:
        return True
    if phrase in _TERMS:
        return False
    if phrase in _NAMES:
        return False
    return len(phrase) > 1 and (phrase.isupper() or phrase.casefold() not in _WORDS)


def _strangers(question: str) -> Iterator[str]:
    """Words that are used like an asset's name, whoever it may be."""
    shouted = question.isupper()
    for word in _WORD.findall(question):
        bare = word.rstrip(".,:;-/?!").removesuffix("'s")
        base = bare.partition("/")[0].lstrip("$")
        is_ticker = not shouted and _TICKER.fullmatch(base if "/" in bare else bare) and base not in _TERMS
        if is_ticker or _CASHTAG.fullmatch(bare):
            yield bare.lstrip("$")
    for pattern in (_OF, _OWN):
        for match in pattern.finditer(question):
            name = match[1].removesuffix("'s")
            if name.casefold() not in _WORDS and name.upper() not in _TERMS:
                yield name
