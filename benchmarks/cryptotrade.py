"""CryptoTrade's rule rows: as printed, by its environment rebuilt, on other opens, and through our own loop.

Run: python benchmarks/cryptotrade.py [DATA]   (the folder of shared candles; ../shared/data by default)
Prints the Markdown of docs/results/cryptotrade.md. Nothing is asserted here; the tests do that.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = {
    "buy_and_hold": "rule:hold",
    "sma": "rule:sma?window=15",
    "slma": "rule:sma_cross?fast=15&slow=30",
    "macd": "rule:macd?fast=12&signal=9&slow=26",
    "bollinger": "rule:bollinger?width=2&window=20",
}


def main(data: Path) -> None:
    """Prints the table."""
    import polars as pl

    from agent.cli.main import main as tokenwise
    from core.market import Costs, Floats
    from evals.published.cryptotrade import STRATEGIES, run
    from evals.published.tables import PRINTED, REGIMES, WINDOWS, printed
    from evals.run_one import run_one
    from evals.scenario import load
    from evals.task import Task

    def series(path: Path) -> tuple[list[date], Floats]:
        frame = pl.read_parquet(path)
        days = [moment.date() for moment in frame["ts"]]
        first = days.index(date(2023, 1, 1)) if "canonical" in str(path) else 0
        return days[first:], frame["open"].to_numpy()[first:]

    def theirs(days: list[date], opens: Floats, coin: str, name: str, regime: str) -> float:
        start, end = (days.index(date.fromisoformat(day)) for day in WINDOWS[coin][regime])
        window = opens[start : end + 1]
        if name == "buy_and_hold":
            return 100 * run(window, list(STRATEGIES[name](window)[:-1])).total_return
        return 100 * run(window, list(STRATEGIES[name](opens)[start:end])).total_return

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        manifest = str(ROOT / "tests" / "data" / "shared.toml")
        imported = ["--home", folder, "--json", "data", "import", "--manifest", manifest, "--root", str(data)]
        sys.stdout, kept = sys.stderr, sys.stdout
        if tokenwise(imported):
            sys.exit(f"{data} could not be imported")
        sys.stdout = kept
        print("| coin | window | rule | printed | rebuilt | on Binance opens | our loop, our costs |")
        print("|---|---|---|---|---|---|---|")
        for coin in PRINTED:
            where = "daily_price/cryptotrade" if coin == "ETH" else "ohlcv/cmc_cryptotrade"
            released = series(data / where / f"{coin}USD_1d.parquet")
            binance = series(data / "canonical" / f"{coin}USDT_1d.parquet")
            for regime in REGIMES:
                scenario = load(f"ct_{regime}_{coin.lower()}")
                for name, spec in OURS.items():
                    task = Task(scenario, spec, "baseline", "plain", 0, "none", Costs(), home)
                    row = run_one(task)
                    ours = row.row["metrics"]["total_return"]
                    print(
                        f"| {coin} | {regime} | {name} | {printed(coin, name, regime)[0]:.2f} | "
                        f"{theirs(*released, coin, name, regime):.2f} | {theirs(*binance, coin, name, regime):.2f} | "
                        f"{'failed: ' + str(row.why) if ours is None else f'{100 * ours:.2f}'} |"
                    )


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data")
