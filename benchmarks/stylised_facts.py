"""The simulated market's hourly returns against their bands, beside real symbols where they are present.

python benchmarks/stylised_facts.py [--seeds 20] [--days 365] [--data ../shared/data]
Prints per seed the range over all tokens, which seeds pass, and what the quality gate says of it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.instant import DAY, Instant, interval
from core.market import Bars, BarSeries
from core.spec import Spec
from tools.simulation import stylised
from tools.simulation.market import SimulatedMarket
from tools.store.gate import judge

YEAR = 365 * DAY


def row(label: str, series: list[BarSeries]) -> tuple[str, tuple[str, ...]]:
    """One line of the table, and what lies outside the bands."""
    hourly = {one.bars.symbol: stylised.hourly_returns(one.bars) for one in series}
    facts = {symbol: stylised.token_facts(returns) for symbol, (_, returns) in hourly.items()}
    pairs = stylised.pair_correlations(list(hourly.values()))
    cells = []
    for fact in stylised.TOKEN_BANDS:
        values = [one[fact] for one in facts.values()]
        cells.append(f"{min(values):.3f}..{max(values):.3f}".rjust(16))
    cells.append(f"{pairs.min():.2f}/{np.median(pairs):.2f}/{pairs.max():.2f}".rjust(16))
    rows = sum(len(one.bars) for one in series)
    newest = sum(sum(map(bool, one.bad_code)) for one in series)
    lasting = sum(int(np.sum(one.last_bad[1:] == np.arange(len(one.last_bad) - 1))) for one in series)
    cells.append(f"{1e4 * newest / rows:.1f}/{1e4 * lasting / rows:.1f}".rjust(12))
    return label.ljust(12) + "".join(cells), stylised.outside(facts, pairs)


def simulated(seed: int, days: int) -> list[BarSeries]:
    """Every token with a year of candles or more, history included."""
    market = SimulatedMarket(Spec("sim", None, {"seed": str(seed)}))
    found = market.series(Instant(market.start + days * DAY)).values()
    return [one for one in found if one.bars.opened_at[-1] - one.bars.opened_at[0] >= 364 * DAY]


def real(data: Path) -> list[BarSeries]:
    """The hourly symbols of the shared data."""
    found = []
    for path in sorted((data / "canonical").glob("*USDT_1h.parquet")):
        frame = pl.read_parquet(path).sort("ts")
        opened = frame["ts"].dt.epoch("ms").to_numpy().astype(np.int64)
        columns = [
            frame[name].to_numpy().astype(np.float64) for name in ("open", "high", "low", "close", "volume")
        ]
        symbol = path.stem.removesuffix("USDT_1h") + "/USDT"
        bars = Bars(symbol, interval("1h"), opened, *columns)
        found.append(judge(symbol, bars, "shared"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    chosen = parser.parse_args()
    print(
        "seed".ljust(12)
        + "".join(f.rjust(16) for f in [*stylised.TOKEN_BANDS, "pairs"])
        + "gate /10k".rjust(12)
    )
    bands = [f"{low:g}..{high:g}".rjust(16) for low, high in stylised.TOKEN_BANDS.values()]
    middle = "median {:g}..{:g}".format(*stylised.MEDIAN_PAIR_BAND)
    print("band".ljust(12) + "".join(bands) + middle.rjust(18))
    if chosen.data.is_dir():
        line, strange = row("real", real(chosen.data))
        print(line, *strange, sep="\n    ")
    passed = 0
    for seed in range(chosen.seeds):
        line, strange = row(f"sim {seed}", simulated(seed, chosen.days))
        passed += not strange
        print(line, *strange, sep="\n    ")
    print(f"{passed} of {chosen.seeds} seeds have every token and pair inside the bands")
    print("gate /10k: candles refused while newest / for good, of 10,000")


if __name__ == "__main__":
    main()
