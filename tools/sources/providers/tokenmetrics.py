"""Token Metrics, v2 and v3. Needs a key; everything works without it, their grades are then simply not there.

Rows are by token id, never by ticker: one ticker is several tokens there. A grade dated D is known from D+1 12:00 on.
Texts of theirs (reports, summaries, chat) are data: they instruct nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.errors import UsageError
from core.instant import DAY, Instant, iso
from core.observation import NoData, Ok, Outcome
from tools.sources.answer import Answer, Listed
from tools.sources.http.endpoint import Given, chosen
from tools.sources.http.fetcher import Fetcher
from tools.sources.paging import joined, pages
from tools.sources.providers import _tokenmetrics as wire
from tools.sources.source import Source

_MOST_PAGES = 20


class TokenMetrics:
    """Asks Token Metrics.

    Args:
        fetcher: The way out.
        version: ``v3`` or ``v2``; what only v2 has, is asked there.
    """

    def __init__(self, fetcher: Fetcher, version: str = "v3") -> None:
        self._fetcher = fetcher
        chosen(wire.SHAPES, version)
        self._version = version

    async def ask(
        self, name: str, tokens: Sequence[str] = (), **given: Given | None
    ) -> Outcome[Answer[Listed]]:
        """The rows of an endpoint (``tm-grade``), all pages.

        Args:
            name: As in the path.
            tokens: Their ids; a row about any other token is left out.
            given: What else the endpoint takes, as it spells it.
        """
        version = "v3" if self._version == "v3" and name in wire.SHAPES["v3"] else "v2"
        shape = chosen(wire.SHAPES[version], name)
        endpoint = wire.ENDPOINTS[f"{version}/{name}"]
        wanted = dict(given) | ({"token_id": ",".join(tokens)} if tokens else {})
        if not shape.is_paged:
            return _about(await self._fetcher.ask(endpoint, wanted), tokens, shape.id)
        outcome = await pages(
            lambda page: self._fetcher.ask(endpoint, {**wanted, "limit": wire.PAGE, "page": page}),
            wire.PAGE,
            _MOST_PAGES,
            lambda row: (row.id, row.as_of),
        )
        return _about(outcome, tokens, shape.id)

    async def history(
        self, name: str, tokens: Sequence[str], start: Instant, end: Instant, **given: Given | None
    ) -> Outcome[Answer[Listed]]:
        """The rows of a dated endpoint from day *start* to day *end*, both included, oldest first.

        One call covers 30 days. A window that fails fails the whole: a hole would look like silence.
        """
        if not chosen(wire.SHAPES["v2"], name).is_dated:
            raise UsageError(f"{name} has no history", f"Ask one of {', '.join(_DATED)}.")
        found: list[Answer[Listed]] = []
        nothing: Outcome[Answer[Listed]] = NoData(f"{wire.PROVIDER.name} {name}: nothing from start to end")
        for first in range(start - start % DAY, end + 1, wire.WINDOW_DAYS * DAY):
            last = min(first + (wire.WINDOW_DAYS - 1) * DAY, end)
            span = {"startDate": iso(Instant(first))[:10], "endDate": iso(Instant(last))[:10]}
            outcome = await self.ask(name, tokens, **{**given, **span})
            if isinstance(outcome, Ok):
                found.append(outcome.value)
            elif isinstance(outcome, NoData):
                nothing = outcome
            else:
                return outcome
        if not found:
            return nothing
        whole = joined(found, lambda row: (row.id, row.as_of))
        return Ok(replace(whole, rows=tuple(sorted(whole.rows, key=lambda row: (row.as_of, row.id)))))

    async def chat(self, question: str) -> Outcome[Answer[Listed]]:
        """What their own assistant says; asked once, never again by itself."""
        return await self._fetcher.ask(wire.CHAT, {"question": question})


_DATED = tuple(name for name, shape in wire.SHAPES["v2"].items() if shape.is_dated)


def _about(outcome: Outcome[Answer[Listed]], tokens: Sequence[str], key: str) -> Outcome[Answer[Listed]]:
    """Only the rows of *tokens*: the server has been seen to answer with others of the same ticker."""
    if not isinstance(outcome, Ok) or not tokens or key != "token_id":
        return outcome
    answer = outcome.value
    rows = tuple(row for row in answer.rows if row.id in tokens)
    others = len(answer.rows) - len(rows)
    if not rows:
        return NoData(f"{answer.source}: {others} rows, none of a token that was asked for")
    left = (f"{others} rows of tokens that were not asked for",) if others else ()
    return Ok(replace(answer, rows=rows, left_out=answer.left_out + left))


SOURCE = Source(
    wire.PROVIDER,
    "Token Metrics",
    {
        "grade": (
            "tm_grade",
            "tm_trader_grade",
            "tm_investor_grade",
            "fundamental_grade",
            "technology_grade",
        ),
        "signal": ("trading_signal", "token_trend"),
        "ohlcv": ("open", "high", "low", "close", "volume"),
        "listing": ("tokens", "indices"),
    },
    TokenMetrics,
    wire.ENDPOINTS,
)
