"""What is asked of some is what it is among all, to the last bit."""

from __future__ import annotations

from functools import cache

import pytest

from core.instant import DAY, Instant
from tests.tools.desk.edges import START, Odd, neighbours, odd
from tools.desk.grading.sheet import KINDS, TRADER, Sheet
from tools.desk.grading.stream import GradeStream


@cache
def market() -> Odd:
    return odd(*neighbours(44, 84))


@cache
def whole() -> Sheet:
    sheet = market().at(80)
    for kind in KINDS:
        sheet.seen(kind)
    return sheet


@pytest.mark.parametrize("symbols", [("N07/USDT",), ("N40/USDT", "N03/USDT")])
def test_the_grades_of_some_are_those_among_all(
    symbols: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    some, whole_day = market().at(80).of(*symbols), whole()
    with monkeypatch.context() as patched:
        patched.setattr(GradeStream, "_begun", _not_needed)
        for kind in KINDS:
            some.grade(symbols[0], kind)
    for symbol in symbols:
        for kind in KINDS:
            assert some.grade(symbol, kind) == whole_day.grade(symbol, kind)
            assert some.explain(symbol, kind) == whole_day.explain(symbol, kind)
            assert some.change(symbol, kind, 7) == whole_day.change(symbol, kind, 7)
            assert some.history(symbol, kind, 99) == whole_day.history(symbol, kind, 99)
        assert some.value(symbol, "rsi_14") == whole_day.value(symbol, "rsi_14")
    assert some.grade("N01/USDT", TRADER) == whole_day.grade("N01/USDT", TRADER)


def test_days_that_follow_one_another_are_worked_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    honest = GradeStream._begun

    def counted(self: GradeStream, *given: object) -> object:
        begun.append(1)
        return honest(self, *given)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(GradeStream, "_begun", counted)
    live = market().market(Instant(START + 80 * DAY), Instant(START + 83 * DAY))
    desk = market().desk_on(live)
    for day in range(80, 84):
        if day > 80:
            _advance(live, day)
        assert desk.sheet().of("N07/USDT").grade("N07/USDT", TRADER).value is not None
    assert len(begun) == 1


def _not_needed(*_: object) -> object:
    raise AssertionError("all were worked")


def _advance(live: object, day: int) -> None:
    import asyncio

    asyncio.run(live.advance(Instant(START + day * DAY)))  # type: ignore[attr-defined]  # a market
