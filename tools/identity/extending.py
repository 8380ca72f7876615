"""Extends a registry by what a source says of assets, and refuses what contradicts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from core.assets import AssetRef
from core.errors import UsageError
from tools.identity.registry import Registry
from tools.identity.spelling import folded, looks

_TOLD = 3


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why the asset *id* may not stand beside what is known, in words."""

    id: str
    why: str


def extend(base: Registry, extra: Iterable[AssetRef]) -> Registry:
    """*base* and *extra* as one registry; an asset of both keeps what *base* says and gains the rest.

    A shared ticker is no conflict: it becomes ambiguous, and a person is asked.

    Raises:
        UsageError: ``asset_conflict``: something of *extra* contradicts *base* or itself (`conflicts`).
    """
    more = tuple(extra)
    found = conflicts(base, more)
    if found:
        told = "; ".join(conflict.why for conflict in found[:_TOLD])
        rest = f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
        raise UsageError(
            f"the assets contradict each other: {told}{rest}",
            "Leave these assets out, or correct them.",
            code="asset_conflict",
            candidates=[conflict.id for conflict in found],
        )
    assets = dict(base.assets)
    for one in more:
        assets[one.id] = _merged(assets[one.id], one) if one.id in assets else one
    return Registry(assets)


def conflicts(base: Registry, extra: Iterable[AssetRef]) -> tuple[Conflict, ...]:
    """What of *extra* cannot stand beside *base* or what came before it; without these `extend` takes the rest.

    Another ticker, kind or underlying for a known id; an address or a source's name that is another
    asset's; an underlying that nobody knows; a name that only looks like a known asset's.
    """
    judge = _Judge(base)
    more = tuple(extra)
    known = {*base.assets, *(one.id for one in more)}
    found = []
    for one in more:
        why = judge.against(one, known)
        if why is None:
            judge.take(one)
        else:
            found.append(Conflict(one.id, why))
    return tuple(found)


class _Judge:
    """What is taken so far, by everything that may be only one asset's."""

    def __init__(self, base: Registry) -> None:
        self._assets: dict[str, AssetRef] = {}
        self._owner: dict[tuple[str, str, str], str] = {}
        self._looks: dict[str, tuple[str, str]] = {}
        for one in base.assets.values():
            self.take(one)

    def take(self, one: AssetRef) -> None:
        self._assets[one.id] = one
        for claim in _claims(one):
            self._owner.setdefault(claim, one.id)
        for label in (one.id, *one.labels):
            self._looks.setdefault(looks(label), (folded(label), one.id))

    def against(self, one: AssetRef, known: set[str]) -> str | None:
        """Why *one* is refused, or `None`."""
        own = self._assets.get(one.id)
        if own is not None:
            for what in ("ticker", "kind", "underlying"):
                here, there = getattr(own, what), getattr(one, what)
                if here != there and not (what == "ticker" and folded(there) in map(folded, own.labels)):
                    return f"the {what} of {one.id} is {here}, and not {there}"
            for what, ours, theirs in (("at", own.ids, one.ids), ("on", own.contracts, one.contracts)):
                for where in sorted(ours.keys() & theirs.keys()):
                    if ours[where] != theirs[where]:
                        return f"{one.id} is {ours[where]} {what} {where}, and not {theirs[where]}"
        if one.underlying is not None and one.underlying not in known:
            return f"{one.id} is a claim on {one.underlying}, which nobody knows"
        if one.underlying == one.id:
            return f"{one.id} is a claim on itself"
        for kind, where, name in _claims(one):
            owner = self._owner.get((kind, where, name), one.id)
            if owner != one.id:
                return f"{name} {kind} {where} is {owner}, and not {one.id}"
        for label in (one.id, *one.labels):
            spelled, owner = self._looks.get(looks(label), (folded(label), one.id))
            if owner != one.id and spelled != folded(label):
                return f"{label!r} of {one.id} only looks like {spelled!r} of {owner}"
        return None


def _claims(one: AssetRef) -> list[tuple[str, str, str]]:
    """What may be only one asset's: its addresses, and its names at sources."""
    held = [("on", chain, where) for chain, where in one.contracts.items()]
    return held + [("at", source, name) for source, name in one.ids.items()]


def _merged(own: AssetRef, more: AssetRef) -> AssetRef:
    return replace(
        own,
        narratives=_both(own.narratives, more.narratives),
        ids=_filled(own.ids, more.ids),
        contracts=_filled(own.contracts, more.contracts),
        aliases=_both(own.aliases, tuple(label for label in more.labels if label not in own.labels)),
    )


def _both(own: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*own, *more)))


def _filled(own: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    return {**more, **own}
