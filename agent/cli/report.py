"""``tokenwise report``: what the journal says of accounts beside each other."""

from __future__ import annotations

from pathlib import Path

import click

from agent import settings
from agent.cli.session import answer, session


@click.group(name="report", help="Accounts beside each other: parity of paper against live.")
def app() -> None:
    """The group of the reports."""


@app.command("parity")
@click.option("--live", "live_account", default="live", show_default=True, help="The real account.")
@click.option(
    "--paper", "paper_account", default="paper", show_default=True, help="The paper account beside it."
)
@click.option(
    "--within",
    default="2m",
    show_default=True,
    help="How far apart two orders may be made and still be the same decision.",
)
def parity(live_account: str, paper_account: str, within: str) -> None:
    """How the same decisions were filled with real money and with paper money."""
    from agent.journal.store import SqlJournal
    from agent.report.parity import parity as compare
    from core.errors import NoAnswerError
    from core.instant import duration
    from tools.clocks import SystemClock

    home = session().home
    url = settings.database_url() or home / "journal.db"
    apart = duration(within)
    if isinstance(url, Path) and not url.exists():
        raise NoAnswerError(
            f"no account ever ran in {home}",
            "Run both accounts on the same venue and decider, then compare them.",
        )
    with SqlJournal.open(url, home / "heads.json", readonly=True) as journal:
        known = journal.heads()
        for account in (live_account, paper_account):
            if f"trading/{account}" not in known:
                raise NoAnswerError(
                    f"the account {account!r} never ran in {home}",
                    "Run both accounts on the same venue and decider, then compare them.",
                    candidates=[
                        name.removeprefix("trading/") for name in known if name.startswith("trading/")
                    ],
                )
        data = compare(
            journal.records(f"trading/{live_account}"), journal.records(f"trading/{paper_account}"), apart
        )

    def tell() -> None:
        print(f"{len(data['pairs'])} orders were made by both {live_account!r} and {paper_account!r}")
        for pair in data["pairs"]:
            cost = "–" if pair["cost_bps"] is None else f"{pair['cost_bps']:+.1f} bp"
            print(
                f"  {pair['live_at']}  {pair['side']:4} {pair['symbol']:10} live {pair['live_price'] or 'unfilled'}"
                f"  paper {pair['paper_price'] or 'unfilled'}  cost {cost}"
            )
        if data["median_cost_bps"] is not None:
            print(
                f"median cost against paper {data['median_cost_bps']:+.1f} bp, worst {data['worst_cost_bps']:+.1f} bp"
            )
        for name in ("only_live", "only_paper"):
            for one in data[name]:
                print(
                    f"  {name.replace('_', ' ')}: {one['side']} {one['symbol']} at {one['at']} ({one['reason']})"
                )

    answer("report_parity", data, tell, as_of=SystemClock().now())
