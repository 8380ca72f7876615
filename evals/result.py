"""What an evaluation leaves behind: ``result.json``, its days, its times, and the same rows as Parquet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from core.canonical import canonical
from core.errors import NoAnswerError, UsageError
from evals.cache import write_whole
from evals.fingerprints import cassettes_digest, code_version
from evals.grid import Plan
from evals.runner import Ran
from evals.selection import METHOD, selection
from evals.verdicts import judge

SCHEMA = "tokenwise.eval.v1"
RESULT, DAYS, TIMING, TABLE, REPORT = (
    "result.json",
    "days.json",
    "timing.json",
    "result.parquet",
    "report.html",
)
_IDENTITY = ("scenario", "role", "decider", "matches", "arm", "seed", "limits")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation as it is kept. *days*: per row of *result* the first day and the daily returns."""

    result: Mapping[str, Any]
    days: Sequence[Mapping[str, Any]]

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The rows of ``result.json``."""
        rows: Sequence[Mapping[str, Any]] = self.result["rows"]
        return rows


def evaluation(plan: Plan, ran: Ran, trials: int) -> Evaluation:
    """Everything that is a function of inputs, code, recorded answers and seeds; nothing that is not."""
    judged = judge(ran, plan, trials)
    config = {**plan.describe(), "cassettes": cassettes_digest(plan.cassettes)}
    result = {
        "schema": SCHEMA,
        "config": config,
        "config_hash": f"sha256:{plan.hash()}",
        "code_version": code_version(),
        "data": {
            "series": {
                f"{name}/{series}": found
                for name, scene in ran.scenes.items()
                for series, found in scene.series.items()
            },
            "missing": {name: list(scene.missing) for name, scene in ran.scenes.items() if scene.missing},
            "restated": {name: list(scene.restated) for name, scene in ran.scenes.items() if scene.restated},
            "simulated": [name for name, scene in ran.scenes.items() if scene.simulated],
            "lacking": {name: scene.lacking for name, scene in ran.scenes.items() if scene.lacking},
        },
        "rows": judged.rows,
        "pooled": judged.pooled,
        "selection": selection(plan, judged.rows, ran.rows),
        "trials": trials,
        "method": METHOD,
        "warnings": warnings(plan, ran, judged.rows),
    }
    days = [
        {**{name: row[name] for name in _IDENTITY}, "first": first, "returns": returns.tolist()}
        for row, first, returns in zip(judged.rows, judged.first_days, judged.days, strict=True)
    ]
    return Evaluation(result, days)


def warnings(plan: Plan, ran: Ran, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What a reader of the figures must know."""
    told: list[dict[str, str]] = []

    def warn(code: str, message: str) -> None:
        told.append({"code": code, "message": message})

    simulated = [name for name, scene in ran.scenes.items() if scene.simulated]
    if simulated:
        warn("simulated", f"SIMULATED: the market of {', '.join(simulated)} is invented.")
    for name, scene in ran.scenes.items():
        if scene.lacking is not None:
            warn("no_data", f"{name}: {scene.lacking}")
        gaps: dict[str, list[str]] = {}
        for gap in scene.missing:
            gaps.setdefault(gap["why"], []).append(gap["what"])
        for why, several in gaps.items():
            warn("missing", f"{name}: {', '.join(several)}: {why}")
    revised: dict[str, list[str]] = {}
    for name, scene in ran.scenes.items():
        if scene.restated:
            revised.setdefault(", ".join(scene.restated), []).append(name)
    for listed, names in revised.items():
        warn("restated", f"restated history, not as shown then: {listed} (in {', '.join(names)})")
    lacking = {name for name, scene in ran.scenes.items() if scene.lacking is not None}
    faults: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        who = f"{row['decider']} in {row['scenario']}"
        quiet: dict[str, list[str]] = {}
        for gap in row.get("missing", ()):
            if gap["why"].startswith("silent"):
                quiet.setdefault(gap["why"], []).append(gap["what"])
        for why, symbols in quiet.items():
            faults.setdefault(("silent", f"{who}, {', '.join(symbols)}: {why}"), []).append(str(row["seed"]))
        if row["status"] != "ok" and row["scenario"] not in lacking:
            faults.setdefault((str(row["status"]), f"{who}: {row['why']}"), []).append(str(row["seed"]))
        for one in row.get("expects", ()):
            if not one["ok"]:
                told_of = f"{who}: {one['check']}: {one['findings'][0]}"
                faults.setdefault(("expect", told_of), []).append(str(row["seed"]))
    for (code, text), seeds in faults.items():
        warn(code, text if seeds == ["0"] else f"{text} (seeds {', '.join(seeds)})")
    if plan.recorded is not None and plan.recorded < plan.seeds:
        warn(
            "seeds",
            f"only {plan.recorded} of {plan.seeds} seeds of the models' rows are on cassettes; the others are missing",
        )
    return told


def keep(out: Path, made: Evaluation, ran: Ran, seconds: float) -> None:
    """Writes everything but the report into *out*.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(out / RESULT, canonical(made.result) + b"\n")
    write_whole(out / DAYS, canonical(list(made.days)) + b"\n")
    times = [
        {
            **{name: one.row[name] for name in _IDENTITY},
            "seconds": one.seconds,
            "latencies_s": one.latencies_s,
        }
        for one in ran.rows
    ]
    write_whole(out / TIMING, canonical({"seconds": seconds, "rows": times}) + b"\n")
    write_whole(out / TABLE, parquet(made.rows))


def parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as a Parquet table, one column per figure."""
    import polars as pl

    buffer = BytesIO()
    pl.DataFrame([_flat(row) for row in rows], infer_schema_length=None).write_parquet(buffer)
    return buffer.getvalue()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat = {name: row[name] for name in (*_IDENTITY, "status", "why", "cutoff", "simulated", "psr", "dsr")}
    for name in FIGURES:
        value = row["metrics"].get(name)
        flat[name] = float(value) if name in {"fees", "usd"} and value is not None else value
    for against in ("vs_hold", "vs_twin"):
        told = row[against] or {}
        low, high = told.get("ci95") or (None, None)
        flat |= {
            f"{against}_diff": told.get("diff"),
            f"{against}_low": low,
            f"{against}_high": high,
            f"{against}_mde": told.get("mde"),
            f"{against}_verdict": told.get("verdict"),
        }
    return flat


FIGURES = (
    "total_return", "cagr", "volatility", "sharpe", "sortino", "calmar", "max_drawdown", "max_drawdown_days",
    "exposure", "turnover", "fees", "round_trips", "hit_rate", "profit_factor", "decisions", "abstentions",
    "vetoes", "llm_calls", "tokens_in", "tokens_out", "usd",
)  # fmt: skip


def load(folder: Path) -> Evaluation:
    """The evaluation that is kept in *folder*.

    Raises:
        NoAnswerError: there is none.
        UsageError: it is of another schema, or damaged.
    """
    path = folder / RESULT if folder.is_dir() else folder
    try:
        result = json.loads(path.read_bytes())
        days = json.loads((path.parent / DAYS).read_bytes())
    except FileNotFoundError as error:
        raise NoAnswerError(
            f"{folder} holds no finished evaluation: {Path(str(error.filename)).name} is not there",
            "Give the folder of an 'eval run' that has ended.",
            code="no_result",
        ) from None
    except (ValueError, NotADirectoryError) as error:
        raise UsageError(f"{path} is not a result: {error}", "Run the evaluation again.") from None
    if not isinstance(result, dict) or result.get("schema") != SCHEMA:
        raise UsageError(f"{path} is not a {SCHEMA}", "Give the folder of an 'eval run'.", code="schema")
    return Evaluation(result, days)
