"""``tokenwise analyze``: its keys, its page, its refusals, and the worked example of May 2025 on real candles."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from agent.cli.main import main
from agent.report.analysis import page
from core.instant import DAY, Instant, iso
from tests.agent.cli.graded_home import a_home_of_one, a_real_home
from tests.agent.cli.trading_line import Line
from tests.tools.store.candles import START, a_store, bars, frame, put, wander

SIM = ("--market", "sim?assets=3", "--as-of", "2024-03-11")
KEYS = {
    *("price", "grades", "drivers", "levels", "scenarios", "fundamentals", "onchain", "sentiment"),
    *("forecast", "risks", "would_change", "missing", "evidence"),
}
MAY = "2025-05-14T00:00:00Z"
APRIL = "2025-04-25T00:00:00Z"


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.conftest import SHARED

    if not SHARED.is_dir():
        pytest.skip(f"real data is absent: {SHARED}")
    return a_real_home(tmp_path_factory.mktemp("real") / "home", SHARED)


def test_every_key_of_the_contract_is_there_and_no_forecast_is_made(line: Line) -> None:
    told = line.envelope("analyze", "NOVA", *SIM)
    assert (told["schema"], told["simulated"]) == ("tokenwise.analyze.v1", True)
    data = told["data"]
    assert data.keys() >= KEYS
    assert data["forecast"] is None
    assert {"what": "forecast", "why": "no_model"} in data["missing"]
    assert [one["id"] for one in data["evidence"]] == [f"e{n}" for n in range(1, len(data["evidence"]) + 1)]
    assert {one["horizon"] for one in data["horizons"]} == {"days_weeks", "months"}


def test_a_person_reads_80_columns_in_sections_with_a_close_for_each_horizon(line: Line) -> None:
    assert line("analyze", "NOVA", *SIM) == 0
    assert "SIMULATED" in line.out.strip().splitlines()[0]
    assert all(len(row) <= 80 for row in line.out.splitlines() if "http" not in row)
    for title in ("Price", "Outlook", "Levels", "Scenarios", "Risks", "What would change this", "In short"):
        assert f"\n  {title}\n" in line.out
    close = " ".join(line.out.partition("In short")[2].split())
    assert "For days to weeks" in close
    assert "For months" in close


def test_the_page_holds_all_it_needs_and_its_path_is_the_last_line(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "nova.html"
    assert line("analyze", "NOVA", "--html", str(file), *SIM) == 0
    assert line.out.splitlines()[-1] == f"report: {file}"
    text = file.read_text(encoding="utf-8")
    assert text.count("plotly.js v") == 1
    ours = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", ours)
    assert "default-src 'none'" in ours
    assert "SIMULATED" in ours
    assert list(tmp_path.glob("*.part")) == []
    assert line.data("analyze", "NOVA", "--html", str(file), *SIM)["report"] == str(file)


def test_a_name_on_the_page_is_text_and_never_markup(line: Line) -> None:
    data = line.data("analyze", "NOVA", *SIM)
    data["asset"]["name"] = "<script>alert(1)</script>"
    data["horizons"][0]["text"] = "<img src=x>"
    told = page(data, {"rows": [], "quote": "USDT"}, {"trader": [], "investor": []}, simulated=True)
    assert "<script>alert" not in told
    assert "<img" not in told.replace("&lt;img", "")


@pytest.mark.parts
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_draws_itself_without_a_complaint(line: Line, tmp_path: Path, scheme: str) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium is installed")
    file = tmp_path / "nova.html"
    assert line("analyze", "NOVA", "--html", str(file), *SIM) == 0
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=8000", "--dump-dom")
    colours = f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}"
    logs = ("--enable-logging=stderr", f"--user-data-dir={tmp_path / 'profile'}")
    command = [chromium, *flags, *logs, colours, file.as_uri()]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert [row for row in ran.stderr.splitlines() if "CONSOLE" in row] == []
    assert 'data-drawn="yes"' in ran.stdout
    assert 'class="main-svg"' in ran.stdout


def test_a_page_that_cannot_be_written_is_refused_before_anything_is_worked_out(
    line: Line, tmp_path: Path
) -> None:
    assert "folder" in line.error("analyze", "NOVA", "--html", str(tmp_path), *SIM, status=2)["message"]
    lost = str(tmp_path / "nowhere" / "x.html")
    assert "no folder" in line.error("analyze", "NOVA", "--html", lost, *SIM, status=2)["message"]


def test_an_unknown_asset_is_refused_with_candidates_and_an_invented_one_outside_its_market(
    line: Line,
) -> None:
    error = line.error("analyze", "NOVVA", *SIM, status=3)
    assert "sim:nova" in error["candidates"]
    line.error("analyze", "NOVA", "--as-of", "2024-03-11", status=3)


def test_an_asset_whose_candles_ended_is_refused_with_the_times_that_have_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = Line(a_home_of_one(tmp_path / "home", 20), capsys)
    error = line.error("analyze", "BTC", "--as-of", iso(Instant(START + 60 * DAY)), status=3)
    assert "its last closed at" in error["message"]
    assert iso(Instant(START + 20 * DAY)) in error["mend"]


def test_a_time_in_a_hole_of_the_candles_is_sent_to_before_it_and_not_told_what_follows(line: Line) -> None:
    line.home.mkdir()
    rows = frame(bars(wander(60 * 24)))
    with closing(a_store(line.home)) as store:
        put(store, line.home / "b.parquet", pl.concat([rows[: 20 * 24], rows[40 * 24 :]]))
    then = ("--as-of", iso(Instant(START + 30 * DAY)))
    error = line.error("analyze", "BTC", *then, status=3)
    assert f"hole in its candles since {iso(Instant(START + 20 * DAY))}" in error["mend"]
    assert iso(Instant(START + 40 * DAY)) not in error["mend"]
    assert iso(Instant(START + 60 * DAY)) not in error["mend"]


def test_ten_days_of_one_token_are_analyzed_as_far_as_they_reach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = Line(a_home_of_one(tmp_path / "home", 10), capsys)
    told = line.envelope("analyze", "BTC", "--as-of", iso(Instant(START + 10 * DAY)))
    data = told["data"]
    assert [one["code"] for one in told["warnings"]] == ["small_universe"]
    assert data.keys() >= KEYS
    assert data["price"]["price"]
    assert data["levels"] == data["scenarios"] == []
    assert data["drivers"] == {"trader": [], "investor": []}
    assert [one["view"] for one in data["horizons"]] == ["unknown", "unknown"]
    lacking = {one["what"] for one in data["missing"]}
    assert {"levels", "scenarios", "fundamentals", "onchain", "sentiment", "forecast", "regime"} <= lacking


def run(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["--home", str(home), "--json", *words]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)["data"]
    return found


def test_may_2025_shows_the_resistance_at_4_25_the_support_above_3_and_no_investor_grade(
    real: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sources' worked example: price at 4.0632 tests 4.25, above swing lows of 3.155 and 3.120."""
    data = run(real, capsys, "analyze", "SUI", "--as-of", MAY)
    assert data["price"]["price"] == "4.0632"
    for levels in (data["levels"], run(real, capsys, "get", "levels", "SUI", "--as-of", MAY)["levels"]):
        above = [one for one in levels if one["kind"] == "resistance"]
        below = [one for one in levels if one["kind"] == "support"]
        tested = [one for one in above if float(one["low"]) <= 4.25 <= float(one["high"])]
        held = [one for one in below if float(one["low"]) <= 3.20 and float(one["high"]) >= 3.00]
        assert tested
        assert held
        assert all(one["touches"] >= 1 and one["last_touch"] <= MAY for one in levels)
    assert all(len(one["touched_at"]) == one["touches"] for one in data["levels"])
    breakout = next(one for one in data["scenarios"] if one["name"] == "breakout")
    assert float(breakout["zone"]["low"]) <= 4.25 <= float(breakout["trigger"])
    shown = run(real, capsys, "grades", "show", "SUI", "--as-of", MAY)
    assert shown == {**shown, **{key: data["grades"][key] for key in ("trader", "investor", "divergence")}}
    assert shown["trader"]["value"] > 60
    assert shown["investor"]["value"] is None
    assert "coverage" in shown["investor"]["why"]
    assert shown["divergence"] == {"direction": "unknown", "size": None}


def test_the_trader_view_of_april_is_shown_as_it_was_known_then(
    real: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = run(real, capsys, "grades", "history", "SUI", "--as-of", MAY)["trader"]
    (april,) = [row for row in rows if row["as_of"] == APRIL]
    then = run(real, capsys, "grades", "show", "SUI", "--as-of", APRIL)["trader"]
    explained = run(real, capsys, "grades", "explain", "SUI", "--as-of", APRIL)
    assert april["value"] == explained["value"]
    assert april["value"] == pytest.approx(then["value"], abs=0.06)
    assert (april["signal"], april["band"]) == (then["signal"], then["band"]) == ("buy", "strong")
