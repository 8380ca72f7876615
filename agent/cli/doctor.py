"""``tokenwise doctor``: is this installation whole, and can this home be used?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from agent import settings
from agent.cli.session import answer, session

if TYPE_CHECKING:
    from agent.checkup.finding import Check
    from agent.checkup.privacy import Sending

_COLOURS = {"ok": "green", "warning": "yellow", "error": "red"}


@click.command(help="Check this installation and this home: what is wrong, and how to mend it.")
@click.option("--privacy", is_flag=True, help="Also say which fields go to which host.")
def app(privacy: bool) -> None:
    """Checks, tells, and ends with the gravest finding's status."""
    from agent.checkup import home, installation
    from agent.checkup.finding import exit_status
    from agent.checkup.journal import journal_end
    from agent.checkup.privacy import sendings
    from agent.runtime.home_file import read_home_file
    from tools.clocks import SystemClock

    folder, now = session().home, SystemClock().now()
    checks = (
        *installation.check_installation(),
        home.writable(folder),
        home.disk(folder),
        home.clock(folder, now),
        home.halted(folder),
        *home.schemas(folder, _known_schemas()),
        *(() if settings.database_url() else journal_end(folder / "journal.db", folder / "heads.json")),
    )
    sent = None
    if privacy:
        notify = read_home_file(folder)["notify"]
        sent = sendings(settings.database_url(), settings.model_settings(), notify)
    answer("doctor", _data(checks, sent), lambda: _tell(checks, sent), as_of=now)
    raise click.exceptions.Exit(exit_status(checks))


def _known_schemas() -> Mapping[str, tuple[str, int]]:
    """Each database of a home by its file: its schema's name, and the version that this program writes."""
    from core.registry import discover
    from tools.exchange.paper.schema import SCHEMA as BOOK
    from tools.store.schema import SCHEMA as STORE

    return {
        "journal.db": ("journal", len(discover("agent.journal.migrations", "STATEMENTS"))),
        "paper.db": (BOOK.name, BOOK.version),
        "store/store.db": (STORE.name, STORE.version),
    }


def _data(checks: tuple[Check, ...], sent: tuple[Sending, ...] | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "checks": [
            {"name": c.name, "status": c.status.value, "message": c.message, "mend": c.mend or None}
            for c in checks
        ]
    }
    if sent is not None:
        from agent.checkup.privacy import ON_COMMAND

        data["privacy"] = [sending.as_json() for sending in sent]
        data["privacy_on_command"] = [sending.as_json() for sending in ON_COMMAND]
    return data


def _tell(checks: tuple[Check, ...], sent: tuple[Sending, ...] | None) -> None:
    width = max(len(check.name) for check in checks)
    for check in checks:
        status = click.style(f"{check.status.value:<8}", fg=_COLOURS[check.status.value])
        click.echo(f"{status}{check.name:<{width}}  {check.message}")
        if check.mend:
            click.echo(f"{'':<{8 + width}}  {check.mend}")
    if sent is not None:
        _tell_sent(sent)


def _tell_sent(sent: tuple[Sending, ...]) -> None:
    from agent.checkup.privacy import ON_COMMAND

    click.echo()
    click.echo("Leaves this machine:" if sent else "Nothing leaves this machine by these settings.")
    for sending in sent:
        click.echo(f"  to {sending.host}: {sending.fields} ({sending.why})")
    click.echo("Beside that, these commands ask others, and only while they run:")
    for sending in ON_COMMAND:
        click.echo(f"  {sending.why}: {sending.fields}; to {sending.host}")
