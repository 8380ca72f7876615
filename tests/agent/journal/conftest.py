"""A journal as a short run leaves it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.journal.export import export
from agent.journal.store import SqlJournal
from tests.agent.journal.scenes import a_run


@pytest.fixture(scope="package")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a journal, its anchor, and an export of it."""
    home = tmp_path_factory.mktemp("written")
    with SqlJournal.open(home / "journal.db", home / "heads.json") as journal:
        a_run(journal)
        export(journal, "jsonl", home / "export.jsonl")
        export(journal, "parquet", home / "export.parquet")
    return home


@pytest.fixture
def home(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "home"))
