"""API keys: what they may do, and that they can be revoked."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha512


@dataclass(slots=True)
class ApiKey:
    """*secret* is base64 text, which is what Kraken decodes and Binance uses as it is."""

    key: str
    secret: str
    trade: bool = True
    withdraw: bool = False
    revoked: bool = False


def usual_key(seed: int) -> ApiKey:
    """A key that a seed makes, the same every time; good at no real venue."""
    return ApiKey(
        key=sha512(b"stand-in key %d" % seed).hexdigest()[:56],
        secret=b64encode(sha512(b"stand-in secret %d" % seed).digest()).decode(),
    )
