"""Support and resistance, and what price does there."""

from strategies.levels.findings import Direction, Finding, FindingKind, findings
from strategies.levels.level import Level, LevelKind, Nearest, levels, nearest
from strategies.levels.profile import VolumeProfile, volume_profile
from strategies.levels.zone_map import Zone, zones

__all__ = [
    "Direction",
    "Finding",
    "FindingKind",
    "Level",
    "LevelKind",
    "Nearest",
    "VolumeProfile",
    "Zone",
    "findings",
    "levels",
    "nearest",
    "volume_profile",
    "zones",
]
