"""Budgets: paid before, settled after; where one is spent the next cheaper rung answers."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.models.adapter import Proposed
from agent.models.budget import NOTHING, Budget, Caps
from agent.models.deadline import Episode
from agent.models.prices import Price, Prices, prices_from
from agent.models.spend import DaySpend
from agent.models.usage import Usage, reported
from core.errors import UsageError
from core.instant import DAY, Instant
from tests.agent.models.asking import ASKED, NOON, Analyst, an_adapter, proposed, settings, together
from tests.wire.openai_server import openai_server
from tests.wire.replies import good
from tests.wire.scripts import answers, hang, refusing, sound
from tools.clocks import SimulatedClock

CENT = Prices({"m": Price(Decimal("0.01"), Decimal("0.01")), "free": Price(Decimal(0), Decimal(0))})
TEN = Usage(6, 4)


def a_budget(
    caps: Caps, home: Path | None = None, clock: SimulatedClock | None = None, prices: Prices = CENT
) -> Budget:
    return Budget(caps, prices, clock or SimulatedClock(NOON), DaySpend(home))


def an_episode() -> Episode:
    return Episode(until=0.0)


def priced(home: Path, usd_per_million: str, *models: str) -> None:
    rows = [
        f'[models."{name}"]\ninput = "{usd_per_million}"\noutput = "{usd_per_million}"\n' for name in models
    ]
    (home / "prices.toml").write_text("".join(rows))


@pytest.mark.parametrize("cap", ["usd_decision", "usd_day", "usd_run", "tokens_day"])
@pytest.mark.parametrize("model", ["m", "free", "unpriced"])
def test_a_budget_of_nothing_allows_no_call_of_any_model(cap: str, model: str) -> None:
    budget = a_budget(Caps(**{cap: 0 if cap == "tokens_day" else Decimal(0)}))
    assert budget.reserve(an_episode(), model, TEN) is None


@pytest.mark.parametrize("cap", ["usd_decision", "usd_day", "usd_run"])
def test_a_call_that_could_cost_more_than_is_left_is_not_made(cap: str) -> None:
    for amount, allowed in (("0.0999", False), ("0.1", True), ("0.1001", True)):
        budget, episode = a_budget(Caps(**{cap: Decimal(amount)})), an_episode()
        assert (budget.reserve(episode, "m", TEN) is not None) is allowed
        if allowed:
            assert budget.reserve(episode, "m", Usage(1, 0)) is None


def test_a_reservation_blocks_until_it_is_settled() -> None:
    budget, episode = a_budget(Caps(usd_day=Decimal("0.15"))), an_episode()
    first = budget.reserve(episode, "m", TEN)
    assert first is not None
    assert budget.reserve(episode, "m", TEN) is None
    budget.settle(first, Usage(1, 1))
    assert episode.usd == Decimal("0.02")
    assert budget.reserve(episode, "m", TEN) is not None


def test_a_call_that_nobody_counted_has_cost_what_was_set_aside() -> None:
    budget, episode = a_budget(Caps(usd_run=Decimal("0.15"))), an_episode()
    first = budget.reserve(episode, "m", TEN)
    assert first is not None
    budget.settle(first, None)
    assert budget.reserve(episode, "m", TEN) is None
    assert (episode.usd, episode.tokens) == (Decimal("0.1"), 10)


def test_a_call_that_never_reached_the_model_has_cost_nothing() -> None:
    budget, episode = a_budget(Caps(usd_run=Decimal("0.1"))), an_episode()
    for _ in range(3):
        reserved = budget.reserve(episode, "m", TEN)
        assert reserved is not None
        budget.settle(reserved, NOTHING)


def test_decisions_have_a_budget_each() -> None:
    budget = a_budget(Caps(usd_decision=Decimal("0.1")))
    assert all(budget.reserve(an_episode(), "m", TEN) for _ in range(3))


def test_a_model_without_a_price_is_budgeted_by_tokens() -> None:
    budget, episode = a_budget(Caps(usd_day=Decimal("0.01"), tokens_day=25)), an_episode()
    assert budget.reserve(episode, "unpriced", TEN)
    assert budget.reserve(episode, "unpriced", TEN)
    assert budget.reserve(episode, "unpriced", TEN) is None


def test_a_new_utc_day_begins_at_zero() -> None:
    clock = SimulatedClock(Instant(NOON + DAY // 2 - 1))
    budget = a_budget(Caps(usd_day=Decimal("0.1")), clock=clock)
    late = budget.reserve(an_episode(), "m", TEN)
    assert late is not None
    assert budget.reserve(an_episode(), "m", TEN) is None
    asyncio.run(clock.sleep_until(Instant(NOON + DAY // 2)))
    assert budget.reserve(an_episode(), "m", TEN)
    budget.settle(late, NOTHING)
    assert budget.reserve(an_episode(), "m", TEN) is None


def test_a_restart_forgets_nothing_of_the_day_and_begins_a_new_run(tmp_path: Path) -> None:
    caps = Caps(usd_day=Decimal("0.15"), usd_run=Decimal("0.15"))
    assert a_budget(caps, tmp_path).reserve(an_episode(), "m", TEN)
    assert json.loads((tmp_path / "spend.json").read_text()) == {
        "day": "2025-05-14",
        "usd": "0.1",
        "tokens": 10,
    }
    again = a_budget(caps, tmp_path)
    assert again.reserve(an_episode(), "m", TEN) is None
    assert again.reserve(an_episode(), "m", Usage(5, 0))


def test_runs_at_once_share_one_account_of_the_day(tmp_path: Path) -> None:
    def run() -> int:
        budget = a_budget(Caps(usd_day=Decimal(1)), tmp_path)
        return sum(budget.reserve(an_episode(), "m", Usage(1, 0)) is not None for _ in range(40))

    with ThreadPoolExecutor(4) as pool:
        made = [future.result() for future in [pool.submit(run) for _ in range(4)]]
    assert sum(made) == 100
    assert json.loads((tmp_path / "spend.json").read_text())["usd"] == "1"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"day": "2025-05-14", "usd": "NaN", "tokens": 0}'])
def test_an_account_that_cannot_be_read_is_closed(tmp_path: Path, text: str) -> None:
    (tmp_path / "spend.json").write_text(text)
    assert a_budget(Caps(usd_day=Decimal(1)), tmp_path).reserve(an_episode(), "m", TEN) is None


@given(
    cap=st.integers(1, 60),
    steps=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.booleans()), max_size=30),
)
def test_no_order_of_calls_spends_more_than_the_cap(cap: int, steps: list[tuple[int, int, bool]]) -> None:
    caps = Caps(usd_day=Decimal(cap) / 100, usd_run=Decimal(cap) / 100, usd_decision=Decimal(cap) / 100)
    budget, episode, spent, waiting = a_budget(caps), an_episode(), Decimal(0), []
    for most, share, settle_first in steps:
        if settle_first and waiting:
            reserved, real = waiting.pop()
            budget.settle(reserved, Usage(real, 0))
            spent += Decimal(real) / 100
        reserved = budget.reserve(episode, "m", Usage(most, 0))
        if reserved is not None:
            waiting.append((reserved, min(share, most)))
    spent += sum((Decimal(real) / 100 for _, real in waiting), Decimal(0))
    assert spent <= Decimal(cap) / 100


@pytest.mark.parametrize("budget", [{"usd_day": Decimal(0)}, {"usd_run": Decimal(0)}, {"tokens_day": 0}])
def test_with_a_budget_of_nothing_the_offline_analyst_decides(budget: dict[str, Any], tmp_path: Path) -> None:
    with openai_server(sound) as server:
        adapter = an_adapter(settings(server.url, **budget), tmp_path, offline=Analyst())
        answers = [proposed(adapter) for _ in range(3)]
    assert {(answer.decided_by, answer.abstained) for answer in answers} == {("offline", None)}
    assert server.asked == []


def test_with_a_budget_of_nothing_and_no_ladder_it_abstains(tmp_path: Path) -> None:
    with openai_server(sound) as server:
        given = settings(server.url, usd_day=Decimal(0))
        strict = proposed(an_adapter(given, tmp_path, offline=Analyst(), ladder=False))
        alone = proposed(an_adapter(given, tmp_path))
    assert (strict.abstained, strict.decided_by, server.asked) == ("budget", "test-model", [])
    assert (alone.abstained, alone.decided_by) == ("budget", "none")


def test_where_the_deep_model_is_too_dear_the_quick_one_answers(tmp_path: Path) -> None:
    priced(tmp_path, "100", "test-model")
    priced_file = (tmp_path / "prices.toml").read_text()
    priced(tmp_path, "1", "test-model-quick")
    (tmp_path / "prices.toml").write_text(priced_file + (tmp_path / "prices.toml").read_text())
    with openai_server(sound) as server:
        given = settings(server.url, quick_model="test-model-quick", usd_day=Decimal("0.1"))
        answer = proposed(an_adapter(given, tmp_path, offline=Analyst()), deep=True)
    assert answer.decided_by == "test-model-quick"
    assert answer.calls[0].usd == Decimal("0.00016")
    assert json.loads((tmp_path / "spend.json").read_text())["usd"] == "0.00016"


def test_once_a_call_was_made_nobody_cheaper_answers(tmp_path: Path) -> None:
    with openai_server(refusing(401)) as server:
        answer = proposed(an_adapter(settings(server.url), tmp_path, offline=Analyst()))
    assert (answer.abstained, answer.decided_by) == ("http", "test-model")


def test_a_repair_that_cannot_be_paid_is_not_asked_for(tmp_path: Path) -> None:
    with openai_server(answers("nonsense")) as server:
        given = settings(server.url, output="text", tokens_day=5_000)
        answer = proposed(an_adapter(given, tmp_path, offline=Analyst()))
        spent = json.loads((tmp_path / "spend.json").read_text())["tokens"]
    assert (answer.abstained, answer.decided_by) == ("not_json", "test-model")
    assert len(server.asked) < 4
    assert spent == 160 * len(server.asked)


def test_an_endless_model_never_spends_more_than_the_day_allows(tmp_path: Path) -> None:
    with openai_server(lambda request: good(request, [], usage=(500, 3_000))) as server:
        adapter = an_adapter(settings(server.url, tokens_day=20_000), tmp_path, offline=Analyst())
        deciders = [proposed(adapter).decided_by for _ in range(9)]
    assert set(deciders) == {"test-model", "offline"}
    assert deciders == sorted(deciders, reverse=True)
    assert json.loads((tmp_path / "spend.json").read_text())["tokens"] <= 20_000


def test_decisions_at_once_cannot_both_take_the_last_cent(tmp_path: Path) -> None:
    async def many() -> list[Proposed]:
        return await asyncio.gather(*(adapter.propose(ASKED) for _ in range(5)))

    with openai_server(sound) as server:
        adapter = an_adapter(settings(server.url, tokens_day=6_000), tmp_path, offline=Analyst())
        deciders = sorted(answer.decided_by for answer in together(many, adapter))
    assert deciders == ["offline"] * 4 + ["test-model"]


def test_a_call_that_timed_out_counts_as_paid(tmp_path: Path) -> None:
    with openai_server(hang) as server:
        proposed(an_adapter(settings(server.url, deadline_s=0.2), tmp_path))
    assert json.loads((tmp_path / "spend.json").read_text())["tokens"] > 4_000


def test_the_persons_table_wins_over_the_published_prices(tmp_path: Path) -> None:
    published = Prices().usd("gpt-4.1", Usage(1_000_000, 0), NOON)
    assert published is not None
    assert published > 0
    priced(tmp_path, "0.5", "gpt-4.1")
    assert prices_from(tmp_path).usd("gpt-4.1", Usage(1_000_000, 1_000_000), NOON) == 1
    assert prices_from(None).usd("a-model-of-mine", Usage(1, 1), NOON) is None


@pytest.mark.parametrize("text", ["models = 3", "[models.m]\ninput = 0.1\noutput = '1'", "x", "[models.m]"])
def test_a_table_that_is_none_is_said_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "prices.toml").write_text(text)
    with pytest.raises(UsageError, match="no table of prices"):
        prices_from(tmp_path)


@pytest.mark.parametrize(
    "usage",
    [
        '{"prompt_tokens": -1, "completion_tokens": 1}',
        '{"prompt_tokens": true, "completion_tokens": 1}',
        '{"prompt_tokens": "9", "completion_tokens": 1}',
        '{"prompt_tokens": 1e9, "completion_tokens": 1}',
        '{"prompt_tokens": 99999999999, "completion_tokens": 1}',
        "null",
        "[]",
        "[" * 3_000,
    ],
)
def test_a_count_of_tokens_that_cannot_be_is_not_believed(usage: str) -> None:
    assert reported(f'{{"usage": {usage}}}'.encode()) is None


def test_tokens_are_read_from_completions_and_from_streams() -> None:
    usage = b'{"usage": {"prompt_tokens": 7, "completion_tokens": 2}}'
    assert reported(usage) == (7, 2)
    assert reported(b'data: {"usage": null}\n\ndata: ' + usage + b"\n\ndata: [DONE]\n\n") == (7, 2)
