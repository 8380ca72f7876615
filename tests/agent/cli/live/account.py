"""A real account on a stand-in of Binance: its command, its limits, its key, and what was told of it."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from core.instant import instant
from tests.agent.cli.trading_line import Line
from tools.exchange.certification.certificate import Certificate, Result, save
from tools.exchange.stand_in import ApiKey

LIVE = (
    "live", "--venue", "binance", "--symbols", "BTC/USDT", "--decider", "rule:hold", "--every", "4h",
    "--live", "--confirm", "trade real money on binance", "--report", "none",
)  # fmt: skip
LIMITS = """
profile = "bold"
sizing = { mode = "full", no_trade_band = "0" }
edge = { multiple = "0" }
rules = { horizon = "off" }
liquidity = { share_of_bar = "1" }
pace = { orders_per_hour = 60, orders_per_day = 60, min_hold = "0s", cooldown_after_loss = "0s" }
"""
KEY = ApiKey("CANARYKEY0123456789", "Q0FOQVJZU0VDUkVUMDEyMzQ1Njc4OQ==")
CANARIES = (KEY.key, KEY.secret, KEY.secret.rstrip("="))


def armed(home: Path) -> None:
    """Puts limits that let much through, and a passing certificate, into *home*."""
    (home / "limits.toml").write_text(LIMITS, encoding="utf-8")
    passed = (Result("id.echoed", "a new order comes back under our id"),)
    save(home, Certificate("binance", version("ccxt"), instant("2026-03-01"), passed))


def kinds(line: Line) -> list[str]:
    """The kinds of the account's events, in order."""
    return [kind for _, kind, _ in line.events("live")]


def alerts(line: Line) -> list[str]:
    """The codes of the account's alerts, in order."""
    return [body["code"] for _, kind, body in line.events("live") if kind == "alert"]
