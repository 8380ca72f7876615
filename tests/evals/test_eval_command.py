"""``tokenwise eval``: what it prints, keeps and refuses."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from evals import runner
from evals.run_one import run_one
from evals.task import RowResult, Task
from tests.agent.cli.trading_line import Line, strategy
from tests.evals.eval_line import BREAKOUT, kept, line, written

__all__ = ["line"]

OF_ROW = {
    "scenario",
    "decider",
    "role",
    "arm",
    "seed",
    "limits",
    "status",
    "why",
    "cutoff",
    "metrics",
    "vs_hold",
    "vs_twin",
}


def run_of(line: Line, folder: Path, *more: str) -> dict[str, object]:
    """The data of a small evaluation into ``folder/out``."""
    return line.data(
        "eval", "run", "--scenario", written(folder), "--decider", BREAKOUT, "--seeds", "1", "--workers", "1",
        "--out", str(folder / "out"), *more,
    )  # fmt: skip


def test_the_result_has_the_shape_of_the_contract(line: Line, tmp_path: Path) -> None:
    data = run_of(line, tmp_path)
    result = kept(tmp_path / "out")
    assert result["schema"] == "tokenwise.eval.v1"
    assert {"config", "config_hash", "code_version", "data", "rows", "pooled", "trials"} <= result.keys()
    assert result["trials"] == 1
    assert {name.partition("/")[0] for name in result["data"]["series"]} == {"small"}
    assert all(found.startswith("sha256:") for found in result["data"]["series"].values())
    for row in result["rows"]:
        assert row.keys() >= OF_ROW
        assert row["cutoff"] == "unknown"
        assert row["vs_twin"] is None
        if row["decider"] == "rule:hold":
            assert row["vs_hold"] is None
        else:
            told = row["vs_hold"]
            assert told["verdict"] in {"better", "worse", "inconclusive"}
            low, high = told["ci95"]
            assert (low <= 0 <= high) == (told["verdict"] == "inconclusive")
            assert told["mde"] >= 0
    assert result.items() <= data.items()
    assert (tmp_path / "out/result.json").read_bytes().endswith(b"}\n")


def test_times_are_nowhere_but_in_their_own_file(line: Line, tmp_path: Path) -> None:
    run_of(line, tmp_path)
    text = (tmp_path / "out/result.json").read_text()
    assert "seconds" not in text
    assert str(tmp_path) not in text
    times = json.loads((tmp_path / "out/timing.json").read_bytes())
    assert len(times["rows"]) == len(kept(tmp_path / "out")["rows"])
    assert times["seconds"] > 0


def test_the_last_line_for_a_person_is_where_the_report_is(line: Line, tmp_path: Path) -> None:
    words = (
        "eval",
        "run",
        "--scenario",
        written(tmp_path),
        "--decider",
        BREAKOUT,
        "--seeds",
        "1",
        "--workers",
        "1",
    )
    assert line(*words) == 0, line.err
    last = line.out.rstrip("\n").splitlines()[-1]
    assert last.startswith("report: ")
    path = Path(last.removeprefix("report: "))
    assert path.is_file()
    assert path.parent.parent == line.home / "runs"
    assert "SIMULATED" in line.out
    assert line(*words) == 0
    assert line.out.rstrip("\n").splitlines()[-1] == last


class _Page(HTMLParser):
    """Every tag's attributes, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "script"
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_needs_no_host_and_tells_its_doubt(line: Line, tmp_path: Path) -> None:
    run_of(line, tmp_path)
    page = _Page()
    text = (tmp_path / "out/report.html").read_text()
    page.feed(text)
    links = [value or "" for name, value in page.attributes if name in {"src", "href", "xlink:href"}]
    assert all(one.startswith(("#", "data:")) for one in links)
    assert not re.findall(r"url\(|@import", text)
    assert "SIMULATED" in page.text
    assert "inconclusive" in page.text
    assert "Two tokens <b>&</b> a crash" in page.text  # a title is text, not markup
    assert 'class="inconclusive"' in text


def test_a_report_is_drawn_again_from_its_results_alone(line: Line, tmp_path: Path) -> None:
    run_of(line, tmp_path)
    path = tmp_path / "out/report.html"
    before = path.read_bytes()
    path.unlink()
    data = line.data("eval", "report", str(tmp_path / "out"), "--markdown")
    assert path.read_bytes() == before
    assert "### small (SIMULATED)" in data["markdown"]
    assert "**inconclusive**" in data["markdown"]


def test_the_table_has_a_row_per_row(line: Line, tmp_path: Path) -> None:
    run_of(line, tmp_path)
    table = pl.read_parquet(tmp_path / "out/result.parquet")
    rows = kept(tmp_path / "out")["rows"]
    assert table["total_return"].to_list() == [row["metrics"]["total_return"] for row in rows]
    assert table["vs_hold_verdict"].to_list() == [
        row["vs_hold"] and row["vs_hold"]["verdict"] for row in rows
    ]


def test_without_baselines_the_candidate_is_still_held_to_buy_and_hold(line: Line, tmp_path: Path) -> None:
    run_of(line, tmp_path)
    (mine, *_) = kept(tmp_path / "out")["rows"]
    run_of(line, tmp_path, "--baselines", "none")
    (alone,) = kept(tmp_path / "out")["rows"]
    assert alone["vs_hold"] == mine["vs_hold"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--scenario", "no_such", "--decider", BREAKOUT), 2),
        (("--scenario", "", "--decider", BREAKOUT), 2),
        (("--scenario", "flash_crash", "--decider", "rule:nonsense"), 2),
        (("--scenario", "flash_crash", "--decider", "nonsense"), 2),
        (("--scenario", "flash_crash", "--decider", "llm"), 2),
        (("--scenario", "flash_crash", "--decider", "llm:m"), 2),
        (("--scenario", "flash_crash", "--decider", "llm:m", "--llm", "replay"), 2),
        (("--scenario", "flash_crash", "--decider", "llm:m", "--llm", "loud"), 2),
        (("--scenario", "flash_crash", "--profile", "reckless"), 2),
        (("--scenario", "flash_crash", "--costs", "taker=2"), 2),
        (("--scenario", "flash_crash", "--arm", "masqued"), 2),
        (("--scenario", "flash_crash", "--seeds", "0"), 2),
        (("--scenario", "flash_crash", "--workers", "0"), 2),
        (("--scenario", "flash_crash", "--on", "moon"), 2),
        (("--scenario", "flash_crash", "--baselines", "some"), 2),
        (("--scenario", "flash_crash", "--budget-usd", "-1"), 2),
        (("--scenario", "flash_crash", "--budget-usd", "much"), 2),
        (("--scenario", "flash_crash", "--deliberation", "quarrel"), 2),
        (("--scenario", "luna", "--decider", BREAKOUT), 3),
        ((), 2),
    ],
)
def test_bad_input_is_one_sentence_and_a_mend(words: tuple[str, ...], status: int, line: Line) -> None:
    line.home.mkdir()
    line.error("eval", "run", *words, status=status)
    assert not (line.home / "runs").exists() or status == 3


def test_a_file_for_a_folder_is_refused(line: Line, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line.error("eval", "run", "--scenario", written(tmp_path), "--out", str(tmp_path / "file"), status=2)


def test_resume_goes_on_with_the_same_and_refuses_another(line: Line, tmp_path: Path) -> None:
    run_of(line, tmp_path)
    before = (tmp_path / "out/result.json").read_bytes()
    run_of(line, tmp_path, "--resume")
    assert (tmp_path / "out/result.json").read_bytes() == before
    told = line.error(
        "eval", "run", "--scenario", written(tmp_path), "--decider", "rule:sma", "--seeds", "1",
        "--out", str(tmp_path / "out"), "--resume", status=2,
    )  # fmt: skip
    assert "deciders was" in told["message"]


def test_ctrl_c_is_130_and_the_same_command_goes_on(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def until(task: Task) -> RowResult:
        begun.append(task)
        if len(begun) == 4:
            raise KeyboardInterrupt
        return run_one(task)

    monkeypatch.setattr(runner, "run_one", until)
    words = (
        "eval", "run", "--scenario", written(tmp_path), "--decider", BREAKOUT, "--seeds", "1", "--workers", "1",
        "--out", str(tmp_path / "out"),
    )  # fmt: skip
    assert line(*words) == 130
    assert "cut after 3 rows; the same command goes on" in line.err
    assert not (tmp_path / "out/result.json").exists()
    assert line(*words) == 0
    assert len(begun) == 4 + 9 - 3


def test_where_every_candidate_fails_the_exit_is_what_they_failed_of(line: Line, tmp_path: Path) -> None:
    decider = strategy(tmp_path, "raise ValueError('no idea')")
    words = (
        "eval",
        "run",
        "--scenario",
        written(tmp_path),
        "--decider",
        decider,
        "--workers",
        "1",
        "--seeds",
        "1",
    )
    data = line.data(*words, "--out", str(tmp_path / "out"), status=2)
    assert data["rows"][0]["status"] == "failed"
    assert "no idea" in data["rows"][0]["why"]
    assert data["pooled"][0]["left_out"][0]["status"] == "failed"
    assert (tmp_path / "out/report.html").is_file()


def test_the_list_names_every_scenario(line: Line) -> None:
    listed = line.data("eval", "list")["scenarios"]
    assert {"luna", "ftx", "sui_rally", "flash_crash"} <= {one["id"] for one in listed}
    assert line("eval", "list") == 0
    assert "SIMULATED" in line.out


def test_two_runs_are_compared_on_what_they_share(line: Line, tmp_path: Path) -> None:
    run_of(line, tmp_path)
    other = tmp_path / "other"
    words = (
        "eval",
        "run",
        "--scenario",
        written(tmp_path),
        "--workers",
        "1",
        "--seeds",
        "1",
        "--out",
        str(other),
    )
    line.data(*words, "--decider", "rule:sma?window=30", "--baselines", "none")
    data = line.data("eval", "compare", str(tmp_path / "out"), str(other))
    assert data["same"] == []
    (rivals,) = data["candidates"]
    one, two = kept(tmp_path / "out")["rows"][0], kept(other)["rows"][0]
    gap = two["metrics"]["total_return"] - one["metrics"]["total_return"]
    assert rivals["b_less_a"]["diff"] == pytest.approx(gap)
    again = line.data("eval", "compare", str(tmp_path / "out"), str(tmp_path / "out"))
    assert {pair["b_less_a"]["diff"] for pair in again["same"]} == {0.0}
    assert line("eval", "compare", str(tmp_path / "out"), str(other)) == 0
    assert "B less A over small" in line.out


def test_what_cannot_be_compared_is_refused(line: Line, tmp_path: Path) -> None:
    run_of(line, tmp_path)
    line.error("eval", "compare", str(tmp_path / "out"), str(tmp_path / "nowhere"), status=3)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/result.json").write_text("{}")
    (tmp_path / "bad/days.json").write_text("[]")
    line.error("eval", "compare", str(tmp_path / "bad"), str(tmp_path / "out"), status=2)
    line.error("eval", "report", str(tmp_path / "bad"), status=2)
    elsewhere = written(tmp_path, "elsewhere")
    line.data(
        "eval",
        "run",
        "--scenario",
        elsewhere,
        "--decider",
        BREAKOUT,
        "--workers",
        "1",
        "--out",
        str(tmp_path / "e"),
    )
    line.error("eval", "compare", str(tmp_path / "out"), str(tmp_path / "e"), status=3)


def test_the_leaderboard_ranks_only_what_lived_through_the_same(line: Line, tmp_path: Path) -> None:
    line.error("eval", "leaderboard", status=3)
    common = ("--scenario", written(tmp_path), "--workers", "1", "--seeds", "1", "--baselines", "none")
    line.data("eval", "run", *common, "--decider", BREAKOUT)
    line.data("eval", "run", *common, "--decider", "rule:sma?window=30")
    line.data("eval", "run", *common, "--decider", BREAKOUT, "--costs", "none")
    data = line.data("eval", "leaderboard")
    assert data["runs"] == 3
    assert sorted(len(one["lines"]) for one in data["boards"]) == [1, 2]
    board = next(one for one in data["boards"] if len(one["lines"]) == 2)
    lows = [entry["vs_hold"]["ci95"][0] for entry in board["lines"]]
    assert lows == sorted(lows, reverse=True)
    assert line("eval", "leaderboard") == 0
    assert "SIMULATED" in line.out
