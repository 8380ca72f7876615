"""``rule:random``: what luck alone earns at a given turnover; the baseline that skill has to beat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from core.errors import UsageError
from core.instant import DAY
from strategies.rules import Columns, Moment, Need, Rule
from strategies.rules._parameters import positive, whole

YEAR_MS = 365 * DAY
_PARTS = 1 << 63


@dataclass(frozen=True, slots=True)
class RandomTargets:
    """Draws a new target now and then: full or flat, each as likely.

    A draw is a hash of seed, symbol and instant, so nothing has to be remembered and no order of asking
    changes it. Every second draw is a change on average, and each change trades a whole sleeve: with twice
    *turnover* draws a year, *turnover* times the equity is traded a year, both sides counted. It cannot
    exceed half of the decisions of a year.
    """

    seed: int
    turnover: float
    needs: tuple[Need, ...] = (Need("close", 1),)

    def stance(self, columns: Columns, moment: Moment) -> float | None:  # noqa: ARG002 (the contract's)
        """1 or 0 where a target is drawn, else keep."""
        text = f"{self.seed}\x1f{moment.symbol}\x1f{moment.now}"
        number = int.from_bytes(sha256(text.encode()).digest()[:8], "big")
        chance = 2 * self.turnover * moment.every.ms / YEAR_MS
        if (number >> 1) >= chance * _PARTS:
            return None
        return float(number & 1)

    def thesis(self, columns: Columns, stance: float) -> str:  # noqa: ARG002 (the contract's)
        """That there is no reason."""
        return f"drawn at random with seed {self.seed}: {'long' if stance > 0 else 'flat'}"


def _make(params: Mapping[str, str]) -> RandomTargets:
    if params["turnover"] == "match":
        raise UsageError(
            "turnover=match has no candidate to match here: only an evaluation knows one",
            "Give the turnover a year as a number, such as turnover=12.",
        )
    return RandomTargets(whole(params, "seed", least=0, most=2**63 - 1), positive(params, "turnover"))


STRATEGY = Rule(make=_make, defaults={"seed": "1", "turnover": "match"})
