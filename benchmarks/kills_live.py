"""``kill -9`` at random instants of a live account on a stand-in of Binance, through the real ccxt, half of the submits faulty.

Run: python benchmarks/kills_live.py [kills] [seed]. Exits 1 where an order was lost, doubled or unrecorded,
or where books, ledger and the venue's own balances differ. CI runs five.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.crashes.live_life import main

    sys.exit(
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    )
