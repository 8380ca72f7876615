"""The key is read by one file and written by none: not to the journal, report, cassettes or any log."""

from __future__ import annotations

import base64
import logging
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.agent.cli.trading_line import Line
from tests.agent.models_in_the_loop.model_run import ASKED
from tests.wire.openai_server import Script, openai_server
from tests.wire.replies import Reply, a_proposal, good
from tests.wire.scripts import answers, refusing, sound

pytestmark = pytest.mark.parts

CANARY = "sk-canary-9f8e7d6c5b4a39281706f5e4d3c2b1a0"
FORMS = (
    CANARY.encode(),
    CANARY[3:].encode(),
    base64.b64encode(CANARY.encode())[:-4],
    quote(CANARY, safe="").encode(),
    CANARY.encode().hex().encode(),
    CANARY.encode("utf-16-le"),
)


def telling_back(key: str) -> Script:
    """An endpoint that quotes the key in errors, in answers, and beside them."""
    turn = count()
    scripts = (
        sound,
        refusing(401, f"Incorrect API key provided: {key}."),
        answers(f"Your key is {key}."),
        lambda request: good(request, [a_proposal(request) | {"thesis": f"The key {key} is up."}]),
        lambda _: Reply(f'{{"error": "{key}"'.encode()),
        refusing(500, f"no {key}", x_request_id=key),
        sound,
    )

    def script(request: dict[str, Any]) -> Reply:
        return scripts[next(turn) % len(scripts)](request)

    return script


def test_the_key_is_written_nowhere(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpx", "openai", "langchain", "langgraph", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    run = ("--debug", "-v", "paper", "--market", "sim?assets=2", "--until", "2024-01-03", *ASKED)
    cassettes = ("--llm", "record", "--cassettes", str(tmp_path / "cassettes"))
    said: list[str] = []
    with openai_server(telling_back(CANARY)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert line(*run, *cassettes) == 0
        said.append(line.out + line.err)
        for words in (("journal", "replay", "all"), ("journal", "verify"), ("journal", "list", "--json")):
            assert line("--debug", *words) == 0
            said.append(line.out + line.err)
        assert line(*run[1:], "--llm", "banana") == 2
        said.append(line.out + line.err)
    assert {request.headers.get("authorization") for request in server.requests} == {f"Bearer {CANARY}"}

    line("journal", "export", "--out", str(tmp_path / "journal.jsonl"))
    said += [record.getMessage() for record in caplog.records]
    said += [str(record.exc_text) for record in caplog.records]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert {"journal.db", "report.html", "cassette.jsonl", "journal.jsonl", "paper.db"} <= names
    held = {str(path.relative_to(tmp_path)): path.read_bytes() for path in files}
    held["what was said"] = "\n".join(said).encode()
    found = [(name, form) for name, data in held.items() for form in FORMS if form in data]
    assert found == []
