"""How long after a halt an order can still leave, with the model hung, the venue hung or the journal's writer slow.

Run: python benchmarks/halt_latency.py [trials]. Times are the run's own clock, which steps as the run waits.
Exits 1 where the 99th percentile is above a second or a restart sent anything.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.agent.runtime.halting import TROUBLES, halted, quantile

    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    failed = False
    for name, trouble in TROUBLES.items():
        with tempfile.TemporaryDirectory() as folder:
            seen = [halted(Path(folder) / str(seed), trouble, seed) for seed in range(trials)]
        last = [one.latest_ms for one in seen]
        obeyed = [one.obeyed_ms for one in seen if one.obeyed_ms is not None]
        restarted = sum(one.orders_after_restart for one in seen)
        failed |= quantile(last, 0.99) > 1_000 or restarted > 0
        print(
            f"{name:20} {trials} halts, {sum(one.orders_before for one in seen)} orders before: the last order left "
            f"p50 {quantile(last, 0.5):.0f} p99 {quantile(last, 0.99):.0f} max {max(last)} ms after; journalled "
            f"p50 {quantile(obeyed, 0.5):.0f} p99 {quantile(obeyed, 0.99):.0f} ms; {restarted} orders after a restart"
        )
    sys.exit(failed)
