"""What a call costs, by the published prices of its model or by the person's own table.

``prices.toml`` in the home, USD per million tokens, as text::

    [models."llama3.1:8b"]
    input = "0"
    output = "0"

A model that is in neither has no price: its calls cost `None`, never 0.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from genai_prices import Usage as Counted
from genai_prices import calc_price

from agent.models.usage import Usage
from core.errors import UsageError
from core.instant import Instant, utc
from core.money import divide, exact

FILE = "prices.toml"
_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Price:
    """USD for one token of the prompt and for one of the answer."""

    token_in: Decimal
    token_out: Decimal


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of models. *own* wins over the published ones."""

    own: Mapping[str, Price] = field(default_factory=dict)

    def usd(self, model: str, usage: Usage, at: Instant) -> Decimal | None:
        """The cost in USD of *usage* at *at*; `None` where nobody knows a price."""
        if (price := self.own.get(model)) is not None:
            return usage.tokens_in * price.token_in + usage.tokens_out * price.token_out
        try:
            cost = calc_price(
                Counted(input_tokens=usage.tokens_in, output_tokens=usage.tokens_out),
                model,
                genai_request_timestamp=utc(at),
            )
        except (LookupError, ValueError):
            return None
        return exact(cost.total_price)


def prices_from(home: Path | None) -> Prices:
    """The prices in force in *home*.

    Raises:
        UsageError: its ``prices.toml`` is not such a table.
    """
    path = None if home is None else home / FILE
    if path is None or not path.exists():
        return Prices()
    try:
        models = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
        return Prices({name: _price(row) for name, row in models.items()})
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} is no table of prices: {error}",
            'Write [models."NAME"] with input = "0.10" and output = "0.40", USD per million tokens.',
            code="bad_prices",
        ) from None


def _price(row: Mapping[str, Any]) -> Price:
    price = Price(divide(exact(row["input"]), _MILLION), divide(exact(row["output"]), _MILLION))
    if price.token_in < 0 or price.token_out < 0:
        raise ValueError("a price is below zero")
    return price
