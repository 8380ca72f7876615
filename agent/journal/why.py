"""``journal why``: answers from the records alone, and cites them."""

from __future__ import annotations

from typing import Any

from agent.journal.dossier import Dossier
from agent.journal.reading import reference
from agent.journal.sentences import sentence
from core.instant import iso


def why(dossier: Dossier) -> dict[str, Any]:
    """``{"id", "at", "account", "sentences": [{"at", "text", "events"}], "answer"}``.

    Each sentence names the events that it rests on as ``stream#seq``; *answer* is all of them as text.
    """
    told = [
        {"at": iso(record.at), "text": sentence(record), "events": [reference(record)]}
        for record in dossier.records
    ]
    if nothing := _what_did_not_happen(dossier):
        told.append({"at": told[-1]["at"], "text": nothing, "events": [reference(dossier.records[0])]})
    return {
        "id": dossier.id,
        "at": iso(dossier.at),
        "account": dossier.account,
        "sentences": told,
        "answer": "\n".join(f"{s['at']}  {s['text']} [{', '.join(s['events'])}]" for s in told),
    }


def _what_did_not_happen(dossier: Dossier) -> str | None:
    """A decision that led to no order says nothing of it by itself, so it is said here."""
    if dossier.decided is None or dossier.of_kind("approved"):
        return None
    if dossier.of_kind("refused"):
        return "So nothing was ordered."
    if dossier.decided.body["abstained"] is not None or not dossier.decided.body["proposals"]:
        return "So nothing was ordered."
    return (
        "Nothing was ordered: the positions were close enough to what was wished, and no wish was reviewed."
    )
