"""A market opened to be asked of: which one, as of when, and the account beside it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.runtime.account_then import account_then
from agent.runtime.asking import asking
from core.errors import UsageError
from core.instant import DAY, HOUR, Instant, instant
from tests.tools.store.candles import START, a_store, bars, frame, put, wander
from tools.ask import ask
from tools.clocks import SimulatedClock

TODAY = SimulatedClock(instant("2026-01-01"))
SIM = "sim?assets=2"
PAPER = ["paper", "--market", SIM, "--until", "2024-01-08", "--decider", "rule:sma_cross?fast=3&slow=8"]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    store = a_store(tmp_path)
    put(store, tmp_path / "b.parquet", frame(bars(wander(30 * 24))))
    put(store, tmp_path / "e.parquet", frame(bars(wander(20 * 24))), asset="ethereum", symbol="ETH/USDT")
    store.close()
    return tmp_path


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose account traded two simulated tokens for a week."""
    home = tmp_path_factory.mktemp("traded")
    assert main(["--home", str(home), *PAPER, "--report", "none"]) == 0
    return home


def test_auto_is_the_store_now(stored: Path) -> None:
    with asking("auto", stored, TODAY) as asked:
        assert (asked.market, asked.simulated) == ("auto", False)
        assert asked.context.now == TODAY.now()
        assert ask("get_price", {"asset": "BTC"}, asked.context).missing[0].why == "stale"


def test_auto_is_never_the_simulation(stored: Path) -> None:
    with asking("auto", stored, TODAY) as asked:
        assert set(asked.context.market.symbols) == {"BTC/USDT", "ETH/USDT"}
        assert "nova" not in asked.context.symbols


@pytest.mark.parametrize("market", ["auto", "replay"])
def test_the_store_is_as_it_was_known(stored: Path, market: str) -> None:
    then = Instant(START + 10 * DAY)
    with asking(market, stored, TODAY, as_of=then) as asked:
        reply = ask("get_price", {"asset": "bitcoin"}, asked.context)
        assert reply.evidence[0].as_of == then
        assert reply.evidence[0].source == "binance"


def test_replay_ends_where_the_store_does(stored: Path) -> None:
    with asking("replay", stored, TODAY) as asked:
        assert asked.context.now == START + 30 * DAY
    with asking("replay", stored, TODAY, asset="ETH") as asked:
        assert asked.context.now == START + 20 * DAY
        assert asked.reach["ETH/USDT"] == (START, START + 20 * DAY)


def test_an_empty_home_knows_assets_but_no_prices(tmp_path: Path) -> None:
    with asking("replay", tmp_path, TODAY) as asked:
        assert ask("get_price", {"asset": "SUI"}, asked.context).missing[0].why == "no_data"
        assert ask("get_price", {"asset": "zzz"}, asked.context).missing[0].why == "unknown_asset"


def test_a_simulated_market_stands_where_its_account_does(traded: Path) -> None:
    with asking(SIM, traded, TODAY, account="paper") as asked:
        assert asked.simulated
        assert asked.market == "sim?assets=2&faults=none&grain=1h&seed=7&start=2024-01-01"
        assert asked.context.now == instant("2024-01-08")
    with asking("sim?assets=3", traded, TODAY, account="paper") as asked:
        assert asked.context.now == instant("2024-01-01") + 90 * DAY


def test_what_is_asked_of_the_account_is_asked_of_its_own_market(traded: Path) -> None:
    with asking("auto", traded, TODAY, account="paper", of_account=True) as asked:
        assert asked.simulated
        context = asked.context
        assert context.now == context.account_at == instant("2024-01-08")
        assert context.portfolio is not None
        assert context.equity is not None
        assert context.peak is not None
        assert context.limits is not None


def test_a_real_market_and_a_simulated_account_stand_side_by_side(traded: Path) -> None:
    with asking("auto", traded, TODAY, account="paper") as asked:
        assert not asked.simulated
        assert asked.context.now == TODAY.now()
        assert asked.context.account_at == instant("2024-01-08")
        portfolio = ask("get_portfolio", {}, asked.context)
    with asking("auto", traded, TODAY, account="paper", of_account=True) as asked:
        assert ask("get_portfolio", {}, asked.context) == portfolio


def test_the_account_is_what_it_was_at_every_instant(traded: Path) -> None:
    """Its equity as of any hour is its cash and its position at the market's close of that hour."""
    seen = set()
    for hours in range(0, 7 * 24, 9):
        now = Instant(instant("2024-01-01") + hours * HOUR)
        with asking("auto", traded, TODAY, as_of=now, account="paper", of_account=True) as asked:
            context = asked.context
            assert context.portfolio is not None
            assert context.account_at == now
            value = context.portfolio.cash
            for symbol, held in context.portfolio.positions.items():
                close = context.market.close(symbol)
                assert isinstance(close, tuple)
                value += held.quantity * Decimal(repr(close[0]))
            assert context.equity == value
            seen.add(context.portfolio.fills)
            for one in ask("get_decisions", {"count": 50}, context).evidence:
                assert one.known_at <= now
    assert len(seen) > 3


def test_an_account_that_had_not_started_is_none_and_limits_are_the_homes(
    traded: Path, tmp_path: Path
) -> None:
    (tmp_path / "limits.toml").write_text('profile = "cautious"\n')
    with asking("auto", tmp_path, TODAY, account="paper", of_account=True) as asked:
        assert asked.context.portfolio is None
        assert asked.context.limits is not None
        assert asked.context.limits["profile"] == "cautious"
    with account_then(traded, "paper", Instant(instant("2024-01-01") - 1)) as then:
        assert then is None
    with account_then(traded, "other", TODAY.now()) as then:
        assert then is None


def test_asking_writes_nothing_into_the_journal(traded: Path) -> None:
    before = (traded / "journal.db").read_bytes()
    with asking("auto", traded, TODAY, account="paper", of_account=True) as asked:
        ask("get_decisions", {}, asked.context)
    assert (traded / "journal.db").read_bytes() == before


@pytest.mark.parametrize(
    ("market", "as_of", "said"),
    [
        ("moon", None, "not a market"),
        ("replay?speed=2", None, "knows no key 'speed'"),
        ("sim?assets=0", None, "sim has no assets '0'"),
        ("auto", "2026-01-02", "has not come yet"),
        ("sim", "2045-01-01", "more than 20 years"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_sentence(
    tmp_path: Path, market: str, as_of: str | None, said: str
) -> None:
    moment = None if as_of is None else instant(as_of)
    with pytest.raises(UsageError, match=said), asking(market, tmp_path, TODAY, as_of=moment):
        pass
