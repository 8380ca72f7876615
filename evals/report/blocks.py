"""The parts of an evaluation's page, each made of ``result.json`` and the daily returns alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.report.markup import Markup, join, section, spec_code, table, tag
from agent.report.words import NONE, amount, percent, ratio
from evals.report.drawing import bar, equities, reach
from evals.report.words import by_scenario, chosen, explained, headline, points, trials
from evals.result import Evaluation

Row = Mapping[str, Any]


def banner(result: Row) -> Markup:
    """The loud line above everything."""
    invented, named = result["data"]["simulated"], result["config"]["scenarios"]
    if invented:
        which = "every market" if len(invented) == len(named) else f"the market of {', '.join(invented)}"
        told = f"{which} on this page is invented by a seeded generator."
        return tag("div", tag("strong", "SIMULATED"), tag("span", told), class_="banner loud", role="note")
    told = "paper money on recorded prices; no order on this page was ever sent to a venue."
    return tag("div", tag("strong", "EVALUATION"), tag("span", told), class_="banner", role="note")


def header(result: Row) -> Markup:
    """Headline and the facts of the evaluation."""
    config = result["config"]
    facts = (
        ("Windows", ", ".join(one["id"] for one in config["scenarios"])),
        ("Candidates", join(*(tag("div", spec_code(one)) for one in config["deciders"]))),
        ("Limits", f"{config['profile']}; baselines without any"),
        ("Costs", spec_code(config["costs"])),
        ("Trials", trials(result)),
        ("Code", spec_code(result["code_version"])),
    )
    return tag(
        "header",
        tag("p", "tokenwise", tag("span", " · evaluation"), class_="brand"),
        tag("h1", headline(result)),
        tag("p", explained(result), class_="verdict"),
        tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in facts), class_="facts"),
    )


def warnings(result: Row) -> Markup:
    """What a reader must know before believing a figure."""
    notes = [one["message"] for one in result["warnings"] if one["code"] != "simulated"]
    return tag("ul", *(tag("li", note) for note in notes), class_="warnings") if notes else Markup("")


def pooled(result: Row) -> Markup:
    """One line per decider over all its windows."""
    most = reach([line["vs_hold"] for line in result["pooled"]])
    rows = [
        (
            _who(line),
            _windows(line),
            percent(line["mean_total_return"], signed=True),
            percent(line["mean_max_drawdown"]),
            ratio(line["sharpe"]),
            join(bar(line["vs_hold"], most), word(line["vs_hold"]), " ", interval(line["vs_hold"])),
            points(line["vs_hold"]["mde"], signed=False) if line["vs_hold"] else NONE,
            join(word(line["vs_twin"]), " ", interval(line["vs_twin"])) if line["vs_twin"] else NONE,
            ratio(line["dsr"]),
        )
        for line in result["pooled"]
    ]
    head = ("decider", "windows", "return", "drawdown", "Sharpe", "against buy & hold", "MDE", "against its twin", "DSR")  # fmt: skip
    left = [
        tag(
            "li",
            f"{line['decider']} in {one['scenario']}, seed {one['seed']} ({one['status']}): {one['why']}",
        )
        for line in result["pooled"]
        for one in line["left_out"]
    ]
    return section(
        "pooled",
        "Over all windows",
        tag("div", table(head, rows, class_="rows", numbers=(2, 3, 4, 6, 8)), class_="scroll"),
        join(tag("h3", "Left out"), tag("ul", *left)) if left else None,
        lead="Mean of the windows, each counting once. The bar is the 95 % interval of the difference of total "
        "returns to buy & hold without limits; where it holds zero, the verdict is inconclusive. MDE: the smallest "
        "true difference that such a run finds in 80 of 100 cases.",
    )


def windows(made: Evaluation) -> Markup:
    """Every row, window by window."""
    result = made.result
    days = {_key(one): one["returns"] for one in made.days}
    parts = [_window(result, name, rows, days) for name, rows in by_scenario(result["rows"]).items()]
    return section("windows", "Window by window", *parts)


def _window(
    result: Row, name: str, rows: Sequence[Row], days: Mapping[tuple[Any, ...], Sequence[float]]
) -> Markup:
    title = next(one["title"] for one in result["config"]["scenarios"] if one["id"] == name)
    mark = "SIMULATED · " if name in result["data"]["simulated"] else ""
    most = reach([row["vs_hold"] for row in rows])
    notes = [f"{gap['what']} is missing: {gap['why']}" for gap in result["data"]["missing"].get(name, ())]
    notes += [
        f"restated history, not as shown then: {one}" for one in result["data"]["restated"].get(name, ())
    ]
    drawn = [(_kind(row), str(row["decider"]), days[_key(row)]) for row in rows if days[_key(row)]]
    drawn.sort(key=lambda one: ("baseline", "hold", "twin", "candidate").index(one[0]))
    head = ("decider", "return", "Sharpe", "drawdown", "invested", "trips", "fees", "against buy & hold", "what else")  # fmt: skip
    return join(
        tag("h3", join(mark, name, ": ", title), id=f"window-{name}"),
        tag("ul", *(tag("li", note) for note in notes), class_="note") if notes else None,
        equities(drawn, f"Growth of 1 in {name}"),
        _legend(drawn),
        tag(
            "div",
            table(head, [_cells(row, most) for row in rows], class_="rows", numbers=(1, 2, 3, 4, 5, 6)),
            class_="scroll",
        ),
    )


def _cells(row: Row, most: float) -> Sequence[object]:
    metrics = row["metrics"]
    return (
        _who(row),
        percent(metrics.get("total_return"), signed=True),
        ratio(metrics.get("sharpe")),
        percent(metrics.get("max_drawdown")),
        percent(metrics.get("exposure")),
        metrics.get("round_trips", NONE),
        amount(metrics.get("fees")),
        join(bar(row["vs_hold"], most), word(row["vs_hold"]), " ", interval(row["vs_hold"])),
        _else(row),
    )


def _else(row: Row) -> str:
    """What a reader would not guess from the figures."""
    told = [] if row["status"] == "ok" else [f"{row['status']}: {row['why']}"]
    if row.get("halted_at"):
        told.append(f"halted at {row['halted_at']}")
    elif row.get("state") == "reducing":
        told.append("the breaker let it only reduce")
    told += [
        f"expected {one['check']}: {one['findings'][0]}" for one in row.get("expects", ()) if not one["ok"]
    ]
    return "; ".join(told)


def _legend(drawn: Sequence[tuple[str, str, object]]) -> Markup:
    kinds = [("candidate", "candidate"), ("twin", "rules-only twin"), ("hold", "buy & hold")]
    present = {kind for kind, _, _ in drawn}
    named = (tag("b", title, class_=kind) for kind, title in kinds if kind in present)
    return tag("p", *named, tag("span", "grey: other baselines"), class_="legend")


def selection(result: Row) -> Markup:
    """What the best of so many is worth."""
    several = len(result["selection"]) > 1
    parts = [
        join(
            tag("h3", f"{entry['arm']}, cut-off {entry['cutoff']}") if several else None,
            tag("ul", *(tag("li", line) for line in chosen(entry))),
            tag(
                "p",
                f"Left out, for want of a whole row in each window: {', '.join(entry['left_out'])}.",
                class_="note",
            )
            if entry["left_out"]
            else None,
        )
        for entry in result["selection"]
    ]
    return section("selection", "The best of many", tag("p", trials(result)), *parts)


def conduct(result: Row) -> Markup:
    """What candidates and twin did, refused and cost."""
    rows = [
        (
            _who(row),
            row["scenario"],
            row["seed"],
            row["metrics"]["decisions"],
            _counts(row["actions"]),
            _counts(row["abstained"]),
            _counts(row["vetoes_by_rule"]),
            _counts(row["exits"]),
            row["metrics"]["llm_calls"],
            f"{row['metrics']['tokens_in']:,} / {row['metrics']['tokens_out']:,}",
            row["metrics"]["usd"],
        )
        for row in result["rows"]
        if row["role"] != "baseline" and row["status"] != "failed"
    ]
    head = ("decider", "window", "seed", "decisions", "wished", "abstained", "refused by", "exits", "calls", "tokens in / out", "USD")  # fmt: skip
    return section(
        "conduct", "What they did", tag("div", table(head, rows, numbers=(2, 3, 8)), class_="scroll")
    )


def data(result: Row) -> Markup:
    """What was read, and how it was judged."""
    rows = [(spec_code(name), spec_code(found)) for name, found in sorted(result["data"]["series"].items())]
    method = [(tag("dt", name), tag("dd", told)) for name, told in result["method"].items()]
    return section(
        "data",
        "Data and method",
        tag("dl", *(tag("div", *pair) for pair in method), class_="facts"),
        tag("div", table(("series", "rows"), rows), class_="scroll"),
    )


def word(told: Row | None) -> Markup:
    """The verdict, in its colour."""
    return tag(
        "span",
        NONE if told is None else told["verdict"],
        class_=f"word {'' if told is None else told['verdict']}",
    )


def interval(told: Row | None) -> str:
    """The difference and its interval."""
    if told is None:
        return NONE
    if told["ci95"] is None:
        return f"{points(told['diff'])}, too short"
    low, high = told["ci95"]
    return f"{points(told['diff'])} [{points(low)}, {points(high)}]"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.items()) or NONE


def _windows(line: Row) -> str:
    left = f", {len(line['left_out'])} left out" if line["left_out"] else ""
    return f"{len(line['scenarios'])}{left}"


def _who(row: Row) -> Markup:
    """The decider, and under it in what part and under which conditions it ran."""
    parts = [str(row["role"]), f"limits {row['limits']}"]
    if row["matches"]:
        parts.append(f"turnover of {row['matches']}")
    if row.get("seed"):
        parts.append(f"seed {row['seed']}")
    if row["cutoff"] != "unknown":
        parts.append(f"{row['cutoff']} its cut-off")
    return join(
        tag("span", spec_code(row["decider"]), class_="wish"), tag("small", " · ".join(parts), class_="muted")
    )


def _kind(row: Row) -> str:
    if row["role"] == "baseline":
        return "hold" if row["decider"] == "rule:hold" else "baseline"
    return str(row["role"])


def _key(row: Row) -> tuple[Any, ...]:
    names = ("scenario", "role", "decider", "matches", "arm", "seed", "limits")
    return tuple(row[name] for name in names)
