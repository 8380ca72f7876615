"""All grades of a market at one close: what every answer, screen and decision reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import isnan

from core.grades import Divergence, Explanation, Grade
from core.instant import DAY, Instant
from core.market import Floats
from core.observation import Missing
from strategies.grades.divergence import divergence
from strategies.grades.reasons import why_null
from strategies.grades.signals import SIGNALS
from strategies.indicators.universe.registry import REGISTRY, measure_universe
from tools.desk.grading.reading import Reading
from tools.desk.grading.stream import GradeStream, Seen
from tools.desk.grading.universe import Universe

TRADER, INVESTOR = "trader", "investor"
KINDS = (TRADER, INVESTOR)
_MANY = 40


class Sheet:
    """The grades of *symbols* at *at*, the close of the market's newest daily candle (its now, where it has none).

    *assets*: the id behind each symbol. *columns*: who shows that candle, and so is graded, with its place.
    *missing*: who is not, and why: ``stale``, ``delisted``, what the gate says, ``pegged``, ``leveraged token``.
    Nothing of it is later than *at*. A kind of grade is worked when it is first asked for.
    """

    def __init__(
        self,
        at: Instant,
        symbols: tuple[str, ...],
        assets: Mapping[str, str],
        reading: Reading,
        universe: Universe,
        streams: Mapping[str, GradeStream],
    ) -> None:
        self.at = at
        self.symbols = symbols
        self.assets = assets
        self.reading = reading
        self.universe = universe
        self._places = {symbol: column for column, symbol in enumerate(reading.series)}
        self.columns = {symbol: self._places[symbol] for symbol in reading.showing}
        self.missing = {**reading.missing, **universe.refused}
        self._streams = streams
        self._kept: dict[str, Seen] = {}
        self._asked: dict[str, int] = {}
        self._parts: dict[str, Seen | None] = {}
        self._shared: dict[tuple[str, ...], dict[str, Seen | None]] = {}
        self._measured: dict[str, Floats] = {}

    def of(self, *symbols: str) -> Sheet:
        """The same sheet, for questions about *symbols* alone: of many, the others' grades need not be worked."""
        if len(self.reading.series) < _MANY or self._asked:
            return self
        found = Sheet(self.at, self.symbols, self.assets, self.reading, self.universe, self._streams)
        known = [symbol for symbol in symbols if symbol in self._places]
        found._asked = {symbol: column for column, symbol in enumerate(known)}
        found._kept, found._parts = self._kept, self._shared.setdefault(tuple(known), {})
        return found

    def _seen_of(self, symbol: str, kind: str, rows: int = 1) -> tuple[Seen, int]:
        """Grades among which those of *symbol* are, the newest *rows* days at least, and in which column."""
        found = self._part(kind, rows) if symbol in self._asked else None
        return (self.seen(kind), self._places[symbol]) if found is None else (found, self._asked[symbol])

    def _part(self, kind: str, rows: int = 1) -> Seen | None:
        if not self._asked or kind in self._kept:
            return None
        found = self._parts.get(kind)
        if kind not in self._parts or (found is not None and not found.reaches(rows)):
            places = [self._places[symbol] for symbol in self._asked]
            found = self._parts[kind] = self._streams[kind].part(self.reading, self.universe, places, rows)
        return found

    def seen(self, kind: str) -> Seen:
        """The grades of *kind* on all days of the frame, a column an asset.

        Raises:
            ValueError: nobody shows a candle.
        """
        if kind not in self._kept:
            self._kept[kind] = self._streams[kind].at(self.reading, self.universe)
        return self._kept[kind]

    @cached_property
    def trader(self) -> Mapping[str, Grade]:
        """The Trader Grade of each symbol."""
        return {symbol: self.grade(symbol, TRADER) for symbol in self.symbols}

    @cached_property
    def investor(self) -> Mapping[str, Grade]:
        """The Investor Grade of each symbol."""
        return {symbol: self.grade(symbol, INVESTOR) for symbol in self.symbols}

    def grade(self, symbol: str, kind: str) -> Grade:
        """The newest grade of *symbol*; without a value it says why."""
        if symbol in self.columns:
            return self._row(symbol, kind, -1)
        asset, version = self.assets.get(symbol, symbol), self._streams[kind].formula.version
        why = self.missing.get(symbol, "no_data")
        return Grade(asset, None, None, 0.0, self.at, self.at, version, why=why)

    def history(self, symbol: str, kind: str, days: int) -> tuple[Grade, ...]:
        """The grades of those of the last *days* days on which *symbol* showed a candle, oldest first.

        Each is what it was on its day, to the last bit, as long as frames began on the same day then (`frame_start`)
        and no candle was corrected since.
        """
        if symbol not in self._places:
            return ()
        seen, column = self._seen_of(symbol, kind, days)
        rows = range(max(-days, -len(seen.age)), 0)
        since = Instant(self.reading.begins[symbol])
        return tuple(
            self._row(symbol, kind, row)
            for row in rows
            if seen.age[row, column] and self.at + row * DAY >= since
        )

    def change(self, symbol: str, kind: str, days: int) -> float | None:
        """Points since the grade of exactly *days* days before; `None` where one of the two is not known."""
        if symbol not in self.columns:
            return None
        seen, column = self._seen_of(symbol, kind, days + 1)
        values = seen.grades.value
        if len(values) <= days:
            return None
        moved = float(values[-1, column] - values[-1 - days, column])
        return None if isnan(moved) else moved

    def explain(self, symbol: str, kind: str) -> Explanation | None:
        """The newest grade as a sum; `None` where it has no value."""
        if symbol not in self.columns:
            return None
        seen, column = self._seen_of(symbol, kind)
        return seen.explain(column)

    def divergence(self, symbol: str) -> Divergence:
        """How far the two grades of *symbol* are apart."""
        return divergence(self.grade(symbol, TRADER).value, self.grade(symbol, INVESTOR).value)

    def value(self, symbol: str, indicator: str) -> float | Missing:
        """The newest value of any registered indicator; `Missing` where it has none."""
        if symbol not in self.columns:
            return Missing(indicator, self.missing.get(symbol, "no_data"))
        if indicator not in REGISTRY:
            return Missing(indicator, "unknown_indicator")
        if indicator not in self._measured:
            self._measured[indicator] = self._newest(indicator)
        value = float(self._measured[indicator][self.columns[symbol]])
        return Missing(indicator, "warming_up") if isnan(value) else value

    def _newest(self, indicator: str) -> Floats:
        for kind, stream in self._streams.items():
            if indicator in stream.formula.names:
                found = (self._part(kind) or self.seen(kind)).measured(indicator)
                if found is not None:
                    return found
        # what no grade rests on is worked for whoever asks
        frame = self._streams[INVESTOR].frame(self.reading, self.universe)
        measured: Floats = measure_universe(frame, [indicator])[indicator][-1]
        return measured

    def _row(self, symbol: str, kind: str, row: int) -> Grade:
        seen, column = self._seen_of(symbol, kind, -row)
        value = float(seen.grades.value[row, column])
        at = Instant(self.at + (row + 1) * DAY)
        coverage = float(seen.grades.coverage[row, column])
        parts = {name: float(part[row, column]) for name, part in seen.grades.parts.items()}
        why = None
        if isnan(value):
            covered = {name: float(part[row, column]) for name, part in seen.grades.covered.items()}
            why = why_null(seen.formula, coverage, covered, int(seen.age[row, column]))
        return Grade(
            self.assets.get(symbol, symbol),
            None if isnan(value) else value,
            SIGNALS.get(int(seen.codes[row, column])),
            coverage,
            at,
            at,
            seen.formula.version,
            {name: part for name, part in parts.items() if not isnan(part)},
            why,
        )
