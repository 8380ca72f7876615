"""The documents speak of what is there: commands, flags, files, settings, rules, codes and numbers."""

from __future__ import annotations

import ast
import configparser
import dataclasses
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from agent.cli.main import COMMANDS, _root
from core.instant import instant, interval
from core.orders import Purpose
from core.registry import discover
from strategies.decider import strategy_decider
from strategies.risk.in_force import describe
from strategies.risk.limits import PROFILES
from strategies.risk.registry import registered
from strategies.risk.rule import Rule as RiskRule
from strategies.rules import Moment, Rule
from tools.store.gate import CODES

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
GLOBAL_FLAGS = {"--json", "--debug", "-v", "--home"}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def command_lines(text: str) -> list[list[str]]:
    """The words of every ``tokenwise …`` line in code blocks and code spans."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)).replace("\\\n", " ")
    lines = [line for line in blocks.splitlines() if line.startswith("tokenwise ")]
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    lines += re.findall(r"`(tokenwise [^`…]+)`", prose)
    return [shlex.split(line, comments=True)[1:] for line in lines]


def table(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table after *heading*, without its head."""
    after = text.partition(heading)[2]
    rows = re.search(r"(^\|.*\|\n)+", after, re.MULTILINE)
    assert rows, heading
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[0].splitlines()[2:]]


def check_command(words: list[str]) -> str | None:
    """Why *words* is no command line of ours, or `None`."""
    command: click.Command = _root
    context = click.Context(command)
    flags = [word.partition("=")[0] for word in words if word.startswith("-")]
    names = [word for word in words if not word.startswith("-")]
    while isinstance(command, click.Group) and names:
        found = command.get_command(context, names[0])
        if found is None:
            break
        command, names = found, names[1:]
    if command is _root and names:
        return f"there is no command {names[0]!r}"
    known = {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)}
    strange = set(flags) - known - GLOBAL_FLAGS - {"--help"}
    return f"{command.name} has no {sorted(strange)}" if strange else None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_the_documents_exists_with_its_flags(document: Path) -> None:
    wrong = [(words, why) for words in command_lines(document.read_text()) if (why := check_command(words))]
    assert not wrong


def test_a_command_or_flag_that_is_not_there_is_noticed() -> None:
    assert check_command(["fly"]) == "there is no command 'fly'"
    assert check_command(["paper", "--wings"]) == "paper has no ['--wings']"


def test_the_readme_shows_every_command() -> None:
    shown = {words[0] for words in command_lines(text_of("README.md") + text_of("CHANGELOG.md"))}
    assert set(COMMANDS) <= shown


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    named = {
        target
        for path in DOCUMENTS
        for target in re.findall(r"(?:^|`)make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"demo", "test", "check"} <= named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_in_the_documents_exists(document: Path) -> None:
    spans = re.findall(r"`([^`\s]+)`", document.read_text(encoding="utf-8"))
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    ours = re.compile(
        r"(core|strategies|tools|prompts|agent|evals|tests|benchmarks|docs|\.ci)/.*|[A-Z]+\.md|pyproject\.toml"
    )
    named = {name for name in spans if ours.fullmatch(name) and "NAME" not in name} | set(links)
    absent = sorted(name for name in named if not (ROOT / name).exists())
    assert not absent


def test_the_example_settings_are_the_settings_that_are_read() -> None:
    read = {
        node.value
        for node in ast.walk(ast.parse(text_of("agent/settings.py")))
        if isinstance(node, ast.Constant) and re.fullmatch(r"(TOKENWISE|OPENAI)_[A-Z_]+", str(node.value))
    }
    shown = set(re.findall(r"^#?([A-Z_]+)=", text_of(".env.example"), re.MULTILINE))
    assert shown == read


def test_the_readme_lists_every_rule_with_its_defaults() -> None:
    shown = {
        cells[0].strip("`").partition("?")[0] for cells in table(text_of("README.md"), "## Rules that decide")
    }
    assert shown - {"py:FILE.py"} == {f"rule:{name}" for name in discover("strategies.rules", "STRATEGY")}

    for spec in re.findall(r"^\| `rule:(\S+?)` \|", text_of("README.md"), re.MULTILINE):
        name, _, query = spec.partition("?")
        rule = discover("strategies.rules", "STRATEGY")[name]
        assert isinstance(rule, Rule)
        assert {tuple(pair.split("=")) for pair in query.split("&") if pair} <= set(rule.defaults.items()), (
            name
        )


def recipe(heading: str) -> dict[str, object]:
    """What the first Python block after *heading* in CONTRIBUTING.md defines."""
    block = re.search(r"```python\n(.*?)```", text_of("CONTRIBUTING.md").partition(heading)[2], re.DOTALL)
    assert block, heading
    defined: dict[str, object] = {"__name__": "recipe"}
    exec(compile(block[1], heading, "exec"), defined)
    return defined


def test_the_recipe_for_a_rule_strategy_is_one() -> None:
    rule = recipe("### A rule strategy")["STRATEGY"]
    assert isinstance(rule, Rule)
    strategy = rule.make(rule.defaults)
    strategy_decider("py:dip.py", strategy)  # refuses what keeps not to the contract
    moment = Moment("BTC/USDT", instant("2024-01-01"), interval("1h"))
    assert strategy.stance(([100.0] * 19 + [90.0],), moment) == 1.0
    assert strategy.stance(([100.0] * 19 + [99.0],), moment) == 0.0


def test_the_recipe_for_a_risk_rule_is_the_one_in_force() -> None:
    written = recipe("### A risk rule")["RULE"]
    assert isinstance(written, RiskRule)
    (real,) = (rule for rule in registered() if rule.code == written.code)
    assert dataclasses.replace(written, check=real.check) == real


def test_the_page_on_risk_is_the_table_in_force() -> None:
    def answer(rule: RiskRule, purpose: Purpose) -> str:
        if purpose in rule.refuses:
            return "yes"
        return "limit" if purpose is Purpose.EXIT and rule.flags_exit else "no"

    shown = {
        cells[0].strip("`"): (*cells[2:5], *re.findall(r"`(\w+)`", cells[5]))
        for cells in table(text_of("docs/risk.md"), "## The rules")
    }
    purposes = (Purpose.ENTRY, Purpose.REDUCTION, Purpose.EXIT)
    assert shown == {rule.code: (*(answer(rule, p) for p in purposes), *rule.inputs) for rule in registered()}


def test_the_page_on_risk_shows_the_profiles_as_they_are() -> None:
    for name, *values in table(text_of("docs/risk.md"), "## The profiles"):
        section, _, key = name.strip("`").partition(".")
        held = [describe(limits)[section][key] for limits in PROFILES.values()]
        assert values == ["–" if value is None else str(value) for value in held], name


def test_the_page_on_data_lists_every_code_of_the_gate() -> None:
    shown = {cells[0].strip("`"): cells[1] for cells in table(text_of("docs/data.md"), "works twice")}
    assert shown == {name: code.meaning for name, code in CODES.items()}


def test_the_sample_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    """Its words, without the host's own paths: they are not there where this runs."""
    unit = re.search(r"```ini\n(.*?)```", text_of("docs/unattended.md"), re.DOTALL)
    assert unit
    sections = configparser.RawConfigParser(strict=True, interpolation=None)
    sections.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys keep their capitals
    sections.read_string(unit[1])
    assert set(sections.sections()) == {"Unit", "Service", "Install"}
    words = shlex.split(sections["Service"]["ExecStart"])
    assert check_command(words[1:]) is None
    assert sections["Service"]["KillSignal"] == "SIGTERM"
    # a wrong flag and a halt are for a person: 2 and 4 are never restarted
    assert sections["Service"]["RestartPreventExitStatus"].split() == ["2", "4"]
    checker = shutil.which("systemd-analyze")
    if checker is not None:
        path = tmp_path / "tokenwise.service"
        path.write_text(unit[1].replace(words[0], sys.executable), encoding="utf-8")
        said = subprocess.run([checker, "verify", path], capture_output=True, text=True, check=False)
        assert "Unknown" not in said.stderr, said.stderr
