"""What a simulated project is worth and how it is built: known late, true to the price, and nobody else's noise."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest

from core.instant import DAY, Instant, instant
from core.market import Floats
from core.observation import Missing, Observation
from core.spec import parse_spec
from tools.facts.simulated import KINDS
from tools.simulation.economy import UNITS as ECONOMY
from tools.simulation.facts import UNITS
from tools.simulation.market import SimulatedMarket

UNTIL = instant("2024-12-01")
FORMER = ("tvl", "fees", "revenue", "active_addresses", "tx_count", "exchange_netflow")


def a_market(seed: int = 7, assets: int = 10, more: str = "&grain=1d") -> SimulatedMarket:
    return SimulatedMarket(parse_spec(f"sim?seed={seed}&assets={assets}{more}"))


def observed(market: SimulatedMarket, asset: str, metric: str) -> tuple[Observation, ...]:
    found = market.facts.facts(asset, metric, UNTIL, 10_000)
    return () if isinstance(found, Missing) else found


def values(market: SimulatedMarket, asset: str, metric: str) -> Floats:
    return np.array([float(one.value) for one in observed(market, asset, metric)])


def test_every_metric_has_a_unit_and_a_kind() -> None:
    assert set(UNITS) == set(KINDS) == {*FORMER, *ECONOMY}


def test_what_there_was_before_is_the_same_to_the_last_figure() -> None:
    """Prices, and the figures that the market had before it told market values."""
    market, whole = a_market(), sha256()
    for asset in market.assets.values():
        for metric in FORMER:
            told = observed(market, asset.id, metric)
            whole.update("".join(f"{one.as_of} {one.value} {one.known_at}\n" for one in told).encode())
    for series in market.series(UNTIL).values():
        whole.update(series.bars.close.tobytes() + series.bars.volume.tobytes())
    assert whole.hexdigest() == "78e52ed955028b0006f7d62890df50675614e2b1808b0ec837c62ee9091e9610"


@pytest.mark.parametrize("more", ["&grain=1d", "&grain=1h", "&grain=4h&faults=heavy"])
def test_market_value_is_coins_times_the_price_at_the_days_close(more: str) -> None:
    market = a_market(assets=3, more="&grain=1d")
    other = a_market(assets=1, more=more)
    (asset,) = other.assets.values()
    series = market.series(UNTIL)["NOVA/USDT"].bars
    closes = dict(zip(series.opened_at.tolist(), series.close.tolist(), strict=True))
    caps, coins, all_coins = (
        observed(other, asset.id, metric) for metric in ("market_cap", "circulating_supply", "fdv")
    )
    assert len(caps) > 500
    for cap, out, diluted in zip(caps, coins, all_coins, strict=True):
        assert cap.known_at == cap.as_of + 2 * DAY
        assert abs(float(cap.value) - float(out.value) * closes[cap.as_of]) <= 0.5
        assert diluted.value > cap.value
    assert observed(other, asset.id, "market_cap_at_close")[-1].value == caps[-1].value


def test_coins_only_come_out_and_never_more_than_there_are() -> None:
    market = a_market()
    for asset in market.assets.values():
        out, total = (values(market, asset.id, metric) for metric in ("circulating_supply", "total_supply"))
        assert (np.diff(out) >= 0).all()
        assert out[-1] > out[0] >= 0.25 * total[0]
        assert (out < total).all()
        assert len(set(total.tolist())) == 1


def test_what_flows_to_exchanges_less_what_leaves_them_is_the_net_flow() -> None:
    market = a_market(assets=2)
    for asset in market.assets.values():
        into, out, net = (
            values(market, asset.id, f"exchange_{metric}") for metric in ("inflow", "outflow", "netflow")
        )
        assert np.array_equal(into - out, net)


def test_developers_are_busier_while_value_is_ahead_of_the_price() -> None:
    market = a_market()
    for symbol, asset in market.assets.items():
        told = observed(market, asset.id, "commit_count_4_weeks")
        days = [(one.as_of - Instant(market.start - 250 * DAY)) // DAY for one in told]
        truth = market.truth(symbol, UNTIL)
        ahead = (truth.value - truth.followed)[days]
        commits = np.log([float(one.value) for one in told])
        assert np.corrcoef(ahead, commits)[0, 1] > 0.7


def test_many_instants_at_once_are_answered_as_each_alone() -> None:
    """Also of a token that is listed late, and of one that is delisted."""
    market = a_market()
    moments = np.arange(market.start - 260 * DAY, UNTIL, 5 * DAY + 3_600_000, dtype=np.int64)
    for asset in ("sim:nova", "sim:vexlo", "sim:runde", "sim:nobody"):
        for metric in ("tvl", "mvrv", "commit_count_4_weeks", "nothing"):
            told, as_of = market.facts.newest_at(asset, metric, moments)
            for row, moment in enumerate(moments.tolist()):
                alone = market.facts.facts(asset, metric, Instant(moment), 1)
                if isinstance(alone, Missing):
                    assert np.isnan(told[row])
                else:
                    assert (told[row], as_of[row]) == (float(alone[0].value), alone[0].as_of)


def test_what_owners_paid_follows_the_price() -> None:
    market = a_market(assets=1)
    ratio = values(market, "sim:nova", "mvrv")
    cap, coins = (values(market, "sim:nova", metric) for metric in ("market_cap", "circulating_supply"))
    paid = cap / coins / ratio
    assert np.abs(np.diff(np.log(paid))).max() < 0.02
    assert 0.2 < ratio.min() < 1.0 < ratio.max() < 5.0
