"""An index on a terminal: who is in it and why, what holding it did, and every rebalance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from agent.cli.terminal import NONE, bar, chapter, console, head, moment, signed, spark, words
from core.spec import parse_spec
from strategies.baskets.basket import GRADES

_BARS = 14
_SPARK = 60
_LAST = 8
_WIDEST = 76


def tell_names(rows: Sequence[Mapping[str, str]]) -> None:
    """The indices that go by a name, with their rules."""
    for row in rows:
        print(f"{row['name']:<10} {row['index']}")


def tell_index(name: str, data: Mapping[str, Any], *, simulated: bool) -> None:
    """Constituents, and the performance where there is one."""
    out = console()
    head(out, f"Index {name}", moment(data["as_of"]), simulated=simulated)
    members, cash = data["constituents"], data["cash"]
    params = parse_spec(data["index"]).params
    of = f" of {members[0]['of']}" if members else ""
    chapter(
        out,
        f"{len(members)}{of} compared, {params['order']} {words(params['by'])}",
        _constituents(members, cash, words(params["by"])),
        "",
        _weighted(data, params["cap"]),
    )
    notes = [f"{gap['what'].replace('_', ' ')} is {gap['why']}" for gap in data["missing"]]
    notes += _left_out(data["left_out"])
    if notes:
        chapter(out, "Left out and not known", *notes)
    if data["performance"] is not None:
        _performance(out, data)
    chapter(out, "Rule", *_wrapped(data["index"]))
    out.print()


def _constituents(members: Sequence[Mapping[str, Any]], cash: float, by: str) -> Any:
    from rich.table import Table

    from strategies.baskets.basket import short

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title, style in (("", "bold"), ("weight", ""), ("", "cyan"), ("rank", "dim"), (by, "dim")):
        table.add_column(title, style=style, no_wrap=True, justify="right" if title else "left")
    heaviest = max((one["weight"] for one in members), default=1.0)
    for one in members:
        share = bar(one["weight"] / heaviest, _BARS)
        weight, value = _percent(one["weight"], signs=False), short(float(one["value"]))
        table.add_row(one["symbol"], weight, share, str(one["rank"]), value)
    if cash > 0:
        table.add_row("cash", _percent(cash, signs=False), "", "", "")
    return table


def _weighted(data: Mapping[str, Any], cap: str) -> str:
    """What weights follow, in a sentence."""
    follows = {
        "equal": "Equal weights",
        "capped": "Weights by market cap",
        "inverse_volatility": "Weights over 30 days' volatility",
        "grade": "Weights by grade",
    }[data["weights"]]
    if any(gap["what"] == "market_cap" for gap in data["missing"]):
        follows = "Weights by value traded"
    most = "" if cap == "1" else f", {float(cap):.0%} at most; what none may take is cash"
    return f"{follows}{most}."


def _left_out(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    counted = Counter(_reason(one["why"]) for one in rows)
    if not counted:
        return []
    told = ", ".join(f"{count:,} {why}" for why, count in counted.most_common())
    who = "1 asset is" if len(rows) == 1 else f"{len(rows):,} assets are"
    return [f"{who} not compared: {told}"]


def _reason(why: str) -> str:
    name = why.partition(":")[0]
    if "warming_up" in why:
        return "with too few days"
    return "without a grade" if name in GRADES else words(name)


def _wrapped(spec: str) -> list[str]:
    """*spec* in lines that break after its keys."""
    lines = [""]
    for part in spec.replace("&", "&\n").split("\n"):
        if len(lines[-1]) + len(part) > _WIDEST:
            lines.append("")
        lines[-1] += part
    return lines


def _performance(out: Any, data: Mapping[str, Any]) -> None:
    from rich.table import Table

    lived = data["performance"]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    for title in ("return", "max drawdown", "volatility", "sharpe"):
        table.add_column(title, justify="right")
    rows = [("this index", lived), *((f"hold {_beside(one)}", one) for one in lived["benchmarks"])]
    for label, row in rows:
        sharpe = NONE if row["sharpe"] is None else signed(row["sharpe"], 2)
        table.add_row(
            label, _percent(row["total_return"]), _percent(row["max_drawdown"]),
            _percent(row["volatility"], signs=False), sharpe, style="bold" if row is lived else None,
        )  # fmt: skip
    values = [float(one["equity"]) for one in lived["equity"]]
    shown = [values[round(at * (len(values) - 1) / (_SPARK - 1))] for at in range(_SPARK)]
    chapter(
        out,
        f"Held from {moment(lived['from'])} to {moment(lived['until'])}, after costs",
        table,
        "",
        spark(shown, min(shown), max(*shown, min(shown) + 1e-9)),
        f"{lived['start_equity']} became {lived['final_equity']}; {lived['trades']} trades, fees {float(lived['fees']):.2f}, "
        f"turnover {lived['turnover'] or 0:.1f} times a year",
    )
    several = data["rebalances"]
    lines = [_line(one) for one in several[-_LAST:]]
    more = len(several) - len(lines)
    title = f"Rebalanced {len(several)} times, every {data['rebalance']}"
    chapter(out, title + (f"; the last {_LAST}" if more else ""), *lines)


def _beside(one: Mapping[str, Any]) -> str:
    return f"{one['symbols']} assets equally" if one["name"] == "universe" else str(one["name"])


def _line(one: Mapping[str, Any]) -> str:
    came, went = len(one["entered"]), len(one["left"])
    return (
        f"{one['at'][:10]}  {one['equity']:>12}  {len(one['weights']):>2} of {one['compared']:>3}  "
        f"{came:>2} in {went:>2} out  traded {one['turnover']:.0%}  fees {one['fees']}"
    )


def _percent(value: float | None, *, signs: bool = True) -> str:
    if value is None:
        return NONE
    return f"{signed(100 * value)} %" if signs else f"{100 * value:.1f} %"
