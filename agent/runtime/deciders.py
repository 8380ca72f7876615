"""Deciders by their spec; those that think in a graph are opened by `agent.runtime.minds`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING

from agent import settings
from core.decision import Decision, Situation, Unchanged
from core.errors import TokenwiseError, UsageError
from core.instant import iso
from core.ports import Decider
from core.spec import Spec, check_keys, parse_spec
from strategies.decider import rule_decider, strategy_decider
from tools.desk.grading.decider import NAME as GRADE
from tools.desk.grading.decider import grade_decider

if TYPE_CHECKING:
    from tools.desk.grading.decider import GradesOf

OFFLINE = "offline"
LLM = "llm"
KINDS = (
    *(OFFLINE, LLM, "llm:MODEL", "rule:NAME", "py:FILE.py"),
    *("grade:trader", "grade:investor", "grade:both"),
)


def canonical_decider(text: str) -> str:
    """The canonical spec of the decider that *text* names; the model of ``llm`` is filled in.

    Raises:
        UsageError: unknown, its keys are wrong, or no model is named anywhere.
    """
    spec = parse_spec(text)
    if spec.name not in {OFFLINE, LLM}:
        return decider_for(text).spec
    check_keys(spec.params, {}, spec.name)
    if spec.name == OFFLINE:
        if spec.arg is not None:
            raise UsageError(f"{text!r} names a model, but the offline analyst has none", "Write offline.")
        return OFFLINE
    model = spec.arg or settings.model_settings().model
    if model is None:
        raise UsageError(
            "no model is named", "Set TOKENWISE_MODEL, or write the decider as llm:MODEL.", code="no_model"
        )
    return str(Spec(LLM, model))


def names_model(canonical: str) -> bool:
    """Whether the canonical spec is of a decider that thinks in a graph."""
    return parse_spec(canonical).name in {OFFLINE, LLM}


def decider_for(text: str, grades: GradesOf | None = None) -> Decider:
    """The decider that *text* names; one that trades grades reads *grades*, else those that were recorded.

    Raises:
        UsageError: unknown, or its file or keys are wrong.
    """
    spec = parse_spec(text)
    if spec.name == "rule":
        return rule_decider(spec)
    if spec.name == GRADE:
        return grade_decider(spec, grades)
    if spec.name == "py" and spec.arg:
        return _from_file(spec, Path(spec.arg))
    raise UsageError(f"{text!r} is not a decider", f"Use one of {', '.join(KINDS)}.", candidates=KINDS)


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
    return FileDecider(path, strategy_decider(str(spec), module.STRATEGY))


class FileDecider:
    """A decider out of a person's file: what fails in it is told with the file and the line."""

    def __init__(self, path: Path, inner: Decider) -> None:
        self.spec = inner.spec
        self._path = path
        self._inner = inner

    async def decide(self, situation: Situation) -> Decision | Unchanged:
        """What the file's strategy answers.

        Raises:
            UsageError: it raised.
        """
        try:
            return await self._inner.decide(situation)
        except TokenwiseError:
            raise
        except Exception as error:  # somebody else's code may raise anything
            lines = [
                frame.lineno
                for frame in extract_tb(error.__traceback__)
                if Path(frame.filename) == self._path
            ]
            place = f"{self._path}, line {lines[-1]}," if lines else str(self._path)
            raise UsageError(
                f"{place} failed at {iso(situation.now)}: {error!r}",
                "Mend the file, then run the same command again: it goes on from there.",
                code="strategy_failed",
            ) from error
