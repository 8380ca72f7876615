"""One new thing, one new file: finds the constant that each module of a folder defines."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType


@cache
def discover(package: str, constant: str) -> dict[str, object]:
    """Every module's *constant* in *package*, by module name, alphabetically.

    A module whose name starts with ``_`` is a helper of its neighbours and is passed over.

    Raises:
        LookupError: a public module without the constant; the message names the file.
    """
    home: ModuleType = importlib.import_module(package)
    found: dict[str, object] = {}
    for name in sorted(info.name for info in pkgutil.iter_modules(home.__path__)):
        if name.startswith("_"):
            continue
        module = importlib.import_module(f"{package}.{name}")
        if not hasattr(module, constant):
            raise LookupError(f"{module.__file__} defines no {constant}")
        found[name] = getattr(module, constant)
    return found
