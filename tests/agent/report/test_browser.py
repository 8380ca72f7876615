"""The report in a real browser: it draws, complains of nothing and asks nobody for anything."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

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
