"""``tokenwise grades``: shapes, sums, the days before, and every refusal in words."""

from __future__ import annotations

from contextlib import closing
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest

from agent.cli import grades
from core.instant import DAY, Instant, iso
from tests.agent.cli.graded_home import a_home_of_one
from tests.agent.cli.trading_line import Line
from tests.tools.store.candles import START, a_store, bars, frame, put, wander

SIM = ("--market", "sim?assets=3", "--as-of", "2024-03-11")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def line(home: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(home, capsys)


def test_both_grades_are_shown_in_the_shape_of_the_contract(line: Line) -> None:
    told = line.envelope("grades", "show", "NOVA", *SIM)
    assert (told["schema"], told["simulated"], told["as_of"]) == (
        "tokenwise.grades_show.v1",
        True,
        "2024-03-11T00:00:00Z",
    )
    data = told["data"]
    assert data["asset"].keys() == {"id", "symbol", "name"}
    for kind in ("trader", "investor"):
        assert {
            *("value", "band", "signal", "coverage", "change_24h", "change_7d"),
            *("parts", "as_of", "known_at", "version", "source"),
        } <= data[kind].keys()
        assert 0 <= data[kind]["value"] <= 100
    assert data["divergence"].keys() == {"direction", "size"}
    assert "vendor" in data


@pytest.mark.parametrize("kind", ["trader", "investor"])
def test_what_an_explanation_adds_up_to_is_the_grade(line: Line, kind: str) -> None:
    data = line.data("grades", "explain", "NOVA", "--kind", kind, *SIM)
    total = data["base"] + sum(one["points"] for one in data["contributions"])
    assert total == pytest.approx(data["value"], abs=1e-9)
    assert all({"indicator", "family", "input", "points"} <= one.keys() for one in data["contributions"])
    sizes = [abs(one["points"]) for one in data["contributions"]]
    assert sizes == sorted(sizes, reverse=True)
    shown = line.data("grades", "show", "NOVA", *SIM)[kind]
    assert shown["value"] == pytest.approx(data["value"], abs=0.06)
    assert data["kind"] == kind
    assert data["parts"].keys() == shown["parts"].keys()


def test_an_input_that_could_not_be_measured_is_named_with_its_reason(line: Line) -> None:
    data = line.data("grades", "explain", "NOVA", "--kind", "investor", *SIM)
    named = {one["what"] for one in data["missing"]}
    assert all(one["why"] for one in data["missing"])
    assert not named & {one["indicator"] for one in data["contributions"]}


def test_each_day_of_a_history_is_what_was_shown_on_that_day(line: Line) -> None:
    data = line.data("grades", "history", "NOVA", "--days", "30", *SIM)
    for kind in ("trader", "investor"):
        rows = data[kind]
        assert len(rows) == 30
        assert [row["as_of"] for row in rows] == sorted(row["as_of"] for row in rows)
        assert rows[-1]["as_of"] == "2024-03-11T00:00:00Z"
        then = rows[-11]
        words = ("explain", "NOVA", "--kind", kind, *SIM[:2], "--as-of", then["as_of"])
        shown = line.data("grades", *words)
        assert {key: shown[key] for key in then} == then


def test_a_history_of_one_kind_tells_only_that(line: Line) -> None:
    data = line.data("grades", "history", "NOVA", "--days", "3", "--kind", "trader", *SIM)
    assert "investor" not in data
    assert len(data["trader"]) == 3


@pytest.mark.parametrize(
    "words", [("show",), ("history", "--days", "30"), ("explain",), ("explain", "--all")]
)
def test_a_person_reads_80_columns_and_that_none_of_it_exists(line: Line, words: tuple[str, ...]) -> None:
    assert line("grades", words[0], "NOVA", *words[1:], *SIM) == 0
    assert "SIMULATED" in line.out.strip().splitlines()[0]
    assert all(len(row) <= 80 for row in line.out.splitlines())
    assert "NOVA/USDT" in line.out


def test_too_little_history_is_no_grade_and_says_why_on_every_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = Line(a_home_of_one(tmp_path / "home", 10), capsys)
    at = iso(Instant(START + 10 * DAY))
    shown = line.envelope("grades", "show", "BTC", "--as-of", at)
    for kind in ("trader", "investor"):
        grade = shown["data"][kind]
        assert grade["value"] is grade["signal"] is grade["band"] is None
        assert "coverage" in grade["why"]
    explained = line.data("grades", "explain", "BTC", "--as-of", at)
    assert explained["value"] is None
    assert explained["contributions"] == []
    assert explained["why"]
    rows = line.data("grades", "history", "BTC", "--as-of", at)["trader"]
    assert len(rows) == 10
    assert all(row["value"] is None and row["why"] for row in rows)
    assert line("grades", "show", "BTC", "--as-of", at) == 0
    assert "none: coverage" in line.out


def test_a_universe_of_one_is_graded_and_flagged_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = Line(a_home_of_one(tmp_path / "home", 120), capsys)
    told = line.envelope("grades", "show", "BTC", "--as-of", iso(Instant(START + 120 * DAY)))
    assert told["data"]["trader"]["value"] is not None
    (flag,) = told["warnings"]
    assert flag["code"] == "small_universe"
    assert "only one asset shows" in flag["message"]
    assert "own past" in flag["message"]


def test_a_conversation_flags_the_grade_of_a_small_universe_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = Line(a_home_of_one(tmp_path / "home", 120), capsys)
    then = ("--as-of", iso(Instant(START + 120 * DAY)), "--decider", "offline")
    told = line.envelope("ask", "Is BTC a buy this week?", *then)
    assert told["data"]["horizons"][0]["grade"] is not None
    assert [one["code"] for one in told["warnings"]] == ["small_universe"]


@pytest.mark.parametrize("command", ["show", "history", "explain"])
def test_an_unknown_asset_is_refused_with_what_may_have_been_meant(line: Line, command: str) -> None:
    error = line.error("grades", command, "NOVVA", *SIM, status=3)
    assert error["code"] == "unknown_asset"
    assert "sim:nova" in error["candidates"]


@pytest.mark.parametrize("words", [("grades", "show"), ("grades", "history"), ("analyze",)])
def test_an_ambiguous_asset_is_refused_with_its_candidates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    line = Line(a_home_of_one(tmp_path / "home", 10), capsys)
    with closing(a_store(line.home)) as store:
        store.connection.execute("INSERT INTO assets (id, ticker) VALUES ('bit-coin-two', 'BTC')")
        rows = frame(bars(wander(10 * 24)))
        put(store, tmp_path / "k.parquet", rows, asset="bit-coin-two", venue="kraken", symbol="BTC/EUR")
    error = line.error(*words, "BTC", "--as-of", iso(Instant(START + 10 * DAY)), status=3)
    assert error["code"] == "ambiguous_asset"
    assert set(error["candidates"]) == {"bitcoin", "bit-coin-two"}


def test_a_time_without_candles_is_refused_with_the_times_that_have_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = Line(a_home_of_one(tmp_path / "home", 20), capsys)
    early = line.error("grades", "show", "BTC", "--as-of", iso(Instant(START - DAY)), status=3)
    assert "none was known yet" in early["message"]
    late = line.error("grades", "show", "BTC", "--as-of", iso(Instant(START + 40 * DAY)), status=3)
    assert late["code"] == "stale"
    assert "from" in late["mend"]
    assert line.error("grades", "show", "ETH", status=3)["code"]


@pytest.mark.parametrize(
    "words",
    [("history", "NOVA", "--days", "0"), ("explain", "NOVA", "--kind", "both"), ("show",), ("learn",)],
)
def test_a_wrong_flag_is_a_usage_error(line: Line, words: tuple[str, ...]) -> None:
    line.error("grades", *words, status=2)


def test_further_commands_come_by_their_entry_point_and_only_when_called(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command("judge")
    def judge() -> None:
        click.echo("judged")

    loaded = []

    class Point(EntryPoint):
        def load(self) -> object:
            loaded.append(self.name)
            return judge

    found = [Point("judge", "nowhere:app", "tokenwise.grades")]
    monkeypatch.setattr(grades, "entry_points", lambda group: found)
    context = click.Context(grades.app)
    assert grades.app.list_commands(context)[-1] == "judge"
    assert loaded == []
    assert line("grades", "judge") == 0
    assert line.out == "judged\n"
    assert loaded == ["judge"]
