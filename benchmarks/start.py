"""Whole processes from a warm environment: what a person waits for.

Run: python benchmarks/start.py [runs]. Prints the median seconds of each command line beside a bare
interpreter of the same environment.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

PROGRAM = str(Path(sys.executable).with_name("tokenwise"))
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "tokenwise --help": [PROGRAM, "--help"],
    "tokenwise halt": [PROGRAM, "halt"],
    "tokenwise doctor": [PROGRAM, "doctor"],
    "tokenwise demo": [PROGRAM, "demo"],
}


def main(runs: int) -> None:
    for name, words in COMMANDS.items():
        seconds = []
        for _ in range(runs + 1):
            with tempfile.TemporaryDirectory() as home:
                started = time.perf_counter()
                told = [*words, "--home", home] if words[0] == PROGRAM else words
                subprocess.run(told, check=True, capture_output=True)
                seconds.append(time.perf_counter() - started)
        print(f"{name:18} median {median(seconds[1:]):6.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
