"""The house holds: arrows, purity, one reader of the environment, one clock, files of one idea each."""

from __future__ import annotations

import ast
import shutil
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
PACKAGES = ("core", "strategies", "tools", "prompts", "agent", "evals")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# one line that breaks each contract, and the module that it stands in
VIOLATIONS = {
    "arrows": ("tools/sneaky.py", "import agent"),
    "prompts": ("tools/talkative.py", "import prompts"),
    "text": ("prompts/clever.py", "import tools"),
    "pure": ("strategies/impure.py", "import polars"),
    "graph": ("agent/cli/thinking.py", "import langgraph.graph"),
    "venues": ("agent/trading.py", "import ccxt"),
    "tables": ("tools/rows.py", "from sqlmodel import SQLModel"),
    "charts": ("evals/chart.py", "import plotly.graph_objects"),
}

# what the lowest two packages may import besides each other
PURE = set(
    """__future__ abc bisect collections contextlib dataclasses datetime decimal enum fractions functools hashlib
    heapq importlib inspect itertools json math numbers numpy operator pkgutil re statistics string struct types
    typing urllib""".split()
)

CLOCK = {
    *("time.time", "time.time_ns", "time.sleep", "time.localtime", "time.gmtime", "asyncio.sleep"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv"}
CHANCE = {"random", "secrets", "os.urandom", "uuid.uuid1", "uuid.uuid4"}
SEEDED = {"BitGenerator", "Generator", "PCG64", "Philox", "SeedSequence", "default_rng"}

# file: why it may catch everything and go on
BROAD_EXCEPTS = {
    "agent/cli/main.py": "the outermost edge: what nobody foresaw is one sentence and exit 1, a traceback with --debug",
    "agent/runtime/contact.py": "a question that fails in any way has no answer, and nothing is read from that",
    "agent/runtime/executor.py": "whatever fails once the intent is written, the order is journalled as of unknown fate",
    "tools/exchange/certification/bench.py": "what a misbehaving stand-in does to a probe is read from its own book",
    "tools/exchange/certification/certificate.py": "whatever a venue does to a check is a finding of that check",
    "tools/exchange/live/gate.py": "every failure of a call to a venue is ruled on; what nobody foresaw is unknown",
    "evals/lookahead/answers.py": "whatever an answer raises over garbage is a difference, and told as one",
    "evals/lookahead/moments.py": "whatever a decider raises over garbage is a difference, and told as one",
    "evals/lookahead/whole_runs.py": "whatever a run raises over garbage is a difference, and told as one",
    "evals/pools.py": "the future carries it to whoever asks for the result",
    "evals/run_one.py": "whatever one row dies of, the others are worth having, and the row says why",
    "strategies/risk/engine.py": "a rule that fails refuses the order: the safe answer to an unknown fault",
}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.AST) -> Iterator[str]:
    """The top-level names of everything that is imported; ``.`` for a relative import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else str(node.module).partition(".")[0]


def used(tree: ast.AST) -> set[str]:
    """Every dotted name that the code reads, spelled from its import: ``np.random.rand`` is ``numpy.random.rand``."""
    origin: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                origin[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                origin[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def spelled(node: ast.AST) -> str | None:
        if isinstance(node, ast.Name):
            return origin.get(node.id)
        if isinstance(node, ast.Attribute):
            base = spelled(node.value)
            return base and f"{base}.{node.attr}"
        return None

    return {name for node in ast.walk(tree) if (name := spelled(node))}


def name_called(call: ast.Call) -> str:
    """The last part of what is called: ``suppress`` for ``contextlib.suppress(…)``."""
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def chances(tree: ast.AST) -> set[str]:
    """Every use of randomness that nobody seeded."""
    names = used(tree)
    loose = {name for name in names if name in CHANCE or name.partition(".")[0] in CHANCE}
    loose |= {name for name in names if name.startswith("numpy.random.") and name.split(".")[2] not in SEEDED}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if any(name_called(call) == "default_rng" and not call.args and not call.keywords for call in calls):
        loose.add("default_rng()")
    return loose


def broad_excepts(tree: ast.AST) -> list[int]:
    """The lines that catch everything and go on; a handler that ends by raising only tidies up."""
    everything = {"Exception", "BaseException"}
    caught = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[-1], ast.Raise):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(kind is None or getattr(kind, "id", "") in everything for kind in kinds):
                caught.append(node.lineno)
        elif isinstance(node, ast.Call) and name_called(node) == "suppress":
            caught += [node.lineno for kind in node.args if getattr(kind, "id", "") in everything]
    return caught


def banned_words(stem: str) -> set[str]:
    words = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "handlers", "misc"}
    return words & set(stem.lower().split("_"))


def test_the_import_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_a_deliberate_violation_of_each_contract_is_reported(tmp_path: Path) -> None:
    assert set(VIOLATIONS) == {contract["id"] for contract in CONTRACTS}
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in (*PACKAGES, "agent/cli"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    for path, line in VIOLATIONS.values():
        (tmp_path / path).write_text(f"{line}\n")

    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    linted = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert linted.returncode == 1, linted.stdout + linted.stderr
    kept = [c["name"] for c in CONTRACTS if f"{c['name']} BROKEN" not in linted.stdout]
    assert not kept, linted.stdout


def test_core_and_strategies_import_numbers_and_nothing_of_the_world() -> None:
    for package, own in (("core", {"core"}), ("strategies", {"core", "strategies"})):
        for path in (ROOT / package).rglob("*.py"):
            assert set(imported(parsed(path))) <= PURE | own, name_of(path)


def test_only_settings_reads_the_environment() -> None:
    readers = {name_of(path) for path in SOURCES if used(parsed(path)) & ENVIRONMENT}
    assert readers == {"agent/settings.py"}


def test_only_the_clocks_know_what_time_it_is() -> None:
    readers = {name_of(path) for path in SOURCES if used(parsed(path)) & CLOCK}
    assert readers == {"tools/clocks.py"}


def test_nothing_is_random_without_a_seed() -> None:
    loose = {name_of(path): found for path in SOURCES if (found := chances(parsed(path)))}
    assert not loose


def test_nothing_catches_everything_except_where_it_says_why() -> None:
    catchers = {name_of(path) for path in SOURCES if broad_excepts(parsed(path))}
    assert catchers == set(BROAD_EXCEPTS)


def test_imports_are_absolute() -> None:
    relative = [name_of(path) for path in SOURCES if "." in imported(parsed(path))]
    assert not relative


def test_a_file_holds_one_idea() -> None:
    """None over 350 lines, tests included; the median file that holds code is under 120."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    tests = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "tests").rglob("*.py")
    }
    long = {name_of(path): length for path, length in (lengths | tests).items() if length > 350}
    assert not long
    assert statistics.median(length for length in lengths.values() if length > 1) < 120


def test_a_file_is_named_for_what_it_holds() -> None:
    undecided = [
        name_of(path) for path in SOURCES if banned_words(path.stem) or banned_words(path.parent.name)
    ]
    assert not undecided


def test_every_folder_of_code_is_a_regular_package() -> None:
    """A namespace package loses to any regular package of the same name."""
    bare = {name_of(path.parent) for path in SOURCES if not (path.parent / "__init__.py").is_file()}
    assert not bare


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os\nos.environ['A']", ENVIRONMENT),
        ("from os import getenv as g\ng('A')", ENVIRONMENT),
        ("import time as t\nt.time()", CLOCK),
        ("from time import time_ns\ntime_ns()", CLOCK),
        ("from datetime import datetime\ndatetime.now()", CLOCK),
        ("import datetime as d\nd.datetime.now", CLOCK),
        ("import asyncio\nasyncio.sleep(1)", CLOCK),
    ],
)
def test_a_planted_reader_of_the_world_is_found(source: str, found: set[str]) -> None:
    assert used(ast.parse(source)) & found


@pytest.mark.parametrize(
    "source",
    [
        "import random\nrandom.random()",
        "from random import choice\nchoice([1])",
        "import numpy as np\nnp.random.rand()",
        "import numpy as np\nnp.random.default_rng()",
        "from numpy.random import default_rng\ndefault_rng()",
        "from uuid import uuid4\nuuid4()",
    ],
)
def test_planted_chance_is_found(source: str) -> None:
    assert chances(ast.parse(source))


def test_a_seeded_generator_is_no_chance() -> None:
    assert not chances(
        ast.parse("import numpy as np\ndef f(seed: int, g: np.random.Generator): np.random.default_rng(seed)")
    )


@pytest.mark.parametrize(
    "clause", ["except:", "except Exception:", "except (ValueError, BaseException) as e:"]
)
def test_a_planted_broad_except_is_found(clause: str) -> None:
    assert broad_excepts(ast.parse(f"try:\n    f()\n{clause}\n    pass")) == [3]
    assert broad_excepts(ast.parse(f"try:\n    f()\n{clause}\n    g()\n    raise")) == []


def test_a_planted_suppression_of_everything_is_found() -> None:
    assert broad_excepts(ast.parse("with contextlib.suppress(Exception):\n    f()")) == [1]
    assert broad_excepts(ast.parse("with suppress(OSError):\n    f()")) == []
