"""The result in sentences, as it is. Every word follows from the numbers by the rules in this file."""

from __future__ import annotations

from typing import Any

LEVEL = 0.05
TOO_GOOD = 0.25
Row = dict[str, Any]


def verdict(result: Row) -> list[str]:
    """What a careful person should take away, most important first."""
    grade = [row for row in result["information"] if row["score"] == "trader"]
    honest = [row for row in grade if row["lag"] > 0]
    told = []
    if result["leaky"]:
        told.append(_leaky(grade))
    if not honest:
        return told
    first = [row for row in honest if row["lag"] == min(one["lag"] for one in honest)]
    told += [_ranks(first), _too_good(honest)]
    later = [row for row in honest if row["lag"] > first[0]["lag"]]
    if later:
        told.append(_later(later))
    told += [_earns(result, first[0]["lag"]), _against(result), _when(result)]
    return [one for one in told if one]


def found(row: Row) -> str:
    """``right``, ``wrong`` or ``none``: what an adjusted p-value allows to say of a coefficient."""
    if row["ic"] is None or row["p_adjusted"] is None or row["p_adjusted"] >= LEVEL:
        return "none"
    return "right" if row["ic"] > 0 else "wrong"


def _ranks(rows: list[Row]) -> str:
    ways = [found(row) for row in rows]
    numbers = "; ".join(_number(row) for row in rows)
    lag = rows[0]["lag"]
    if all(way == "none" for way in ways):
        head = "It is not shown to rank what follows, at any horizon"
    elif "wrong" in ways and "right" in ways:
        head = "It ranks what follows the right way at some horizons and the wrong way at others"
    elif "right" in ways:
        head = f"It ranks what follows, {_share(ways, 'right')}"
    else:
        head = f"It ranks what follows the WRONG way, {_share(ways, 'wrong')}: the higher the grade, the less followed"
    return f"{head} (lag {lag}; {numbers})."


def _too_good(rows: list[Row]) -> str:
    """Real rankings of a day's market rarely reach a tenth; what knows tomorrow does at once."""
    highest = max((abs(row["ic"]) for row in rows if row["ic"] is not None), default=0.0)
    if highest < TOO_GOOD:
        return ""
    return f"An IC of {highest:.2f} is too good to be true: look for a grade that knew what came."


def _share(ways: list[str], way: str) -> str:
    count = ways.count(way)
    if count == len(ways):
        return "at every horizon" if count > 1 else "at the one horizon asked"
    return f"at {count} of {len(ways)} horizons"


def _later(rows: list[Row]) -> str:
    told = []
    for lag in sorted({row["lag"] for row in rows}):
        ways = [found(row) for row in rows if row["lag"] == lag]
        words = {
            "right": "the right way",
            "wrong": "the wrong way",
            "none": "not at all as far as this shows",
        }
        counts = [f"{word} at {ways.count(way)}" for way, word in words.items() if way in ways]
        told.append(f"at lag {lag} it ranks {', '.join(counts)} of {len(ways)} horizons")
    return f"Traded later, {'; '.join(told)}."


def _earns(result: Row, lag: int) -> str:
    rows = [row for row in result["following"] if row["score"] == "trader" and row["lag"] == lag]
    if not rows:
        return ""
    words: dict[str, list[str]] = {"better": [], "worse": [], "no different as far as this shows": []}
    for row in rows:
        gap = row["top_less_universe"]
        if gap["low"] is not None and gap["low"] > 0:
            way = "better"
        elif gap["high"] is not None and gap["high"] < 0:
            way = "worse"
        else:
            way = "no different as far as this shows"
        words[way].append(f"{row['horizon']}d ({_percent(gap['net'])} a year)")
    name = "tenth" if result["parts"] == 10 else "fifth"
    told = "; ".join(f"{way} at {', '.join(which)}" for way, which in words.items() if which)
    return (
        f"Holding the top {name} alone, after costs of {result['rate_bps']:g} bp a side, against holding all that "
        f"were graded: {told}."
    )


def _against(result: Row) -> str:
    rows = [row for row in result["differences"] if row["baseline"] == "momentum_30d"]
    if not rows:
        return ""
    better = [f"{r['horizon']}d" for r in rows if r["ic"]["low"] is not None and r["ic"]["low"] > 0]
    worse = [f"{r['horizon']}d" for r in rows if r["ic"]["high"] is not None and r["ic"]["high"] < 0]
    told = []
    if better:
        told.append(f"ranks better at {', '.join(better)}")
    if worse:
        told.append(f"ranks worse at {', '.join(worse)}")
    if len(better) + len(worse) < len(rows):
        told.append("is no different elsewhere" if told else "is no different at any horizon")
    shown = [
        _number(row)
        for row in result["information"]
        if row["score"] == "momentum_30d" and row["lag"] == rows[0]["lag"]
    ]
    return f"Against the bare return of the last 30 days it {', '.join(told)}. That return itself: {'; '.join(shown)}."


def _when(result: Row) -> str:
    rows = [row for row in result["timing"] if row["p"] is not None]
    if not rows:
        return ""
    sure = [row for row in rows if row["p"] * len(rows) < LEVEL]
    numbers = "; ".join(
        f"{row['horizon']}d: {row['correlation']:+.2f}, t {row['t']:+.1f}".replace("-", "−") for row in rows
    )
    if not sure:
        head = "When to hold any of them at all it is not shown to know"
    elif all(row["correlation"] > 0 for row in sure):
        head = f"When to hold any of them it tells at {len(sure)} of {len(rows)} horizons"
    else:
        head = f"When to hold any of them it tells the wrong way at {len(sure)} of {len(rows)} horizons"
    return f"{head} (all grades' mean against what all then did; {numbers})."


def _leaky(grade: list[Row]) -> str:
    rows = [row for row in grade if row["lag"] == 0]
    numbers = "; ".join(_number(row) for row in rows)
    return (
        f"LEAKY: lag 0 trades the very day whose close the grade needed. Nobody can earn that; it only shows how a "
        f"mistake of one day looks ({numbers})."
    )


def _number(row: Row) -> str:
    if row["ic"] is None:
        return f"{row['horizon']}d –"
    t = "–" if row["t"] is None else f"{row['t']:+.1f}"
    return f"{row['horizon']}d: IC {row['ic']:+.3f}, t {t}".replace("-", "−")


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:+.0f} %".replace("-", "−")
