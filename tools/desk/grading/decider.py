"""Deciders that trade a grade: ``grade:trader``, ``grade:investor`` and ``grade:both``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from struct import pack
from typing import TYPE_CHECKING, Any, cast

from core.decision import Decision, MarketView, Proposal, Situation, Unchanged
from core.errors import UsageError
from core.grades import Horizon
from core.instant import Instant, Interval
from core.observation import Missing
from core.ports import MarketData
from core.spec import Spec
from tools.desk.grading.sheet import INVESTOR, TRADER

if TYPE_CHECKING:
    from tools.desk.grading.grades import GradeDesk

    GradesOf = Callable[[MarketData], GradeDesk]

NAME = "grade"
DEFAULTS: Mapping[str, str] = {"buy": "60", "sell": "40"}
_KINDS = {"trader": (TRADER,), "investor": (INVESTOR,), "both": (TRADER, INVESTOR)}
_HORIZONS = {"trader": Horizon.WEEKS, "investor": Horizon.MONTHS, "both": Horizon.WEEKS}

Values = dict[str, float]


class GradeDecider:
    """Long from a grade of *buy* and more until it is *sell* or less; of both kinds, every one must say *buy*.

    One that is *sell* or less ends it. As a rule does, it says a wish once: what was refused, or stopped out, is not
    wished again before the grade has been *sell* or less. A symbol without a grade gets no proposal: what is held stays. *spec* is
    canonical. *grades*: the grades of a market; `None`: those that a recorded market shows as its columns.
    *waited*: since when each symbol had every grade that is asked for, or which it never had.
    """

    def __init__(self, spec: Spec, buy: float, sell: float, grades: GradesOf | None = None) -> None:
        self.spec = str(spec)
        self.grades = grades
        self._named = spec.arg or ""
        self._kinds = _KINDS[self._named]
        self._buy = buy
        self._sell = sell
        self.waited: dict[str, Instant | Missing] = {}

    async def decide(self, situation: Situation) -> Decision | Unchanged:
        """The proposals with the grades they rest on, or those grades as bytes where nothing changed."""
        seen = self._seen(situation)
        proposals = []
        for index, symbol in enumerate(situation.menu):
            values = seen[symbol]
            self._note(symbol, values, situation.now)
            if not isinstance(values, Missing):
                held = situation.wished.get(symbol, 0.0) > 0
                proposals += self._proposed(index, values, held=held)
        if not proposals:
            return Unchanged(_fingerprint(seen))
        return Decision(tuple(proposals), decided_by="rule", inputs={"market": _recorded(seen)})

    def _note(self, symbol: str, values: Values | Missing, now: Instant) -> None:
        if isinstance(self.waited.get(symbol), int):
            return
        had = {} if isinstance(values, Missing) else values
        lacking = " and ".join(kind for kind in self._kinds if kind not in had)
        self.waited[symbol] = Missing(symbol, f"no {lacking} grade") if lacking else now

    def _proposed(self, index: int, values: Values, *, held: bool) -> list[Proposal]:
        if held:
            if all(value > self._sell for value in values.values()):
                return []
            return [self._proposal(index, 0.0, f"{_told(values)}: {self._sell:g} or less")]
        if len(values) < len(self._kinds) or any(value < self._buy for value in values.values()):
            return []
        return [self._proposal(index, 1.0, f"{_told(values)}: {self._buy:g} or more")]

    def _proposal(self, index: int, stance: float, thesis: str) -> Proposal:
        ends = f"a grade of {self._sell:g} or less" if stance else f"a grade of {self._buy:g} or more"
        return Proposal(index, stance, horizon=_HORIZONS[self._named], invalidation=ends, thesis=thesis)

    def _seen(self, situation: Situation) -> dict[str, Values | Missing]:
        market, every, menu = situation.market, situation.every, situation.menu
        if self.grades is None:
            return {symbol: self._recalled(market, every, symbol) for symbol in menu}
        sheet = self.grades(cast("MarketData", market)).sheet()
        found: dict[str, Values | Missing] = {}
        for symbol in menu:
            grades = {kind: sheet.grade(symbol, kind) for kind in self._kinds}
            values = {kind: grade.value for kind, grade in grades.items() if grade.value is not None}
            why = next((grade.why for grade in grades.values() if grade.why is not None), "no_data")
            found[symbol] = values or Missing(symbol, why)
        return found

    def _recalled(self, market: MarketView, every: Interval, symbol: str) -> Values | Missing:
        columns = {kind: market.column(symbol, every, _column(kind), 1) for kind in self._kinds}
        values = {kind: column[0] for kind, column in columns.items() if not isinstance(column, Missing)}
        missing = next((one for one in columns.values() if isinstance(one, Missing)), None)
        return values or missing or Missing(symbol, "no_data")


def grade_decider(spec: Spec, grades: GradesOf | None = None) -> GradeDecider:
    """The decider of ``grade:KIND?buy=60&sell=40``; defaults are filled in.

    Raises:
        UsageError: no such kind, an unknown key, or bounds that are none.
    """
    if spec.arg not in _KINDS:
        names = [f"{NAME}:{kind}" for kind in _KINDS]
        raise UsageError(f"{str(spec)!r} names no grade", f"Use one of {', '.join(names)}.", candidates=names)
    given = spec.with_defaults(DEFAULTS).params
    buy, sell = (_bound(name, given[name]) for name in ("buy", "sell"))
    if buy <= sell:
        raise UsageError(
            f"buy={buy:g} is not above sell={sell:g}", "buy must be above sell, as in buy=60&sell=40."
        )
    return GradeDecider(Spec(NAME, spec.arg, {"buy": f"{buy:g}", "sell": f"{sell:g}"}), buy, sell, grades)


def _bound(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not isfinite(value) or not 0.0 <= value <= 100.0:
        raise UsageError(f"{name}={text!r} is no grade", "A grade is a number from 0 to 100.")
    return value


def _told(values: Values) -> str:
    return " and ".join(f"the {kind} grade is {value:.1f}" for kind, value in values.items())


def _column(kind: str) -> str:
    return f"{kind}_grade"


def _recorded(seen: Mapping[str, Values | Missing]) -> dict[str, Any]:
    """What was seen, as JSON: enough to make the decision again."""
    return {
        symbol: {"missing": values.why}
        if isinstance(values, Missing)
        else {_column(kind): [value] for kind, value in values.items()}
        for symbol, values in seen.items()
    }


def _fingerprint(seen: Mapping[str, Values | Missing]) -> bytes:
    """Of each symbol its grades (little-endian doubles), or why there is none."""
    parts = (
        values.why.encode() + b"\n"
        if isinstance(values, Missing)
        else pack(f"<{len(values)}d", *values.values())
        for values in seen.values()
    )
    return b"".join(parts)
