"""``tokenwise data`` for what is no candle: flags, shapes, warnings, coverage, revisions."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main

LONG = "ts,metric,value,unit\n2024-01-01,active_addresses,10,count\n2024-01-02,active_addresses,11,count\n"
ONCHAIN = ["--kind", "onchain", "--asset", "BTC", "--source", "mine"]
FILES = {
    "a.csv": LONG,
    "wide.csv": "day,Adr,Tx\n2024-01-01,10,5\n2024-01-02,,6\n",
    "rates.csv": "ts,rate\n2024-01-01T00:00,0.0001\n2024-01-01T08:00,0.0002\n",
    "many.csv": "ts,rate,venue\n2024-01-01,0.0001,binance\n2024-01-01,0.0002,okx\n",
    "fear.csv": "ts,metric,value\n2024-01-01,fear_greed,40\n",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    with gzip.open(tmp_path / "news.jsonl.gz", "wt") as file:
        file.write('{"published": "2024-01-01T07:00:00Z", "title": "Moves"}\n')
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    status = main(["--home", "home", "--json", "data", *words])
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return status, json.loads(out)


def test_a_long_file_of_figures_is_told_in_the_contracts_shape(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = run(capsys, "import", "a.csv", *ONCHAIN)
    assert (status, told["warnings"], told["data"]["refused"]) == (0, [], [])
    assert told["data"]["series"] == [
        {
            "asset": "bitcoin",
            "kind": "onchain",
            "metric": "active_addresses",
            "venue": None,
            "symbol": None,
            "interval": None,
            "unit": "count",
            "rows_read": 2,
            "rows_new": 2,
            "rows_same": 0,
            "rows_revised": 0,
            "rows_flagged": 0,
            "first": "2024-01-01T00:00:00Z",
            "last": "2024-01-02T00:00:00Z",
            "segments": 1,
            "flags": {},
        }
    ]
    _, again = run(capsys, "import", "a.csv", *ONCHAIN)
    one = again["data"]["series"][0]
    assert (one["rows_new"], one["rows_revised"], one["rows_same"]) == (0, 0, 2)


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        (["a.csv", *ONCHAIN], [("bitcoin", "onchain", "active_addresses", None, 2)]),
        (["a.csv", *ONCHAIN, "--interval", "1d"], [("bitcoin", "onchain", "active_addresses", None, 2)]),
        (
            [
                *("wide.csv", *ONCHAIN, "--columns", "ts=day", "--metrics", "addresses=Adr,tx_count=Tx"),
                *("--units", "tx_count=count"),
            ],
            [("bitcoin", "onchain", "addresses", None, 1), ("bitcoin", "onchain", "tx_count", None, 2)],
        ),
        (
            ["rates.csv", "--kind", "funding", "--asset", "ETH", "--source", "x", "--venue", "okx"],
            [("ethereum", "funding", None, "okx", 2)],
        ),
        (
            ["many.csv", "--kind", "funding", "--asset", "ethereum", "--source", "x"],
            [("ethereum", "funding", None, "binance", 1), ("ethereum", "funding", None, "okx", 1)],
        ),
        (
            ["fear.csv", "--kind", "sentiment", "--source", "alternative.me"],
            [("market", "sentiment", "fear_greed", None, 1)],
        ),
        (
            ["fear.csv", "--kind", "sentiment", "--asset", "market", "--source", "x"],
            [("market", "sentiment", "fear_greed", None, 1)],
        ),
        (
            ["news.jsonl.gz", "--kind", "news", "--asset", "bitcoin", "--source", "x"],
            [("bitcoin", "news", None, None, 1)],
        ),
    ],
)
def test_each_kind_is_imported_by_flags_and_listed(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], stored: list[tuple[object, ...]]
) -> None:
    status, told = run(capsys, "import", *words)
    assert (status, told["warnings"]) == (0, [])
    listed = run(capsys, "list")[1]["data"]["series"]
    names = ("asset", "kind", "metric", "venue", "rows")
    assert [tuple(one[name] for name in names) for one in listed] == stored
    assert run(capsys, "check")[0] == 0


def test_a_rule_that_makes_rows_known_too_early_is_loudly_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "import", "a.csv", *ONCHAIN, "--known-at", "ts+48h")[1]["warnings"] == []
    status, told = run(capsys, "import", "a.csv", *ONCHAIN, "--known-at", "ts+24h")
    (warning,) = told["warnings"]
    assert (status, warning["code"]) == (0, "early_known_at")
    assert warning["message"].startswith(
        "onchain bitcoin active_addresses mine: the known_at rule makes 2 rows"
    )


def test_the_manifest_of_the_contract_is_taken(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """
[[series]]
path = "coinmetrics_{base}.csv"
kind = "onchain"
asset = { BTC = "bitcoin" }
source = "coinmetrics"
metrics = { active_addresses = "AdrActCnt", tx_count = "TxCnt", mvrv = "CapMVRVCur" }
known_at = { column = "AssetEODCompletionTime", unit = "s", at_least = "48h" }
"""
    (here / "m.toml").write_text(text)
    rows = "ts,AdrActCnt,TxCnt,CapMVRVCur,AssetEODCompletionTime\n2024-01-01,1,2,3.5,1704160000\n"
    (here / "coinmetrics_BTC.csv").write_text(rows)
    status, told = run(capsys, "import", "--manifest", "m.toml")
    assert (status, told["warnings"]) == (0, [])
    metrics = [one["metric"] for one in told["data"]["series"]]
    assert metrics == ["active_addresses", "tx_count", "mvrv"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["wide.csv", *ONCHAIN, "--metrics", "a"], 2, "names no columns"),
        (["a.csv", "--kind", "onchain", "--asset", "BTC"], 2, "--source must be given"),
        (["rates.csv", "--kind", "funding", "--source", "x"], 2, "--asset must be given"),
        (["a.csv", *ONCHAIN, "--asset", "bitcon"], 3, "no asset 'bitcon'"),
        (["news.jsonl.gz", "--kind", "news", "--source", "x", "--metrics", "a=b"], 2, "metrics does not go"),
    ],
)
def test_a_wrong_request_is_one_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    found, told = run(capsys, "import", *words)
    assert (found, told["ok"]) == (status, False)
    assert said in told["error"]["message"]


def test_a_refused_file_of_figures_is_exit_3_and_the_others_are_kept(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "b.csv").write_text(LONG.replace(",11,", ",nan,"))
    status, told = run(capsys, "import", "b.csv", "a.csv", *ONCHAIN)
    (refused,) = told["data"]["refused"]
    assert (status, refused["file"], refused["row"], refused["code"]) == (3, "b.csv", 2, "nan")
    assert told["data"]["series"][0]["rows_new"] == 2


def test_revisions_are_told_one_by_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "import", "a.csv", *ONCHAIN)
    (here / "a.csv").write_text(LONG.replace(",11,", ",22,"))
    run(capsys, "import", "a.csv", *ONCHAIN)
    status, told = run(capsys, "check", "--revisions")
    (one,) = told["data"]["findings"]
    assert (status, one["code"], one["severity"], one["series"]) == (
        0,
        "revised",
        "info",
        "onchain bitcoin active_addresses mine",
    )
    assert "1 row read otherwise, value at most by 100.00%" in one["message"]
    assert [one["code"] for one in run(capsys, "check")[1]["data"]["findings"]] == ["revised"]


def test_a_person_reads_coverage_at_a_glance(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"2024-01-01,m{k},1\n" for k in range(50))
    (here / "b.csv").write_text(f"ts,metric,value\n{rows}")
    assert main(["--home", "home", "data", "import", "b.csv", *ONCHAIN, "--restated"]) == 0
    capsys.readouterr()
    assert main(["--home", "home", "data", "list"]) == 0
    out = capsys.readouterr().out
    line = next(one for one in out.splitlines() if "onchain" in one)
    assert line.split()[:8] == ["onchain", "mine", "–", "–", "50", "1", "50", "50"]
    assert line.rstrip().endswith("restated")
    assert out.endswith("50 series, 50 rows\n--all shows each series\n")
    assert main(["--home", "home", "data", "list", "--all"]) == 0
    assert capsys.readouterr().out.count("onchain") == 50
