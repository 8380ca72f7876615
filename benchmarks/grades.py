"""The Trader Grade over all pairs of the panel, whole and day by day.

Run: python benchmarks/grades.py [folder of the shared data]. Prints, for 433 pairs x 2.7 years of days, the seconds
(median of three) and the peak of memory of the Trader Grade with the indicators that it is made of, and of every
indicator that candles, benchmark and universe give together with it, on one thread and on two; then the time of one
more day for 400 assets. Where other work shares the machine, processor time tells more than seconds.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from indicators import ASSETS, panel

from core.market import Floats
from strategies.grades.grading import Grades, Grading, Measured, day_numbers, grade_frame, joined
from strategies.grades.trader import TRADER
from strategies.indicators.universe.frame import BENCHMARK, Frame
from strategies.indicators.universe.registry import REGISTRY

TIMES, DAYS, PORTION = 3, 200, 64


def everything(frame: Frame, names: Sequence[str], threads: int) -> tuple[dict[str, Floats], Grades]:
    """All indicators called *names* and the grade, T x N each, from one pass.

    With two *threads*, a portion is graded while the next is measured.
    """
    grading, days = Grading(TRADER, len(frame.assets), also=names), day_numbers(frame)
    told = {name: np.empty(frame.age.shape) for name in names}
    portions = [slice(start, start + PORTION) for start in range(0, len(frame), PORTION)]

    def measure(rows: slice) -> Measured:
        cut = {name: matrix[rows] for name, matrix in frame.columns.items()}
        return grading.measure(cut, frame.age[rows])

    grades = []
    with ThreadPoolExecutor(1) as pool:
        ahead: Future[Measured] | None = None
        for rows, after in zip(portions, [*portions[1:], None], strict=True):
            measured = ahead.result() if ahead else measure(rows)
            ahead = pool.submit(measure, after) if after and threads > 1 else None
            grades.append(grading.grade(measured, days[rows]))
            for name, matrix in told.items():
                matrix[rows] = measured.indicators[name]
    return told, joined(TRADER, grades, len(frame.assets))


def timed(what: str, work: Callable[[], object]) -> None:
    """Prints the median time of *work* and the peak of memory so far."""
    walls, cpus = [], []
    for _ in range(TIMES):
        began, worked = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - began)
        cpus.append(time.process_time() - worked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{what}: {median(walls):.2f} s (processor {median(cpus):.2f} s), {peak:.2f} GB")


def one_more_day(frame: Frame, also: Sequence[str]) -> str:
    """Median and worst time of a day pushed into a stream of *frame*'s assets."""
    grading, days = Grading(TRADER, len(frame.assets), also=also), day_numbers(frame)
    begin = len(frame) - DAYS
    past = frame.until(begin)
    grading.advance(past.columns, past.age, days[:begin])
    walls, cpus = [], []
    for index in range(begin, len(frame)):
        began, worked = time.perf_counter(), time.process_time()
        grading.push(frame.row(index), int(days[index]))
        walls.append((time.perf_counter() - began) * 1e3)
        cpus.append((time.process_time() - worked) * 1e3)
    return f"median {median(walls):.1f} ms, worst {max(walls):.1f} ms (processor {median(cpus):.1f} ms)"


def main() -> None:
    shared = Path(__file__).resolve().parents[1] / "../shared/data"
    frame = panel(Path(sys.argv[1]) if len(sys.argv) > 1 else shared)
    names = [name for name, one in REGISTRY.items() if one.needs <= {BENCHMARK}]
    size = f"{len(frame.assets)} assets x {len(frame)} days"
    timed(f"Trader Grade ({len(TRADER.inputs)} inputs), {size}", lambda: grade_frame(frame, TRADER))
    for threads in (1, 2):
        told = f"{len(names)} indicators and the Trader Grade, {size}, {threads} thread(s)"
        timed(told, partial(everything, frame, names, threads))
    columns = {name: matrix[:, :ASSETS] for name, matrix in frame.columns.items()}
    few = Frame(frame.assets[:ASSETS], frame.interval, frame.opened_at, columns, frame.age[:, :ASSETS])
    print(f"one more day for {ASSETS} assets, its grade: {one_more_day(few, ())}")
    print(
        f"one more day for {ASSETS} assets, {len(names)} indicators and its grade: {one_more_day(few, names)}"
    )


if __name__ == "__main__":
    main()
