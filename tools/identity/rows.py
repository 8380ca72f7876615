"""An asset as one JSON object, and back: the rows of the built-in file and of what extends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.assets import NARRATIVES, SOURCES, AssetKind, AssetRef, Window
from core.errors import UsageError
from core.instant import instant, iso
from tools.identity.spelling import address

_REQUIRED = ("id", "ticker", "name")
_KEYS = frozenset((*_REQUIRED, "kind", "underlying", "narratives", "ids", "contracts", "aliases", "windows"))
_KINDS = {kind.value: kind for kind in AssetKind}


def asset_of(row: Mapping[str, Any]) -> AssetRef:
    """The asset that *row* describes.

    Raises:
        UsageError: an unknown key, source, kind or narrative, or a value of another form; says of which asset.
    """
    try:
        return _asset_of(row)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _wrong(row, f"is not of an asset's form ({error})") from error


def _asset_of(row: Mapping[str, Any]) -> AssetRef:
    _refuse_unknown(row, "key", row.keys() - _KEYS)
    number, ticker, name = (row[key] for key in _REQUIRED)
    narratives, ids = tuple(row.get("narratives", ())), dict(row.get("ids", {}))
    contracts = {chain: address(where) for chain, where in row.get("contracts", {}).items()}
    aliases, underlying = tuple(row.get("aliases", ())), row.get("underlying")
    _refuse_unknown(row, "narrative", set(narratives).difference(NARRATIVES))
    _refuse_unknown(row, "source", ids.keys() - set(SOURCES))
    _refuse_unknown(row, "kind", {row.get("kind", "native")}.difference(_KINDS))
    texts = (number, ticker, name, *ids.values(), *aliases)
    if not all(isinstance(one, str) and one and one == one.strip() for one in texts):
        raise _wrong(row, "holds a name that is no text, empty, or padded with spaces")
    kind = _KINDS[row.get("kind", "native")]
    if kind.derived and underlying is None:
        raise _wrong(row, f"is {kind.value} and names no underlying")
    if underlying is not None and not kind.derived:
        raise _wrong(row, f"is {kind.value} and yet a claim on {underlying}")
    windows = tuple(map(_window, row.get("windows", ())))
    return AssetRef(number, ticker, name, kind, underlying, narratives, ids, contracts, aliases, windows)


def _window(row: Mapping[str, Any]) -> Window:
    since, until = row.get("since"), row.get("until")
    return Window(
        row["label"], None if since is None else instant(since), None if until is None else instant(until)
    )


def row_of(asset: AssetRef) -> dict[str, Any]:
    """The row that `asset_of` reads back as *asset*; what is empty is left out."""
    row: dict[str, Any] = {"id": asset.id, "ticker": asset.ticker, "name": asset.name}
    if asset.kind is not AssetKind.NATIVE:
        row["kind"] = asset.kind.value
    if asset.underlying is not None:
        row["underlying"] = asset.underlying
    for key in ("narratives", "aliases"):
        if getattr(asset, key):
            row[key] = list(getattr(asset, key))
    for key in ("ids", "contracts"):
        if getattr(asset, key):
            row[key] = dict(getattr(asset, key))
    if asset.windows:
        row["windows"] = [_told(window) for window in asset.windows]
    return row


def _told(window: Window) -> dict[str, str]:
    ends = {"since": window.since, "until": window.until}
    return {"label": window.label} | {key: iso(end) for key, end in ends.items() if end is not None}


def _refuse_unknown(row: Mapping[str, Any], what: str, unknown: set[str]) -> None:
    if unknown:
        raise _wrong(row, f"has the unknown {what} {sorted(unknown)[0]!r}")


def _wrong(row: Mapping[str, Any], why: str) -> UsageError:
    return UsageError(f"the asset {row.get('id')!r} {why}", "Correct its row.", code="asset_row")
