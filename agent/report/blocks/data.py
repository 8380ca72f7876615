"""What the run rested on: series, their faults, fingerprints; and how to check this page."""

from __future__ import annotations

from agent.report import words
from agent.report.inputs import SeriesNote
from agent.report.markup import Markup, join, section, table, tag
from agent.report.view import View

_HEAD = ("Series", "From", "Until", "Rows", "Segments", "Set aside by the gate", "SHA-256")


def data(view: View) -> Markup:
    """Series and fingerprints, the code's version, the journal's head."""
    notes = {note.symbol: note for note in view.report.series}
    seen = view.story.started["data"]
    rows = [_described(note) for note in view.report.series]
    rows += [
        (tag("b", name), "", "", "", "", "", _hash(str(value)))
        for name, value in sorted(seen.items())
        if name not in notes and name.partition("@")[0] not in notes
    ]
    proof = (
        ("Run", view.summary["run_id"]),
        ("Configuration", view.story.started["config_hash"]),
        ("Journal head", view.summary["journal_head"]),
        ("Code", f"tokenwise {view.report.code_version}" if view.report.code_version else "unknown"),
    )
    listed = tag("div", table(_HEAD, rows, numbers=(3, 4)), class_="scroll") if rows else None
    check = tag("p", "Check this run yourself: ", tag("code", "tokenwise journal verify"), " recomputes every hash, ",
                tag("code", "tokenwise journal replay all"), " decides everything again.", class_="note")  # fmt: skip
    return section(
        "data",
        "Data and proof",
        listed,
        tag("dl", *(tag("div", tag("dt", k), tag("dd", tag("code", v))) for k, v in proof), class_="pairs"),
        check,
        lead="Candles that the quality gate refuses are never filled in: the asset is missing at that time.",
    )


def _described(note: SeriesNote) -> tuple[object, ...]:
    extra = [note.source, f"candles of {note.interval}"]
    if note.restated:
        extra.append("restated history")
    if note.delisted_at is not None:
        extra.append(f"delisted {words.day(note.delisted_at)}")
    flags = ", ".join(f"{code} {number:,}" for code, number in note.flags.items())
    return (
        join(tag("b", note.symbol), tag("div", " · ".join(extra), class_="muted")),
        words.NONE if note.first is None else words.day(note.first),
        words.NONE if note.last is None else words.day(note.last),
        f"{note.rows:,}",
        f"{note.segments:,}",
        flags or tag("span", "nothing", class_="muted"),
        _hash(note.fingerprint),
    )


def _hash(value: str) -> Markup:
    return tag("code", f"{value.removeprefix('sha256:')[:12]}…", title=value)
