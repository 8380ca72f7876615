"""Who fills the orders of an account in real time: the paper venue, or a real one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from agent.journal.store import SqlJournal
from agent.runtime.account import Account
from agent.runtime.config import RunConfig
from agent.runtime.desk import Desk
from agent.runtime.live_world import LiveWorld
from agent.runtime.modes import real_desk, wire_real
from core.errors import KeyRefusedError, OrderError, StoppedError, UsageError
from core.ports import Clock, Decider
from strategies.risk.limits import Limits
from strategies.risk.sections import Caps, Mode
from tools.exchange.live.connecting import connect, venue
from tools.exchange.live.exchange import LiveExchange
from tools.exchange.live.redaction import Keys
from tools.exchange.live.report_log import ReportLog

# a first real account risks a little at a time, whatever its limits say; limits.toml may name other caps
CAPS = Caps(per_order=Decimal(20), gross=Decimal(100), loss_per_day=Decimal(10))


class Seat(Protocol):
    """Where an account's orders go."""

    def configured(self, config: RunConfig) -> RunConfig:
        """*config* as it holds at this seat.

        Raises:
            UsageError: it cannot be traded here.
        """
        ...

    async def desk(
        self,
        config: RunConfig,
        live: LiveWorld,
        home: Path,
        journal: SqlJournal,
        account: Account,
        *,
        wall: Clock,
        decider: Decider,
    ) -> Desk:
        """The desk of *account*, its venue answering.

        Raises:
            StoppedError: it may not be armed.
        """
        ...


class PaperSeat:
    """Live prices, paper money."""

    def configured(self, config: RunConfig) -> RunConfig:
        """As it was asked for."""
        return config

    async def desk(
        self,
        config: RunConfig,
        live: LiveWorld,
        home: Path,
        journal: SqlJournal,
        account: Account,
        *,
        wall: Clock,
        decider: Decider,
    ) -> Desk:
        """The paper venue on live prices."""
        return wire_real(config, live, home, journal, account, wall=wall, decider=decider)


@dataclass(frozen=True, slots=True)
class LiveSeat:
    """A real venue, or its sandbox, or a stand-in of it on this machine (*base_url*)."""

    venue: str
    keys: Keys
    sandbox: bool = False
    base_url: str | None = None

    def configured(self, config: RunConfig) -> RunConfig:
        """With caps in money, and every price rule required: what cannot be compared is not bought."""
        if config.limits.profile == "none":
            raise UsageError(
                "live trading needs limits: the profile 'none' has none",
                "Use --profile cautious, balanced or bold, or a limits.toml.",
            )
        market = f"live:{self.venue}{'?sandbox=1' if self.sandbox else ''}"
        return replace(config, market=market, limits=armoured(config.limits))

    async def desk(
        self,
        config: RunConfig,
        live: LiveWorld,
        home: Path,
        journal: SqlJournal,
        account: Account,
        *,
        wall: Clock,
        decider: Decider,
    ) -> Desk:
        """The real venue: its clock measured, its filters read, our key's rights looked at."""
        dialect = venue(self.venue)
        client = connect(dialect, self.keys, base_url=self.base_url, sandbox=self.sandbox)
        log = ReportLog.open(home / "live.db", self.venue, account.id)
        booked = {number for _, number in account.trades}
        heard = account.venue_seq
        exchange = LiveExchange(dialect, client, wall, log, config.symbols, booked=booked, heard=heard)
        try:
            await _safe(exchange, self.venue)
        except BaseException:
            await exchange.close()
            raise
        desk = real_desk(config, live, exchange, home, journal, account, wall=wall, decider=decider)
        desk.is_shared = desk.limits_only = True
        return desk


def armoured(limits: Limits) -> Limits:
    """*limits* with a cap on everything, and with every rule required that compares prices or sizes."""
    caps = limits.caps
    capped = Caps(
        caps.per_order or CAPS.per_order,
        caps.gross or CAPS.gross,
        caps.loss_per_day or CAPS.loss_per_day,
    )
    asked = limits.rules
    rules = replace(
        asked,
        second_source=_required(asked.second_source),
        depeg=_required(asked.depeg),
        liquidity=_required(asked.liquidity),
    )
    return replace(limits, caps=capped, rules=rules)


def _required(mode: Mode) -> Mode:
    return Mode.OFF if mode is Mode.OFF else Mode.REQUIRED


async def _safe(exchange: LiveExchange, name: str) -> None:
    try:
        await exchange.start()
        rights = await exchange.permissions()
    except KeyRefusedError as error:
        raise _not_armed(name, error.message, "Mend the key at the venue, then start again.") from error
    except OrderError as error:
        raise _not_armed(name, error.message, "Start again when the venue answers.") from error
    if rights.withdraw:
        mend = "Make a key that may only read and trade; nothing here needs more."
        raise _not_armed(name, "the key may withdraw", mend)
    if not rights.trade:
        raise _not_armed(name, "the key may not trade", "Give the key the right to trade, and no other.")


def _not_armed(name: str, why: str, mend: str) -> StoppedError:
    return StoppedError(f"{name} is not armed: {why}", mend, code="not_armed")
