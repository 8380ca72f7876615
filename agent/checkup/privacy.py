"""What leaves this machine: every host that is spoken to, with the fields that go there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
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


def sendings(database_url: str | None, model: ModelSettings) -> tuple[Sending, ...]:
    """Everything that these settings send; nothing else speaks to a network."""
    return (*_to_database(database_url), *_to_model(model))


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
