"""The offline analyst's answers: the decision, the two analysts' views, and the judgement between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from agent.models.lines import Brief, EvidenceLine, View
from agent.models.offline_rules import HORIZONS, INVESTOR, TRADER, Asset, Opinion, assets, share

_ENTER = 0.6
_ENTER_AGAIN = 0.8
_STRONG = 1.0
_LEAVE, _LEAVE_AGAINST_MONTHS = -0.4, -0.8
_MIDDLE = 50.0
_TREND = "daily.sma_50_distance"
_BROKEN_TREND = -0.01
_OVERBOUGHT = 78.0
_DEEP_DRAWDOWN = -0.05
_NEAR_BREAKER = -0.08
_DOUBT, _DOUBT_NEAR_BREAKER = 0.1, 0.5
_STRETCHED = 2.5
_NARROW = 0.5
_FULL = 0.6
_ENTRIES_AT_ONCE = 2
_CAREFUL = 0.25
_STANCES = {True: 0.6, False: 0.4}
_WILD = 1.2
_PRUDENT = 0.3
_CLEAR = 0.4
_UNFRIENDLY = frozenset({"bear", "stress"})

Proposal = dict[str, Any]


def answer(brief: Brief) -> dict[str, list[Proposal]]:
    """The object that the task of *brief* asks for."""
    if brief.task == "debate":
        return {"proposals": [one for one in (_judged(asset, brief) for asset in assets(brief)) if one]}
    role = _ROLES.get(brief.task)
    if role is not None:
        return {"proposals": [one for one in (role(asset, brief) for asset in assets(brief)) if one]}
    made = [one for one in (_decided(asset, brief) for asset in assets(brief)) if one]
    entries = sorted((one for one in made if one["stance"] > 0), key=_preference)[:_ENTRIES_AT_ONCE]
    return {"proposals": [one for one in made if one["stance"] <= 0 or one in entries]}


def _preference(proposal: Proposal) -> tuple[float, int]:
    """The surest first, so that a falling market does not take a whole menu along."""
    return -proposal["confidence"], proposal["asset"]


def _decided(asset: Asset, brief: Brief) -> Proposal | None:
    """Enter, leave, or `None`: nothing is to change. The trader grade is the main one."""
    trader = asset.opinion(TRADER)
    if trader is None:
        return None
    heard = [view for view in brief.views if view.asset == asset.index]
    if asset.weight > 0:
        return _leaving(asset, trader, _weighed(trader.score, heard))
    if not _may_enter(asset):
        return None
    return _entering(asset, trader, _weighed(trader.score, heard)) or _entering_for_months(
        asset, trader, heard
    )


def _leaving(asset: Asset, trader: Opinion, score: float) -> Proposal | None:
    trend, investor = asset.number(_TREND), asset.opinion(INVESTOR)
    least = _LEAVE_AGAINST_MONTHS if investor is not None and investor.is_bullish else _LEAVE
    falls = trend is not None and trend < _BROKEN_TREND and score < 0
    broken = score <= least or (falls and float(trader.lines[0].value) < _MIDDLE)
    doubt = _DOUBT_NEAR_BREAKER if asset.drawdown <= _NEAR_BREAKER else _DOUBT
    guarded = score < doubt and (asset.state != "active" or asset.drawdown <= _DEEP_DRAWDOWN)
    if not broken and not guarded:
        return None
    told = "What carried this position is gone: " if broken else "The account is to be reduced: "
    reasons = asset.reasons(trader, -1)
    back = _level(asset, "resistance", "A close above the resistance at {} would bring it back.")
    return _proposal(
        asset,
        trader,
        0.0,
        score,
        told + _joined(reasons),
        back,
        _cited(reasons, _lines(asset, "position_weight")),
    )


def _may_enter(asset: Asset) -> bool:
    """Whether nothing speaks clearly against an entry, whatever its grades say."""
    trend, heat = asset.number(_TREND), asset.number("rsi_14")
    return not (
        asset.state != "active"
        or trend is None
        or trend <= 0
        or (heat is not None and heat > _OVERBOUGHT)
        or asset.is_stretched(_STRETCHED)
        or asset.breadth < _NARROW
        or asset.exposure > _FULL
        or asset.word("daily.regime") in _UNFRIENDLY
        or asset.word("regime") in _UNFRIENDLY
    )


def _entering(asset: Asset, opinion: Opinion, score: float) -> Proposal | None:
    """A position for the horizon of *opinion*, where its *score* is good enough; smaller where the other is bearish."""
    warned = (asset.number("last_stance") or 0.0) > 0 or asset.drawdown <= _NEAR_BREAKER
    if score < (_ENTER_AGAIN if warned else _ENTER) or not opinion.is_bullish:
        return None
    other = asset.opinion(INVESTOR if opinion.name == TRADER else TRADER)
    stance = _STANCES[score >= _STRONG]
    if asset.drawdown <= _DEEP_DRAWDOWN or (other is not None and other.is_bearish):
        stance = _CAREFUL
    reasons, (parted, more) = asset.reasons(opinion, 1), _parting(asset, other)
    against = _level(asset, "support", "A daily close below the support at {} ends it.")
    told = f"For {HORIZONS[opinion.name]} it is a buy: {_joined(reasons)}{parted}"
    return _proposal(asset, opinion, stance, score, told, against, _cited(reasons, more))


def _entering_for_months(asset: Asset, trader: Opinion, heard: list[View]) -> Proposal | None:
    """Where the weeks say nothing, the investor grade may carry a position by itself.

    Not in a drawdown: there such a position would be the first to be reduced.
    """
    investor = asset.opinion(INVESTOR)
    if investor is None or trader.is_bearish or asset.drawdown <= _DEEP_DRAWDOWN:
        return None
    return _entering(asset, investor, _weighed(investor.score, heard))


def _parting(asset: Asset, other: Opinion | None) -> tuple[str, list[EvidenceLine]]:
    """That the two horizons part, in words, with its lines; nothing where they do not."""
    line = asset.own.get("grade.divergence")
    if other is None or line is None or line.value == "none":
        return "", []
    return f" The horizons part: for {HORIZONS[other.name]} {other.told}.", [*other.lines, line]


def _technical(asset: Asset, brief: Brief) -> Proposal | None:  # noqa: ARG001 - a role's form
    trader = asset.opinion(TRADER)
    if trader is None:
        return None
    side = 1 if trader.score > 0 else -1
    reasons = asset.reasons(trader, side)
    stance = round(trader.score * 5) / 5
    if abs(stance) < _CLEAR:
        return None
    told = "Price leans up: " if side > 0 else "Price leans down: "
    name, text = ("support", "A close below {}.") if side > 0 else ("resistance", "A close above {}.")
    against = _level(asset, name, text)
    return _proposal(asset, trader, stance, trader.score, told + _joined(reasons), against, _cited(reasons))


def _prudent(asset: Asset, brief: Brief) -> Proposal | None:  # noqa: ARG001 - a role's form
    """What calls for caution; no view where nothing does."""
    cautions: list[tuple[float, str, tuple[EvidenceLine, ...]]] = []
    wild = asset.own.get("daily.realised_volatility_30")
    if wild is not None and float(wild.value) > _WILD:
        cautions.append((0.4, f"its volatility is {share(wild)} a year", (wild,)))
    fallen = asset.account.get("drawdown")
    if fallen is not None and asset.drawdown <= _DEEP_DRAWDOWN:
        cautions.append((0.4, f"the account's drawdown is {share(fallen)}", (fallen,)))
    climate = asset.own.get("daily.regime") or asset.market.get("regime")
    if climate is not None and climate.value in _UNFRIENDLY:
        cautions.append((0.8, f"the regime is {climate.value}", (climate,)))
    investor = asset.opinion(INVESTOR)
    if investor is not None and investor.is_bearish:
        cautions.append((0.4, investor.told, investor.lines))
    if asset.state != "active":
        cautions.append((2.0, "the account is to be reduced", (asset.account["state"],)))
    if not cautions:
        return None
    stance = max(-1.0, round(_PRUDENT - sum(weight for weight, _, _ in cautions), 1))
    reasons = [(text, lines) for _, text, lines in cautions]
    return _proposal(asset, None, stance, stance, "Prudence: " + _joined(reasons), "", _cited(reasons))


def _judged(asset: Asset, brief: Brief) -> Proposal | None:
    """Between the views, nearer to the surer one."""
    heard = [view for view in brief.views if view.asset == asset.index]
    if asset.index not in brief.disputed or not heard:
        return None
    stance = round(_mean(heard), 1)
    known = {line.id: line for group in (asset.own, asset.account, asset.market) for line in group.values()}
    cited = [known[one] for view in heard for one in view.evidence if one in known]
    told = "The views differ; this stands between them, nearer to the surer one."
    return _proposal(asset, None, stance, stance, told, "", cited) if cited else None


_ROLES: dict[str, Callable[[Asset, Brief], Proposal | None]] = {
    "technical": _technical,
    "risk": _prudent,
}


def _weighed(score: float, heard: list[View]) -> float:
    """Half the own score, half the judge's view where there is one, else the analysts' mean."""
    judged = [view for view in heard if view.by == "debate"] or heard
    return score if not judged else (score + _mean(judged)) / 2


def _mean(views: Iterable[View]) -> float:
    weighed = [(view.stance, max(view.confidence, 0.01)) for view in views]
    return sum(stance * weight for stance, weight in weighed) / sum(weight for _, weight in weighed)


def _lines(asset: Asset, metric: str) -> list[EvidenceLine]:
    line = asset.own.get(metric) or asset.account.get(metric)
    return [] if line is None else [line]


def _level(asset: Asset, kind: str, text: str) -> tuple[str, EvidenceLine] | str:
    line = asset.own.get(f"daily.{kind}_1_{'low' if kind == 'support' else 'high'}")
    return "" if line is None else (text.format(line.value), line)


def _joined(reasons: Sequence[tuple[str, Iterable[EvidenceLine]]]) -> str:
    return "; ".join(told for told, _ in reasons) + "."


def _cited(
    reasons: Iterable[tuple[str, Iterable[EvidenceLine]]], more: Iterable[EvidenceLine] = ()
) -> list[EvidenceLine]:
    return [*(line for _, lines in reasons for line in lines), *more]


def _proposal(
    asset: Asset,
    opinion: Opinion | None,
    stance: float,
    score: float,
    thesis: str,
    invalidation: tuple[str, EvidenceLine] | str,
    cited: list[EvidenceLine],
) -> Proposal:
    if isinstance(invalidation, tuple):
        against, level = invalidation
        cited = [*cited, level]
    else:
        against = invalidation or "The signals that speak for it turn."
    return {
        "asset": asset.index,
        "stance": stance,
        "confidence": round(0.5 + 0.3 * min(abs(score), 1.0), 2),
        "horizon": HORIZONS[TRADER if opinion is None else opinion.name],
        "evidence": list(dict.fromkeys(line.id for line in cited)),
        "invalidation": against,
        "thesis": thesis,
    }
