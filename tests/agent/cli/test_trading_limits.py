"""Which limits a run is under: a profile, a file, or the home's file, and never two of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.cli.trading_line import PAPER, Line


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("exposure = {", "TOML"),
        ("exposure = { per_ordr = '0.1' }", "per_ordr"),
        ("exposure = { per_order = 0.1 }", "per_order"),
        ("exposure = { per_order = '7' }", "per_order"),
        ("profile = 'brave'", "brave"),
        ("\xff", "TOML"),
    ],
)
def test_wrong_limits_name_the_key(line: Line, tmp_path: Path, text: str, names: str) -> None:
    path = tmp_path / "limits.toml"
    path.write_bytes(text.encode("latin-1"))
    assert names in line.error(*PAPER, "--limits", str(path), status=2)["message"]


def test_a_profile_beside_a_file_of_limits_is_refused_and_neither_is_dropped_in_silence(
    line: Line, tmp_path: Path
) -> None:
    path = tmp_path / "limits.toml"
    path.write_text('profile = "cautious"\n')
    for name in ("none", "balanced"):
        told = line.error(*PAPER, "--limits", str(path), "--profile", name, status=2)
        assert f"--profile {name}" in told["message"]
        assert str(path) in told["message"]
    line.home.mkdir(exist_ok=True)
    path.rename(line.home / "limits.toml")
    for name in ("bold", "balanced"):
        told = line.error(*PAPER, "--profile", name, status=2)
        assert f"--profile {name}" in told["message"]
        assert str(line.home / "limits.toml") in told["message"]
    assert not (line.home / "journal.db").exists()
    assert line(*PAPER, "--once") == 0
    assert line.events()[0][2]["config"]["profile"] == "cautious"


def test_the_homes_limits_that_cannot_be_read_are_not_passed_over(line: Line) -> None:
    line.home.mkdir()
    (line.home / "limits.toml").symlink_to(line.home / "nowhere")
    assert "limits.toml" in line.error(*PAPER, status=2)["message"]


def test_without_a_file_or_a_profile_the_limits_are_balanced(line: Line) -> None:
    assert line(*PAPER, "--once") == 0
    assert line.events()[0][2]["config"]["profile"] == "balanced"
