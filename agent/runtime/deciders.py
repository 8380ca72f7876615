"""Deciders by their spec: ``rule:NAME?…`` and ``py:FILE.py``."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from core.errors import UsageError
from core.ports import Decider
from core.spec import Spec, parse_spec
from strategies.decider import rule_decider, strategy_decider

KINDS = ("rule:NAME", "py:FILE.py")


def decider_for(text: str) -> Decider:
    """The decider that *text* names.

    Raises:
        UsageError: unknown, or its file or keys are wrong.
    """
    spec = parse_spec(text)
    if spec.name == "rule":
        return rule_decider(spec)
    if spec.name == "py" and spec.arg:
        return _from_file(spec, Path(spec.arg))
    raise UsageError(f"{text!r} is not a decider", f"Use {' or '.join(KINDS)}.", candidates=KINDS)


def _from_file(spec: Spec, path: Path) -> Decider:
    if not path.is_file():
        raise UsageError(f"there is no file {path}", "Give the path of a Python file that has a STRATEGY.")
    found = importlib.util.spec_from_file_location(f"_strategy_{path.stem}", path)
    if found is None or found.loader is None:
        raise UsageError(f"{path} is not a Python file", "Its name must end in .py.")
    module = importlib.util.module_from_spec(found)
    try:
        found.loader.exec_module(module)
    except Exception as error:  # somebody else's code may raise anything
        raise UsageError(f"{path} does not load: {error!r}", "Mend the file, then run again.") from error
    if not hasattr(module, "STRATEGY"):
        raise UsageError(f"{path} has no STRATEGY", "Define STRATEGY in it; see CONTRIBUTING.md.")
    return strategy_decider(str(spec), module.STRATEGY)
