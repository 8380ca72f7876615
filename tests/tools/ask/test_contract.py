"""What holds for every answer, the ones to come included."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from core.errors import UsageError
from core.instant import DAY
from core.market import Bars
from core.observation import Missing
from tests.tools.ask.worlds import QUESTIONS, START, context_at, paths
from tools.ask import Evidence, Tool, ask, openai_schema, read_arguments, tool_named, tools

SERIES = paths()
NOW = START + 38 * DAY
ALL = sorted(tools())
OF_ASSET = sorted(name for name, tool in tools().items() if tool.of_asset)
OF_FACTS = {
    *("get_onchain", "get_fundamentals", "get_derivatives"),
    *("get_sentiment", "get_narratives", "get_news"),
}
# an evidence line of the decision prompt
LINE = re.compile(r"^\[(e\d+)\] (\d+|market|account) ([a-z0-9_.]+) (\S+) (\S+)$")


def line(one: Evidence) -> str:
    return f"[e1] {'account' if one.asset == 'account' else 0} {one.metric} {one.value} {one.unit}"


@pytest.mark.parametrize("name", ALL)
def test_an_answer_says_what_it_is_and_what_it_takes(name: str) -> None:
    tool = tools()[name]
    assert tool.name == name
    assert 20 < len(tool.about) < 160
    assert tool.about.endswith(".")
    schema = tool.Args.model_json_schema()
    assert schema["additionalProperties"] is False
    for key, value in schema.get("properties", {}).items():
        assert value.get("description"), f"{name}.{key} is not described"
    assert issubclass(tool.Result, BaseModel)


@pytest.mark.parametrize(("name", "raw"), QUESTIONS)
@pytest.mark.parametrize("now", [START, START + DAY, START + 36 * DAY + 7_200_000, NOW], ids=str)
def test_an_answer_is_typed_plain_json_and_fits_the_prompt(name: str, raw: dict[str, Any], now: int) -> None:
    reply = ask(name, raw, context_at(SERIES, now))
    assert json.loads(json.dumps(reply.data, allow_nan=False)) == reply.data
    if "asked" not in reply.data:
        told = tools()[name].Result.model_validate(reply.data)
        assert told.model_dump(mode="json", by_alias=True) == reply.data
    for one in reply.evidence:
        assert one.tool == name
        assert LINE.match(line(one)), line(one)
        assert "e" not in one.value.lower() or not one.value[0].isdigit(), f"{one.value} is no plain number"
    assert all(one.what and one.why for one in reply.missing)
    assert reply.evidence or reply.missing or name == "get_decisions"


@pytest.mark.parametrize("name", ALL)
def test_nothing_but_missing_is_told_where_nothing_is_known(name: str) -> None:
    context = context_at(
        {symbol: one for symbol, one in SERIES.items() if symbol == "NEW/USDT"},
        START,
        portfolio=None,
        equity=None,
        limits=None,
        records=None,
        symbols={"new": "NEW/USDT"},
        assets={},
        facts=None,
    )
    raw = {"asset": "new"} if name in OF_ASSET else {"query": "nobody"} if name == "find_asset" else {}
    reply = ask(name, raw, context)
    assert reply.missing
    assert not reply.evidence


@pytest.mark.parametrize("name", OF_ASSET)
@pytest.mark.parametrize(
    ("asked", "why", "meant"),
    [
        ("bitcon", "unknown_asset", "bitcoin"),
        ("luna", "ambiguous_asset", "terra-luna-2"),
        ("terra-luna", "no_data", "terra-luna"),
    ],
)
def test_an_asset_that_is_not_clear_is_told_with_what_it_may_be(
    name: str, asked: str, why: str, meant: str
) -> None:
    reply = ask(name, {"asset": asked}, context_at(SERIES, NOW))
    assert reply.missing == (Missing(asked, why),)
    assert meant in reply.data["candidates"]
    assert not reply.evidence


@pytest.mark.parametrize("asked", ["bitcoin", "BTC", "btc", " Bitcoin ", "BTC/USDT", "btc/usdt"])
def test_an_asset_goes_by_id_ticker_name_and_symbol(asked: str) -> None:
    reply = ask("get_price", {"asset": asked}, context_at(SERIES, NOW))
    assert reply.data["symbol"] == "BTC/USDT"
    assert reply.evidence[0].asset == ("BTC/USDT" if "/" in asked else "bitcoin")


def test_a_missing_value_never_becomes_a_number() -> None:
    """Every value of a refused candle stays out: the gate's word is passed on."""
    series = dict(SERIES)
    bars: Bars = series["SUI/USDT"].bars
    row = 38 * 24 - 1
    last_bad = series["SUI/USDT"].last_bad.copy()
    last_bad[row:] = row
    codes = ["jump" if index == row else "" for index in range(len(bars))]
    from dataclasses import replace

    series["SUI/USDT"] = replace(series["SUI/USDT"], last_bad=last_bad, bad_code=tuple(codes))
    for name in sorted({*OF_ASSET} - {"get_order_book", *OF_FACTS}):
        reply = ask(name, {"asset": "SUI"}, context_at(series, NOW))
        assert not reply.evidence, name
        assert reply.missing[0].why == "gate:jump", name


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("get_price", {}, "needs 'asset'"),
        ("get_price", {"asset": "SUI", "colour": "red"}, "no argument 'colour'"),
        ("get_candles", {"asset": "SUI", "count": 201}, "less than or equal to 200"),
        ("get_candles", {"asset": "SUI", "count": "many"}, "count of get_candles is 'many'"),
        ("get_candles", {"asset": "SUI", "interval": "7x"}, "'1m', '15m', '1h', '4h' or '1d'"),
        ("get_price", {"asset": "x" * 121}, "at most 120 characters"),
        ("get_portfolio", {"asset": "SUI"}, "no argument 'asset'"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_one_sentence(
    name: str, raw: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(said)) as caught:
        read_arguments(tools()[name], raw)
    assert caught.value.mend
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("name", ["price", "get_price", "get-price", " Price "])
def test_a_name_goes_without_its_get(name: str) -> None:
    assert tool_named(name).name == "get_price"


def test_an_unknown_name_is_told_with_the_nearest_first() -> None:
    with pytest.raises(UsageError) as caught:
        tool_named("prise")
    assert caught.value.candidates[0] == "get_price"
    assert set(caught.value.candidates) == set(tools())


@pytest.mark.parametrize("tool", tools().values(), ids=ALL)
def test_a_model_is_shown_what_the_arguments_are_and_no_more(tool: Tool) -> None:
    shown = openai_schema(tool)
    assert shown["type"] == "function"
    function = shown["function"]
    assert (function["name"], function["description"]) == (tool.name, tool.about)
    parameters = function["parameters"]
    assert parameters["type"] == "object"
    assert parameters["additionalProperties"] is False
    assert set(parameters["properties"]) == set(tool.Args.model_fields)
    assert "title" not in json.dumps(parameters)


def test_no_answer_reaches_what_can_trade() -> None:
    """Read off the syntax trees: ours, the vocabulary, pure judgement; no venue, no risk engine, no world."""
    allowed = {"core", "difflib", "pydantic", "numpy", "tools.ask"}
    pure = (
        "tools.desk",
        "strategies.indicators",
        "strategies.levels",
        "strategies.grades",
        "strategies.regime",
        "tools.identity",
    )
    for path in (Path(__file__).parents[3] / "tools/ask").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                ours = name.startswith(("tools.ask", *pure)) or name.split(".")[0] in allowed
                standard = name in {"__future__", "collections", "collections.abc", "dataclasses", "decimal"}
                plain = name in {"functools", "math", "re", "statistics", "typing", "unicodedata"}
                assert ours or standard or plain, f"{path.name}: {name}"
    for path in (Path(__file__).parents[3] / "tools/desk").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                hands = (node.module or "").startswith(("tools.exchange", "strategies.risk", "agent"))
                assert not hands, f"{path.name}: {node.module}"
