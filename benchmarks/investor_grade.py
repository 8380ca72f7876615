"""What the Investor Grade knows on the simulated market, and what is left of it with another asset's facts.

    python benchmarks/investor_grade.py [MARKETS [ASSETS [DAYS]]]

Fundamentals lead prices there by construction, so that a grade of fundamentals has to rank what follows: this
proves the formula and its plumbing, and says nothing of real assets. Exit status 1 where it does not.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.tools.desk.investor_panel import across, investor_grades, knows, panel_of, shuffled

HORIZONS = (30, 60)


def main(markets: int, assets: int, days: int) -> int:
    """One line a market, then all of them together."""
    began = time.perf_counter()
    print(f"Investor Grade on {markets} simulated markets of {assets} assets over {days} days")
    print("rank correlation with the returns that follow (t: Newey-West over the horizon)")
    print(f"{'seed':>4}  " + "  ".join(f"{f'{h} d':>16}  {f'{h} d, shuffled':>16}" for h in HORIZONS))
    found: dict[tuple[int, bool], list[float]] = {(h, right): [] for h in HORIZONS for right in (True, False)}
    parts: dict[str, list[float]] = {}
    for seed in range(1, markets + 1):
        panel = panel_of(seed, assets, days)
        cells = []
        grades = {
            right: investor_grades(panel, panel.ids if right else shuffled(panel, seed))
            for right in (True, False)
        }
        for horizon in HORIZONS:
            for right in (True, False):
                told = knows(panel, grades[right].value, horizon)
                found[horizon, right].append(told.mean)
                cells.append(f"{told.mean:+.3f} (t {told.t or 0.0:+5.1f})")
        print(f"{seed:>4}  " + "  ".join(f"{cell:>16}" for cell in cells))
        for name, values in grades[True].parts.items():
            parts.setdefault(name, []).append(knows(panel, values, HORIZONS[0]).mean)
    failed = False
    print("over the markets, which share nothing:")
    for (horizon, right), means in found.items():
        mean, t = across(means)
        positive = sum(one > 0 for one in means)
        print(
            f"  {horizon} days, {'own facts' if right else 'shuffled facts':<14}  {mean:+.3f}  t {t:+.1f}  above 0 in {positive} of {markets}"
        )
        failed |= (mean < 0.15 or t < 4) if right else abs(mean) > 0.15
    for name, means in parts.items():
        mean, t = across(means)
        print(f"  {HORIZONS[0]} days, {name + ' alone':<19}  {mean:+.3f}  t {t:+.1f}")
    print(f"{time.perf_counter() - began:.1f} s")
    return int(failed)


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:4]]
    sys.exit(main(*[*given, *(12, 24, 365)[len(given) :]]))
