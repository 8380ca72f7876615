"""Nothing is said that the evidence does not bear out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.graph.conversation.claims import GroundCheck
from agent.graph.conversation.toolbelt import QUOTE, Toolbelt
from tests.agent.graph.conversation.talking import CONTEXT, Heard, data, own_words
from tests.wire.openai_server import openai_server
from tests.wire.replies import called, said
from tools.ask import Evidence

BELT = Toolbelt(CONTEXT)
for _name, _arguments in (
    ("get_price", {"asset": "SUI"}),
    ("get_price", {"asset": "BTC"}),
    ("get_levels", {"asset": "SUI"}),
    ("get_decisions", {}),
):
    BELT.call(_name, _arguments)
CHECK = GroundCheck(BELT.evidence, CONTEXT, BELT.names, BELT.moments)


@pytest.mark.parametrize(
    "sentence",
    [
        "SUI is at 3.6013 USDT.",
        "SUI trades near 3.60 USDT.",
        "Sui fell 1.07 % in 24 hours.",
        "It is down 1.1% today, but +2.5 % over 7 days.",
        "As of 2024-02-10 it is at 3.6 USDT.",
        "As of February 10, 2024 at 00:00 UTC it is at 3.6 USDT.",
        "On 10 Feb the close was 3.6 USDT.",
        "The close of 00:00 UTC was 3.6 USDT.",
        "There are 3 reasons to wait.".replace("3", "three"),
        "| SUI | 3.6013 USDT |",
        'It said: "BTC/USDT long, stance 0.4, confidence 0.6: the trend holds"',
        'It said: "the trend holds".',
    ],
)
def test_what_the_evidence_says_may_be_said(sentence: str) -> None:
    assert CHECK.strange(sentence) == ()


@pytest.mark.parametrize(
    ("sentence", "strange"),
    [
        ("SUI is at 4.20 USDT.", "4.20"),
        ("SUI rose to 40000 USDT.", "40000"),
        ("My target is 5 USDT.", "5"),
        ("SUI gained 1.07 % and BTC 77 %.", "77 %"),
        ("As of 2024-02-11 it is at 3.6 USDT.", "2024-02-11"),
        ("On March 3, 2024 it was at 3.6 USDT.", "March 3, 2024"),
        ("At 17:45 UTC it was at 3.6 USDT.", "17:45 UTC"),
    ],
)
def test_what_it_does_not_say_may_not(sentence: str, strange: str) -> None:
    assert strange in CHECK.strange(sentence)


def test_words_of_the_journal_may_be_quoted_but_lend_their_numbers_to_nothing_else() -> None:
    quote = Evidence(
        "get_decisions",
        "account",
        QUOTE,
        "It wished 777 of them.",
        "text",
        CONTEXT.now,
        CONTEXT.now,
        "journal",
    )
    check = GroundCheck({"e1": quote}, CONTEXT)
    assert check.strange('The journal says: "It wished 777 of them."') == ()
    assert check.strange('The journal says: "It wished 778 of them."') == ("778",)
    assert check.strange("It wished 777 of them.") == ("777",)
    assert check.strange('BTC is at "777" USDT.') == ("777",)


def test_one_assets_number_is_no_ground_for_anothers() -> None:
    price = next(
        one.value for one in BELT.evidence.values() if one.asset == "bitcoin" and one.metric == "price"
    )
    assert CHECK.strange(f"Bitcoin is at {price} USDT.") == ()
    assert CHECK.strange(f"SUI is at {price} USDT.") == (price,)


@given(
    st.floats(0.01, 1e6, allow_nan=False),
    st.sampled_from(["SUI is at {} USDT.", "It fell {} %.", "- RSI {}"]),
)
def test_a_number_of_its_own_is_dropped_and_the_rest_stays(number: float, form: str) -> None:
    told = f"{number:.4f}"
    checked = CHECK.answer(f"Things look calm. {form.format(told)}")
    values = [abs(float(one.value)) for one in BELT.evidence.values() if re.fullmatch(r"-?[\d.]+", one.value)]
    near = any(abs(value * scale - number) <= 0.001 * number for value in values for scale in (1, 100))
    if not near:
        assert checked.text == "Things look calm."
        assert [told in " ".join(strange) for _, strange in checked.faults] == [True]


QUESTIONS = (
    "What is SUI worth?", "Is SUI a buy this week?", "Is BTC a buy?", "levels of NEW", "What do I hold?", "What may you do?",
    "Why did you buy BTC?", "what was refused?", "hourly candles of BTC", "daily trend of NEW", "compare BTC and SUI levels",
)  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_number_of_an_offline_answer_is_in_its_evidence(question: str) -> None:
    told = data(question)
    values = {one["id"]: one["value"] for one in told["evidence"]}
    assert told["dropped"] == 0
    assert told["claims"]
    for claim in told["claims"]:
        assert claim["numbers"]
        assert claim["evidence"], claim
        assert set(claim["evidence"]) <= set(values)
        assert claim["text"].split()[-1] in told["answer"]


def model(first: str, second: str | None = None):  # type: ignore[no-untyped-def]
    """A model that looks at SUI's price, answers *first*, and *second* to a complaint."""

    def script(request):  # type: ignore[no-untyped-def]
        roles = [message["role"] for message in request["messages"]]
        if "tool" not in roles:
            return called(request, ("get_price", {"asset": "SUI"}))
        return said(request, first if roles[-1] == "tool" else second or first)

    return script


def test_a_model_may_mend_an_answer_once() -> None:
    with openai_server(model("SUI is at 99 USDT.", "SUI is at 3.6 USDT.")) as server:
        told = data("What is SUI at?", url=server.url)
    assert (own_words(told), told["dropped"]) == ("SUI is at 3.6 USDT.", 0)
    assert told["claims"][:-1] == [{"text": "SUI is at 3.6 USDT.", "numbers": ["3.6"], "evidence": ["e1"]}]
    complaint = server.asked[-1]["messages"][-1]["content"]
    assert "SUI is at 99 USDT. (99)" in complaint
    assert len(server.asked) == 3


def test_what_it_does_not_mend_is_left_out_and_counted() -> None:
    with openai_server(model("SUI is calm. It will reach 99 USDT.")) as server:
        told = data("What is SUI at?", url=server.url)
    assert (own_words(told), told["dropped"]) == ("SUI is calm.", 1)
    assert len(server.asked) == 3


def test_where_nothing_is_left_it_says_that_it_does_not_know() -> None:
    with openai_server(model("SUI will reach 99 USDT.")) as server:
        assert "I don't know" in data("What is SUI at?", url=server.url)["answer"]


def test_nobody_reads_a_number_before_it_was_checked() -> None:
    heard = Heard()
    with openai_server(
        model("SUI is calm.\nIt will reach 99 USDT.\nPromised.", "SUI is calm.\nI don't know more.")
    ) as server:
        told = data("What is SUI at?", url=server.url, heard=heard)
    assert heard.text == "SUI is calm."
    assert told["answer"].startswith(heard.text)


def test_an_answer_is_streamed_as_it_comes() -> None:
    heard = Heard()
    with openai_server(model("SUI is at 3.6 USDT [e1].\n\n- It fell 1.07 % in 24 hours.")) as server:
        told = data("What is SUI at?", url=server.url, heard=heard)
    assert heard.text == own_words(told) == "SUI is at 3.6 USDT.\n\n- It fell 1.07 % in 24 hours."
    assert sum(event == "token" for event, _ in heard.events) > 1
