"""Why an answer about facts tells nothing, in words: who, what, as of when, and what the store does hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.errors import NoAnswerError
from core.instant import Instant, iso

if TYPE_CHECKING:
    from agent.runtime.asking import Asking
    from tools.ask import Reply, Tool

KINDS: Mapping[str, tuple[str, ...]] = {
    "get_onchain": ("onchain",),
    "get_fundamentals": ("fundamental", "onchain"),
    "get_derivatives": ("funding",),
    "get_sentiment": ("sentiment",),
    "get_narratives": (),
    "get_news": ("news",),
    "get_screen": (),
}
"""Which kinds of stored series each answer about facts reads."""
_WORDS = {
    "get_onchain": "on-chain facts",
    "get_fundamentals": "fundamentals",
    "get_derivatives": "funding rates",
    "get_sentiment": "sentiment",
    "get_narratives": "daily candles of assets with narratives",
    "get_news": "news",
    "get_screen": "daily candles of anybody",
}
_WHY = {
    "no_data": "",
    "not_simulated": ": a simulated market has none",
    "warming_up": ": too little history was known then",
}


def no_fact(tool: Tool, asked: Asking, reply: Reply) -> NoAnswerError:
    """The sentence and the mend."""
    why, asset = reply.missing[0], str(reply.data.get("asset", "market"))
    who = "the market" if asset == "market" else asset
    if why.why == "unknown_metric":
        return NoAnswerError(
            f"no metric {why.what!r} of {who} was known at {iso(asked.context.now)}",
            "Ask for one of the candidates, or without --metric.",
            code=why.why,
            candidates=reply.data["metrics"],
        )
    of = f" of {who}" if KINDS[tool.name] else ""  # narratives are nobody's own
    told = _WHY.get(why.why, f": {why.why.replace('_', ' ')}")
    return NoAnswerError(
        f"nothing is known of the {_WORDS[tool.name]}{of} at {iso(asked.context.now)}{told}",
        _mend(tool, asked, asset),
        code=why.why.replace(":", "_"),
    )


def _mend(tool: Tool, asked: Asking, asset: str) -> str:
    if asked.simulated:
        return "Ask a market of real assets: --market auto or replay."
    kinds = KINDS[tool.name]
    names = [f"{kind}:{asset}" for kind in kinds] if kinds else [name for name in asked.reach if "/" in name]
    spans = [asked.reach[name] for name in names if name in asked.reach]
    if not spans:
        return "Import some with 'tokenwise data import', or fetch them with 'tokenwise data fetch'."
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    return (
        f"The store holds them from {_day(first)} to {_day(last)}: choose --as-of in there, or import more."
    )


def _day(moment: Instant) -> str:
    return iso(moment)[:10]
