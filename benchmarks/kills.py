"""``kill -9`` at random instants of paper runs with half of all submits faulty, audited from the venue's own book.

Run: python benchmarks/kills.py [kills] [seed]. Exits 1 where an order was lost, doubled or unrecorded, or
where the ledger is not the venue's. CI runs 20 of them.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.crashes.supervisor import main

    sys.exit(
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    )
