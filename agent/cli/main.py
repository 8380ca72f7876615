"""``tokenwise``: global flags, the table of commands, and the one place where errors become exit statuses."""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from typing import cast

import click

from agent import settings
from agent.cli.session import Session, answer, begin, complain
from core.errors import FaultError, TokenwiseError, UsageError

# name: (module, one line of help); a module is imported only when its command runs
COMMANDS = {
    "demo": ("agent.cli.demo", "Watch an account being traded on a simulated market."),
    "paper": ("agent.cli.paper", "Trade a paper account; also: status, stop."),
    "live": ("agent.cli.live", "Trade a real account; also: certify."),
    "ask": ("agent.cli.ask", "Ask a question; the answer comes with its evidence."),
    "chat": ("agent.cli.chat", "Talk; a thread goes on where it was left."),
    "halt": ("agent.cli.halt", "Stop all trading now."),
    "resume": ("agent.cli.resume", "Let trading go on after a halt."),
    "approvals": ("agent.cli.approvals", "Orders that wait for you: list, approve, deny."),
    "report": ("agent.cli.report", "Accounts beside each other: parity."),
    "get": ("agent.cli.get", "One answer: price, candles, indicators, levels, grades, portfolio ..."),
    "grades": ("agent.cli.grades", "Trader and investor grades: show, history, explain, validate."),
    "analyze": ("agent.cli.analyze", "One asset in full: grades, levels, scenarios, risks; --html PATH."),
    "screen": ("agent.cli.screen", "Who passes your filters; --picks: a thesis each."),
    "narratives": ("agent.cli.narratives", "Which narratives lead, and where money rotates."),
    "index": ("agent.cli.index", "Rule-based baskets: constituents, weights, and what holding one did."),
    "heatmap": ("agent.cli.heatmap", "The market at a glance, in colour; --html PATH for a treemap."),
    "data": ("agent.cli.data", "The store: fetch, import, list, check."),
    "journal": ("agent.cli.journal", "The memory: list, show, why, verify, replay, export."),
    "doctor": ("agent.cli.doctor", "Check this installation and this home."),
}

# commands of packages that this one may not import: known by their entry point
_OURS = {"eval": "How good a decider is: list, run, compare, lookahead."}

# end cleanly (exit 0) when a person stops them; everything else that is cut ends with 130
_LONG_RUNNING = {"paper", "live", "serve", "mcp", "chat", "demo"}


class _Root(click.Group):
    """The commands by name; each one's module is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *(point.name for point in _plugins())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            app = importlib.import_module(COMMANDS[cmd_name][0]).app
        else:
            point = next((p for p in _plugins() if p.name == cmd_name), None)
            app = None if point is None else point.load()
        return cast("click.Command | None", app)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, text) for name, (_, text) in COMMANDS.items()]
        rows += [(point.name, _OURS.get(point.name, "From an installed plugin.")) for point in _plugins()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _plugins() -> list[EntryPoint]:
    return sorted(entry_points(group="tokenwise.commands"), key=lambda point: point.name)


def _tell_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        try:
            installed = version("tokenwise")
        except PackageNotFoundError:
            installed = "uninstalled"
        answer("version", {"version": installed}, lambda: print(f"tokenwise {installed}"))
        context.exit()


_root = _Root(
    name="tokenwise",
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_tell_version,
            help="Print the version and exit.",
        )
    ],
    help="An LLM-powered crypto trading agent whose every decision can be checked.\n\n"
    "Global flags, anywhere on the line: --home DIR, --json, --debug, -v.",
    no_args_is_help=True,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit status (CONTRACT §1)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    rest: list[str] = []
    try:
        flags, rest = _global_flags(words)
        begin(flags)
        return _run(rest)
    except TokenwiseError as error:
        if "--debug" in words:
            raise
        complain(error, as_json=as_json)
        return error.exit_status
    except OSError as error:
        if "--debug" in words:
            raise
        told = _MACHINE.get(error.errno or 0, error.strerror or str(error))
        fault = FaultError(f"{told}: {error.filename or 'while writing'}", _MEND, code="machine")
        complain(fault, as_json=as_json)
        return fault.exit_status
    except Exception as error:  # the outermost edge: whatever nobody foresaw is our fault
        if "--debug" in words:
            raise
        fault = FaultError(
            f"something went wrong that should not: {type(error).__name__}: {error}",
            "Run the same command with --debug and report what it prints; nothing is half-written.",
            code="internal",
        )
        complain(fault, as_json=as_json)
        return fault.exit_status
    except KeyboardInterrupt:
        return 0 if _LONG_RUNNING.intersection(rest[:1]) else 130


_MACHINE = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EROFS: "the file system is read-only",
}
_MEND = "Make room or give permission, then run the same command again; nothing is half-written."


def _run(words: list[str]) -> int:
    try:
        status = _root.main(args=words, prog_name="tokenwise", standalone_mode=False)
    except click.UsageError as error:
        raise UsageError(error.format_message(), "See 'tokenwise --help'.") from error
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    return status if isinstance(status, int) else 0


def _global_flags(words: list[str]) -> tuple[Session, list[str]]:
    """Takes the global flags out of *words*, wherever they stand."""
    home: str | None = None
    switches = {"--json": False, "--debug": False, "-v": False}
    rest: list[str] = []
    feed = iter(words)
    for word in feed:
        if word in switches:
            switches[word] = True
        elif word == "--home" or word.startswith("--home="):
            home = word.partition("=")[2] if "=" in word else next(feed, "")
            if not home:
                raise UsageError("--home needs a folder", "Write it as --home DIR.")
        elif word == "--":
            rest += [word, *feed]
        else:
            rest.append(word)
    flags = Session(settings.home(home), switches["--json"], switches["--debug"], switches["-v"])
    return flags, rest
