"""``tokenwise live``: trade a real account, once its venue is certified; ``certify`` runs the certification."""

from __future__ import annotations

import asyncio
import sys

import click

from agent import settings
from agent.cli.session import answer, session
from agent.cli.trading_flags import trading_flags
from core.errors import StoppedError, UsageError
from tools.clocks import SystemClock

_NOT_MET = 4


def phrase(venue: str) -> str:
    """What a person types to let real money be traded."""
    return f"trade real money on {venue}"


@click.group("live", invoke_without_command=True)
@click.pass_context
@click.option("--account", default="live", show_default=True, help="Which account.")
@click.option("--venue", help="binance or kraken.")
@click.option("--live", "is_meant", is_flag=True, help="Say that real orders are meant.")
@click.option(
    "--confirm",
    metavar="PHRASE",
    default="",
    help="The phrase that arms this venue; a run without it names it.",
)
@click.option("--sandbox", is_flag=True, help="The venue's own test environment.")
@click.option(
    "--cash", default="100 USDT", show_default=True, help="How much of the venue's account is this account's."
)
@trading_flags
def app(
    context: click.Context, /, venue: str | None, is_meant: bool, confirm: str, sandbox: bool, **flags: object
) -> None:
    """Trade a real account. Orders of at most 20, 100 in all, and 10 lost a day, unless limits.toml has other caps."""
    if context.invoked_subcommand is not None:
        return
    if venue is None:
        raise UsageError("live trading needs --venue", "Name it: --venue binance.")
    from agent.cli.asked import Asked
    from agent.cli.trading import trade
    from agent.runtime.seats import LiveSeat
    from tools.exchange.certification.certificate import require
    from tools.exchange.live.connecting import venue as dialect_of
    from tools.exchange.live.redaction import Keys

    name = dialect_of(venue).name
    require(session().home, name)
    if not is_meant or confirm != phrase(name):
        raise StoppedError(
            "live trading is not armed", f"Add: --live --confirm '{phrase(name)}'.", code="not_armed"
        )
    keys = settings.venue_keys(name)
    if keys is None:
        raise StoppedError(
            f"there is no key for {name}",
            f"Set TOKENWISE_KEY_{name.upper()} and TOKENWISE_SECRET_{name.upper()} to a key that may not withdraw.",
            code="not_armed",
        )
    seat = LiveSeat(
        name, Keys(keys[0].reveal(), keys[1].reveal()), sandbox, settings.provider_urls().get(name)
    )
    asked = Asked(market=f"ccxt:{name}", **flags)  # type: ignore[arg-type]  # click has parsed every flag to its type
    context.exit(trade(asked, name="live", seat=seat))


@app.command("certify")
@click.argument("venue")
def certify(venue: str) -> None:
    """Check on a local stand-in that a venue is spoken as live trading needs it; exit 4 where it is not."""
    from tools.exchange.certification.certificate import Result, save
    from tools.exchange.certification.certificate import certify as run

    def heard(result: Result) -> None:
        if not session().json:
            mark = "ok  " if result.why is None else "FAIL"
            print(f"{mark} {result.name:22} {result.why or result.promise}", file=sys.stderr, flush=True)

    certificate = asyncio.run(run(venue, SystemClock(), heard=heard))
    path = save(session().home, certificate)
    failed = [result.name for result in certificate.results if result.why is not None]

    def tell() -> None:
        verdict = "passed" if certificate.passed else f"did not pass: {', '.join(failed)}"
        print(f"{venue} {verdict} ({len(certificate.results)} checks, ccxt {certificate.ccxt})")
        print("This was a stand-in on this machine: it shows how the venue is spoken to, not how it behaves.")

    data = {
        "venue": venue,
        "passed": certificate.passed,
        "ccxt": certificate.ccxt,
        "checks": [
            {"name": one.name, "promise": one.promise, "met": one.why is None, "why": one.why}
            for one in certificate.results
        ],
        "certificate": str(path),
    }
    answer("live_certify", data, tell, as_of=certificate.at)
    if not certificate.passed:
        raise click.exceptions.Exit(_NOT_MET)
