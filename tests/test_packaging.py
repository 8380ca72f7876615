"""Six common names, one owner; one wheel that holds everything; a lock without addresses."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
OURS = ("core", "strategies", "tools", "prompts", "agent", "evals")
LOCKS = ("requirements.lock", "requirements-dev.lock")


def files_of(package: str) -> set[str]:
    found = (path for path in (ROOT / package).rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(ROOT).as_posix() for path in found}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return Path(built)


def test_the_six_packages_live_side_by_side() -> None:
    assert len({Path(str(import_module(name).__file__)).parents[1] for name in OURS}) == 1


def test_no_other_distribution_installs_one_of_our_names() -> None:
    owners = packages_distributions()  # an editable install lists nothing for us, hence the subset
    for name in OURS:
        assert set(owners.get(name, [])) <= {"tokenwise"}, name


def test_the_list_of_packages_is_explicit_and_it_cannot_reach_an_index_by_accident() -> None:
    assert tuple(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == OURS
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]


def test_the_wheel_holds_the_six_packages_with_their_data_and_nothing_else(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == set().union(*(files_of(package) for package in OURS))


def test_the_wheel_brings_the_command_and_the_licence(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    read = {name.partition(".dist-info/")[2]: archive.read(name).decode() for name in archive.namelist()}
    assert "tokenwise = agent.cli.main:main" in read["entry_points.txt"]
    assert "Apache License" in read["licenses/LICENSE"]


@pytest.mark.parts
def test_the_wheel_works_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """The dependencies come from this environment; ours must come from the wheel, as doctor's guards see it."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "own"], check=True)
    (site,) = (tmp_path / "own" / "lib").glob("python3.*/site-packages")
    (dependencies,) = {path for path in sys.path if path.endswith("site-packages")}
    (site / "dependencies.pth").write_text(dependencies)
    pip = [
        tmp_path / "own/bin/python",
        "-m",
        "pip",
        "install",
        "-q",
        "--no-index",
        "--no-deps",
        "--ignore-installed",
    ]
    subprocess.run([*pip, wheel], check=True, cwd=tmp_path)

    command = [tmp_path / "own/bin/tokenwise", "--home", tmp_path / "home", "--json", "doctor"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = {check["name"]: check for check in json.loads(ran.stdout)["data"]["checks"]}
    assert found["packages"]["message"] == f"all 6 from {site}"
    assert found["owner"]["status"] == "ok"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_names_versions_and_hashes_and_no_address(lock: str) -> None:
    line = re.compile(
        r"[a-z0-9-]+(\[[a-z,]+\])?==[\w.!+]+( ; [a-z_]+ [^/:@]+)? \\"
        r"|    --hash=sha256:[0-9a-f]{64}( \\)?"
    )
    strange = [text for text in (ROOT / lock).read_text().splitlines() if not line.fullmatch(text)]
    assert not strange


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_a_version_that_pyproject_allows(lock: str) -> None:
    pinned: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", (ROOT / lock).read_text(), re.MULTILINE
    ):
        pinned.setdefault(name, set()).add(version)
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
    if lock == "requirements-dev.lock":
        groups = PROJECT["dependency-groups"]
        asked += [*groups["test"], *groups["lint"], *groups["bench"]]
        asked += [need for extra in PROJECT["project"]["optional-dependencies"].values() for need in extra]
    for need in map(Requirement, asked):
        versions = pinned.get(need.name.lower(), set())
        assert versions, need.name
        assert all(need.specifier.contains(version) for version in versions), need.name


def test_both_locks_agree() -> None:
    core, dev = ((ROOT / lock).read_text() for lock in LOCKS)
    pins = re.compile(r"^\S+==.*$", re.MULTILINE)
    assert set(pins.findall(core)) <= set(pins.findall(dev))


def test_every_dependency_is_used_and_everything_used_is_a_dependency() -> None:
    distributions = {
        name: {owner.lower() for owner in owners} for name, owners in packages_distributions().items()
    }
    used: set[str] = set()
    for path in (ROOT / file for package in OURS for file in files_of(package) if file.endswith(".py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                used |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                used.add(str(node.module).partition(".")[0])
    foreign = used - set(OURS) - set(sys.stdlib_module_names)
    owners = set().union(*(distributions.get(name, {name}) for name in foreign))
    declared = {Requirement(need).name.lower() for need in PROJECT["project"]["dependencies"]}
    # what sqlmodel, pydantic, the extras and langgraph (one name for several owners) bring with them by design
    brought = {
        "sqlalchemy",
        "pydantic-core",
        "typing-extensions",
        "psycopg",
        "langgraph-prebuilt",
        "distributed",
        "matplotlib",
    }

    assert owners - brought <= declared
    assert declared <= owners
