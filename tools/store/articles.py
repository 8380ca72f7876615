"""News as the store keeps it: bounded text that is data and never an instruction, every vintage of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.instant import DAY, Instant
from core.market import Instants
from tools.store.gate.codes import CODES
from tools.store.rows import damaged

LONGEST = {"title": 300, "content": 4_000, "url": 2_000, "lang": 20}
TEXTS = tuple(LONGEST)
_TIMES = ("as_of", "known_at", "fetched_at")
_REPEATED = CODES["repeated_title"].bit
Identity = tuple[int, str, str, int]


@dataclass(frozen=True, slots=True)
class Articles:
    """n pieces of news ordered by *as_of* (when published), then by what makes them one, then by *known_at*.

    *texts* holds title, content, url and lang as columns; "" is absent. *number* tells pieces of one
    moment, title and address apart: a file may hold the same one several times.
    """

    as_of: Instants
    known_at: Instants
    fetched_at: Instants
    texts: tuple[tuple[str, ...], ...]
    number: NDArray[np.int64]
    flags: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.as_of)

    def identities(self) -> list[Identity]:
        """What makes each row one piece of news: moment, title, address and number."""
        title, _, url, _ = self.texts
        return list(zip(self.as_of.tolist(), title, url, self.number.tolist(), strict=True))

    def identity(self, row: int) -> Identity:
        """What makes *row* one piece of news."""
        title, _, url, _ = self.texts
        return int(self.as_of[row]), title[row], url[row], int(self.number[row])

    def is_newest(self) -> NDArray[np.bool_]:
        """Marks the newest vintage of each piece."""
        names = self.identities()
        return np.array(
            [k + 1 == len(names) or names[k] != names[k + 1] for k in range(len(names))], np.bool_
        )

    def pick(self, index: Sequence[int] | NDArray[np.intp]) -> Articles:
        """The rows at these indices."""
        chosen = np.asarray(index, np.intp)
        texts = tuple(tuple(column[k] for k in chosen.tolist()) for column in self.texts)
        times = (self.as_of[chosen], self.known_at[chosen], self.fetched_at[chosen])
        return Articles(*times, texts, self.number[chosen], self.flags[chosen])


@dataclass(frozen=True, slots=True)
class MergedArticles:
    """The news afterwards, and how many came how; *changed*: whether there are more than before."""

    rows: Articles
    new: int
    same: int
    revised: int
    changed: bool


def clean(text: str, longest: int, *, one_line: bool = False) -> str:
    """*text* without control, formatting and surrogate characters, cut to *longest* characters.

    A tabulator becomes a space; line breaks stay, unless it is to be *one_line*.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(c for c in unified if c == "\n" or unicodedata.category(c) not in _UNSEEN)
    if one_line:
        kept = re.sub(r"\s+", " ", kept)
    kept = kept.strip()
    return kept if len(kept) <= longest else f"{kept[: longest - 1]}…"


_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def merged_articles(stored: Articles | None, incoming: Articles, now: Instant) -> MergedArticles:
    """*stored* and *incoming* together; nothing that was stored is ever changed or lost.

    A piece whose text differs from every stored vintage of it is a new vintage, known from *now*.
    """
    if stored is None:
        return MergedArticles(_flagged(incoming), len(incoming), 0, 0, changed=True)
    held: dict[Identity, list[int]] = {}
    for k, name in enumerate(stored.identities()):
        held.setdefault(name, []).append(k)
    known_at = incoming.known_at.copy()
    taken: list[int] = []
    new = 0
    for k, name in enumerate(incoming.identities()):
        vintages = held.get(name)
        if vintages is None:
            new += 1
        elif any(_text(stored, j) == _text(incoming, k) for j in vintages):
            continue
        else:
            known_at[k] = max(int(now), int(stored.known_at[vintages[-1]]) + 1)
        taken.append(k)
    if not taken:
        return MergedArticles(stored, 0, len(incoming), 0, changed=False)
    both = _joined(
        stored,
        Articles(
            incoming.as_of,
            known_at,
            incoming.fetched_at,
            incoming.texts,
            incoming.number,
            incoming.flags,
        ).pick(taken),
    )
    return MergedArticles(_flagged(both), new, len(incoming) - len(taken), len(taken) - new, changed=True)


def ordered(rows: Articles) -> Articles:
    """The rows in the order of `Articles`."""
    names = rows.identities()
    return rows.pick(sorted(range(len(rows)), key=lambda k: (names[k], int(rows.known_at[k]))))


def encoded_articles(rows: Articles, source: str) -> bytes:
    """The Parquet file of *rows*; the same rows always give the same bytes."""
    times = (rows.as_of, rows.known_at, rows.fetched_at)
    columns = {name: pl.Series(name, one, pl.Int64) for name, one in zip(_TIMES, times, strict=True)}
    columns |= {
        name: pl.Series(name, list(one), pl.String) for name, one in zip(TEXTS, rows.texts, strict=True)
    }
    columns["number"] = pl.Series("number", rows.number, pl.Int64)
    columns["flags"] = pl.Series("flags", rows.flags, pl.UInt32)
    buffer = BytesIO()
    pl.DataFrame(columns).with_columns(source=pl.lit(source)).write_parquet(
        buffer, compression="zstd", compression_level=1
    )
    return buffer.getvalue()


def read_articles(path: Path) -> Articles:
    """The news of one stored file.

    Raises:
        FileNotFoundError: it is not there (a newer import replaced it).
        FaultError: it cannot be read.
    """
    try:
        frame = pl.read_parquet(path.read_bytes(), columns=[*_TIMES, *TEXTS, "number", "flags"])
    except pl.exceptions.PolarsError as error:
        raise damaged(path) from error
    as_of, known_at, fetched_at = (frame[name].to_numpy() for name in _TIMES)
    texts = tuple(tuple(frame[name].to_list()) for name in TEXTS)
    return Articles(as_of, known_at, fetched_at, texts, frame["number"].to_numpy(), frame["flags"].to_numpy())


def folded(title: str) -> str:
    """What two titles must share to be the same: letters, whatever their case and spacing."""
    return " ".join(title.casefold().split())


def _text(rows: Articles, k: int) -> tuple[str, str]:
    _, content, _, lang = rows.texts
    return content[k], lang[k]


def _joined(one: Articles, other: Articles) -> Articles:
    texts = tuple((*mine, *theirs) for mine, theirs in zip(one.texts, other.texts, strict=True))
    return ordered(
        Articles(
            np.concatenate((one.as_of, other.as_of)),
            np.concatenate((one.known_at, other.known_at)),
            np.concatenate((one.fetched_at, other.fetched_at)),
            texts,
            np.concatenate((one.number, other.number)),
            np.concatenate((one.flags, other.flags)),
        )
    )


def _flagged(rows: Articles) -> Articles:
    """*rows* with each piece marked whose title another of the same day had before it."""
    flags = rows.flags & ~np.uint32(_REPEATED)
    first: dict[tuple[int, str], Identity] = {}
    for k, name in enumerate(rows.identities()):
        if first.setdefault((name[0] // DAY, folded(name[1])), name) != name:
            flags[k] |= _REPEATED
    return Articles(rows.as_of, rows.known_at, rows.fetched_at, rows.texts, rows.number, flags)
