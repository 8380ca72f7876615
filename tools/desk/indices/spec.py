"""Baskets by their spec: ``top?by=trader&count=10&weight=equal``, ``narrative:AI?weight=capped&cap=0.25``, or a name."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from core.assets import NARRATIVES
from core.errors import UsageError
from core.instant import DAY, duration, duration_text
from core.spec import Spec, parse_spec
from strategies.baskets.basket import GRADES, MARKET_CAP, TRADED, Basket
from strategies.baskets.weights import Scheme
from strategies.indicators.universe.registry import REGISTRY

NAMED: Mapping[str, str] = {
    "leaders": "top?weight=capped&cap=0.25",
    "trader": "top?by=trader&among=100",
    "investor": "top?by=investor&weight=grade",
    "momentum": "top?by=return_90_skip_7&among=100&weight=inverse_volatility&cap=0.25",
    "calm": "top?by=realised_volatility_90&order=lowest&among=100",
    "ai": "narrative:AI?weight=capped&cap=0.25",
    "defi": "narrative:DeFi?weight=capped&cap=0.25",
    "l1": "narrative:L1?weight=capped&cap=0.25",
    "l2": "narrative:L2?weight=capped&cap=0.25",
    "meme": "narrative:meme?weight=capped&cap=0.25",
}
"""The baskets that go by a name."""
MOST = 50
"""Members of one basket at most."""
_MOST_AMONG = 2_000
_SHORTEST, _LONGEST = DAY, 366 * DAY
_DEFAULTS = {
    "by": TRADED,
    "order": "highest",
    "count": "10",
    "among": "0",
    "weight": Scheme.EQUAL.value,
    "cap": "1",
    "rebalance": "30d",
}


def canonical_index(text: str, rebalance: str | None = None) -> tuple[str, Basket]:
    """The canonical spec of the basket that *text* (a name or a spec) means, and the basket.

    *rebalance*, such as ``30d``, takes the place of the spec's own.

    Raises:
        UsageError: an unknown name, key, indicator or narrative, or a value out of its range.
    """
    spec = parse_spec(NAMED.get(text.strip().casefold(), text))
    if spec.name not in {"top", "narrative"} or (spec.name == "top") != (spec.arg is None):
        raise UsageError(
            f"{text!r} is not an index",
            "Use one of the names, 'top?by=…&count=…&weight=…' or 'narrative:NAME?…'.",
            code="unknown_name",
            candidates=[*NAMED],
        )
    full = spec.with_defaults(_DEFAULTS)
    params = dict(full.params)
    if rebalance is not None:
        params["rebalance"] = rebalance
    narrative = None if spec.arg is None else _narrative(spec.arg)
    basket = Basket(
        narrative,
        _by(params["by"]),
        _one_of("order", params["order"], ("highest", "lowest")) == "highest",
        _whole("count", params["count"], 1, MOST),
        _whole("among", params["among"], 0, _MOST_AMONG),
        Scheme(_one_of("weight", params["weight"], tuple(one.value for one in Scheme))),
        _cap(params["cap"]),
        _rebalance(params["rebalance"]),
    )
    params["rebalance"] = duration_text(basket.rebalance_ms)
    params["cap"] = f"{basket.cap:g}"
    return str(Spec(spec.name, narrative, params)), basket


def _narrative(text: str) -> str:
    found = {name.casefold(): name for name in NARRATIVES}.get(text.strip().casefold())
    if found is None:
        raise UsageError(
            f"{text!r} is not a narrative", "Use one of the candidates.", candidates=[*NARRATIVES]
        )
    return found


def _by(text: str) -> str:
    if text in GRADES or text == MARKET_CAP or text in REGISTRY:
        return text
    from difflib import get_close_matches

    near = get_close_matches(text, [*GRADES, *REGISTRY], n=8, cutoff=0.4)
    raise UsageError(
        f"by={text} is neither a grade nor an indicator",
        "Use trader, investor, market_cap or an indicator of the registry.",
        candidates=near or [*GRADES, MARKET_CAP, TRADED],
    )


def _one_of(key: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise UsageError(f"{key}={text} is not known", f"Use one of {', '.join(known)}.", candidates=known)
    return text


def _whole(key: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise UsageError(
            f"{key}={text} is out of range", f"Give {key} a whole number from {least} to {most}."
        )
    return int(text)


def _cap(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not (isfinite(value) and 0 < value <= 1):
        raise UsageError(f"cap={text} is out of range", "Give cap a number above 0, 1 at most, such as 0.25.")
    return value


def _rebalance(text: str) -> int:
    span = duration(text)
    if not _SHORTEST <= span <= _LONGEST or span % DAY:
        raise UsageError(
            f"rebalance={text} is out of range", "Give whole days, from 1d to 366d, such as 30d."
        )
    return span
