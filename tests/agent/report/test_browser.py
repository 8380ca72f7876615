"""The report in a real browser: it draws, complains of nothing and asks nobody for anything."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from agent.report.inputs import ReportInput
from agent.report.page import render

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr",
    "--virtual-time-budget=5000", "--dump-dom",
)  # fmt: skip


@pytest.fixture
def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.skip("no Chromium is installed")


@pytest.mark.parts
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_draws_itself_without_a_complaint(
    chromium: str, report: ReportInput, tmp_path: Path, scheme: str
) -> None:
    page = tmp_path / "report.html"
    page.write_text(render(report), encoding="utf-8")
    colours = f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}"
    command = [chromium, *FLAGS, colours, f"--user-data-dir={tmp_path / 'profile'}", page.as_uri()]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    complaints = [line for line in ran.stderr.splitlines() if "CONSOLE" in line]
    assert complaints == []
    assert 'data-drawn="yes"' in ran.stdout
    assert len(re.findall(r'class="main-svg"', ran.stdout)) >= 4
    assert "1–20 of " in ran.stdout


_MEASURE = """<script>
addEventListener("message", () => requestAnimationFrame(() => requestAnimationFrame(() => {
  const width = document.documentElement.clientWidth, right = (e) => e.getBoundingClientRect().right;
  const cut = [...document.querySelectorAll(".value, .versus, .chart")].filter((e) => e.scrollWidth > e.clientWidth);
  const charts = [...document.querySelectorAll(".chart .main-svg")].filter((e) => right(e) > width);
  parent.postMessage({ width, page: document.documentElement.scrollWidth, cut: cut.length, charts: charts.length }, "*");
})));
</script></body>"""

_NARROWED = """<!doctype html><iframe src="report.html" style="border:0;width:600px;height:3000px"></iframe><script>
onmessage = (told) => fetch("measured", { method: "POST", body: JSON.stringify(told.data) });
onload = () => {
  const frame = document.querySelector("iframe");
  setTimeout(() => { frame.style.width = "390px"; frame.contentWindow.postMessage("measure", "*"); }, 500);
};
</script>"""


class _Pages(SimpleHTTPRequestHandler):
    """Serves a folder, and keeps the first answer that is posted."""

    answers: Queue[str]

    def do_POST(self) -> None:
        self.answers.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that it overrides
        """Says nothing."""


@pytest.mark.parts
def test_on_a_telephone_nothing_is_cut_and_the_charts_follow_the_width_at_once(
    chromium: str, report: ReportInput, tmp_path: Path
) -> None:
    """In a frame, because Chromium's own window gets no narrower than 500 pixels."""
    assert report.benchmark is not None
    rich = replace(report.benchmark, equity=report.benchmark.equity * 1000)
    told = render(replace(report, benchmark=rich)).replace("</body>", _MEASURE)
    (tmp_path / "report.html").write_text(told, encoding="utf-8")
    (tmp_path / "frame.html").write_text(_NARROWED, encoding="utf-8")
    answers: Queue[str] = Queue()
    pages = type("Pages", (_Pages,), {"answers": answers})
    flags = [flag for flag in FLAGS if flag != "--dump-dom" and not flag.startswith("--virtual")]
    flags += ["--hide-scrollbars", "--remote-debugging-port=0", f"--user-data-dir={tmp_path / 'profile'}"]
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(pages, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page = f"http://127.0.0.1:{server.server_port}/frame.html"
        browser = subprocess.Popen(
            [chromium, *flags, page], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            measured = json.loads(answers.get(timeout=60))
        finally:
            browser.terminate()
            browser.wait()
            server.shutdown()
    assert measured == {"width": 390, "page": 390, "cut": 0, "charts": 0}
