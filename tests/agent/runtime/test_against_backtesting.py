"""The same money as somebody else's engine: SMA 20/50 on seeded candles, through the command line."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from agent.cli.main import main
from benchmarks._seeded_walk import BARS, seeded_walk
from core.instant import Instant, iso
from core.market import Bars

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library warns of plotting and multiprocessing when imported
    pd = pytest.importorskip("pandas")
    backtesting = pytest.importorskip("backtesting")
    lib = pytest.importorskip("backtesting.lib")

CASH = 1_000_000


def ours(bars: Bars, home: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """`paper --market replay` on *bars* imported as a Parquet file: all in, 0.1 % fee, nothing else."""
    file = home / "walk.parquet"
    columns = ("open", "high", "low", "close", "volume")
    opened = np.asarray(bars.opened_at, dtype="datetime64[ms]")
    pl.DataFrame({"ts": opened, **{name: getattr(bars, name) for name in columns}}).write_parquet(file)
    where = ["--home", str(home), "--json"]
    imported = ["--kind", "ohlcv", "--asset", "walk", "--new-asset", "--venue", "seeded", "--source", "test"]
    assert (
        main([*where, "data", "import", str(file), *imported, "--symbol", "WALK/USDT", "--interval", "1h"])
        == 0
    )
    capsys.readouterr()
    window = ["--from", iso(Instant(int(bars.opened_at[0]))), "--every", "1h", "--cash", f"{CASH} USDT"]
    costs = "maker=0.001&taker=0.001&slippage_bps=0&impact=0&latency=0s&participation=0"
    rule = "rule:sma_cross?fast=20&slow=50"
    assert main([*where, "paper", "--market", "replay", "--symbols", "WALK/USDT", "--decider", rule,
                 "--profile", "none", "--costs", costs, "--report", "none", *window]) == 0  # fmt: skip
    data: dict[str, Any] = json.loads(capsys.readouterr().out)["data"]
    return data


def theirs(bars: Bars) -> Any:
    """`FractionalBacktest` with whole satoshis and no exit forced at the end."""

    def mean(values: Any, period: int) -> Any:
        return pd.Series(values).rolling(period).mean()

    class Cross(backtesting.Strategy):  # type: ignore[misc, name-defined]
        def init(self) -> None:
            self.fast = self.I(mean, self.data.Close, 20)
            self.slow = self.I(mean, self.data.Close, 50)

        def next(self) -> None:
            if lib.crossover(self.fast, self.slow):
                self.buy()
            elif lib.crossover(self.slow, self.fast):
                self.position.close()

    named = {
        "Open": bars.open,
        "High": bars.high,
        "Low": bars.low,
        "Close": bars.close,
        "Volume": bars.volume,
    }
    frame = pd.DataFrame(named, index=pd.to_datetime(bars.opened_at, unit="ms"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that prices exceed the cash of one satoshi
        test = lib.FractionalBacktest(
            frame, Cross, fractional_unit=1e-8, cash=CASH, commission=0.001, finalize_trades=False
        )
        return test.run()


@pytest.mark.parametrize("seed", [1, 20_240_101])
def test_round_trips_and_final_equity_are_those_of_backtesting_py(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bars = seeded_walk(BARS, seed)
    mine, other = ours(bars, tmp_path, capsys), theirs(bars)
    closed = other["_trades"]
    assert mine["round_trips"] == len(closed) > 300
    assert float(mine["final_equity"]) == pytest.approx(float(other["Equity Final [$]"]), rel=1e-6)
