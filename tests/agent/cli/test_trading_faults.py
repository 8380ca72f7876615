"""Bad input, a failing machine, Ctrl-C: one sentence, the right status, nothing lost and nothing half-written."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent.journal.store import SqlJournal
from tests.agent.cli.trading_line import PAPER, QUIET, WEEK, Line, figures, strategy
from tools.exchange.paper.book import Book

LONG = ("paper", "--market", "sim?assets=1", "--until", "2024-01-06", "--every", "1h", "--profile", "none")


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


WRONG = [
    (("--symbols", "FOO/USDT"), 3, "FOO/USDT"),
    (("--symbols", "FOO"), 2, "FOO"),
    (("--symbols", "NOVA/USDT,NOVA/USDT"), 2, "twice"),
    (("--decider", "rule:nope"), 2, "rule:nope"),
    (("--decider", "rule:sma_cross?fsat=3"), 2, "fsat"),
    (("--decider", "gpt"), 2, "gpt"),
    (("--decider", "py:absent.py"), 2, "absent.py"),
    (("--market", "moon"), 2, "moon"),
    (("--market", "sim?asets=3"), 2, "asets"),
    (("--market", "sim?assets=0"), 2, "assets"),
    (("--market", "replay"), 3, "no 1h candles"),
    (("--profile", "brave"), 2, "brave"),
    (("--llm", "sometimes"), 2, "sometimes"),
    (("--until", "2023-01-01"), 2, "begin at 2024-01-01T00:00:00Z"),
    (("--limits", "absent.toml"), 2, "absent.toml"),
    (("--limits", "/"), 2, "folder"),
    (("--report", "/"), 2, "folder"),
    (("--report", ""), 2, "folder"),
    (("--costs", "makr=0"), 2, "makr"),
    (("--costs", "maker=much"), 2, "maker"),
    (("--cash", "lots"), 2, "lots"),
    (("--cash", "-5 USDT"), 2, "-5"),
    (("--cash", "100 EUR"), 2, "EUR"),
    (("--from", "yesterday"), 2, "yesterday"),
    (("--until", "2024-13-01"), 2, "2024-13-01"),
    (("--from", "2024-01-05", "--until", "2024-01-02"), 2, "--until"),
    (("--from", "2024-01-05", "--until", "2024-01-05T00:30:00Z"), 2, "whole candle"),
    (("--from", "2020-01-01"), 2, "2020"),
    (("--every", "7x"), 2, "7x"),
    (("--every", "90m"), 2, "multiple"),
    (("--grain", "3h"), 2, "3h"),
    (("--approve", "nobody"), 2, "nobody"),
    (("--account", "../x"), 2, "../x"),
    (("--seed", "x"), 2, "--seed"),
    (("--wrong",), 2, "--wrong"),
]


@pytest.mark.parametrize(("flags", "status", "names"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_words_are_one_sentence_with_its_mend_and_open_nothing(
    line: Line, flags: tuple[str, ...], status: int, names: str
) -> None:
    error = line.error("paper", "--market", "sim?assets=2", *flags, status=status)
    assert names in error["message"]
    assert line("paper", "--market", "sim?assets=2", *flags) == status
    assert line.out == ""
    assert line.err.startswith("error: ")
    assert "Traceback" not in line.err
    assert not (line.home / "journal.db").exists()
    assert not (line.home / "paper.db").exists()


def test_an_unknown_symbol_comes_with_candidates(line: Line) -> None:
    assert "NOVA/USDT" in line.error(*PAPER, "--symbols", "NOVE/USDT", status=3)["candidates"]


def candles(path: Path, hours: int = 72) -> Path:
    rows = ["ts,open,high,low,close,volume"]
    for hour in range(hours):
        price = 100 + hour % 7
        stamp = f"2024-01-{1 + hour // 24:02}T{hour % 24:02}:00:00Z"
        rows.append(f"{stamp},{price},{price + 1},{price - 1},{price},1000")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_replay_of_imported_candles_trades_and_a_window_without_data_is_status_3(
    line: Line, tmp_path: Path
) -> None:
    imported = ("data", "import", str(candles(tmp_path / "btc.csv")), "--kind", "ohlcv", "--asset", "bitcoin")
    assert (
        line(*imported, "--venue", "v", "--symbol", "BTC/USDT", "--interval", "1h", "--source", "test") == 0
    )
    replay = ("paper", "--market", "replay", "--decider", "rule:hold", "--profile", "none", *QUIET)
    told = line.envelope(*replay)
    assert told["simulated"] is False
    assert told["data"]["fills"] == 1
    assert told["data"]["until"] == "2024-01-04T00:00:00Z"
    line.verified()
    other = (*replay, "--account", "other")
    assert "no candle" in line.error(*other, "--from", "2025-01-01", status=3)["message"]
    assert line.error(*other, "--symbols", "BTC/EUR", status=3)["candidates"] == ["BTC/USDT"]
    assert "4h" in line.error(*other, "--grain", "4h", status=3)["message"]


def test_an_account_without_an_end_goes_on_where_more_candles_were_imported(
    line: Line, tmp_path: Path
) -> None:
    file = tmp_path / "btc.csv"
    imported = ("data", "import", str(file), "--kind", "ohlcv", "--asset", "bitcoin", "--venue", "v")
    named = ("--symbol", "BTC/USDT", "--interval", "1h", "--source", "test")
    replay = ("paper", "--market", "replay", "--decider", "rule:sma?window=3", "--profile", "none", *QUIET)
    counts = []
    for hours in (72, 72, 96):
        candles(file, hours)
        assert line(*imported, *named) == 0
        counts.append(line.data(*replay)["decisions"])
    assert counts == [18, 18, 24]
    assert "until" in line.error(*replay, "--until", "2024-01-03", status=2)["message"]
    line.verified()


@pytest.mark.parametrize("name", ["journal", "paper"])
def test_a_database_of_a_newer_version_is_refused_untouched(line: Line, name: str) -> None:
    assert line(*PAPER, "--once") == 0
    path = line.home / f"{name}.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE schema_version SET version = 99")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    events = line.events()
    error = line.error(*PAPER, status=2)
    assert "99" in error["message"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert line.events() == events


Fault = Callable[[], BaseException]
FULL: Fault = lambda: OSError(errno.ENOSPC, "No space left on device", "journal.db")  # noqa: E731
DENIED: Fault = lambda: PermissionError(errno.EACCES, "Permission denied", "journal.db")  # noqa: E731
FULL_DATABASE: Fault = lambda: sqlite3.OperationalError("database or disk is full")  # noqa: E731


def fail(patch: pytest.MonkeyPatch, owner: type, name: str, fault: Fault, *, at: int) -> None:
    """Lets every call from the *at*-th on raise."""
    real = getattr(owner, name)
    calls = 0

    def failing(*args: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls >= at:
            raise fault()
        return real(*args, **named)

    patch.setattr(owner, name, failing)


@pytest.fixture
def undisturbed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return figures(Line(tmp_path / "undisturbed", capsys).data(*PAPER))


def goes_on(line: Line, undisturbed: dict[str, Any]) -> None:
    """The next run ends as if nothing had happened."""
    assert figures(line.data(*PAPER)) == undisturbed
    line.verified()
    with closing(sqlite3.connect(line.home / "paper.db")) as book:
        assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("at", [1, 2, 9, 12])
@pytest.mark.parametrize("fault", [FULL, DENIED], ids=["full", "denied"])
def test_a_journal_that_cannot_be_written_stops_trading_and_the_next_run_goes_on(
    line: Line, undisturbed: dict[str, Any], fault: Fault, at: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fail(patch, SqlJournal, "append", fault, at=at)
        assert line.error(*PAPER, status=1)["code"] == "machine"
    goes_on(line, undisturbed)


def test_a_book_that_a_failed_start_left_behind_never_trades_with_other_cash(line: Line) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fail(patch, SqlJournal, "append", FULL, at=1)
        line.error(*PAPER, "--cash", "500 USDT", status=1)
    assert "other cash" in line.error(*PAPER, status=2)["message"]
    assert line.data(*PAPER, "--cash", "500 USDT")["start_equity"] == "500"


@pytest.mark.parametrize("pages", [0, 3, 6])
def test_a_disk_that_fills_up_under_the_journal_stops_trading_and_the_next_run_goes_on(
    line: Line, undisturbed: dict[str, Any], pages: int
) -> None:
    assert line(*PAPER, "--once") == 0
    with pytest.MonkeyPatch.context() as patch:
        real = SqlJournal.open

        def cramped(*args: Any, **named: Any) -> SqlJournal:
            journal = real(*args, **named)
            used = journal._database.rows("PRAGMA page_count")[0][0]
            journal._database.rows(f"PRAGMA max_page_count = {used + pages}")
            return journal

        patch.setattr(SqlJournal, "open", cramped)
        error = line.error(*PAPER, status=1)
        assert "full" in error["message"]
    goes_on(line, undisturbed)


@pytest.mark.parametrize("at", [2, 7, 30])
@pytest.mark.parametrize("fault", [FULL, DENIED, FULL_DATABASE], ids=["full", "denied", "database"])
def test_a_book_that_cannot_be_written_stops_trading_and_the_next_run_goes_on(
    line: Line, undisturbed: dict[str, Any], fault: Fault, at: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fail(patch, Book, "_write", fault, at=at)
        line.error(*PAPER, status=1)
    goes_on(line, undisturbed)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_report_that_cannot_be_written_loses_nothing_else(
    line: Line, undisturbed: dict[str, Any], code: int, tmp_path: Path
) -> None:
    command = ("paper", *WEEK, "--report", str(tmp_path / "reports" / "mine.html"))
    with pytest.MonkeyPatch.context() as patch:
        real = Path.write_bytes

        def failing(path: Path, *args: Any, **named: Any) -> int:
            if "mine.html" in path.name:
                raise OSError(code, os.strerror(code), str(path))
            return real(path, *args, **named)

        patch.setattr(Path, "write_bytes", failing)
        assert "mine.html" in line.error(*command, status=1)["message"]
    events = line.events()
    assert events[-1][1] == "ended"
    again = line.data(*command)
    assert figures(again) == undisturbed
    assert Path(again["report"]).is_file()
    assert line.events() == events


def test_a_home_that_cannot_be_written_is_one_sentence(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.MonkeyPatch.context() as patch:

        def denied(path: Path, *_: Any, **__: Any) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

        patch.setattr(Path, "mkdir", denied)
        assert "no permission" in line.error(*PAPER, status=1)["message"]
        assert "no permission" in line.error("halt", status=1)["message"]
    assert line(*PAPER, "--once") == 0


def test_a_home_that_is_a_file_is_one_sentence(line: Line) -> None:
    line.home.write_text("not a folder", encoding="utf-8")
    line.error(*PAPER, status=1)
    assert line.home.read_text(encoding="utf-8") == "not a folder"


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_the_run_cleanly_and_the_next_one_goes_on(
    line: Line, tmp_path: Path, name: str
) -> None:
    flag = tmp_path / "done"
    body = f"if hour == 50 and not Path({str(flag)!r}).exists():\n    Path({str(flag)!r}).touch()\n    os.kill(os.getpid(), signal.{name})"
    command = (*LONG, *QUIET, "--decider", strategy(tmp_path, body))
    cut = line.data(*command)
    assert cut["decisions"] == 51
    assert cut["until"] == "2024-01-06T00:00:00Z"
    kinds = line.kinds()
    assert kinds[-1] == "ended"
    assert "span" in kinds
    assert line.events()[-1][2]["reason"] == "stopped"
    line.verified()
    done = line.data(*command)
    assert done["decisions"] == 120
    line.verified()
    line.home = tmp_path / "whole"
    assert figures(line.data(*command)) == figures(done)


RAISES_AT_50 = 'if hour == 50 and not os.environ.get("MENDED"): {raises}'


@pytest.mark.parametrize(
    ("raises", "told"),
    [("1 / 0", "ZeroDivisionError"), ("return float('nan')", "nan"), ("return 'up'", "'up'")],
)
def test_a_strategy_that_fails_is_named_and_the_run_goes_on_once_it_is_mended(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raises: str, told: str
) -> None:
    command = (*LONG, *QUIET, "--decider", strategy(tmp_path, RAISES_AT_50.format(raises=raises)))
    error = line.error(*command, status=2)
    assert "mine.py" in error["message"]
    assert told in error["message"]
    assert line.data("journal", "verify")["first_bad"] is None
    assert line.kinds()[-1] == "ended"
    assert line.events()[-1][2]["reason"] == "error"
    monkeypatch.setenv("MENDED", "1")
    done = line.data(*command)
    assert done["decisions"] == 120
    line.verified()
    line.home = tmp_path / "whole"
    assert figures(line.data(*command)) == figures(done)


def test_a_strategy_that_fails_names_its_line(line: Line, tmp_path: Path) -> None:
    spec = strategy(tmp_path, "1 / 0")
    text = Path(spec.removeprefix("py:")).read_text(encoding="utf-8").splitlines()
    number = next(i for i, row in enumerate(text, 1) if "1 / 0" in row)
    assert f"mine.py, line {number}," in line.error(*LONG, *QUIET, "--decider", spec, status=2)["message"]


@pytest.mark.parametrize("text", ["def broken(", "import nowhere_at_all", "x = 1", "class STRATEGY: pass"])
def test_a_file_that_is_no_strategy_is_refused_by_name(line: Line, tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text, encoding="utf-8")
    error = line.error(*LONG, "--decider", f"py:{path}", status=2)
    assert "bad.py" in error["message"]
    assert not (line.home / "journal.db").exists()
