"""The result as a page that a careful person can judge in a minute, and check in ten."""

from __future__ import annotations

from typing import Any

from evals.grades.method import CONTEXT, INVESTOR, METHOD
from evals.grades.words import p_value, percent, plain, share, signed, span, table

Row = dict[str, Any]
NAMES = {
    "trader": "Trader Grade",
    "technical": "· technical part",
    "quant": "· quant part",
    "momentum_30d": "return of the last 30 days",
    "sma_50_distance": "distance from the 50-day mean",
}
_SHOWN_INPUTS = 6
SIMULATED = "SIMULATED: every price is invented. This says nothing of a real market."


def page(result: Row, command: str, picture: str) -> str:
    """The report in Markdown. *command*: what made it. *picture*: the figure's file name."""
    told = [
        "# Does the Trader Grade predict anything?",
        _opening(result, command),
        "## Verdict",
        "\n".join(f"- **{line}**" if line.startswith("LEAKY") else f"- {line}" for line in result["verdict"]),
        f"![Coefficients by horizon, parts after costs, what was earned over time, and coverage]({picture})",
        CONTEXT,
        "## What the ranking knew",
        _information(result),
        "## Against others",
        _against(result),
        "## What following it would have earned",
        _following(result),
        "## When",
        _sliced(result),
        "## By band",
        _bands(result),
        "## Turnover and steadiness",
        _stability(result),
        "## Each input",
        _inputs(result),
        "## Coverage",
        _coverage(result),
        "## The Investor Grade",
        INVESTOR,
        "## How it was measured",
        METHOD,
    ]
    return "\n\n".join(one for one in told if one) + "\n"


def _opening(result: Row, command: str) -> str:
    about, formula = result["universe"], result["formula"]
    out = ", ".join(f"{count} {why}" for why, count in about["not_compared"].items()) or "none"
    leaky = "\n\n**LEAKY: rows of lag 0 trade the day whose close the grade needed. They are a mistake on purpose.**"
    return (
        f"`{command}`\n\n"
        f"{about['compared']} of {about['series']} daily series are compared, {about['delisted']} of them delisted before the "
        f"end (not compared: {out}); {about['days']} days from {result['first'][:10]} to {result['last'][:10]}, "
        f"{about['graded_a_day']:.0f} grades on a usual day. Formula `{formula['version']}`, {formula['inputs']} inputs, "
        f"none fitted to outcomes. Costs {result['rate_bps']:g} bp a side."
        + (f"\n\n**{SIMULATED}**" if result["simulated"] else "")
        + (leaky if result["leaky"] else "")
    )


def _information(result: Row) -> str:
    first, looked = _first_lag(result) or min(result["lags"]), result["hypotheses"]
    rows = [
        [
            NAMES.get(row["score"], row["score"]),
            _lag(row["lag"]),
            f"{row['horizon']}d",
            signed(row["ic"], 3),
            signed(row["t"], 1),
            p_value(row["p"]),
            p_value(row["p_adjusted"]),
            signed(row["newey_west_t"], 1),
            signed(row["apart_t"], 1),
            share(row["positive"]),
            plain(row["detectable"], 3),
        ]
        for row in result["information"]
        if row["score"] == "trader" or (row["score"] in result["formula"]["parts"] and row["lag"] == first)
    ]
    head = ["score", "lag", "held", "IC", "t", "p", "p adj.", "t NW", "t apart", "days > 0", "detectable"]
    return (
        "Spearman's correlation over the assets of a day, averaged over days. t is corrected for overlap; the usual "
        'Newey-West t (lags = horizon) stands beside it and is too large where returns overlap; "apart" uses only '
        'days a horizon apart. "p adj.": all lags and horizons of a score are one family of tests. "Detectable": the '
        f"smallest true IC that this many days would show in 80 of 100 cases. Looked at in all: {looked['grade']} hypotheses of the "
        f"grade, {looked['parts']} of its parts, {looked['baselines']} of baselines, {looked['inputs']} of inputs and families."
        f"\n\n{table(head, rows)}"
    )


def _against(result: Row) -> str:
    lag = min((row["lag"] for row in result["information"] if row["lag"]), default=0)
    random = {row["horizon"]: row for row in result["random"]}
    ic = {(row["score"], row["horizon"]): row["ic"] for row in result["information"] if row["lag"] == lag}
    gaps = {(row["baseline"], row["horizon"]): row for row in result["differences"]}
    rows = []
    for horizon in result["horizons"] if lag else ():
        seen = random.get(horizon)
        cells = [f"{horizon}d", signed(ic.get(("trader", horizon)), 3)]
        for other in ("momentum_30d", "sma_50_distance"):
            gap = gaps[other, horizon]
            cells += [
                signed(ic.get((other, horizon)), 3),
                span(gap["ic"], 3),
                span(gap["top_net"], 0, 100.0, " %"),
            ]
        cells.append("–" if seen is None else f"{signed(seen['low'], 3)} … {signed(seen['high'], 3)}")
        rows.append(cells)
    if not rows:
        return ""
    draws = result["random"][0]["draws"] if result["random"] else 0
    head = ["held", "grade's IC"]
    for name in ("30-day return", "50-day mean"):
        head += [f"{name}: IC", "grade less it [95 %]", "top part, net a year [95 %]"]
    head.append("random")
    return (
        f'Lag {lag}, the same assets and days, differences day by day with a block bootstrap. "Random": the middle 95 % '
        f"of {draws} scores that know nothing and are as steady as the grade.\n\n{table(head, rows)}"
    )


def _following(result: Row) -> str:
    name = "tenth" if result["parts"] == 10 else "fifth"
    rows = []
    for row in result["following"]:
        parts = row["parts"]
        costs = " / ".join(percent(one["top_less_universe"]) for one in row["by_cost"])
        rows.append(
            [
                NAMES.get(row["score"], row["score"]),
                _lag(row["lag"]),
                f"{row['horizon']}d",
                percent(parts[-1]["net"]),
                percent(row["universe"]["net"]),
                percent(parts[0]["net"]),
                span(_as_difference(row["top_less_universe"]), 0, 100.0, " %"),
                span(_as_difference(row["top_less_bottom"]), 0, 100.0, " %"),
                share(row["traded_a_day"]["top"]),
                "–" if row["break_even_bps"] is None else f"{row['break_even_bps']:.0f} bp",
                costs,
            ]
        )
    head = [
        "score",
        "lag",
        "held",
        f"top {name}",
        "all",
        f"bottom {name}",
        "top less all [95 %]",
        "top less bottom [95 %]",
    ]
    head += ["traded a day", "break-even", "top less all at 0 / 10 / 40 bp"]
    return (
        "A year, arithmetic (365 x the daily mean), after costs of what was really bought and sold. Money lies in as many "
        'sleeves as days held, one of which is turned over each day at the open. "All" holds every graded asset in the '
        'same way. Shorting is assumed free of funding and always possible, which flatters "top less bottom".\n\n'
        f"{table(head, rows)}\n\n{_parts(result)}{_best(result)}"
    )


def _best(result: Row) -> str:
    found = result["best_of_horizons"]
    if found is None:
        return ""
    return (
        f"\n\nThe null that the top part beats all of them at none of the {found['tried']} horizons, after costs: p = {found['p']:.2f} "
        "(Hansen's SPA). Only a small p would speak for the grade."
    )


def _parts(result: Row) -> str:
    made = [
        row for row in result["following"] if row["score"] == "trader" and row["lag"] == _first_lag(result)
    ]
    if not made:
        return ""
    rows = [[f"{row['horizon']}d", *(percent(one["excess"]) for one in row["parts"])] for row in made]
    head = ["held", *(str(one["part"]) for one in made[0]["parts"])]
    return f"Each part less all of them, after costs, a year (1: the lowest grades):\n\n{table(head, rows)}"


def _sliced(result: Row) -> str:
    horizons, rows = result["horizons"], []
    for name in ("years", "regimes"):
        found: dict[str, dict[int, Row]] = {}
        for row in result[name]:
            found.setdefault(row["slice"], {})[row["horizon"]] = row
        for label, by_horizon in found.items():
            days = max(row["days"] for row in by_horizon.values())
            cells = [_cell(by_horizon.get(horizon)) for horizon in horizons]
            rows.append([label, str(days), *cells])
    if not rows:
        return ""
    head = ["", "days", *(f"{horizon}d" for horizon in horizons)]
    return (
        f"IC (t) at lag {_lag(_first_lag(result))} by year and by the regime of Bitcoin as it was known that day. A slice of few "
        f"horizons has no t.\n\n{table(head, rows)}"
    )


def _cell(row: Row | None) -> str:
    if row is None or row["ic"] is None:
        return "–"
    return f"{signed(row['ic'], 3)} ({signed(row['t'], 1)})"


def _bands(result: Row) -> str:
    horizon = _shown(result)
    rows = [
        [
            f"{row['low']}–{row['high']} {row['band'].replace('_', ' ')}",
            f"{row['asset_days']:,}",
            percent(row["return"], 2),
            percent(row["median"], 2),
            percent(row["excess"], 2),
            signed(row["t"], 1),
        ]
        for row in result["bands"]
        if row["horizon"] == horizon
    ]
    head = ["grade", "asset-days", f"mean {horizon}-day return", "median", "less all graded that day", "t"]
    return f"Before costs, lag {_lag(_first_lag(result))}. A grade that is right would rise from row to row.\n\n{table(head, rows)}"


def _stability(result: Row) -> str:
    rows = [
        [f"{row['days']}d", signed(row["rank_correlation"], 2), share(row["top_replaced"])]
        for row in result["stability"]
    ]
    return table(["after", "rank correlation with itself", "of the top part replaced"], rows)


def _inputs(result: Row) -> str:
    horizon = _shown(result)
    found = [row for row in result["inputs"] if row["horizon"] == horizon and row["ic"] is not None]
    families = [row for row in found if row["part"] is None]
    single = sorted(
        (row for row in found if row["part"] is not None), key=lambda row: row["ic"], reverse=True
    )
    if not single:
        return ""
    right = sum(row["ic"] > 0 and (row["p_adjusted"] or 1.0) < 0.05 for row in single)
    wrong = sum(row["ic"] < 0 and (row["p_adjusted"] or 1.0) < 0.05 for row in single)
    kept = single[:_SHOWN_INPUTS] + single[max(_SHOWN_INPUTS, len(single) - _SHOWN_INPUTS) :]
    rows = [_input(row) for row in sorted(families, key=lambda row: row["ic"], reverse=True)] + [
        _input(row) for row in kept
    ]
    head = ["input", "family", "sign", "IC", "t", "p", "p adj."]
    return (
        f"{horizon} days, lag {_lag(_first_lag(result))}, each alone and signed as the formula signs it. {len(result['inputs'])} tests of inputs and "
        f"families over all horizons are one family (Romano-Wolf): {right} of {len(single)} inputs rank the right way and {wrong} "
        f"the wrong way beyond chance. Families first, then the best and the worst.\n\n{table(head, rows)}"
    )


def _input(row: Row) -> list[str]:
    name = row["input"].replace("family:", "**") + ("**" if row["part"] is None else "")
    sign = "" if row["part"] is None else "+" if row["sign"] > 0 else "−"
    told = name if row["part"] is None else f"`{name}`"
    return [
        told,
        row["family"],
        sign,
        signed(row["ic"], 3),
        signed(row["t"], 1),
        p_value(row["p"]),
        p_value(row["p_adjusted"]),
    ]


def _coverage(result: Row) -> str:
    found = result["coverage"]
    months = found["months"]
    least = min(months, key=lambda one: (one["share"] is None, one["share"]))
    mean = "–" if found["mean"] is None else f"{found['mean']:.2f}"
    return (
        f"{share(found['graded'])} of the asset-days with a candle have a grade (mean coverage {mean}); least in "
        f"{least['month']} ({share(least['share'])} of the asset-days, {least['assets']} assets), {share(months[-1]['share'])} "
        f"in {months[-1]['month']} ({months[-1]['assets']} assets)."
    )


def _as_difference(found: Row) -> Row:
    return {"difference": found["net"], "low": found["low"], "high": found["high"]}


def _lag(lag: int) -> str:
    return str(lag) if lag else "0 LEAKY"


def _first_lag(result: Row) -> int:
    return min((lag for lag in result["lags"] if lag), default=0)


def _shown(result: Row) -> int:
    horizons: list[int] = result["horizons"]
    return 7 if 7 in horizons else horizons[len(horizons) // 2]
