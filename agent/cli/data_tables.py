"""What the ``data`` commands print for a person."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from core.instant import Instant
    from tools.store.audit import Finding
    from tools.store.catalog import SeriesInfo
    from tools.store.importer import ImportReport, SeriesReport

_FEW = 40  # rows of a table before a person has to ask for all of them
_EXAMPLES = 6
_ORDER = {"error": 0, "warning": 1, "info": 2}
_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


def tell_import(report: ImportReport) -> None:
    """What an import did, series by series; of many, by source."""
    several = list(report.series.values())
    if len(several) <= _FEW:
        rows = [
            [
                *_named_series(one.info),
                *map(_number, (one.rows_read, one.rows_new, one.rows_same, one.rows_revised)),
                _flag_text(one),
            ]
            for one in several
        ]
        _table(
            [*_NAMES, "*read", "*new", "*same", "*revised", "flags"],
            rows,
        )
    else:
        _tell_groups(several)
    total = [sum(getattr(one, name) for one in several) for name in ("rows_new", "rows_same", "rows_revised")]
    print(
        f"{_times(report.files, 'file')}, {_times(len(several), 'series')}:"
        f" {total[0]:,} rows new, {total[1]:,} the same, {total[2]:,} revised"
    )
    for one in report.refused:
        where = f"{one.file}, row {one.row}" if one.row is not None else one.file
        print(f"refused: {where}: {one.code}: {one.message}")


def _tell_groups(several: Sequence[SeriesReport]) -> None:
    """One row for each kind, source, venue and interval."""
    groups: dict[tuple[str, ...], list[SeriesReport]] = {}
    for one in several:
        groups.setdefault(_group(one.info), []).append(one)
    rows = []
    for name, members in groups.items():
        flags: Counter[str] = Counter()
        for one in members:
            flags.update(one.info.flags)
        sums = [
            sum(getattr(one, field) for one in members) for field in ("rows_new", "rows_same", "rows_revised")
        ]
        rows.append([*name, _number(len(members)), *map(_number, sums), _counted(flags)])
    _table(["kind", "source", "venue", "interval", "*series", "*new", "*same", "*revised", "flags"], rows)


def _flag_text(one: SeriesReport) -> str:
    return _counted({**one.info.flags, **({"unclosed": one.unclosed} if one.unclosed else {})})


def _counted(flags: Mapping[str, int]) -> str:
    return " ".join(f"{code} {rows:,}" for code, rows in sorted(flags.items()))


def tell_list(infos: Sequence[SeriesInfo], *, everything: bool) -> None:
    """Coverage at a glance: the stored series; of many, what each source has of each kind."""
    if not infos:
        print("The store is empty. Fill it with 'tokenwise data import'.")
        return
    if everything or len(infos) <= _FEW:
        rows = [
            [
                *_named_series(i),
                _number(i.rows),
                _minute(i.first),
                _minute(i.last),
                str(len(i.segments)),
                _notes([i]),
            ]
            for i in infos
        ]
        _table([*_NAMES, "*rows", "first", "last", "*segments", "notes"], rows)
    else:
        _tell_coverage(infos)
    print(f"{len(infos)} series, {sum(info.rows for info in infos):,} rows")
    if not everything and len(infos) > _FEW:
        print("--all shows each series")


def _tell_coverage(infos: Sequence[SeriesInfo]) -> None:
    """One row for each kind, source, venue and interval."""
    groups: dict[tuple[str, ...], list[SeriesInfo]] = {}
    for info in infos:
        groups.setdefault(_group(info), []).append(info)
    rows = []
    for name, members in groups.items():
        nameless = sum(one.asset.startswith("unmapped:") for one in members)
        named = len({one.asset for one in members if not one.asset.startswith("unmapped:")})
        metrics = len({one.key.metric for one in members} - {""})
        first, last = min(one.first for one in members), max(one.last for one in members)
        rows.append(
            [
                *name,
                *map(_number, (len(members), named)),
                _number(metrics) if metrics else "–",
                _number(sum(one.rows for one in members)),
                _minute(first),
                _minute(last),
                _notes(members) + f" {nameless:,} without an asset" * bool(nameless),
            ]
        )
    rows.sort(key=lambda row: (_KINDS.index(row[0]), row[1:4]))
    headings = ["kind", "source", "venue", "interval", "*series", "*assets", "*metrics", "*rows"]
    _table([*headings, "first", "last", "notes"], rows)


def _notes(infos: Sequence[SeriesInfo]) -> str:
    """What a person must know before using them."""
    restated = sum(info.restated for info in infos)
    return "restated" if restated == len(infos) else f"{restated:,} restated" * bool(restated)


def _group(info: SeriesInfo) -> tuple[str, ...]:
    return info.key.kind, info.source, _named(info.venue), _width(info)


def _named(text: str) -> str:
    return text or "–"


def _width(info: SeriesInfo) -> str:
    return str(info.interval) if info.interval.ms else "–"


def tell_check(findings: Sequence[Finding], count: int, *, everything: bool) -> None:
    """How much there is of each code, then the findings: errors all, of the others the longest few."""
    codes = Counter((f.severity, f.code) for f in findings)
    for kind, times in sorted(codes.items(), key=lambda item: (_ORDER[item[0][0]], -item[1])):
        of_series = len({f.series for f in findings if (f.severity, f.code) == kind})
        severity = click.style(f"{kind[0]:<8}", fg=_COLOURS[kind[0]])
        click.echo(f"{severity} {kind[1]:<16} {times:>7,} in {of_series:,} series")
    if codes:
        click.echo()
    told: Counter[tuple[str, str]] = Counter()
    for finding in sorted(findings, key=lambda f: (_ORDER[f.severity], f.code, -_length(f))):
        kind = (finding.severity, finding.code)
        told[kind] += 1
        if everything or finding.severity == "error" or told[kind] <= _EXAMPLES:
            since = "" if finding.since is None else _minute(finding.since)
            click.echo(f"{finding.code:<16} {since:<17} {finding.series}: {finding.message}")
        elif told[kind] == _EXAMPLES + 1:
            click.echo(f"{finding.code:<16} … and {codes[kind] - _EXAMPLES:,} more; --all shows them")
    worst = Counter(f.severity for f in findings)
    click.echo(
        f"{_times(count, 'series')}: {_times(worst['error'], 'error')},"
        f" {_times(worst['warning'], 'warning')}, {_times(worst['info'], 'note')}"
    )


def _length(finding: Finding) -> int:
    return 0 if finding.since is None or finding.until is None else finding.until - finding.since


_NAMES = ("kind", "series", "interval", "venue", "source", "asset")
_KINDS = ("ohlcv", "onchain", "fundamental", "sentiment", "funding", "news")


def _named_series(info: SeriesInfo) -> list[str]:
    name = _named(info.symbol or info.key.metric)
    return [info.key.kind, name, _width(info), _named(info.venue), info.source, info.asset]


def _times(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 or what == "series" else f"{count:,} {what}s"


def _number(value: int) -> str:
    return f"{value:,}"


def _minute(moment: Instant) -> str:
    from core.instant import iso

    return iso(moment)[:16].replace("T", " ")


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a table; a heading that starts with ``*`` is of numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    if not rows:
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(
            heading.removeprefix("*"), justify="right" if heading.startswith("*") else "left", no_wrap=True
        )
    for row in rows:
        table.add_row(*row)
    console = Console(file=sys.stdout, highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, highlight=False, markup=False, width=200)
    console.print(table)
