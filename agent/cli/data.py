"""``tokenwise data``: fetch, import, list, check."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.cli import data_tables as tables
from agent.cli.data_fetch import fetch_command
from agent.cli.session import answer, session
from core.errors import UsageError

if TYPE_CHECKING:
    from tools.store.audit import Finding
    from tools.store.catalog import SeriesInfo
    from tools.store.importer import ImportReport, Job, SeriesReport
    from tools.store.store import Store

_REFUSED = 3


@click.group(name="data", help="The store: fetch, import, list, check.")
def app() -> None:
    """The group of the store's commands."""


app.add_command(fetch_command)


@app.command("import")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--manifest", metavar="FILE", help="A TOML file that says which files hold which series.")
@click.option("--root", metavar="DIR", help="What the manifest's paths start from (its own folder).")
@click.option(
    "--kind", metavar="K", help="What the files hold: ohlcv onchain fundamental sentiment funding news."
)
@click.option(
    "--asset",
    metavar="ID",
    help="The asset: its CoinGecko id, or a ticker that is unambiguous; 'market' for what concerns all.",
)
@click.option("--venue", metavar="V", help="Where it was traded, such as binance.")
@click.option("--symbol", metavar="S", help="What was traded, such as BTC/USDT.")
@click.option("--interval", metavar="I", help="The width of a candle: 1m 15m 1h 4h 1d.")
@click.option("--source", metavar="NAME", help="Whose rows these are.")
@click.option("--columns", metavar="a=b,...", help="Our column a is the file's column b.")
@click.option("--metrics", metavar="a=b,...", help="Of a wide file: the metric a is the file's column b.")
@click.option("--units", metavar="a=b,...", help="The metric a is in the unit b.")
@click.option("--known-at", metavar="RULE", help="When a row was known: 'ts+24h', or a column of the file.")
@click.option("--restated", is_flag=True, help="These values were corrected after the fact.")
@click.option("--new-asset", is_flag=True, help="Take an asset that no table knows.")
def import_command(
    paths: Sequence[str],
    manifest: str | None,
    root: str | None,
    *,
    restated: bool,
    new_asset: bool,
    **flags: str | None,
) -> None:
    """Import files into the store: Parquet, Feather, CSV, CSV.gz; news as JSONL or JSONL.gz.

    The same rows again change nothing; changed values become a new vintage.
    """
    from tools.store.importer import import_files, jobs
    from tools.store.manifest import read_manifest

    if manifest is not None:
        named = [f"--{name.replace('_', '-')}" for name, value in flags.items() if value is not None]
        named += ["--restated"] * restated + ["--new-asset"] * new_asset + ["PATH"] * bool(paths)
        if named:
            raise UsageError(f"{named[0]} cannot stand beside --manifest", "The manifest itself says it.")
        folder = (Path(root) if root is not None else Path(manifest).parent).absolute()
        if not folder.is_dir():
            raise UsageError(f"there is no folder {folder}", "Check --root.")
        todo = jobs(read_manifest(Path(manifest)), folder)
    elif root is not None:
        raise UsageError("--root goes with --manifest", "Name the files themselves.")
    with _store() as store:
        if manifest is None:
            folder = Path.cwd()
            todo = _named(store, paths, flags, restated=restated, new_asset=new_asset)
        with _progress() as progress:
            report = import_files(store, todo, folder, progress)
        now = store.clock.now()
    warnings = [
        {"code": "unknown_asset", "message": f"no table knows the asset {asset!r}; it was taken as written"}
        for asset in (report.new_assets if not new_asset else ())
    ]
    warnings += [
        {"code": "asset_symbol_mismatch", "message": f"{why}: look whether --asset is what was meant"}
        for why in report.mismatches
    ]
    warnings += [
        {
            "code": "early_known_at",
            "message": f"{key.label}: the known_at rule makes {rows} rows known before they were published;"
            " whatever is decided on them looks ahead",
        }
        for key, rows in report.early.items()
    ]
    answer(
        "data_import", _import_data(report), lambda: tables.tell_import(report), as_of=now, warnings=warnings
    )
    if report.refused:
        raise click.exceptions.Exit(_REFUSED)


def _named(
    store: Store, paths: Sequence[str], flags: Mapping[str, str | None], *, restated: bool, new_asset: bool
) -> tuple[Job, ...]:
    """The files that the command line names."""
    from tools.store import assets
    from tools.store.catalog import MARKET
    from tools.store.importer import Job
    from tools.store.manifest import KINDS, NEEDED, entry, known_at_rule

    if not paths:
        raise UsageError("there is nothing to import", "Name files, or give --manifest FILE.")
    kind = flags["kind"]
    if kind is not None and kind not in KINDS:
        raise UsageError(f"there is no kind {kind!r}", f"The kinds are {', '.join(KINDS)}.", candidates=KINDS)
    # a person names the symbol, a manifest may take it from a column
    needed: tuple[str, ...] = ("kind", "asset", "source", "venue", "symbol", "interval")
    if kind is not None and kind != "ohlcv":
        needed = ("kind", "source", *NEEDED[kind])
    absent = [f"--{name}" for name in needed if not flags[name]]
    if absent:
        raise UsageError(f"{', '.join(absent)} must be given", "See 'tokenwise data import --help'.")
    asked = flags["asset"] or MARKET
    known = assets.known(store.connection)
    is_new = asked == MARKET or (new_asset and asked not in known)
    asset = asked if is_new else assets.resolve(known, asked).id
    raw: dict[str, Any] = {name: value for name, value in flags.items() if value is not None}
    raw |= {"asset": asset, "restated": restated}
    for name in ("columns", "metrics", "units"):
        if flags[name]:
            raw[name] = _columns(str(flags[name]))
    if flags["known_at"]:
        raw["known_at"] = known_at_rule(flags["known_at"])
    found = []
    for text in paths:
        path = Path(text).absolute()
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise UsageError(f"{text} {what}", "Name the files to import.")
        literal = raw | {"path": text}
        if flags["symbol"]:
            literal["symbol"] = flags["symbol"].replace("{", "{{").replace("}", "}}")
        found.append(Job(entry(literal, "data import"), path))
    return tuple(found)


def _columns(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(ours.strip() and theirs.strip() for ours, _, theirs in pairs):
        raise UsageError(f"{text!r} names no columns", "Write it as open=Open,ts=time.")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


@app.command("list")
@click.option("--all", "everything", is_flag=True, help="Every series, also in a long table.")
def list_command(everything: bool) -> None:
    """What the store holds."""
    with _store(readonly=True) as store:
        infos, now = store.series(), store.clock.now()
    data = {"series": [_listed(info) for info in infos]}
    answer("data_list", data, lambda: tables.tell_list(infos, everything=everything), as_of=now)


@app.command("check")
@click.option("--all", "everything", is_flag=True, help="Every finding, not only some of each code.")
@click.option("--revisions", "only_revisions", is_flag=True, help="Instead: every later vintage, one by one.")
def check_command(everything: bool, only_revisions: bool) -> None:
    """Read every stored row again: damage, holes, changes of meaning, revisions, disagreement."""
    from tools.store.audit import audit, has_errors, revisions

    with _store(readonly=True) as store:
        findings = list(revisions(store) if only_revisions else audit(store))
        now = store.clock.now()
        count = len(store.series())
    data = {"findings": [_found(finding) for finding in findings]}
    answer("data_check", data, lambda: tables.tell_check(findings, count, everything=everything), as_of=now)
    if has_errors(findings):
        raise click.exceptions.Exit(_REFUSED)


@contextmanager
def _store(*, readonly: bool = False) -> Iterator[Store]:
    from tools.clocks import SystemClock
    from tools.store.store import Store

    store = Store.open(session().home, SystemClock(), readonly=readonly)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _progress() -> Iterator[Callable[[Path, int, int], None]]:
    """A line that rewrites itself on a terminal; elsewhere a line for each file of several."""
    is_terminal = sys.stderr.isatty()

    def show(path: Path, number: int, count: int) -> None:
        if is_terminal:
            print(f"\r\x1b[K{number}/{count}  {path.name}", end="", file=sys.stderr, flush=True)
        elif count > 1:
            print(f"{number}/{count} {path.name}", file=sys.stderr)

    try:
        yield show
    finally:
        if is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _import_data(report: ImportReport) -> dict[str, Any]:
    return {
        "files": report.files,
        "series": [_imported(one) for one in report.series.values()],
        "refused": [
            {"file": one.file, "row": one.row, "code": one.code, "message": one.message}
            for one in report.refused
        ],
    }


def _imported(one: SeriesReport) -> dict[str, Any]:
    from core.instant import iso
    from tools.store.gate.codes import counts

    return {
        **_identity(one.info),
        "rows_read": one.rows_read,
        "rows_new": one.rows_new,
        "rows_same": one.rows_same,
        "rows_revised": one.rows_revised,
        "rows_flagged": one.info.rows_flagged,
        "first": iso(one.info.first),
        "last": iso(one.info.last),
        "segments": len(one.info.segments),
        "flags": counts({**one.info.flags, "unclosed": one.unclosed}),
    }


def _listed(info: SeriesInfo) -> dict[str, Any]:
    from core.instant import iso

    return {
        **_identity(info),
        "rows": info.rows,
        "first": iso(info.first),
        "last": iso(info.last),
        "segments": len(info.segments),
        "restated": info.restated,
        "source": info.source,
    }


def _identity(info: SeriesInfo) -> dict[str, Any]:
    key = info.key
    return {
        "asset": key.asset,
        "kind": key.kind,
        "metric": key.metric or None,
        "venue": key.venue or None,
        "symbol": key.symbol or None,
        "interval": str(key.interval) if key.interval.ms else None,
        "unit": info.unit or None,
    }


def _found(finding: Finding) -> dict[str, Any]:
    from core.instant import iso

    return {
        "code": finding.code,
        "severity": finding.severity,
        "asset": finding.asset,
        "series": finding.series,
        "from": None if finding.since is None else iso(finding.since),
        "until": None if finding.until is None else iso(finding.until),
        "message": finding.message,
    }
