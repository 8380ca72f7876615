"""Lets a rule strategy answer situations: the decider that trades without a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from struct import Struct
from typing import Any

from core.decision import Decision, Proposal, Situation, Unchanged
from core.errors import UsageError
from core.instant import Interval
from core.observation import Missing
from core.registry import discover
from core.spec import Spec
from strategies.rules import Columns, Explaining, Moment, Repeating, Rule, Strategy
from strategies.rules._contract import checked

Read = Callable[[str, Interval, str, int], list[float] | Missing]


class RuleDecider:
    """Asks one strategy about every symbol of the menu, each by itself.

    A symbol whose columns are missing gets no proposal. A stance becomes a proposal where it differs from
    what was wished last, or where the strategy repeats itself; flat where nothing was ever wished is no
    change. *spec* is canonical.
    """

    def __init__(self, spec: str, strategy: Strategy) -> None:
        self.spec = spec
        self.strategy = strategy
        self._needs = tuple((need.column, need.count) for need in strategy.needs)
        self._repeating = strategy if isinstance(strategy, Repeating) else None
        self._explaining = strategy if isinstance(strategy, Explaining) else None

    async def decide(self, situation: Situation) -> Decision | Unchanged:
        """The proposals with all that was seen, or the newest of what was seen where nothing changed.

        Raises:
            UsageError: the strategy answered something that is no stance.
        """
        now, every, wishes = situation.now, situation.every, situation.wished
        again = self._repeating is not None and self._repeating.repeats(now, every)
        read = situation.market.column
        proposals: list[Proposal] = []
        seen: dict[str, Columns | Missing] = {}
        for index, symbol in enumerate(situation.menu):
            columns = seen[symbol] = self._columns(read, symbol, every)
            if isinstance(columns, Missing):
                continue
            wished = wishes.get(symbol)
            moment = Moment(symbol, now, every, wished)
            stance = self.strategy.stance(columns, moment)
            if stance is None or (stance == wished and not again):
                continue
            stance = self._checked(stance, moment)
            if wished is not None or stance > 0:
                proposals.append(Proposal(index, stance, thesis=self._thesis(columns, stance)))
        if not proposals:
            return Unchanged(_fingerprint(seen))
        return Decision(tuple(proposals), decided_by="rule", inputs={"market": _recorded(seen, self._needs)})

    def _columns(self, read: Read, symbol: str, every: Interval) -> Columns | Missing:
        columns: list[list[float]] = []
        for name, count in self._needs:
            column = read(symbol, every, name, count)
            if isinstance(column, Missing):
                return column
            columns.append(column)
        return tuple(columns)

    def _checked(self, stance: object, moment: Moment) -> float:
        if not isinstance(stance, int | float) or not -1 <= stance <= 1:
            raise UsageError(
                f"{self.spec} answered {stance!r} for {moment.symbol}, which is no stance",
                "A stance is a number from -1 to 1, or None to keep the last one.",
            )
        return float(stance)

    def _thesis(self, columns: Columns, stance: float) -> str:
        if self._explaining is not None:
            return self._explaining.thesis(columns, stance)
        return f"{self.spec} wishes a stance of {stance:g}"


def rule_decider(spec: Spec) -> RuleDecider:
    """The decider of ``rule:NAME?key=value&…``; aliases are resolved and defaults filled in.

    Raises:
        UsageError: no rule of that name, an unknown key, or a value that the rule cannot take.
    """
    rules = _rules()
    names = {alias: name for name, rule in rules.items() for alias in (name, *rule.aliases)}
    name = names.get(spec.arg or "")
    if spec.name != "rule" or name is None:
        raise UsageError(
            f"{str(spec)!r} names no rule", f"The rules are: {', '.join(rules)}.", candidates=tuple(rules)
        )
    rule = rules[name]
    full = Spec("rule", name, spec.params).with_defaults(rule.defaults)
    return RuleDecider(str(full), rule.make(full.params))


def strategy_decider(name: str, strategy: object) -> RuleDecider:
    """The decider of a STRATEGY that was loaded from a file; *name* is its spec.

    Raises:
        UsageError: the object keeps not to the contract of `strategies.rules`.
    """
    return RuleDecider(name, checked(name, strategy))


def _rules() -> dict[str, Rule]:
    found = discover("strategies.rules", "STRATEGY")
    rules = {name: rule for name, rule in found.items() if isinstance(rule, Rule)}
    if len(rules) != len(found):
        strange = ", ".join(sorted(set(found) - set(rules)))
        raise LookupError(f"the STRATEGY of strategies/rules must be a Rule, but is not in: {strange}")
    return rules


def _recorded(seen: Mapping[str, Columns | Missing], needs: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    """What was seen, as JSON: enough to make the decision again."""
    return {
        symbol: {"missing": columns.why}
        if isinstance(columns, Missing)
        else {name: list(column) for (name, _), column in zip(needs, columns, strict=True)}
        for symbol, columns in seen.items()
    }


def _fingerprint(seen: Mapping[str, Columns | Missing]) -> bytes:
    """The newest value of each column (little-endian doubles), then which symbols were missing and why."""
    newest: list[float] = []
    missing = ""
    for symbol, columns in seen.items():
        if isinstance(columns, Missing):
            missing += f"{symbol} {columns.why}\n"
        else:
            for column in columns:
                newest.append(column[-1])
    packed = _doubles(len(newest)).pack(*newest)
    return packed + missing.encode() if missing else packed


@cache
def _doubles(count: int) -> Struct:
    return Struct(f"<{count}d")
