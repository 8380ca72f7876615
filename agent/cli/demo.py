"""``tokenwise demo``: the main job on nothing but the package."""

from __future__ import annotations

import click


@click.command("demo", help="Watch a paper account being traded on a simulated market: no key, no network.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which simulated market.")
@click.option("--days", type=click.IntRange(7, 1000), default=90, show_default=True, help="How long.")
@click.pass_context
def app(context: click.Context, seed: int, days: int) -> None:
    """Some months of decisions in seconds; the account `demo` begins again on every call."""
    from agent.cli.asked import Asked
    from agent.cli.trading import trade
    from core.instant import DAY, Instant, instant, iso

    start = "2024-01-01T00:00:00Z"
    until = iso(Instant(instant(start) + days * DAY))
    asked = Asked(account="demo", market=f"sim?assets=8&seed={seed}", start=start, until=until, new=True)
    context.exit(trade(asked, name="demo"))
