"""Six common names, one owner: what doctor says of an installation."""

from __future__ import annotations

import pytest

from agent.checkup.finding import Status
from agent.checkup.installation import (
    PACKAGES,
    check_installation,
    dependencies,
    one_owner,
    one_place,
    operating_system,
    python_version,
)

SIDE_BY_SIDE = {name: f"/lib/{name}/__init__.py" for name in PACKAGES}


def test_this_installation_is_whole() -> None:
    assert {check.name: check.message for check in check_installation() if check.status is Status.ERROR} == {}


def test_six_packages_side_by_side_are_one_program() -> None:
    assert one_place(SIDE_BY_SIDE).status is Status.OK


def test_a_package_from_elsewhere_is_named_with_its_place() -> None:
    check = one_place(SIDE_BY_SIDE | {"tools": "/other/tools/__init__.py"})

    assert check.status is Status.ERROR
    assert "tools from /other" in check.message


def test_another_distribution_with_one_of_our_names_is_named() -> None:
    check = one_owner({"tools": ["mako", "tokenwise"], "agent": ["tokenwise"], "rich": ["rich"]})

    assert check.status is Status.ERROR
    assert check.message == "tools belongs to mako too"


def test_an_editable_install_that_lists_nothing_for_us_is_no_stranger() -> None:
    assert one_owner({}).status is Status.OK


@pytest.mark.parametrize(
    ("version", "status"),
    [("3.10.14", Status.ERROR), ("3.11.0", Status.OK), ("3.14.2", Status.OK), ("3.15.0", Status.ERROR)],
)
def test_python_is_one_that_we_ask_for(version: str, status: Status) -> None:
    assert python_version(version, ">=3.11,<3.15").status is status


@pytest.mark.parametrize(
    ("system", "status"), [("Linux", Status.OK), ("Darwin", Status.OK), ("Windows", Status.WARNING)]
)
def test_a_system_that_nobody_tested_is_said_so(system: str, status: Status) -> None:
    assert operating_system(system).status is status


def test_a_missing_and_an_old_dependency_are_both_named() -> None:
    check = dependencies(["click>=8.3,<9", "numpy>=2.4", "rich>=15"], {"click": "8.1.0", "rich": "15.0"})

    assert check.status is Status.ERROR
    assert "click is 8.1.0" in check.message
    assert "numpy is missing" in check.message
    assert "rich" not in check.message


def test_an_extra_that_was_not_asked_for_is_not_missed() -> None:
    assert dependencies(["psycopg>=3; extra == 'postgres'"], {}).status is Status.OK
