"""What a person is told of a decision, from its records alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agent.journal.dossier import find
from agent.journal.listing import listing
from agent.journal.memory_journal import MemoryJournal
from agent.journal.sentences import sentence
from agent.journal.show import show
from agent.journal.why import why
from core.errors import NoAnswerError, UsageError
from core.events import (
    EVENTS,
    Alert,
    Cancelled,
    Decided,
    Delisted,
    Event,
    Halted,
    Resolved,
    Resumed,
    Span,
    Submitted,
    Unknown,
)
from core.ports import Entry
from tests.agent.journal.scenes import (
    MENU,
    STREAM,
    a_run,
    at,
    decided,
    decision_name,
    market_of,
    order_name,
)


@pytest.fixture
def journal() -> MemoryJournal:
    made = MemoryJournal()
    a_run(made)
    return made


def told(event: Event) -> str:
    (record,) = MemoryJournal().append("x", [Entry(at(0), event)])
    return sentence(record)


@pytest.mark.parametrize(
    "wanted",
    [decision_name(2), "d00002", order_name(2), "k00002", f"{STREAM}#12", f"{STREAM}#17"],
)
def test_a_decision_is_found_by_any_of_its_names(journal: MemoryJournal, wanted: str) -> None:
    dossier = find(journal, wanted)
    assert (dossier.id, dossier.stream, dossier.account) == (decision_name(2), STREAM, "paper")
    kinds = [record.kind for record in dossier.records]
    assert kinds == ["decided", "refused", "approved", "submitted", "acknowledged", "filled"]


def test_a_protective_order_is_found_by_its_own_id(journal: MemoryJournal) -> None:
    dossier = find(journal, order_name(102))
    assert (dossier.id, dossier.decided) == (order_name(102), None)
    assert [record.kind for record in dossier.records] == ["approved", "submitted", "exit", "filled"]


@pytest.mark.parametrize(
    "wanted", ["d0000", "x" * 22, "what happened?", f"{STREAM}#99", "no/such#1", "%%%%%%"]
)
def test_an_unknown_name_is_answered_with_candidates(journal: MemoryJournal, wanted: str) -> None:
    with pytest.raises(NoAnswerError) as unknown:
        find(journal, wanted)
    assert (unknown.value.exit_status, unknown.value.code) == (3, "unknown_id")
    assert unknown.value.candidates


def test_a_beginning_that_fits_several_is_answered_with_all_of_them() -> None:
    journal = MemoryJournal()
    for number in (100, 101):
        name = f"same00{number}".ljust(22, "a")
        journal.append(STREAM, [decided(number, market_of(1.0), decision_id=name)])
    with pytest.raises(NoAnswerError) as unknown:
        find(journal, "same00")
    assert unknown.value.code == "ambiguous_id"
    assert len(unknown.value.candidates) == 2


def test_a_mistyped_id_is_answered_with_the_nearest(journal: MemoryJournal) -> None:
    wrong = decision_name(2)[:-1] + "z"
    with pytest.raises(NoAnswerError) as unknown:
        find(journal, wrong)
    assert unknown.value.candidates[0] == decision_name(2)


def test_show_has_the_shape_of_the_contract(journal: MemoryJournal) -> None:
    data = show(find(journal, "d00002"))
    assert {key: data[key] for key in ("id", "at", "account", "decider", "decided_by")} == {
        "id": decision_name(2), "at": "2024-01-01T14:00:00Z", "account": "paper",
        "decider": "rule:test", "decided_by": "rule",
    }  # fmt: skip
    assert data["situation"]["menu"] == [*MENU]
    assert [digest[:7] for digest in data["situation"]["inputs"]] == ["sha256:"]
    assert [proposal["stance"] for proposal in data["decision"]["proposals"]] == [1.0, 1.0]
    assert data["decision"]["abstained"] is None
    assert data["review"] == [
        {
            "asset": "ETH/USDT",
            "orders": [],
            "findings": [
                {
                    "code": "exposure.asset", "message": "ETH/USDT would be 0.31 of equity",
                    "limit": "0.25", "value": "0.31",
                }
            ],
        },
        {"asset": "BTC/USDT", "orders": [order_name(2)], "findings": []},
    ]  # fmt: skip
    assert [(order["id"], order["status"]) for order in data["orders"]] == [(order_name(2), "filled")]
    assert [fill["quantity"] for fill in data["fills"]] == ["0.02"]
    assert (data["prompt"], data["model"], data["outcome"]) == (None, None, None)
    assert data["events"][0] == f"{STREAM}#12"


def test_show_of_an_exit_names_its_trigger(journal: MemoryJournal) -> None:
    data = show(find(journal, order_name(101)))
    assert data["decider"] is None
    assert (data["exit"]["trigger"], data["exit"]["level"]) == ("stop", "38000")


def test_show_of_a_plain_event_is_its_record(journal: MemoryJournal) -> None:
    data = show(find(journal, f"{STREAM}#1"))
    assert (data["id"], data["record"]["run_id"]) == (f"{STREAM}#1", "run1")


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], "approved"),
        ([Submitted(order_name(9))], "submitted"),
        ([Submitted(order_name(9)), Unknown(order_name(9), "timeout")], "unknown"),
        ([Unknown(order_name(9), "timeout"), Resolved(order_name(9), "dead")], "dead"),
        ([Unknown(order_name(9), "timeout"), Resolved(order_name(9), "exists")], "open"),
        ([Cancelled(order_name(9), "expired")], "cancelled"),
    ],
)
def test_an_order_shows_where_it_stands(events: list[Event], status: str) -> None:
    from core.events import Approved
    from tests.agent.journal.scenes import order

    journal = MemoryJournal()
    journal.append(STREAM, [Entry(at(9), event) for event in (Approved(order(9)), *events)])
    assert show(find(journal, order_name(9)))["orders"][0]["status"] == status


def test_why_tells_the_story_and_cites_every_sentence(journal: MemoryJournal) -> None:
    data = why(find(journal, "d00001"))
    assert [(s["text"], s["events"]) for s in data["sentences"]] == [
        (
            "rule:test wished BTC/USDT at its full target (stance 1, before 0), because the close is above "
            "its mean; ETH/USDT at its full target (stance 1).",
            [f"{STREAM}#2"],
        ),
        (
            "The risk engine refused to buy ETH/USDT for 3100 (entry: target weight 0.31). It said: "
            "exposure.asset: ETH/USDT would be 0.31 of equity (limit 0.25, value 0.31).",
            [f"{STREAM}#3"],
        ),
        (
            f"The risk engine let through order {order_name(1)}: buy BTC for 1000 USDT at the market "
            "(target weight 0.1).",
            [f"{STREAM}#4"],
        ),
        (f"Order {order_name(1)} was sent to the venue.", [f"{STREAM}#5"]),
        (f"The venue has order {order_name(1)}.", [f"{STREAM}#6"]),
        ("Bought 0.02 BTC at 40000 USDT, fee 0.8 USDT, which completed the order.", [f"{STREAM}#7"]),
    ]
    assert all(f"[{STREAM}#{n}]" in data["answer"] for n in range(2, 8))


def test_why_of_an_exit_says_which_trigger_at_what_level(journal: MemoryJournal) -> None:
    texts = [s["text"] for s in why(find(journal, order_name(101)))["sentences"]]
    assert f"The stop exit of BTC/USDT at 38000 fired and became order {order_name(101)}." in texts
    assert "sell 0.02 BTC once the price touches 38000" in texts[0]


@pytest.mark.parametrize(
    ("changes", "says", "ends"),
    [
        ({"abstained": "budget"}, "rule:test abstained: budget.", "So nothing was ordered."),
        ({}, "rule:test had no view: every position stays as it is.", "So nothing was ordered."),
        ({"decided_by": "offline"}, "rule:test (decided by offline) had no view: every position stays as it is.", "So nothing was ordered."),
    ],
)  # fmt: skip
def test_why_says_that_nothing_came_of_it(changes: dict[str, object], says: str, ends: str) -> None:
    journal = MemoryJournal()
    journal.append(STREAM, [decided(1, market_of(1.0), **changes)])
    texts = [s["text"] for s in why(find(journal, decision_name(1)))["sentences"]]
    assert texts == [says, ends]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Halted("drawdown 0.21", "breaker"), "Trading was halted by breaker: drawdown 0.21."),
        (Halted("x", "breaker", "reducing"), "Trading was reduced to closing positions by breaker: x."),
        (Resumed("person"), "Trading was resumed by person."),
        (Delisted("LUNA/USDT", Decimal("0.0001")), "Trading of LUNA/USDT ended; its last price was 0.0001."),
        (Delisted("LUNA/USDT", None), "Trading of LUNA/USDT ended."),
        (Alert("collar", "sold at the collar"), "Alert collar: sold at the collar"),
        (Resolved(order_name(1), "dead"), f"The fate of order {order_name(1)} was proven: it never arrived."),
        (Span("rule:sma", at(0), at(4), 1, "e"), "rule:sma decided at 2024-01-01T12:00:00Z and changed nothing."),
        (Span("rule:sma", at(0), at(4), 2, "e"), "rule:sma decided 2 times from 2024-01-01T12:00:00Z to 2024-01-01T16:00:00Z and changed nothing."),
    ],
)  # fmt: skip
def test_every_event_reads_as_a_sentence(event: Event, text: str) -> None:
    assert told(event) == text


@pytest.mark.parametrize(
    ("recorded", "read"),
    [
        ("1.9980019978137283834", "1.998002"),
        ("-1.9980019978137283834", "-1.998002"),
        ("1000", "1000"),
        ("0.00000001", "0.00000001"),
        ("0.000000001234567", "0.000000001235"),
        ("123456789012345678901234567890.123456789", "123456789012345678901234567890.12345679"),
        ("0", "0"),
    ],
)
def test_money_is_told_to_eight_decimals_and_never_as_nothing(recorded: str, read: str) -> None:
    assert told(Delisted("LUNA/USDT", Decimal(recorded))).endswith(f"its last price was {read}.")


def test_no_kind_of_event_is_without_words() -> None:
    from agent.journal.sentences import _TELL

    assert _TELL.keys() == EVENTS.keys()
    assert Decided.kind in _TELL


def test_the_list_goes_back_page_by_page_and_loses_nothing(journal: MemoryJournal) -> None:
    everything = listing(journal, limit=1000)
    assert everything["next"] is None
    pages, cursor = [], None
    while True:
        page = listing(journal, limit=5, after=cursor)
        pages += page["items"]
        if (cursor := page["next"]) is None:
            break
    assert pages == everything["items"]
    assert len(pages) == 34
    places = [int(item["event"].partition("#")[2]) for item in pages if item["account"] == "paper"]
    assert places == [*range(33, 0, -1)]


def test_the_list_is_cut_by_account_time_and_kind(journal: MemoryJournal) -> None:
    fills = listing(journal, account="paper", kinds=("filled",), limit=2)
    assert [item["kind"] for item in fills["items"]] == ["filled", "filled"]
    rest = listing(journal, account="paper", kinds=("filled",), after=fills["next"])
    assert len(rest["items"]) == 4
    late = listing(journal, account="paper", since=at(220))
    assert [item["kind"] for item in late["items"]] == ["ended", "span"]
    item = listing(journal, kinds=("decided",))["items"][0]
    assert (item["id"], item["account"], item["order_id"]) == (decision_name(3), "paper", None)


def test_every_id_of_the_list_can_be_shown(journal: MemoryJournal) -> None:
    for item in listing(journal, limit=1000)["items"]:
        assert item["event"] in show(find(journal, item["id"]))["events"]


def test_an_unknown_account_or_cursor_is_said(journal: MemoryJournal) -> None:
    with pytest.raises(NoAnswerError) as unknown:
        listing(journal, account="papre")
    assert unknown.value.candidates == ("paper",)
    for cursor in ("x", "trading/paper", "trading/other#3", ""):
        with pytest.raises(UsageError):
            listing(journal, after=cursor)
