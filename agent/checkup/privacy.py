"""What leaves this machine: every host that is spoken to, with the fields that go there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from agent.settings import OPENAI, ModelSettings


@dataclass(frozen=True, slots=True)
class Sending:
    """Fields that go to a host, and what for."""

    host: str
    fields: str
    why: str

    def as_json(self) -> dict[str, str]:
        """Plain JSON values."""
        return asdict(self)


ON_COMMAND = (
    Sending(
        "api.coingecko.com, api.llama.fi, coins.llama.fi, stablecoins.llama.fi, api.alternative.me, "
        "api.blockchain.info, community-api.coinmetrics.io, api.tokenmetrics.com, www.coindesk.com, "
        "cointelegraph.com, decrypt.co, www.theblock.co, and the exchanges binance, okx, kraken, coinbase",
        "which assets, figures and dates are asked for; a provider's own key, as a header",
        "data fetch",
    ),
    Sending(
        "the exchange that is named",
        "symbols and intervals, to its public endpoints",
        "paper --market ccxt:VENUE",
    ),
    Sending("binance or kraken", "orders, and questions about them and the account; the key", "live"),
)
"""What only the command sends that *why* names, and only while it runs."""


def sendings(
    database_url: str | None, model: ModelSettings, notify: Mapping[str, Any]
) -> tuple[Sending, ...]:
    """Everything that these settings send; beside it only the commands of `ON_COMMAND` speak to a network."""
    return (*_to_database(database_url), *_to_model(model), *_to_channels(notify))


def _to_channels(notify: Mapping[str, Any]) -> tuple[Sending, ...]:
    """The address is a secret and not told."""
    if "webhook" not in notify:
        return ()
    fields = "code, message, text and time of each notice; they name accounts, symbols and amounts"
    return (Sending("the web address in tokenwise.toml", fields, "[notify] in tokenwise.toml names it"),)


def _to_model(model: ModelSettings) -> tuple[Sending, ...]:
    """A model is asked only by ``--decider llm`` and by questions, and only where a way to one is set."""
    if model.base_url is None and model.key is None:
        return ()
    host = urlsplit(model.base_url or OPENAI).netloc.rpartition("@")[2]
    fields = (
        "prompts: symbols, indicators, levels, grades, the account's equity, drawdown and position weights; "
        "questions, and what the tools answered to them; the key, as a header"
    )
    return (Sending(host, fields, "OPENAI_BASE_URL or OPENAI_API_KEY names a model's endpoint"),)


def _to_database(database_url: str | None) -> tuple[Sending, ...]:
    if database_url is None or database_url.startswith("sqlite"):
        return ()
    address = urlsplit(database_url)
    host = f"{address.hostname or 'localhost'}:{address.port or 5432}"
    fields = "the whole journal: settings, inputs, decisions, orders, fills"
    return (Sending(host, fields, "TOKENWISE_DATABASE_URL keeps the journal there"),)
