"""The page on sources is the registry in force."""

from __future__ import annotations

from pathlib import Path

from tools.sources.source import Source, sources

PAGE = Path(__file__).parents[3] / "docs/sources.md"


def row_of(source: Source) -> str:
    provider = source.provider
    key = f"`TOKENWISE_KEY_{source.name.upper()}`" if provider.key_header else "none"
    if provider.key_header and not source.needs_key:
        key += ", optional"
    back = {None: "all there is", 0: "what it has now"}.get(
        source.history_days, f"{source.history_days} days"
    )
    pace = f"{provider.pace.requests} in {provider.pace.per_ms // 1000} s"
    if provider.monthly is not None:
        pace += f", {provider.monthly} a month"
    metrics = ", ".join(f"{kind}: {' '.join(names)}" for kind, names in source.serves.items())
    return f"| {source.title} | {metrics} | {key} | {back} | {pace} | {provider.licence or 'not stated'} |"


def test_the_page_lists_every_source_as_it_is() -> None:
    shown = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert shown[1:] == [row_of(source) for source in sources().values()]
