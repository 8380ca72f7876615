"""Keys, signatures and signed addresses never leave the venue object: not in text, not in logs."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field

_SIGNED = re.compile(
    r"(?i)((?:signature|timestamp|recvwindow|nonce|api[-_]?key|api[-_]?sign|x-mbx-apikey)['\"]?\s*[=:]\s*)"
    r"['\"]?[^\s&'\",}]+['\"]?"
)
_QUERY = re.compile(r"(https?://[^\s?'\"]+)\?[^\s'\"]*")
_LOGGERS = ("ccxt", "ccxt.base.exchange", "aiohttp", "aiohttp.client", "urllib3")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Keys:
    """An API key of a venue. Its text shows neither part."""

    key: str = field(repr=False)
    secret: str = field(repr=False)

    def __str__(self) -> str:
        return "Keys(***)"


class Redactor:
    """Takes every secret out of a text."""

    def __init__(self, keys: Keys | None) -> None:
        self._secrets = () if keys is None else tuple(part for part in (keys.key, keys.secret) if part)

    def __call__(self, text: str) -> str:
        """*text* in one line, without secrets, signed queries and endless bodies."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        text = _SIGNED.sub(r"\1***", _QUERY.sub(r"\1?***", text))
        text = " ".join(text.split())
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

    def __repr__(self) -> str:
        return "Redactor(***)"


class _NothingBelowInfo(logging.Filter):
    """ccxt writes the key and the signature of every request at DEBUG, whatever level somebody sets."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.INFO


_QUIET = _NothingBelowInfo()


def quieten() -> None:
    """Keeps what ccxt and its HTTP clients say at DEBUG out of every log, for good."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.INFO))
        logger.addFilter(_QUIET)  # adding it again changes nothing
