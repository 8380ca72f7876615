"""``tokenwise data``: the flags, the shapes of the answers, the exit statuses."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main

ROWS = "ts,open,high,low,close,volume\n" + "".join(f"2024-01-01T{h:02}:00:00Z,1,2,1,2,5\n" for h in range(10))
FLAGS = ["--kind", "ohlcv", "--asset", "BTC", "--venue", "binance", "--symbol", "BTC/USDT"]
FLAGS += ["--interval", "1h", "--source", "mine"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(ROWS)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    status = main(["--home", "home", "--json", "data", *words])
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return status, json.loads(out)


def test_import_tells_what_it_did_and_again_changes_nothing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = run(capsys, "import", "a.csv", *FLAGS)
    assert (status, told["schema"], told["ok"], told["warnings"]) == (0, "tokenwise.data_import.v1", True, [])
    assert told["data"] == {
        "files": 1,
        "series": [
            {
                "asset": "bitcoin",
                "kind": "ohlcv",
                "metric": None,
                "venue": "binance",
                "symbol": "BTC/USDT",
                "interval": "1h",
                "unit": None,
                "rows_read": 10,
                "rows_new": 10,
                "rows_same": 0,
                "rows_revised": 0,
                "rows_flagged": 0,
                "first": "2024-01-01T00:00:00Z",
                "last": "2024-01-01T09:00:00Z",
                "segments": 1,
                "flags": {},
            }
        ],
        "refused": [],
    }
    _, again = run(capsys, "import", "a.csv", *FLAGS)
    one = again["data"]["series"][0]
    assert (one["rows_new"], one["rows_revised"], one["rows_same"]) == (0, 0, 10)


def test_list_tells_what_is_stored(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "list")[1]["data"] == {"series": []}
    run(capsys, "import", "a.csv", *FLAGS, "--restated")
    (one,) = run(capsys, "list")[1]["data"]["series"]
    assert one.keys() == {
        *("asset", "kind", "metric", "venue", "symbol", "interval", "unit", "rows", "first", "last"),
        *("segments", "restated", "source"),
    }
    assert (one["rows"], one["restated"], one["source"]) == (10, True, "mine")


def test_a_refused_file_is_exit_3_and_the_others_are_kept(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "b.csv").write_text(ROWS.replace("T05:00:00Z,1,2", "T05:00:00Z,1,0"))
    status, told = run(capsys, "import", "b.csv", "a.csv", *FLAGS)
    assert status == 3
    (refused,) = told["data"]["refused"]
    assert (refused["file"], refused["row"], refused["code"]) == ("b.csv", 6, "nonpositive_price")
    assert told["data"]["series"][0]["rows_new"] == 10


def test_check_is_exit_0_with_warnings_and_3_with_errors(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.csv").write_text("\n".join(line for line in ROWS.split("\n") if "T04" not in line))
    run(capsys, "import", "a.csv", *FLAGS)
    status, told = run(capsys, "check")
    assert status == 0
    assert told["data"]["findings"] == [
        {
            "code": "gap",
            "severity": "warning",
            "asset": "bitcoin",
            "series": "binance BTC/USDT 1h mine",
            "from": "2024-01-01T04:00:00Z",
            "until": "2024-01-01T05:00:00Z",
            "message": "1 candle absent (1h)",
        }
    ]
    (file,) = (here / "home/store/rows").iterdir()
    file.write_bytes(b"gone wrong")
    status, told = run(capsys, "check")
    assert (status, told["data"]["findings"][0]["code"]) == (3, "not_rows")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["import"], 2, "nothing to import"),
        (["import", "none.csv", *FLAGS], 2, "none.csv does not exist"),
        (["import", ".", *FLAGS], 2, ". is a folder"),
        (["import", "a.csv"], 2, "--kind"),
        (["import", "a.csv", *FLAGS, "--kind", "news"], 2, "interval does not go with kind 'news'"),
        (["import", "a.csv", *FLAGS, "--kind", "weather"], 2, "no kind 'weather'"),
        (["import", "a.csv", "--kind", "onchain", "--source", "s"], 2, "--asset must be given"),
        (["import", "a.csv", *FLAGS, "--interval", "7h"], 2, "'7h' is not an interval"),
        (["import", "a.csv", *FLAGS, "--symbol", "BTC"], 2, "'BTC' is not a symbol"),
        (["import", "a.csv", *FLAGS, "--symbol", "{x}/USDT"], 2, "is not a symbol"),
        (["import", "a.csv", *FLAGS, "--columns", "open"], 2, "names no columns"),
        (["import", "a.csv", *FLAGS, "--known-at", "ts-1h"], 2, "known_at rule"),
        (["import", "a.csv", *FLAGS, "--asset", "bitcon"], 3, "no asset 'bitcon'"),
        (["import", "a.csv", "--root", "."], 2, "--root goes with --manifest"),
        (["import", "--manifest", "none.toml"], 2, "no manifest"),
        (["import", "a.csv", "--manifest", "m.toml"], 2, "cannot stand beside --manifest"),
        (["import", "--manifest", "m.toml", "--root", "nowhere"], 2, "no folder"),
        (["import", "--unknown"], 2, "--unknown"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_the_right_exit(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    found, told = run(capsys, *words)
    assert (found, told["ok"], told["error"]["exit"]) == (status, False, status)
    assert said in told["error"]["message"]
    if status == 3:
        assert told["error"]["candidates"][0] == "bitcoin"


def test_a_new_asset_is_taken_once_asked_for_and_known_from_then_on(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = [*FLAGS, "--asset", "my-token", "--symbol", "MINE/USDT"]
    assert run(capsys, "import", "a.csv", *mine)[0] == 3
    assert run(capsys, "import", "a.csv", *mine, "--new-asset")[0] == 0
    assert run(capsys, "import", "a.csv", *mine)[0] == 0


def test_columns_and_known_at_reach_the_rows(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.csv").write_text(ROWS.replace("ts,open", "Time,Open"))
    assert (
        run(capsys, "import", "a.csv", *FLAGS, "--columns", "ts=Time, open=Open", "--known-at", "ts+2h")[0]
        == 0
    )


@pytest.mark.parametrize(
    ("asset", "symbol", "told"),
    [
        ("litecoin", "BTC/USDT", "BTC is not the ticker of litecoin, which is LTC; it is that of bitcoin"),
        ("bitcoin", "WBTC/USDT", "WBTC is not the ticker of bitcoin, which is BTC"),
        ("bitcoin", "BTC/USDT", None),
        ("terra-luna", "LUNA/USDT", None),
        ("terrausd", "UST/USDT", None),
        ("my-own", "BTC/USDT", None),
    ],
)
def test_an_asset_that_the_symbol_does_not_name_is_warned_of(
    here: Path, capsys: pytest.CaptureFixture[str], asset: str, symbol: str, told: str | None
) -> None:
    flags = [{"BTC": asset, "BTC/USDT": symbol}.get(word, word) for word in FLAGS]
    status, answer = run(capsys, "import", "a.csv", *flags, "--new-asset")
    assert status == 0
    if told is None:
        assert answer["warnings"] == []
    else:
        (warning,) = answer["warnings"]
        assert warning["code"] == "asset_symbol_mismatch"
        assert warning["message"].startswith(told)


def test_a_file_with_other_names_for_its_columns_is_refused_with_the_flag_that_names_them(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.csv").write_text(ROWS.replace("ts,open", "Open Time,first"))
    status, told = run(capsys, "import", "a.csv", *FLAGS)
    (refused,) = told["data"]["refused"]
    assert (status, refused["code"]) == (3, "wrong_columns")
    assert refused["message"].endswith("name the file's own with --columns ts=Open Time,open=…")


def test_a_manifest_names_new_assets_with_a_warning(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "m.toml").write_text(
        '[[series]]\npath = "a.csv"\nkind = "ohlcv"\nsymbol = "BTC/USDT"\nvenue = "binance"\ninterval = "1h"\n'
        'source = "mine"\nasset = "bitcon"\n'
    )
    status, told = run(capsys, "import", "--manifest", "m.toml")
    assert (status, [w["code"] for w in told["warnings"]]) == (0, ["unknown_asset"])


def test_a_person_reads_tables(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "b.csv").write_text("nothing")
    assert main(["--home", "home", "data", "import", "a.csv", "b.csv", *FLAGS]) == 3
    out = capsys.readouterr().out
    assert "1 file, 1 series: 10 rows new, 0 the same, 0 revised" in out
    assert "refused: b.csv: not_rows: " in out
    assert main(["--home", "home", "data", "list"]) == 0
    assert "BTC/USDT" in capsys.readouterr().out
    assert main(["--home", "home", "data", "check"]) == 0
    assert capsys.readouterr().out == "1 series: 0 errors, 0 warnings, 0 notes\n"


def test_no_permission_is_one_sentence_and_exit_1(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "home")

    monkeypatch.setattr(Path, "mkdir", refused)
    status, told = run(capsys, "import", "a.csv", *FLAGS)
    assert (status, told["error"]["message"]) == (1, "no permission: home")


def test_a_store_that_is_only_read_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("list", "check"):
        assert main(["--home", str(tmp_path / "none"), "data", command]) == 0
    assert "empty" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()
