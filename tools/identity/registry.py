"""The assets that are known, and which one a text means at an instant. Nothing is ever picked silently."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from core.assets import AssetRef, Window
from core.errors import NoAnswerError
from core.instant import Instant
from core.observation import Missing
from tools.identity.rows import asset_of
from tools.identity.spelling import address, folded, looks

_MOST = 8
_FILE = Path(__file__).parent / "assets.json"
# CoinGecko's names of chains and other ones, by the name that a contract is written under
_CHAINS = {
    "eth": "ethereum",
    "binance-smart-chain": "bsc",
    "arbitrum-one": "arbitrum",
    "polygon-pos": "polygon",
    "optimistic-ethereum": "optimism",
    "avax": "avalanche",
    "sol": "solana",
}


def chain_of(text: str) -> str:
    """The name under which contracts of the chain *text* are written."""
    named = folded(text).replace(" ", "-")
    return _CHAINS.get(named, named)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several assets go by what was *asked*; *candidates* are their ids."""

    asked: str
    candidates: tuple[str, ...]


class Registry:
    """A set of assets by id, with every ticker, name, address and venue symbol that leads to them."""

    def __init__(self, assets: Mapping[str, AssetRef]) -> None:
        self.assets = dict(assets)

    def resolve(self, asked: str, at: Instant | None = None) -> AssetRef | Ambiguous | Missing:
        """The asset that *asked* means at *at*; without *at* whatever it meant at any time counts.

        *asked* is an id, a ticker, a name, ``BASE/QUOTE``, ``chain:address`` or a bare ``0x…`` address. An id
        as it is written wins. A ticker or name means those whose window covers *at*; where none does, those
        that it ever meant. A wrapped, bridged or staked token stands back behind what it is a claim on,
        and is never answered for it. Look-alike letters of another script lead to nobody.

        Returns:
            The asset; `Ambiguous` with all that it may be; `Missing` with ``unknown_asset``.
        """
        text = asked.strip()
        if text in self.assets:
            return self.assets[text]
        found = self._at_address(text)
        if not found:
            base, slash, quote = text.partition("/")
            found = self._called(base if slash and quote else text, at)
        if not found:
            return Missing(text, "unknown_asset")
        return self.assets[found[0]] if len(found) == 1 else Ambiguous(text, found)

    def the_one(self, asked: str, at: Instant | None = None, mend: str = "Say it by its id.") -> AssetRef:
        """The asset that *asked* means, for a border that can only go on with one.

        Raises:
            NoAnswerError: ``ambiguous_asset`` or ``unknown_asset``, with candidates.
        """
        found = self.resolve(asked, at)
        if isinstance(found, AssetRef):
            return found
        if isinstance(found, Ambiguous):
            raise NoAnswerError(
                f"{asked!r} may be several assets",
                "Say which one by its id.",
                code="ambiguous_asset",
                candidates=found.candidates,
            )
        near = self.near(asked)
        raise NoAnswerError(f"there is no asset {asked!r}", mend, code="unknown_asset", candidates=near)

    def near(self, asked: str) -> tuple[str, ...]:
        """The ids of what *asked* was perhaps meant to be: what looks the same, else begins so or is spelled nearly so."""
        from difflib import get_close_matches

        name, look = folded(asked), looks(asked)
        if not name:
            return ()
        alike = [label for label in self._labels if looks(label) == look]
        begun = sorted((label for label in self._labels if len(name) > 1 and label.startswith(name)), key=len)
        close = get_close_matches(look, self._labels, n=_MOST, cutoff=0.75)
        found = (asset for label in alike or (*begun, *close) for asset, _ in self._labels[label])
        return tuple(dict.fromkeys(found))[:_MOST]

    def narratives(self, asset: str) -> tuple[str, ...]:
        """What the asset with the id *asset* is bought for: its own narratives and those of what it is a claim on.

        None for an asset that nobody knows.
        """
        if asset not in self.assets:
            return ()
        below = (self.assets[one].narratives for one in self._claims_on(asset) if one in self.assets)
        return tuple(dict.fromkeys((*self.assets[asset].narratives, *sorted(sum(below, ())))))

    def meanings(self, at: Instant | None = None) -> Mapping[str, tuple[str, ...]]:
        """Every ticker and name, folded, with the ids that it means at *at*: several where it is ambiguous."""
        return {label: self._called(label, at) for label in self._labels}

    def traded_as(self, venue: str, base: str, at: Instant) -> AssetRef | None:
        """What *venue* traded under the base symbol *base* at *at*; `None` where no row says so.

        A present ticker says nothing of a venue that is known to call the asset otherwise.
        """
        name, everyone = folded(base), self.assets.values()
        found = [
            one for one in everyone if folded(one.ids.get(venue, "")) == name and _covering(one, name, at)
        ]
        # renamed there since, or the symbol passed to another asset: the window of the earlier one knows
        found = found or [one for one in everyone if venue in one.ids and name in map(folded, one.aliases)]
        found = [one for one in found if _covering(one, name, at)]
        found = found or [one for one in everyone if _named_then(one, name, at)]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _labels(self) -> dict[str, list[tuple[str, Window]]]:
        """Every label, folded, with each asset that goes by it and when; an id is a label as well."""
        found: dict[str, list[tuple[str, Window]]] = {}
        for one in self.assets.values():
            for label in dict.fromkeys(folded(label) for label in (one.id, *one.labels)):
                found.setdefault(label, []).extend((one.id, window) for window in _windows(one, label))
        return found

    @cached_property
    def _addresses(self) -> dict[tuple[str, str], str]:
        return {
            (chain, where): one.id for one in self.assets.values() for chain, where in one.contracts.items()
        }

    def _at_address(self, text: str) -> tuple[str, ...]:
        chain, colon, where = text.rpartition(":")
        if colon:
            found = self._addresses.get((chain_of(chain), address(where)))
            return () if found is None else (found,)
        if text[:2].lower() != "0x":
            return ()
        bare = address(text)
        return tuple(dict.fromkeys(asset for (_, there), asset in self._addresses.items() if there == bare))

    def _called(self, text: str, at: Instant | None) -> tuple[str, ...]:
        known = self._labels.get(folded(text), [])
        then = [asset for asset, window in known if at is None or window.covers(at)]
        return self._leading(dict.fromkeys(then or (asset for asset, _ in known)))

    def _leading(self, ids: Iterable[str]) -> tuple[str, ...]:
        """*ids* without the claims on another one among them."""
        found = tuple(ids)
        return tuple(one for one in found if not self._claims_on(one).intersection(found))

    def _claims_on(self, asset: str) -> set[str]:
        found: set[str] = set()
        underlying = self.assets[asset].underlying
        while underlying is not None and underlying not in found:
            found.add(underlying)
            below = self.assets.get(underlying)
            underlying = None if below is None else below.underlying
        return found - {asset}


def _windows(one: AssetRef, label: str) -> list[Window]:
    mine = [window for window in one.windows if folded(window.label) == label]
    return mine or [Window(label)]


def _covering(one: AssetRef, label: str, at: Instant) -> bool:
    return any(window.covers(at) for window in _windows(one, label))


def _named_then(one: AssetRef, label: str, at: Instant) -> bool:
    return any(folded(window.label) == label and window.covers(at) for window in one.windows)


def registry_of(assets: Iterable[AssetRef]) -> Registry:
    """The registry of *assets*; of two with one id the later."""
    return Registry({one.id: one for one in assets})


@cache
def built_in() -> Registry:
    """The registry that comes with the program; read when it is first asked for."""
    return registry_of(asset_of(row) for row in json.loads(_FILE.read_bytes())["assets"])
