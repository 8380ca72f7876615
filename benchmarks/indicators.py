"""All indicators over all pairs of the panel, whole and bar by bar.

Run: python benchmarks/indicators.py [folder of the shared data]. Prints seconds for every indicator that candles,
benchmark and universe give over 433 pairs x 2.7 years of days, the peak of memory, and the median and worst time
of one more bar for 400 assets. One thread; no grades.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from core.instant import DAY, Interval
from core.market import Bars, BarSeries
from strategies.indicators.universe.frame import BENCHMARK, Frame, frame_of
from strategies.indicators.universe.registry import REGISTRY, measure_universe, stream_universe

ASSETS, BARS = 400, 200


def panel(folder: Path) -> Frame:
    """Every pair of the panel as its own asset, Bitcoin the benchmark."""
    rows = pl.read_parquet(folder / "panel/*.parquet").with_columns(
        pl.col("ts").dt.epoch("ms"), pl.col("symbol").cast(pl.String)
    )
    series = []
    for (symbol,), pair in sorted(rows.sort("ts").partition_by("symbol", as_dict=True).items()):
        columns = [pair[name].to_numpy() for name in ("open", "high", "low", "close", "volume")]
        bars = Bars(str(symbol), Interval(DAY), pair["ts"].to_numpy().astype(np.int64), *columns)
        count = len(bars)
        whole, clean = np.zeros(count, dtype=np.int32), np.full(count, -1, dtype=np.int64)
        series.append(BarSeries(str(symbol), bars, whole, clean, ("",) * count, "panel", ""))
    return frame_of(series, benchmark="BTCUSDT")


def main() -> None:
    shared = Path(__file__).resolve().parents[1] / "../shared/data"
    frame = panel(Path(sys.argv[1]) if len(sys.argv) > 1 else shared)
    names = [name for name, one in REGISTRY.items() if one.needs <= {BENCHMARK}]
    print(f"{len(names)} indicators (of {len(REGISTRY)}; the rest needs facts that the panel has not)")
    began, worked = time.perf_counter(), time.process_time()
    measure_universe(frame, names)
    wall, cpu = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"whole: {len(frame.assets)} assets x {len(frame)} days in {wall:.2f} s (processor {cpu:.2f} s), {peak:.2f} GB"
    )
    columns = {name: matrix[:, :ASSETS] for name, matrix in frame.columns.items()}
    few = Frame(frame.assets[:ASSETS], frame.interval, frame.opened_at, columns, frame.age[:, :ASSETS])
    stream = stream_universe(len(few.assets), names)
    stream.follow(few.until(len(few) - BARS))
    walls, cpus = [], []
    for index in range(len(few) - BARS, len(few)):
        began, worked = time.perf_counter(), time.process_time()
        stream.push(few.row(index))
        walls.append((time.perf_counter() - began) * 1e3)
        cpus.append((time.process_time() - worked) * 1e3)
    print(
        f"one more bar for {len(few.assets)} assets: median {median(walls):.1f} ms, worst {max(walls):.1f} ms "
        f"(processor {median(cpus):.1f} ms)"
    )


if __name__ == "__main__":
    main()
