"""What decides a row: the scenario, its data, the decider, limits, costs, seed, recorded answers and the code."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from core.canonical import digest
from core.instant import iso
from core.money import plain
from core.spec import parse_spec
from evals.opening import Opened
from evals.task import Task
from strategies.risk.in_force import limits_hash
from strategies.risk.limits import profile
from tools.exchange.paper.costs import costs_text

_PACKAGES = ("core", "strategies", "tools", "prompts", "agent", "evals")
_SOURCES = (".py", ".md", ".toml", ".json")


@cache
def code_version() -> str:
    """The version, and the first digits of the SHA-256 over every source file and prompt of the product."""
    try:
        told = version("tokenwise")
    except PackageNotFoundError:
        told = "0"
    found = sha256()
    for package in _PACKAGES:
        for name, raw in _files(files(package), package):
            found.update(f"{name}\x1f{len(raw)}\x1f".encode())
            found.update(raw)
    return f"{told}+{found.hexdigest()[:12]}"


def _files(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for one in sorted(folder.iterdir(), key=lambda entry: entry.name):
        inner = f"{name}/{one.name}"
        if one.is_dir():
            found += _files(one, inner)
        elif one.name.endswith(_SOURCES):
            found.append((inner, one.read_bytes()))
    return found


def series_fingerprints(opened: Opened) -> dict[str, str]:
    """SHA-256 over the rows of each series that the scenario is lived through: candles cut to it, facts whole."""
    candles = {
        f"{symbol} {opened.world.grain}": f"sha256:{series.fingerprint}"
        for symbol, series in opened.world.series.items()
    }
    return candles | {label: f"sha256:{found}" for label, found in opened.digests.items()}


def data_digest(opened: Opened) -> str:
    """One digest over everything that the opened scenario shows: candles, ends of trading, revisions, pegs."""
    world = opened.world
    return digest(
        {
            "series": {
                symbol: {
                    "asset": series.asset,
                    "rows": series.fingerprint,
                    "delisted": None if series.delisted_at is None else iso(series.delisted_at),
                    "revisions": [[one.index, one.known_at, one.close] for one in series.revisions],
                }
                for symbol, series in world.series.items()
            },
            "start": iso(world.start),
            "until": iso(world.until),
            "narratives": {symbol: list(names) for symbol, names in world.narratives.items()},
            "facts": dict(opened.digests),
            "pegs": [[at, plain(value)] for at, value in world.pegs],
            "missing": [[gap.what, gap.why] for gap in opened.missing],
            "restated": list(opened.restated),
        }
    )


def file_digest(decider: str) -> str | None:
    """SHA-256 of the file that a ``py:FILE.py`` decider lives in; `None` for every other decider."""
    spec = parse_spec(decider)
    path = Path(spec.arg or "")
    return sha256(path.read_bytes()).hexdigest() if spec.name == "py" and path.is_file() else None


def cassettes_digest(folder: Path | None) -> str | None:
    """One digest over the recorded answers in *folder*; `None` where there is none."""
    if folder is None or not folder.is_dir():
        return None
    return digest({one.name: sha256(one.read_bytes()).hexdigest() for one in sorted(folder.glob("*.jsonl"))})


def row_key(task: Task, data: str, mode: str | None) -> str:
    """The name of a row's result: the same where, and only where, nothing that decides it differs.

    *data*: what `data_digest` says. *mode*: how models are asked, where one is.
    """
    return digest(
        {
            **task.identity(),
            "scenario": task.scenario.hash(),
            "data": data,
            "file": file_digest(task.decider),
            "limits": limits_hash(profile(task.profile)),
            "costs": costs_text(task.costs),
            "deliberation": task.deliberation,
            "turnover": task.turnover,
            "llm": mode,
            "cassettes": cassettes_digest(task.cassettes) if mode == "replay" else None,
            "code": code_version(),
        }
    )
