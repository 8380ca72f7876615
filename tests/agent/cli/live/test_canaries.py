"""The keys of a venue are in its client and in the environment, and nowhere else, whoever else is listening."""

from __future__ import annotations

import base64
import logging
import os
import subprocess
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from agent.cli.main import main
from agent.runtime.attending import Attended
from core.errors import StoppedError
from core.instant import MINUTE
from tests.agent.cli.live.account import CANARIES, KEY, LIVE
from tests.agent.cli.stepping import NOON, Stepping, stop_at
from tests.agent.cli.trading_line import Line
from tests.wire.openai_server import openai_server
from tests.wire.scripts import sound
from tools.exchange.stand_in import Endpoint, Fault, StandIn

pytestmark = pytest.mark.parts

FORMS = tuple(
    form
    for canary in CANARIES
    for form in (
        canary.encode(),
        quote(canary, safe="").encode(),
        canary.encode().hex().encode(),
        base64.b64encode(canary.encode()).rstrip(b"="),
    )
)


def found_in(held: dict[str, bytes]) -> list[tuple[str, bytes]]:
    return [(name, form) for name, data in held.items() for form in FORMS if form in data]


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts a process hands it the environment, and the keys with it."""

    def started(*_: Any, **__: Any) -> Any:
        raise AssertionError("a process was started")

    for owner, name in ((subprocess.Popen, "__init__"), (os, "fork"), (os, "posix_spawn"), (os, "system")):
        monkeypatch.setattr(owner, name, started)


@pytest.fixture
def thinking(clock: Stepping, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still while a model thinks."""
    decide = Attended.decide

    async def counted(self: Attended, *words: Any) -> Any:
        clock.on_the_wire += 1
        try:
            return await decide(self, *words)
        finally:
            clock.on_the_wire -= 1

    monkeypatch.setattr(Attended, "decide", counted)


@pytest.mark.usefixtures("no_child", "thinking")
def test_a_model_that_is_asked_beside_them_never_sees_them_and_no_cassette_keeps_them(
    line: Line,
    venue: StandIn,
    clock: Stepping,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-model")
    venue.faults.plan(Fault.KEPT_500)
    venue.faults.plan(Fault.LOST_403, Endpoint.FETCH_ORDER, times=2)
    stop_at(clock, NOON + 3 * MINUTE)
    words = [word.replace("rule:hold", "llm:test-model") for word in LIVE if word not in {"--report", "none"}]
    with openai_server(sound) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        recorded = ("--llm", "record", "--cassettes", str(tmp_path / "cassettes"))
        assert line("--debug", "-v", *words, *recorded) == 0
    said = line.out + line.err
    for more in (("doctor", "--privacy"), ("doctor", "--privacy", "--json"), ("journal", "list", "--json")):
        line("--debug", *more)
        said += line.out + line.err
    line("journal", "export", "--out", str(tmp_path / "journal.jsonl"))
    held = {
        str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    }
    names = {Path(name).name for name in held}
    assert {"journal.db", "live.db", "report.html", "cassette.jsonl", "journal.jsonl"} <= names
    held["streams"] = said.encode()
    held["logs"] = "\n".join(f"{one.getMessage()} {one.exc_text}" for one in caplog.records).encode()
    held["prompts"] = b"\n".join(str((one.headers, one.json)).encode() for one in server.requests)
    assert b"BTC/USDT" in held["prompts"]
    assert found_in(held) == []


@pytest.mark.parametrize("when", ["at the start", "with an order"])
def test_a_crash_dump_of_a_command_that_ends_badly_holds_none(
    line: Line, venue: StandIn, clock: Stepping, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """With ``--debug`` the exception comes through: its text, its causes, and every local variable on the way."""
    if when == "at the start":
        monkeypatch.setattr(KEY, "revoked", True)
        with pytest.raises(StoppedError) as ended:
            main(["--home", str(line.home), "--debug", *LIVE])
    else:
        stop_at(clock, NOON + 3 * MINUTE)

        def broken(*_: Any) -> Any:
            raise ZeroDivisionError

        monkeypatch.setattr("tools.exchange.live.following.Follower.adopt", broken)
        monkeypatch.setattr("agent.runtime.executor._in_words", broken)
        with pytest.raises(ZeroDivisionError) as ended:  # type: ignore[assignment]
            main(["--home", str(line.home), "--debug", *LIVE])
    dump = traceback.TracebackException.from_exception(ended.value, capture_locals=True)
    told = "".join(dump.format()) + repr(ended.value)
    assert "real_time.py" in told
    assert found_in({"dump": told.encode()}) == []
