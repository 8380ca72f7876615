"""A scenario's file: read as it is meant, or refused in one sentence that says how to mend it."""

from __future__ import annotations

import pickle
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.instant import DAY, HOUR, Instant, iso
from core.money import Money
from evals.scenario import CHECKS, Expect, load
from evals.scenario_file import read_scenario, scenario_from
from tests.evals.writing import a_scenario, raw, synthetic

LUNA_OF_THE_CONTRACT = """
schema = "tokenwise.scenario.v1"
id = "luna"
title = "Terra collapses"
start = "2022-04-25T00:00:00Z"
end = "2022-07-01T00:00:00Z"           # exclusive
warmup = "60d"
grain = "1h"
every = "4h"
symbols = ["BTC/USDT", "ETH/USDT", "LUNA/USDT"]   # frozen at start
cash = "10000 USDT"
sources = ["ohlcv", "sentiment", "onchain:bitcoin"]
[[facts]]
text = "SUI's TVL reached a new high of 2.11 billion USD"
source = "DefiLlama, quoted by the note of May 2025"
asset = "sui"
metric = "tvl"
value = "2110000000"
as_of = "2022-05-13T00:00:00Z"
known_at = "2022-05-14T00:00:00Z"

[[expect]]
check = "inside_limits"

[synthetic]
generator = "flash_crash"
seed = 1
drop = 0.3
minutes = 10
"""

FACT = {
    "text": "It rained",
    "source": "a paper",
    "as_of": "2024-03-04T00:00:00Z",
    "known_at": "2024-03-05T00:00:00Z",
}


def test_the_example_of_the_contract_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "luna.toml"
    file.write_text(LUNA_OF_THE_CONTRACT)
    found = load(str(file))
    assert (found.id, found.symbols, found.cash) == (
        "luna",
        ("BTC/USDT", "ETH/USDT", "LUNA/USDT"),
        Money(Decimal(10000), "USDT"),
    )
    assert (iso(found.start), iso(found.end), found.warmup_ms) == (
        "2022-04-25T00:00:00Z",
        "2022-07-01T00:00:00Z",
        60 * DAY,
    )
    assert (str(found.grain), str(found.every)) == ("1h", "4h")
    assert found.facts[0].value == Decimal(2110000000)
    assert found.expects == (Expect("inside_limits"),)
    assert found.synthetic is not None
    assert found.synthetic.params == {"drop": 0.3, "minutes": 10.0, "recovered": 0.8, "at": 0.5}


def test_the_recipe_for_a_scenario_is_one() -> None:
    recipe = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text().partition("### A scenario")[2]
    found = scenario_from(tomllib.loads(recipe.partition("```toml")[2].partition("```")[0]))
    assert (found.id, len(found.facts), found.expects) == ("luna_short", 1, (Expect("inside_limits"),))


def test_times_may_be_toml_times_and_bare_days(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'schema = "tokenwise.scenario.v1"\nid = "mine"\ntitle = "Mine"\nstart = 2024-03-03\n'
        'end = 2024-03-10T00:00:00+02:00\nwarmup = "40d"\ngrain = "1h"\nevery = "4h"\n'
        'symbols = ["A/USDT"]\ncash = "1 USDT"\n'
    )
    found = load(str(file))
    assert (iso(found.start), iso(found.end)) == ("2024-03-03T00:00:00Z", "2024-03-09T22:00:00Z")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"schema": None}, "has no schema"),
    ({"schema": "tokenwise.scenario.v2"}, "newer than this program"),
    ({"schema": "tokenwise.limits.v1"}, "has the schema 'tokenwise.limits.v1'"),
    ({"warmpu": "3d"}, "unknown key 'warmpu'"),
    ({"title": None}, "title is missing"),
    ({"id": "../evil"}, "id: "),
    ({"end": "2024-03-03T00:00:00Z"}, "is not after start"),
    ({"end": "2024-02-01T00:00:00Z"}, "is not after start"),
    ({"start": "yesterday"}, "'yesterday' is not a time"),
    ({"start": 20240303}, "start: 20240303 is not a text"),
    ({"warmup": 60}, "warmup: 60 is not a text"),
    ({"start": "1024-03-03T00:00:00Z"}, "not a time of this market"),
    ({"start": "2024-03-03T00:30:00Z"}, "start does not fall on a boundary"),
    ({"warmup": "90m"}, "warmup does not fall on a boundary"),
    ({"warmup": "60"}, "warmup: '60' is not a duration"),
    ({"warmup": "99999d"}, "warmup is longer than five years"),
    ({"grain": "7m"}, "'7m' is not an interval"),
    ({"every": "90m"}, "every 90m is not a multiple of grain 1h"),
    ({"grain": "4h", "every": "1h"}, "every 1h is not a multiple of grain 4h"),
    ({"symbols": []}, "symbols: "),
    ({"symbols": "BTC/USDT"}, "symbols: "),
    ({"symbols": ["BTCUSDT"]}, "'BTCUSDT' is not a symbol"),
    ({"symbols": ["btc/usdt"]}, "'btc/usdt' is not a symbol"),
    ({"symbols": ["BTC/USDT", "BTC/USDT"]}, "names one twice"),
    ({"symbols": ["BTC/USDT", "ETH/EUR"]}, "ETH/EUR is paid with EUR"),
    ({"cash": "10000 EUR"}, "cash is EUR, but ZORB/USDT is paid with USDT"),
    ({"cash": "-1 USDT"}, "not an amount of money"),
    ({"cash": 10000}, "cash: 10000 is not a text"),
    ({"sources": ["candles"]}, "'candles' is not a source"),
    ({"sources": ["onchain:"]}, "'onchain:' is not a source"),
    ({"facts": [{**FACT, "known_at": "2024-03-01T00:00:00Z"}]}, "is before as_of"),
    ({"facts": [{**FACT, "known_at": "2024-03-10T00:00:00Z"}]}, "not before the end"),
    ({"facts": [{**FACT, "metric": "tvl"}]}, "metric and value belong together"),
    ({"facts": [{**FACT, "metric": "tvl", "value": "1"}]}, "a metric is of an asset"),
    ({"facts": [{**FACT, "asset": "sui", "metric": "tvl", "value": "much"}]}, "is not a decimal number"),
    (
        {"facts": [{**FACT, "asset": "sui", "metric": "tvl", "value": 0.1}]},
        "facts.0.value: 0.1 is not a text",
    ),
    ({"facts": [{**FACT, "sauce": "x"}]}, "unknown key 'facts.0.sauce'"),
    ({"expect": [{"check": "wins"}]}, "expect.0.check is 'wins'"),
    ({"expect": [{"check": "orders_at_most"}]}, "orders_at_most has the value None"),
    ({"expect": [{"check": "orders_at_most", "value": True}]}, "orders_at_most has the value True"),
    ({"expect": [{"check": "no_entry_after"}]}, "no_entry_after has no value"),
    ({"expect": [{"check": "no_entry_after", "value": "noon"}]}, "'noon' is not a time"),
    ({"expect": [{"check": "flat_at_end", "value": 3}]}, "flat_at_end takes no value"),
    ({"synthetic": {"generator": "flash_crahs", "seed": 1}}, "there is no generator 'flash_crahs'"),
    ({"synthetic": {"generator": "flash_crash"}}, "synthetic.seed is missing"),
    ({"synthetic": synthetic("flash_crash", -1)}, "synthetic.seed: "),
    ({"synthetic": synthetic("flash_crash", depth=1)}, "has no parameter 'depth'"),
    ({"synthetic": synthetic("flash_crash", drop=1.5)}, "synthetic.drop is 1.5"),
    ({"synthetic": synthetic("outage", count=2.5)}, "synthetic.count is 2.5"),
    ({"synthetic": synthetic("flash_crash", drop=float("nan"))}, "synthetic.drop is nan"),
]


@pytest.mark.parametrize(("change", "told"), WRONG, ids=[told for _, told in WRONG])
def test_what_cannot_be_is_refused_in_one_sentence_with_its_mend(change: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as refused:
        scenario_from(raw(**change), "mine.toml")
    assert told in refused.value.message
    assert refused.value.message.startswith("mine.toml")
    assert refused.value.mend
    assert "\n" not in refused.value.message
    assert "pydantic" not in refused.value.message


def test_a_misspelt_key_and_generator_have_their_nearest_as_candidates() -> None:
    with pytest.raises(UsageError) as refused:
        scenario_from(raw(warmpu="3d"))
    assert "warmup" in refused.value.candidates
    with pytest.raises(UsageError) as refused:
        scenario_from(raw(synthetic=synthetic("flash_crahs")))
    assert refused.value.candidates == ("flash_crash",)


def test_an_unknown_name_an_absent_file_and_a_broken_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no scenario 'lunar'") as refused:
        load("lunar")
    assert refused.value.candidates[0] == "luna"
    with pytest.raises(UsageError, match="there is no file"):
        load(str(tmp_path / "absent.toml"))
    with pytest.raises(UsageError, match="cannot be read"):
        load(f"{tmp_path}/")
    for number, content in enumerate((b"id = ", b"\xff\xfe", b"[" * 5_000)):
        broken = tmp_path / f"{number}.toml"
        broken.write_bytes(content)
        with pytest.raises(UsageError, match="is not TOML"):
            load(str(broken))
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 2_000_000)
    with pytest.raises(UsageError, match="larger than"):
        load(str(large))


def test_a_person_s_file_may_not_be_taken_for_a_built_in_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "luna").write_text("nothing")
    assert load("luna").title == "Terra collapses"


def test_a_scenario_can_be_sent_to_another_process_and_hashed() -> None:
    one = a_scenario(
        synthetic=synthetic("chop"), facts=[FACT], expect=[{"check": "orders_at_most", "value": 3}]
    )
    assert pickle.loads(pickle.dumps(one)) == one
    assert {one: 1}[one] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"start": "2024-03-03T04:00:00Z"},
        {"warmup": "41d"},
        {"every": "8h"},
        {"cash": "10001 USDT"},
        {"symbols": ["ZORB/USDT"]},
        {"symbols": ["QUILLEX/USDT", "ZORB/USDT"]},
        {"sources": ["ohlcv", "news"]},
        {"facts": [FACT]},
        {"expect": [{"check": "flat_at_end"}]},
        {"synthetic": synthetic("chop")},
    ],
)
def test_whatever_a_run_can_depend_on_is_in_the_hash(change: dict[str, Any]) -> None:
    assert a_scenario(**change).hash() != a_scenario().hash()


def test_what_is_written_otherwise_and_means_the_same_has_the_same_hash() -> None:
    same = a_scenario(title="Another", start="2024-03-03", warmup="960h", cash="10000.00 usdt")
    assert same.hash() == a_scenario().hash()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(key=st.sampled_from([*raw(), "facts", "expect", "synthetic", "sources", "needs"]), value=JSON)
def test_no_value_whatever_makes_anything_but_a_scenario_or_a_sentence(key: str, value: Any) -> None:
    refused = ""
    try:
        found = scenario_from({**raw(), key: value})
    except UsageError as error:
        refused = error.mend
    assert refused or found.start < found.end


@given(
    start=st.integers(400_000, 500_000),
    hours=st.integers(1, 20_000),
    warmup=st.integers(0, 2_000),
    every=st.sampled_from(["1h", "2h", "4h", "12h", "1d", "7d"]),
)
def test_a_sound_window_is_read_as_it_was_written(start: int, hours: int, warmup: int, every: str) -> None:
    begin, end = Instant(start * HOUR), Instant((start + hours) * HOUR)
    found = a_scenario(start=iso(begin), end=iso(end), warmup=f"{warmup}h", every=every)
    assert (found.start, found.end, found.warmup_ms) == (begin, end, warmup * HOUR)
    again = found.describe()
    assert (again["start"], again["end"]) == (iso(begin), iso(end))


def test_every_check_of_the_contract_can_be_asked_for() -> None:
    values = {"orders_at_most": 3, "no_entry_after": "2024-03-04"}
    for check in CHECKS:
        asked = {"check": check} | ({"value": values[check]} if check in values else {})
        assert a_scenario(expect=[asked]).expects[0].check == check


def test_a_file_without_permission_is_told_with_its_reason(tmp_path: Path) -> None:
    class Unreadable(type(tmp_path)):  # type: ignore[misc]  # root may read everything, so the refusal is played
        def read_bytes(self) -> bytes:
            raise PermissionError(13, "Permission denied")

    with pytest.raises(UsageError, match="cannot be read: Permission denied"):
        read_scenario(Unreadable("x.toml"), "x.toml")
