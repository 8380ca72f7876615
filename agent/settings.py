"""The only reader of the environment. Values are read when asked for; secrets are never printed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from core.errors import UsageError
from core.money import exact

OPENAI = "https://api.openai.com/v1"  # where a key alone leads
_LONGEST_DEADLINE_S = 3600

_PROVIDER_URLS = {
    "binance": "TOKENWISE_URL_BINANCE",
    "kraken": "TOKENWISE_URL_KRAKEN",
    "okx": "TOKENWISE_URL_OKX",
    "coinbase": "TOKENWISE_URL_COINBASE",
    "defillama": "TOKENWISE_URL_DEFILLAMA",
    "coingecko": "TOKENWISE_URL_COINGECKO",
    "coinmetrics": "TOKENWISE_URL_COINMETRICS",
    "blockchain": "TOKENWISE_URL_BLOCKCHAIN",
    "alternative_me": "TOKENWISE_URL_ALTERNATIVE_ME",
    "tokenmetrics": "TOKENWISE_URL_TOKENMETRICS",
    "news": "TOKENWISE_URL_NEWS",
}
_PROVIDER_KEYS = {"coingecko": "TOKENWISE_KEY_COINGECKO", "tokenmetrics": "TOKENWISE_KEY_TOKENMETRICS"}

_VENUE_KEYS = {
    "binance": ("TOKENWISE_KEY_BINANCE", "TOKENWISE_SECRET_BINANCE"),
    "kraken": ("TOKENWISE_KEY_KRAKEN", "TOKENWISE_SECRET_KRAKEN"),
}


class Secret:
    """A text that shows itself to nobody who does not ask for it by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written to a file")


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What the environment says about language models; `None` where it says nothing.

    *deadline_s*: seconds for one decision or answer. The budgets are USD, and tokens for the last.
    """

    key: Secret | None = None
    base_url: str | None = None
    model: str | None = None
    quick_model: str | None = None
    mode: str = "live"
    output: str = "auto"
    deadline_s: float = 30.0
    cassettes: Path | None = None
    usd_decision: Decimal | None = None
    usd_day: Decimal | None = None
    usd_run: Decimal | None = None
    tokens_day: int | None = None


def home(given: str | None = None) -> Path:
    """The folder that everything is kept in: ``--home``, else ``TOKENWISE_HOME``, else ``~/.tokenwise``."""
    chosen = given or os.environ.get("TOKENWISE_HOME")
    return Path(chosen).expanduser().absolute() if chosen else Path.home() / ".tokenwise"


def database_url() -> str | None:
    """``TOKENWISE_DATABASE_URL``: the journal's database, where it is not the home's SQLite file."""
    return os.environ.get("TOKENWISE_DATABASE_URL") or None


def provider_urls() -> Mapping[str, str]:
    """What stands in for each provider's hosts (``TOKENWISE_URL_<PROVIDER>``), by its name in lower case.

    Raises:
        UsageError: an address that is not on this machine.
    """
    from tools.sources.http.addresses import loopback_origin

    given = {provider: (name, _text(name)) for provider, name in _PROVIDER_URLS.items()}
    return {provider: loopback_origin(name, text) for provider, (name, text) in given.items() if text}


def provider_keys() -> Mapping[str, Secret]:
    """The keys of data sources (``TOKENWISE_KEY_<PROVIDER>``), by the provider's name in lower case."""
    given = {provider: _text(name) for provider, name in _PROVIDER_KEYS.items()}
    return {provider: Secret(key) for provider, key in given.items() if key}


def venue_keys(venue: str) -> tuple[Secret, Secret] | None:
    """The API key and secret of a venue (``TOKENWISE_KEY_<VENUE>``, ``TOKENWISE_SECRET_<VENUE>``), or `None`."""
    key, secret = (_text(name) for name in _VENUE_KEYS[venue])
    return None if key is None or secret is None else (Secret(key), Secret(secret))


def model_settings() -> ModelSettings:
    """The model, the way to it, its deadline and its budgets.

    Raises:
        UsageError: a deadline or budget that is no such number.
    """
    key = _text("OPENAI_API_KEY")
    cassettes = _text("TOKENWISE_CASSETTES")
    tokens = _amount("TOKENWISE_BUDGET_TOKENS_DAY", "a number of tokens")
    deadline = _amount("TOKENWISE_LLM_DEADLINE", "a number of seconds above 0")
    if deadline is not None and not 0 < deadline <= _LONGEST_DEADLINE_S:
        raise _unfit("TOKENWISE_LLM_DEADLINE", f"a number of seconds above 0 and up to {_LONGEST_DEADLINE_S}")
    return ModelSettings(
        key=None if key is None else Secret(key),
        base_url=_text("OPENAI_BASE_URL"),
        model=_text("TOKENWISE_MODEL"),
        quick_model=_text("TOKENWISE_MODEL_QUICK"),
        mode=_text("TOKENWISE_LLM") or "live",
        output=_text("TOKENWISE_LLM_OUTPUT") or "auto",
        deadline_s=30.0 if deadline is None else float(deadline),
        cassettes=None if cassettes is None else Path(cassettes).expanduser().absolute(),
        usd_decision=_amount("TOKENWISE_BUDGET_USD_DECISION", "an amount of USD"),
        usd_day=_amount("TOKENWISE_BUDGET_USD_DAY", "an amount of USD"),
        usd_run=_amount("TOKENWISE_BUDGET_USD_RUN", "an amount of USD"),
        tokens_day=None if tokens is None else int(tokens),
    )


def _text(name: str) -> str | None:
    return os.environ.get(name, "").strip() or None


def _amount(name: str, meaning: str) -> Decimal | None:
    text = _text(name)
    try:
        amount = None if text is None else exact(text)
    except ValueError:
        raise _unfit(name, meaning) from None
    if amount is not None and amount < 0:
        raise _unfit(name, meaning)
    return amount


def _unfit(name: str, meaning: str) -> UsageError:
    return UsageError(f"{name} is {_text(name)!r}, not {meaning}", f"Give {name} {meaning}, or unset it.")
