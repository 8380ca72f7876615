"""From the settings to a model that can be asked; what cannot work is said here, before anything runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel

from agent.models.adapter import Adapter, Routes, Way
from agent.models.attempts import Attempts
from agent.models.breaker import Breaker
from agent.models.budget import Budget, Caps
from agent.models.call import Call
from agent.models.cassettes import Playback, Recording
from agent.models.chat import chat_model
from agent.models.endpoint import Endpoint
from agent.models.prices import Prices, prices_from
from agent.models.spend import DaySpend
from agent.models.styles import STYLES, Output, Taken
from agent.models.transport import Line
from agent.models.usage import Usage
from agent.settings import OPENAI, ModelSettings
from core.errors import UsageError
from core.ports import Clock

MODES = ("live", "record", "replay", "off")
OUTPUTS = ("auto", *STYLES)

_log = logging.getLogger(__name__)
# what an endpoint takes does not change while a process lives; recordings learn it anew, to be repeatable
_LEARNED: dict[tuple[str, str], Taken] = {}


@dataclass(frozen=True, slots=True)
class _Parts:
    line: Line
    routes: Routes
    prices: Prices
    budget: Budget | None


def adapter_from(
    settings: ModelSettings,
    home: Path | None,
    clock: Clock,
    *,
    mode: str | None = None,
    cassettes: Path | None = None,
    model: str | None = None,
    offline: BaseChatModel | None = None,
    ladder: bool = True,
) -> Adapter:
    """The adapter that the settings and the flags describe.

    Args:
        settings: What the environment says.
        home: Where ``spend.json``, ``prices.toml`` and ``cassettes/`` are; `None`: nothing is kept.
        clock: The wall's clock, also where the run's own is simulated: it measures latency, pauses and the
            day of the budget.
        mode: ``live``, ``record``, ``replay`` or ``off``; wins over the settings'.
        cassettes: Their folder; wins over the settings'.
        model: The one model to ask; wins over both of the settings'.
        offline: The analyst that answers where models are off or the budget is spent.
        ladder: Whether a cheaper rung may answer; an evaluation says no.

    Raises:
        UsageError: an unknown mode or output, no model or no way to it, no cassette to replay.
    """
    mode = _mode(settings, mode)
    output = _output(settings)
    if mode == "off":
        return Adapter(None, offline=offline, deadline_s=settings.deadline_s)
    parts = _parts(settings, home, clock, mode, cassettes, model)
    is_live = mode == "live"
    taken = Taken(output)
    if is_live:
        taken = _LEARNED.setdefault((parts.line.base_url, output), taken)
    replays = parts.line.is_playback
    way = Way(
        parts.line,
        Attempts(parts.line, clock, taken, parts.prices, parts.budget),
        parts.routes,
        breaker=None if replays else Breaker(clock),
        has_budget=not replays,
    )
    return Adapter(way, offline=offline, deadline_s=settings.deadline_s, ladder=ladder)


def chat_from(
    settings: ModelSettings,
    home: Path | None,
    clock: Clock,
    *,
    mode: str | None = None,
    cassettes: Path | None = None,
    model: str | None = None,
    on_call: Callable[[Call], None] = lambda _: None,
) -> BaseChatModel | None:
    """The model of conversations; `None` where models are off. Arguments and errors as `adapter_from`."""
    mode = _mode(settings, mode)
    if mode == "off":
        return None
    parts = _parts(settings, home, clock, mode, cassettes, model)
    return chat_model(
        parts.line,
        parts.routes.deep,
        prices=parts.prices,
        budget=parts.budget,
        deadline_s=settings.deadline_s,
        on_call=on_call,
    )


def _parts(
    settings: ModelSettings,
    home: Path | None,
    clock: Clock,
    mode: str,
    cassettes: Path | None,
    model: str | None,
) -> _Parts:
    deep = model or settings.model
    if deep is None:
        raise UsageError(
            "no model is named", "Set TOKENWISE_MODEL, or write the decider as llm:MODEL.", code="no_model"
        )
    routes = Routes(deep, model or settings.quick_model or deep)
    folder = cassettes or settings.cassettes or (None if home is None else home / "cassettes")
    prices = prices_from(home)
    if mode == "live":
        line = Line(clock, _endpoint(settings))
    elif folder is None:
        raise UsageError(
            f"--llm {mode} needs a folder of cassettes", "Name it with --cassettes DIR.", code="no_cassette"
        )
    elif folder.exists() and not folder.is_dir():
        raise UsageError(
            f"{folder} is a file, and cassettes are kept in a folder", "Name a folder with --cassettes DIR."
        )
    elif mode == "replay":
        return _Parts(Line(clock, Playback(folder)), routes, prices, None)
    else:
        line = Line(clock, _endpoint(settings), Recording(folder, clock.now()))
    return _Parts(line, routes, prices, _budget(settings, home, clock, prices, routes))


def _budget(
    settings: ModelSettings, home: Path | None, clock: Clock, prices: Prices, routes: Routes
) -> Budget:
    caps = Caps(settings.usd_decision, settings.usd_day, settings.usd_run, settings.tokens_day)
    limits_usd = any(cap is not None for cap in (caps.usd_decision, caps.usd_day, caps.usd_run))
    for name in dict.fromkeys((routes.deep, routes.quick)):
        if limits_usd and caps.tokens_day is None and prices.usd(name, Usage(1, 1), clock.now()) is None:
            _log.warning(
                "%s has no known price, so no USD budget holds it: set TOKENWISE_BUDGET_TOKENS_DAY or prices.toml",
                name,
            )
    return Budget(caps, prices, clock, DaySpend(home))


def _endpoint(settings: ModelSettings) -> Endpoint:
    if settings.base_url is None:
        if settings.key is None:
            raise UsageError(
                "there is no way to a model: neither a key nor a base URL is set",
                "Set OPENAI_API_KEY, or OPENAI_BASE_URL for a local endpoint, or use --decider offline.",
                code="no_model",
            )
        return Endpoint(OPENAI, settings.key)
    try:
        url = urlsplit(settings.base_url)
        is_sound = url.scheme in {"http", "https"} and bool(url.hostname) and (url.port or 1) > 0
    except ValueError:
        is_sound = False
    if (
        not is_sound
        or any(map(str.isspace, settings.base_url))
        or url.username
        or url.password
        or url.query
        or url.fragment
    ):
        raise UsageError(
            "OPENAI_BASE_URL is no plain http or https address",
            "Write it as https://HOST/v1, without a password; a key belongs into OPENAI_API_KEY.",
            code="bad_base_url",
        )
    return Endpoint(settings.base_url.rstrip("/"), settings.key)


def _mode(settings: ModelSettings, given: str | None) -> str:
    return checked_mode(given or settings.mode)


def checked_mode(mode: str) -> str:
    """*mode*, where it is one of `MODES`.

    Raises:
        UsageError: it is none.
    """
    if mode not in MODES:
        raise UsageError(
            f"there is no --llm mode {mode!r}", f"Choose one of {', '.join(MODES)}.", candidates=MODES
        )
    return mode


def _output(settings: ModelSettings) -> Output:
    if settings.output not in OUTPUTS:
        raise UsageError(
            f"TOKENWISE_LLM_OUTPUT is {settings.output!r}", f"Choose one of {', '.join(OUTPUTS)}."
        )
    return cast("Output", settings.output)
