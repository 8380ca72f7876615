"""``tokenwise journal``: list, show, why, verify, replay, export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent import settings
from agent.cli.session import answer, session
from core.errors import NoAnswerError, TokenwiseError

if TYPE_CHECKING:
    from agent.journal.standing import Standing
    from agent.journal.store import SqlJournal
    from core.decision import Decision

_DIFFERENCE = 6
_SIMULATED = "SIMULATED  "


@click.group(name="journal", help="The memory: list, show, why, verify, replay, export.")
def app() -> None:
    """The group of the journal's commands."""


@app.command("list")
@click.option("--account", help="Only this account.")
@click.option("--since", help="Only events at or after this time.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--after", metavar="CURSOR", help="Go on where an earlier list ended (its 'next').")
@click.option("--kind", "kinds", multiple=True, help="Only events of this kind; repeatable.")
def list_events(
    account: str | None, since: str | None, limit: int, after: str | None, kinds: Sequence[str]
) -> None:
    """Events, newest first, with the id that 'show' and 'why' take."""
    from agent.journal.listing import listing
    from core.instant import instant

    start = None if since is None else instant(since)
    with _journal() as journal:
        data = listing(journal, account=account, since=start, limit=limit, after=after, kinds=kinds)

    def tell() -> None:
        for item in data["items"]:
            print(f"{item['at']}  {item['id']:22}  {_SIMULATED * item['simulated']}{item['text']}")
        if data["next"]:
            print(f"more: --after '{data['next']}'")

    newest = max((instant(item["at"]) for item in data["items"]), default=None)
    invented = any(item["simulated"] for item in data["items"])
    answer("journal_list", data, tell, as_of=newest, simulated=invented)


@app.command()
@click.argument("wanted", metavar="ID")
def show(wanted: str) -> None:
    """One decision: what it rested on, what the risk engine said, orders and fills."""
    from agent.journal.dossier import find
    from agent.journal.show import show as shown
    from agent.journal.standing import is_simulated

    with _journal() as journal:
        found = find(journal, wanted)
        data, invented = shown(found), is_simulated(journal, found.stream)

    def tell() -> None:
        _print_heading(invented)
        _print_tree(data)

    answer("journal_show", data, tell, as_of=found.records[-1].at, simulated=invented)


@app.command()
@click.argument("wanted", metavar="ID")
def why(wanted: str) -> None:
    """Why it was decided, ordered or closed: in words, from the records alone."""
    from agent.journal.dossier import find
    from agent.journal.standing import is_simulated
    from agent.journal.why import why as explained

    with _journal() as journal:
        found = find(journal, wanted)
        data, invented = explained(found), is_simulated(journal, found.stream)

    def tell() -> None:
        _print_heading(invented)
        print(data["answer"])

    answer("journal_why", data, tell, as_of=found.records[-1].at, simulated=invented)


@app.command()
@click.option("--head", metavar="H", help="A head noted earlier: the journal must still hold that event.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def verify(head: str | None, file: Path | None) -> None:
    """Recompute every hash of the journal, or of an exported FILE; exit 6 names the first bad row."""
    warnings: list[Mapping[str, str]] = []
    if file is not None:
        from agent.journal.verify_export import walk_export

        data, stands = walk_export(file, head)
    else:
        from agent.journal.verify import verify as verified

        place, anchor = _place()
        if not _is_there(place) and not anchor.exists():
            raise _no_journal(place)
        data, stands = verified(place, anchor, head), _standing_of_any(place, anchor)
        if not anchor.exists():
            warnings.append(
                {"code": "no_anchor", "message": f"{anchor} is missing: a cut end would not show"}
            )

    def tell() -> None:
        for stream, at in data["heads"].items():
            print(f"{stream}  {at}{'  SIMULATED' * (stream in stands.simulated)}")
        bad = data["first_bad"]
        if bad is None:
            print(f"{data['events']} events and {data['blobs']} blobs are what was written")
        else:
            print(f"first bad row: {bad['stream'] or 'the database'}#{bad['seq']} ({bad['why']})")

    answer("journal_verify", data, tell, as_of=stands.at, simulated=bool(stands.simulated), warnings=warnings)
    if data["first_bad"] is not None:
        raise click.exceptions.Exit(_DIFFERENCE)


@app.command()
@click.argument("wanted", metavar="ID|all")
def replay(wanted: str) -> None:
    """Decide again from the recorded inputs; exit 6 at a difference."""
    import asyncio

    from agent.journal.dossier import find
    from agent.journal.replay import replay as replayed
    from agent.journal.standing import Standing, standing
    from agent.runtime.deciders import decider_for
    from agent.runtime.span_replay import SpanReplay
    from tools.clocks import SystemClock

    with _journal() as journal:
        spans = SpanReplay(journal, session().home, SystemClock())
        data = asyncio.run(replayed(journal, wanted, decider_for, spans, _model_replay))
        stands = standing(journal)
        if wanted != "all":
            found = find(journal, wanted)
            stands = Standing(found.records[-1].at, stands.simulated & {found.stream})

    def tell() -> None:
        _print_heading(bool(stands.simulated))
        print(f"{data['same']} of {data['checked']} decisions and spans are the same")
        if other := data["first_difference"]:
            print(f"first difference: {other['id']} at {other['path'] or '/'}")
            print(f"  recorded: {other['recorded']}")
            print(f"  replayed: {other['replayed']}")

    answer("journal_replay", data, tell, as_of=stands.at, simulated=bool(stands.simulated))
    if data["first_difference"] is not None:
        raise click.exceptions.Exit(_DIFFERENCE)


async def _model_replay(inputs: Mapping[str, Any]) -> Decision:
    from agent.graph.decider import replay_decision  # LangGraph, only where a model decided

    return await replay_decision(inputs)


@app.command()
@click.option("--format", "kind", type=click.Choice(("jsonl", "parquet")), default="jsonl", show_default=True)
@click.option("--out", required=True, metavar="FILE", type=click.Path(path_type=Path))
def export(kind: str, out: Path) -> None:
    """Every event as one file that 'verify FILE' can check."""
    from agent.journal.export import export as exported
    from agent.journal.standing import standing

    with _journal() as journal:
        written, stands = exported(journal, kind, out), standing(journal)
    data = {"events": written, "format": kind, "file": str(out)}
    invented = bool(stands.simulated)

    def tell() -> None:
        print(f"{_SIMULATED * invented}{written} events in {out}")

    answer("journal_export", data, tell, as_of=stands.at, simulated=invented)


def _place() -> tuple[str | Path, Path]:
    home = session().home
    return settings.database_url() or home / "journal.db", home / "heads.json"


def _is_there(place: str | Path) -> bool:
    return not isinstance(place, Path) or place.exists()


def _no_journal(place: str | Path) -> NoAnswerError:
    return NoAnswerError(
        f"there is no journal at {place}",
        "Trade first: 'tokenwise demo' or 'tokenwise paper'; or name its folder with --home.",
        code="no_journal",
    )


@contextmanager
def _journal() -> Iterator[SqlJournal]:
    """The home's journal, for reading beside whatever writes to it."""
    place, anchor = _place()
    if not _is_there(place):
        raise _no_journal(place)
    from agent.journal.store import SqlJournal

    with SqlJournal.open(place, anchor, readonly=True) as journal:
        yield journal


def _standing_of_any(place: str | Path, anchor: Path) -> Standing:
    """Where the journal stands, even where it is damaged: as much as can be read of it."""
    from agent.journal.standing import Standing, standing
    from agent.journal.store import SqlJournal

    if not _is_there(place):
        return Standing()
    try:
        with SqlJournal.open(place, anchor, readonly=True) as journal:
            return standing(journal)
    except TokenwiseError:
        return Standing()  # what is wrong with it is the verdict's to say


def _print_heading(invented: bool) -> None:
    if invented:
        print("SIMULATED: every token and every price is invented")


def _print_tree(value: Any, name: str = "", depth: int = 0) -> None:
    """Nested values as indented lines; what is empty is left out."""
    pad = "  " * depth
    if isinstance(value, Mapping) and value:
        if name:
            print(f"{pad}{name}:")
        for key, item in value.items():
            _print_tree(item, str(key), depth + bool(name))
    elif isinstance(value, list) and value:
        print(f"{pad}{name}:")
        for number, item in enumerate(value):
            _print_tree(item, f"{number}" if isinstance(item, Mapping) else "-", depth + 1)
    elif value not in (None, "", [], {}):
        print(f"{pad}{name} {value}" if name == "-" else f"{pad}{name}: {value}")
