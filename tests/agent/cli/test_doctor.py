"""``tokenwise doctor``: what it prints and which status it ends with."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agent.checkup.finding import error, exit_status, ok, warning
from agent.checkup.privacy import ON_COMMAND, sendings
from agent.cli.main import main
from agent.journal.store import SqlJournal
from agent.runtime.halt_switch import HaltSwitch
from agent.settings import ModelSettings
from tests.agent.journal.scenes import a_run
from tools.clocks import SystemClock
from tools.database import Schema, connect
from tools.exchange.paper.book import Book
from tools.sources import providers
from tools.store.store import Store

PROVIDERS = Path(providers.__path__[0])


def test_a_healthy_home_ends_with_0_and_every_check_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), "doctor"]) == 0
    told = capsys.readouterr().out
    for name in ("python", "platform", "packages", "owner", "dependencies", "home", "disk", "clock", "halt"):
        assert name in told


def test_warnings_alone_end_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    HaltSwitch(tmp_path).set("tea")

    assert main(["--home", str(tmp_path), "--json", "doctor"]) == 0

    body = json.loads(capsys.readouterr().out)
    assert body["schema"] == "tokenwise.doctor.v1"
    (halt,) = [check for check in body["data"]["checks"] if check["name"] == "halt"]
    assert halt == {
        "name": "halt",
        "status": "warning",
        "message": "all trading is halted: tea",
        "mend": "tokenwise resume",
    }


def test_a_home_that_cannot_be_used_ends_with_1_and_says_how_to_mend_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["--home", str(tmp_path / "file"), "doctor"]) == 1
    assert "--home DIR" in capsys.readouterr().out


def test_every_database_of_a_home_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Named by the parts that write them, so that a database that moves is noticed."""
    Store.open(tmp_path, SystemClock()).close()
    Book.connect(tmp_path / "paper.db", "paper").close()
    SqlJournal.open(tmp_path / "journal.db", tmp_path / "heads.json").close()

    assert main(["--home", str(tmp_path), "--json", "doctor"]) == 0

    found = {check["name"]: check for check in json.loads(capsys.readouterr().out)["data"]["checks"]}
    for name in ("journal.db", "paper.db", "store.db"):
        assert found[name]["message"].startswith("schema "), name


def test_a_newer_database_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = (lambda connection: None,) * 99
    connect(tmp_path / "paper.db", Schema("paper", many)).close()

    assert main(["--home", str(tmp_path), "doctor"]) == 2
    assert "schema 99" in capsys.readouterr().out


def test_the_gravest_error_decides_the_status() -> None:
    fine, doubt = ok("a", "fine"), warning("b", "hm", "look")
    fault, newer = error("c", "broken", "mend"), error("d", "newer", "update", exit_status=2)

    assert exit_status((fine, doubt)) == 0
    assert exit_status((fine, newer)) == 2
    assert exit_status((newer, fault)) == 1


def test_nothing_leaves_this_machine_until_someone_says_where_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--home", str(tmp_path), "doctor", "--privacy"])
    out = capsys.readouterr().out
    assert "Nothing leaves this machine by these settings." in out
    for command in ("data fetch: ", "paper --market ccxt:VENUE: ", "live: "):
        assert command in out


def test_every_host_of_a_provider_is_said() -> None:
    told = " ".join(sending.host for sending in ON_COMMAND)
    for file in PROVIDERS.glob("*.py"):
        for host in re.findall(r'(?<=[ (\n])"https://([^/"]+)"', file.read_text(encoding="utf-8")):
            assert host in told, file.name


def test_a_web_address_to_tell_is_said_and_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tokenwise.toml").write_text('[notify]\nwebhook = "https://hooks.example.net/hush"\n')
    main(["--home", str(tmp_path), "--json", "doctor", "--privacy"])
    told = capsys.readouterr().out
    assert [sent["host"] for sent in json.loads(told)["data"]["privacy"]] == [
        "the web address in tokenwise.toml"
    ]
    assert "hush" not in told
    assert "example.net" not in told


def test_a_journal_on_another_host_is_said_without_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENWISE_DATABASE_URL", "postgresql://me:hush@db.example/journal")

    main(["--home", str(tmp_path), "--json", "doctor", "--privacy"])

    told = capsys.readouterr().out
    assert json.loads(told)["data"]["privacy"][0]["host"] == "db.example:5432"
    assert "hush" not in told


def test_a_sqlite_address_sends_nothing() -> None:
    assert sendings("sqlite:///somewhere.db", ModelSettings(), {}) == ()


def test_a_model_s_endpoint_is_said_with_what_it_is_told_and_without_its_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-hush")
    for base, host in ((None, "api.openai.com"), ("http://127.0.0.1:11434/v1", "127.0.0.1:11434")):
        if base is not None:
            monkeypatch.setenv("OPENAI_BASE_URL", base)
        main(["--home", str(tmp_path), "--json", "doctor", "--privacy"])
        told = capsys.readouterr().out
        (sent,) = json.loads(told)["data"]["privacy"]
        assert sent["host"] == host
        assert "position weights" in sent["fields"]
        assert "sk-hush" not in told


def test_a_journal_that_lost_its_end_ends_with_1_and_names_verify(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with SqlJournal.open(tmp_path / "journal.db", tmp_path / "heads.json") as journal:
        a_run(journal)

    def checked() -> tuple[int, dict[str, str]]:
        status = main(["--home", str(tmp_path), "--json", "doctor"])
        told = json.loads(capsys.readouterr().out)["data"]["checks"]
        return status, next(check for check in told if check["name"] == "journal")

    status, check = checked()
    assert (status, check["status"]) == (0, "ok")
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DELETE FROM events WHERE seq > 20")
    status, check = checked()
    assert (status, check["status"], check["mend"]) == (1, "error", "tokenwise journal verify")
    assert "trading/paper has event" in check["message"]
    (tmp_path / "journal.db").unlink()
    status, check = checked()
    assert (status, check["status"]) == (1, "error")
    assert "is gone" in check["message"]
    (tmp_path / "heads.json").write_text("[]")
    assert checked()[0] == 1


def test_a_home_that_a_system_folder_refuses_is_no_home(capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/proc/self").exists():
        pytest.skip("this system has no /proc")
    assert main(["--home", "/proc/nope", "--json", "doctor"]) == 1
    told = {check["name"]: check for check in json.loads(capsys.readouterr().out)["data"]["checks"]}
    assert told["home"]["status"] == told["disk"]["status"] == "error"
    assert told["home"]["message"].startswith("/proc/nope cannot be made in /proc")
    assert "0 MB" not in told["disk"]["message"]
