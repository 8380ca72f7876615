"""What leaves this machine: every host that is spoken to, with the fields that go there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Sending:
    """Fields that go to a host, and what for."""

    host: str
    fields: str
    why: str

    def as_json(self) -> dict[str, str]:
        """Plain JSON values."""
        return asdict(self)


def sendings(database_url: str | None) -> tuple[Sending, ...]:
    """Everything that these settings send; nothing else speaks to a network."""
    if database_url is None or database_url.startswith("sqlite"):
        return ()
    address = urlsplit(database_url)
    host = f"{address.hostname or 'localhost'}:{address.port or 5432}"
    fields = "the whole journal: settings, inputs, decisions, orders, fills"
    return (Sending(host, fields, "TOKENWISE_DATABASE_URL keeps the journal there"),)
