"""Where everything is kept: as told, else in the person's home, which no test can reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent import settings


def test_the_folder_is_the_one_given_else_the_environments_else_the_persons(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert settings.home() == tmp_path / ".tokenwise"
    monkeypatch.setenv("TOKENWISE_HOME", "~/elsewhere")
    assert settings.home() == tmp_path / "elsewhere"
    assert settings.home(str(tmp_path / "here")) == tmp_path / "here"


def test_no_test_reaches_the_persons_own_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert settings.home().is_relative_to(tmp_path_factory.getbasetemp())
