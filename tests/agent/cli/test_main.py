"""``tokenwise`` itself: its version, and what Ctrl-C ends with."""

from __future__ import annotations

import json
from importlib.metadata import version

import pytest

from agent.cli import main as entrance


def test_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert entrance.main(["--version"]) == 0
    assert capsys.readouterr().out == f"tokenwise {version('tokenwise')}\n"
    assert entrance.main(["--json", "--version"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["data"]) == ("tokenwise.version.v1", {"version": version("tokenwise")})


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["paper"], 0),
        (["--home", "x", "demo"], 0),
        (["--json", "paper", "status"], 0),
        (["data", "import", "paper"], 130),
        (["journal", "list", "--account", "demo"], 130),
        (["--home", "paper", "doctor"], 130),
    ],
)
def test_what_runs_for_long_ends_cleanly_on_ctrl_c_and_the_rest_is_cut(
    words: list[str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(_: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(entrance, "_run", cut)
    assert entrance.main(words) == status
