"""One validation: a formula's grades over a universe against what followed, as one plain result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.instant import Instant, iso
from core.market import Floats
from evals.grades import earning, judging
from evals.grades.case import GRADE, MOMENTUM, TREND, Case, case_of
from evals.grades.inputs import Known, input_scores, labels
from evals.grades.portfolios import Followed
from evals.grades.ranking import parts_by_row, steadiness
from evals.grades.settings import Settings
from evals.grades.significance import mean_of
from evals.grades.universe import Universe, summary_of
from evals.grades.verdict import verdict
from strategies.grades.formula import Formula
from strategies.grades.grading import grade_frame
from strategies.grades.sums import Grades
from strategies.indicators.universe.elementary import LEAST_UNIVERSE
from strategies.measure.inference.many import superior
from tools.exchange.paper.costs import costs_text

SCHEMA = "tokenwise.grades_validate.v1"
AGES = (1, 7, 30)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A finished validation. *result*: plain data. *curves*: daily net returns to draw, by name, and their days."""

    result: Row
    curves: Mapping[str, Floats]
    opened_at: Floats


def validate(
    universe: Universe,
    formula: Formula,
    settings: Settings,
    grades: Grades | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Judged:
    """Judges *formula*'s grades of *universe*.

    Args:
        universe: Whose grades.
        formula: How they are made.
        settings: Horizons, lags, days and costs.
        grades: T x N, where they were made before; made here otherwise.
        tell: Takes a line of progress.

    Raises:
        NoAnswerError: no day has 20 assets with a grade.
    """
    tell(f"grading {int(universe.compared.sum())} assets on {len(universe.frame)} days")
    made = grades if grades is not None else grade_frame(universe.frame, formula, universe.compared)
    case = case_of(universe, settings, made)
    tell("asking what followed")
    information, daily = _information(case)
    lag = settings.lag
    first = daily.get((GRADE, lag), {})
    random = _random(case, information, lag)
    tell("following the rankings")
    parts = earning.parts_for(case.scores[GRADE][case.rows])
    following, follows = _following(case, parts)
    tell(f"asking each of {len(formula.inputs)} inputs")
    inputs = _inputs(case, formula, lag)
    shares = judging.monthly(
        universe.frame,
        case.rows,
        np.isfinite(case.scores[GRADE][case.rows]).sum(axis=1).astype(np.float64),
        np.isfinite(case.compared[case.rows]).sum(axis=1).astype(np.float64),
    )
    trader = case.scores[GRADE][case.rows]
    stretch = universe.frame.opened_at[case.rows]
    series = None if universe.benchmark is None else universe.series[universe.benchmark]
    part = parts_by_row(trader, parts)
    result: Row = {
        "schema": SCHEMA,
        "leaky": settings.is_leaky,
        "market": universe.market,
        "simulated": universe.simulated,
        "first": iso(Instant(int(stretch[0]))),
        "last": iso(Instant(int(stretch[-1]))),
        "universe": _about(universe, case),
        "formula": {
            "kind": formula.kind,
            "version": formula.version,
            "inputs": len(formula.inputs),
            "parts": dict(formula.parts),
        },
        "horizons": list(settings.horizons),
        "lags": list(settings.lags),
        "costs": costs_text(settings.costs),
        "rate_bps": round(settings.rate * 1e4, 6),
        "parts": parts,
        "seed": settings.seed,
        "information": information,
        "differences": _differences(case, daily, follows, parts),
        "random": random,
        "following": following,
        "best_of_horizons": _superior(follows, settings, parts),
        "stability": [
            {
                "days": days,
                "rank_correlation": _steady(trader, days),
                "top_replaced": earning.replaced(part, parts, days),
            }
            for days in AGES
            if days < len(trader)
        ],
        "years": judging.sliced(judging.years(universe.frame, case.rows), first, lag),
        "regimes": judging.sliced(judging.regimes(series, universe.frame)[case.rows], first, lag),
        "timing": judging.timing(trader, case.forward(lag), lag) if lag else [],
        "bands": judging.banded(trader, case.forward(lag), lag),
        "inputs": inputs,
        "coverage": {
            "graded": _share(trader, case.compared[case.rows]),
            "mean": _mean_where(made.coverage[case.rows], case.compared[case.rows]),
            "months": shares,
        },
        "hypotheses": {
            "grade": sum(row["score"] == GRADE and row["lag"] > 0 for row in information),
            "parts": sum(row["score"] in formula.parts and row["lag"] > 0 for row in information),
            "baselines": sum(row["score"] in (MOMENTUM, TREND) and row["lag"] > 0 for row in information),
            "inputs": len(inputs),
        },
    }
    result["verdict"] = verdict(result)
    return Judged(result, *_curves(case, follows, parts))


def _information(case: Case) -> tuple[list[Row], dict[tuple[str, int], dict[int, Floats]]]:
    """A row for each score, lag and horizon, and the coefficients by day behind them."""
    rows: list[Row] = []
    every: dict[tuple[str, int], dict[int, Floats]] = {}
    for lag in case.settings.lags:
        forward = case.forward(lag)
        known = Known(list(forward.values()))
        for name, values in case.scores.items():
            found = dict(zip(forward, known.coefficients(values[case.rows]), strict=True))
            every[name, lag] = found
            rows += [
                {
                    "score": name,
                    "horizon": h,
                    "lag": lag,
                    "leaky": lag == 0,
                    **judging.told(mean_of(daily, h)),
                }
                for h, daily in found.items()
            ]
    for name in case.scores:
        family = [row for row in rows if row["score"] == name and row["lag"]]
        daily = [every[name, row["lag"]][row["horizon"]] for row in family]
        judging.adjusted(family, daily, max(case.settings.horizons), case.settings.seed)
    return rows, every


def _random(case: Case, information: list[Row], lag: int) -> list[Row]:
    if not lag or not case.settings.draws:
        return []
    shown = {row["horizon"]: row["ic"] for row in information if row["score"] == GRADE and row["lag"] == lag}
    values = case.scores[GRADE][case.rows]
    return judging.random_rows(values, case.forward(lag), lag, shown, case.settings.draws, case.settings.seed)


def _following(case: Case, parts: int) -> tuple[list[Row], dict[tuple[str, int, int], Followed]]:
    scores = {name: case.scores[name] for name in (GRADE, MOMENTUM, TREND)}
    rows, every = [], {}
    for lag in case.settings.lags:
        for horizon in case.settings.horizons:
            found = earning.followed(scores, case.outcomes, case.rows, parts, horizon, lag)
            for name, made in found.items():
                every[name, horizon, lag] = made
                if name != TREND:
                    # it begins weeks later, so that its level compares with nobody's
                    rows.append(earning.earned(name, made, parts, horizon, lag, case.settings))
    return rows, every


def _differences(
    case: Case,
    daily: Mapping[tuple[str, int], Mapping[int, Floats]],
    follows: Mapping[tuple[str, int, int], Followed],
    parts: int,
) -> list[Row]:
    """The grade less each baseline, day by day: coefficients, and the top part's return after costs."""
    lag, seed, rows = case.settings.lag, case.settings.seed, []
    for other in (MOMENTUM, TREND) if lag else ():
        for horizon in case.settings.horizons:
            ic = judging.difference(daily[GRADE, lag][horizon], daily[other, lag][horizon], horizon, seed)
            row: Row = {"baseline": other, "horizon": horizon, "lag": lag, "ic": ic, "top_net": None}
            ours, theirs = follows.get((GRADE, horizon, lag)), follows.get((other, horizon, lag))
            if ours is not None and theirs is not None:
                pair = earning.aligned(ours, theirs, case.settings.rate, parts - 1)
                found = judging.difference(*pair, horizon, seed)
                row["top_net"] = {
                    key: found[key] if key == "days" or found[key] is None else earning.A_YEAR * found[key]
                    for key in found
                }
            rows.append(row)
    return rows


def _superior(follows: Mapping[tuple[str, int, int], Followed], settings: Settings, parts: int) -> Row | None:
    """Hansen's p-value of "the top part of none of the horizons beats holding all that were ranked, after costs"."""
    made = [follows[key] for key in follows if key[0] == GRADE and key[2] == settings.lag and settings.lag]
    if not made:
        return None
    first = max(one.first for one in made)
    nets = [one.net(settings.rate)[first - one.first :] for one in made]
    excess = np.column_stack([net[:, parts - 1] - net[:, parts] for net in nets])
    if len(excess) < 10 * max(settings.horizons) or not (excess.std(axis=0) > 0).all():
        return None
    found = superior(excess, block=2.0 * max(settings.horizons), seed=settings.seed)
    # where none earned more at all, nothing speaks against the null
    return {"tried": len(made), "p": found.consistent if (excess.mean(axis=0) > 0).any() else 1.0}


def _inputs(case: Case, formula: Formula, lag: int) -> list[Row]:
    if not lag:
        return []
    forward = case.forward(lag)
    known, about = Known(list(forward.values())), labels(formula)
    rows, every = [], []
    for name, score in input_scores(case.universe.frame, formula, case.compared):
        part, family, sign = about.get(name, (None, name.removeprefix("family:"), 1))
        for horizon, daily in zip(forward, known.coefficients(score[case.rows]), strict=True):
            if np.isfinite(daily).any():
                row = {
                    "input": name,
                    "part": part,
                    "family": family,
                    "sign": sign,
                    "horizon": horizon,
                    "lag": lag,
                }
                rows.append({**row, **judging.told(mean_of(daily, horizon))})
                every.append(daily)
    judging.adjusted(rows, every, max(case.settings.horizons), case.settings.seed)
    return rows


def _about(universe: Universe, case: Case) -> Row:
    counts = np.isfinite(case.scores[GRADE][case.rows]).sum(axis=1)
    shown = np.asarray((universe.frame.age[case.rows] > 0).any(axis=0))
    names = [name for name, is_shown in zip(universe.names, shown, strict=True) if is_shown]
    return {
        "series": len(names),
        "compared": int((universe.compared & shown).sum()),
        "delisted": int((universe.compared & shown & universe.ended).sum()),
        "not_compared": summary_of(universe.refused[name] for name in names if name in universe.refused),
        "days": int((counts >= LEAST_UNIVERSE).sum()),
        "graded_a_day": float(np.median(counts)),
        "data_from": iso(Instant(int(universe.frame.opened_at[0]))),
    }


def _curves(
    case: Case, follows: Mapping[tuple[str, int, int], Followed], parts: int
) -> tuple[dict[str, Floats], Floats]:
    settings = case.settings
    key = (GRADE, settings.shown, settings.lag or min(settings.lags))
    made = follows.get(key)
    if made is None:
        return {}, np.empty(0)
    gross, net = made.gross, made.net(settings.rate)
    paid = (gross - net)[:, [0, parts - 1]].sum(axis=1)
    curves = {
        "top less bottom, before costs": gross[:, parts - 1] - gross[:, 0],
        "top less bottom, after costs": gross[:, parts - 1] - gross[:, 0] - paid,
        "top less all, after costs": net[:, parts - 1] - net[:, parts],
    }
    return curves, case.universe.frame.opened_at[made.first :][: len(gross)].astype(np.float64)


def _steady(values: Floats, days: int) -> float | None:
    found = steadiness(values, days)
    return float(np.nanmean(found)) if np.isfinite(found).any() else None


def _share(values: Floats, compared: Floats) -> float:
    return float(np.isfinite(values).sum() / max(np.isfinite(compared).sum(), 1))


def _mean_where(values: Floats, compared: Floats) -> float | None:
    shown = values[np.isfinite(compared) & np.isfinite(values)]
    return float(shown.mean()) if len(shown) else None
