import numpy as np
from strategies.grades.grading import Grading, grade_frame, day_numbers
from strategies.grades.trader import TRADER
from strategies.grades.investor import INVESTOR
from tests.strategies.indicators.universe.frames import walks


def test_it_goes() -> None:
    frame = walks(150, 21, facts=True)
    for formula in (TRADER, INVESTOR):
        g = grade_frame(frame, formula)
        s = Grading(formula, 21)
        days = day_numbers(frame)
        rows = [s.push(frame.row(i), int(days[i])) for i in range(len(frame))]
        np.testing.assert_allclose(np.concatenate([r.value for r in rows]), g.value)
        for a in range(21):
            e = s.explain(a)
            assert e and abs(e.base + sum(c.points for c in e.contributions) - e.value) < 1e-9
