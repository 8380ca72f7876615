"""A home with the real candles of four tokens, and one with a single invented token in it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from agent.cli.main import main
from tests.tools.store.candles import a_store, bars, frame, put, wander

_ENTRY = """
[[series]]
path = "canonical/{base}USDT_1h.parquet"
kind = "ohlcv"
symbol = "{base}/USDT"
venue = "binance"
interval = "1h"
source = "shared"
asset = "{asset}"
where = {{ src = ["binance_spot_a", "binance_spot_b", "binance_spot_d"] }}
"""
_FOUR = {"BTC": "bitcoin", "ETH": "ethereum", "SOL": "solana", "SUI": "sui"}


def a_real_home(home: Path, shared: Path) -> Path:
    """*home* with hourly candles of BTC, ETH, SOL and SUI: all that shows any in May 2025."""
    manifest = home.parent / "four.toml"
    entries = (_ENTRY.format(base=base, asset=asset) for base, asset in _FOUR.items())
    manifest.write_text("".join(entries), encoding="utf-8")
    words = ("--home", str(home), "data", "import", "--manifest", str(manifest), "--root", str(shared))
    assert main(words) == 0
    return home


def a_home_of_one(home: Path, days: int) -> Path:
    """*home* with hourly candles of Bitcoin alone, so many days of them."""
    home.mkdir(exist_ok=True)
    with closing(a_store(home)) as store:
        put(store, home / "b.parquet", frame(bars(wander(days * 24))))
    return home
