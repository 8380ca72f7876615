"""What a reader of the figures must know of a model that did not answer."""

from __future__ import annotations

import json
from collections.abc import Sequence

from core.ports import JournalReader, Record

_DOWN = frozenset({"http", "timeout", "breaker"})


def unanswered(records: Sequence[Record], journal: JournalReader) -> dict[str, str] | None:
    """A warning where decisions abstained because no model answered, with the last failure's own sentence."""
    decided = [record for record in records if record.kind == "decided"]
    failed = [record for record in decided if record.body["abstained"] in _DOWN]
    told = [record for record in failed if record.body["abstained"] != "breaker"]
    if not told or "answers" not in told[-1].body["inputs"]:
        return None
    answers = json.loads(journal.blob(told[-1].body["inputs"]["answers"].removeprefix("sha256:")))
    why = answers["asked"][-1]["detail"]
    return {
        "code": "model_unreachable",
        "message": f"no model answered at {len(failed)} of {len(decided)} decisions; lastly: {why}",
    }
