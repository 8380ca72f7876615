"""Arguments that several answers share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

IntervalName = Literal["1m", "15m", "1h", "4h", "1d"]
AssetName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=120,
        description="The asset: its id (sui), ticker (SUI), name, or trading symbol (SUI/USDT).",
    ),
]
OptionalInterval = Annotated[
    IntervalName | None, Field(description="Width of a candle; the account's decision interval, else a day.")
]


class Strict(BaseModel):
    """Refuses keys that it does not declare."""

    model_config = ConfigDict(extra="forbid")


class OfAsset(Strict):
    """Asked of one asset."""

    asset: AssetName
