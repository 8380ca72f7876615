"""Is this program installed whole, and once?"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module, metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from agent.checkup.finding import Check, error, ok, warning

DISTRIBUTION = "tokenwise"
PACKAGES = ("core", "strategies", "tools", "prompts", "agent", "evals")
_AGAIN = "Install tokenwise into an environment of its own, with nothing else in it."


def python_version(version: str, required: str) -> Check:
    """Whether *version* of Python is one that the distribution asks for."""
    if SpecifierSet(required).contains(version, prereleases=True):
        return ok("python", version)
    return error("python", f"Python {version}; tokenwise needs {required}", "Use another Python.")


def operating_system(name: str) -> Check:
    """Whether *name* (as ``platform.system`` gives it) is one that tokenwise is tested on."""
    if name in {"Linux", "Darwin"}:
        return ok("platform", "macOS" if name == "Darwin" else name)
    return warning(
        "platform",
        f"{name or 'this system'} is untested: file locks and signals may differ",
        "Use Linux or macOS (on Windows: WSL) for anything that trades.",
    )


def one_place(files: Mapping[str, str]) -> Check:
    """Whether the six packages, by the files they were imported from, lie side by side."""
    places = {str(Path(file).parents[1]) for file in files.values()}
    if len(places) == 1:
        return ok("packages", f"all {len(files)} from {places.pop()}")
    told = ", ".join(f"{name} from {Path(file).parents[1]}" for name, file in sorted(files.items()))
    return error("packages", f"not one program: {told}", _AGAIN)


def one_owner(owners: Mapping[str, Sequence[str]]) -> Check:
    """Whether no other distribution installs one of our names; *owners* as ``packages_distributions`` gives it."""
    others = {name: sorted(set(owners.get(name, ())) - {DISTRIBUTION}) for name in PACKAGES}
    told = ", ".join(f"{name} belongs to {' and '.join(who)} too" for name, who in others.items() if who)
    return error("owner", told, _AGAIN) if told else ok("owner", "no other distribution has our names")


def dependencies(required: Sequence[str], installed: Mapping[str, str]) -> Check:
    """Whether each of *required* is *installed* (name: version) in a version that it allows."""
    wrong = []
    wanted = [need for need in map(Requirement, required) if need.marker is None or need.marker.evaluate()]
    for need in wanted:
        found = installed.get(need.name.lower())
        if found is None:
            wrong.append(f"{need.name} is missing")
        elif not need.specifier.contains(found, prereleases=True):
            wrong.append(f"{need.name} is {found}, not {need.specifier}")
    if wrong:
        return error("dependencies", "; ".join(wrong), "Install again from requirements.lock: make demo.")
    return ok("dependencies", f"{len(wanted)} present")


def check_installation() -> tuple[Check, ...]:
    """All of the above on this machine."""
    files = {name: str(import_module(name).__file__) for name in PACKAGES}
    checks = [
        operating_system(platform.system()),
        one_place(files),
        one_owner(metadata.packages_distributions()),
    ]
    try:
        about = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return (
            *checks,
            warning("dependencies", "tokenwise runs from a folder, uninstalled", "pip install -e ."),
        )
    present = {str(found.name).lower(): found.version for found in metadata.distributions()}
    required = about.metadata["Requires-Python"] or ">=3.11"
    return (
        python_version(sys.version.split()[0].rstrip("+"), required),
        *checks,
        dependencies(about.requires or (), present),
    )
