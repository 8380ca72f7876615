"""Support and resistance."""

from strategies.levels.level import Level, LevelKind, Nearest, levels, nearest

__all__ = ["Level", "LevelKind", "Nearest", "levels", "nearest"]
