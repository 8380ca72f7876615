"""``journal show``: one decision as one object, from its records alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from agent.journal.dossier import Dossier, order_of
from agent.journal.reading import reference
from core.instant import iso
from core.ports import Record

_ENDS = {"acknowledged": "open", "cancelled": "cancelled", "unknown": "unknown"}


def show(dossier: Dossier) -> dict[str, Any]:
    """The data of CONTRACT §6 ``show``; what a protective exit or a plain event has not is null or empty.

    Beyond the contract: *events* names every record that it was made from, *exit* the trigger of a
    protective exit, *record* the body of an event that belongs to no decision or order.
    """
    decided = dossier.decided.body if dossier.decided else {}
    single = dossier.records[0] if len(dossier.records) == 1 and dossier.decided is None else None
    exits = dossier.of_kind("exit")
    return {
        "id": dossier.id,
        "at": iso(dossier.at),
        "account": dossier.account,
        "decider": decided.get("decider"),
        "decided_by": decided.get("decided_by"),
        "situation": {
            "inputs": list(dossier.decided.blobs) if dossier.decided else [],
            "menu": list(decided.get("menu", ())),
        },
        "prompt": decided.get("prompt"),
        "model": decided.get("model"),
        "decision": {
            "proposals": list(decided.get("proposals", ())),
            "abstained": decided.get("abstained"),
        },
        "review": _review(dossier.of_kind("approved", "refused")),
        "orders": [_order(record, dossier) for record in dossier.of_kind("approved")],
        "fills": [dict(record.body["fill"]) for record in dossier.of_kind("filled")],
        "outcome": None,
        "exit": dict(exits[0].body) if exits else None,
        "events": [reference(record) for record in dossier.records],
        "record": dict(single.body) if single else None,
    }


def _review(records: Iterable[Record]) -> list[dict[str, Any]]:
    """What the risk engine said, asset by asset, in the order it said it."""
    assets: dict[str, dict[str, Any]] = {}
    for record in records:
        subject = record.body["order" if record.kind == "approved" else "wish"]
        said = assets.setdefault(
            subject["symbol"], {"asset": subject["symbol"], "orders": [], "findings": []}
        )
        said["findings"] += [dict(finding) for finding in record.body["findings"]]
        if record.kind == "approved":
            said["orders"].append(subject["id"])
    return list(assets.values())


def _order(approved: Record, dossier: Dossier) -> Mapping[str, Any]:
    order = approved.body["order"]
    status, reason = "approved", ""
    for record in dossier.records:
        if order_of(record) != order["id"] or record.kind in {"approved", "exit"}:
            continue
        if record.kind == "filled":
            status = "filled" if record.body["done"] else "partial"
        elif record.kind == "resolved":
            status = "open" if record.body["outcome"] == "exists" else "dead"
        elif record.kind == "submitted":
            status = "submitted"
        else:
            status = _ENDS.get(record.kind, status)
            reason = record.body.get("reason") or record.body.get("why") or reason
    return {**order, "status": status, "status_reason": reason}
