"""The ground-check: numbers that stand in a cited line pass, numbers that do not are named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.models.grounding import ungrounded, unsupported
from agent.models.lines import EvidenceLine
from core.decision import Proposal

LINES = {
    line.id: line
    for line in (
        EvidenceLine("e1", "0", "price", "42123.7", "USDT"),
        EvidenceLine("e2", "0", "rsi_14", "63.2", "index"),
        EvidenceLine("e3", "0", "daily.return_30", "0.215", "fraction"),
        EvidenceLine("e4", "0", "daily.drawdown_90", "-0.0421", "fraction"),
        EvidenceLine("e5", "0", "daily.support_1_low", "39812.5", "USDT"),
        EvidenceLine("e6", "0", "atr_14", "4.0632", "percent"),
        EvidenceLine("e7", "account", "drawdown", "-0.1", "fraction"),
        EvidenceLine("e8", "market", "regime", "bull", "word"),
        EvidenceLine("e9", "1", "rsi_14", "71.9", "index"),
        EvidenceLine("e10", "0", "daily.sma_50_distance", "-0.031", "fraction"),
        EvidenceLine("e11", "0", "position_weight", "0.12", "fraction"),
        EvidenceLine("e12", "0", "small_price", "0.00001234", "USDT"),
        EvidenceLine("e13", "0", "volume", "30214000", "USDT"),
        EvidenceLine("e14", "0", "mean_return_30", "0.4", "fraction"),
    )
}

GROUNDED = [
    "RSI 14 stands at 63.2.",
    "RSI(14) of 63.2 and RSI_14 63 agree.",
    "The RSI is 63.",
    "Price 42,123.7 is well above support at 39,812.5.",
    "Price is about 42,100 USDT.",
    "Price is near 42.1k.",
    "It rose 21.5 % in 30 days.",
    "It rose 21.5% over the last 30 days; 3 of 4 signals agree.",
    "A return of 0.215 in a month.",
    "Up 22 percent.",
    "ATR of 4.06 % a bar.",
    "4.1% of range.",
    "It is 4.21 % below its 90-day high.",
    "Down 4.2 % from the high.",
    "A drawdown of 4.2%.",
    "-4.21% off the high.",
    "It stands 3.1 % below its 50-day mean.",
    "It trades 310 bps below the SMA 50.",
    "The account's drawdown is 10 %.",
    "12 % of equity is held [e11] already, see e3.",
    "It trades at 0.00001234.",
    "It trades at 1.234e-5.",
    "Volume of 30.2M.",
    "Volume of 30 million.",
    "SMA 50/200 and MACD(12, 26, 9) are up; hold for 2 weeks, at most 3 days below.",
    "Over 4h and 24h the trend holds; two of three horizons agree.",
    "The regime is bull.",
    "1) trend up 2) momentum up",
    "Stance 0.4 with confidence 0.6.",
    "Close below 39812.5 within 5 bars invalidates it.",
    "The 20-day mean and the 14-period RSI rise.",
    "A0X99/USDT outperforms.",
    "Asset 0 leads.",
    "Price > 39,812.5\u2212 and RSI ６３.２",
]

UNGROUNDED = [
    ("RSI 14 stands at 36.2.", "36.2"),
    ("RSI is 71.9.", "71.9"),
    ("Price will reach 50,000.", "50,000"),
    ("Price is about 40,000.", "40,000"),
    ("It rose 25 %.", "25 %"),
    ("It fell 21.5 %.", "21.5 %"),
    ("It rose 4.21 %.", "4.21 %"),
    ("Up 3.1% from the mean.", "3.1%"),
    ("RSI of 63.2 %.", "63.2 %"),
    ("Support at 39.8.", "39.8"),
    ("It halved on 2022-05-13.", "2022-05-13"),
    ("Since 2021 it has risen.", "2021"),
    ("On May 13 it turned.", "13"),
    ("A 3x move is near.", "3"),
    ("Risk/reward of 4:1.", "1"),
    ("The return is 0.", "0"),
    ("Mean return of 0 %.", "0 %"),
    ("The ETF took in $1.2bn.", "1.2bn"),
    ("Stance 0.9 is due.", "0.9"),
    ("70 % of traders are long.", "70 %"),
    ("Its RSI is 63.25.", "63.25"),
    ("4.07 % a bar.", "4.07 %"),
    ("A target at 45k.", "45k"),
    ("Drawdown of 14 % in the account.", "14 %"),
]


def of(text: str, *, invalidation: str = "", evidence: tuple[str, ...] | None = None) -> Proposal:
    cited = tuple(LINES) if evidence is None else evidence
    return Proposal(0, 0.4, 0.6, evidence=cited, thesis=text, invalidation=invalidation)


@pytest.mark.parametrize("text", GROUNDED)
def test_what_stands_in_the_evidence_is_not_refused(text: str) -> None:
    assert ungrounded([of(text)], LINES) is None


@pytest.mark.parametrize(("text", "number"), UNGROUNDED)
def test_what_stands_nowhere_is_named(text: str, number: str) -> None:
    complaint = ungrounded([of(text)], LINES)
    assert complaint is not None
    assert repr(number) in complaint


def test_a_number_must_be_cited_and_not_only_printed() -> None:
    assert ungrounded([of("RSI is 63.2.", evidence=("e2",))], LINES) is None
    complaint = ungrounded([of("RSI is 63.2.", evidence=("e1", "e3"))], LINES)
    assert complaint == "asset 0 claims '63.2', which no line that it cites (e1, e3) bears out"


def test_another_assets_number_is_no_ground() -> None:
    complaint = ungrounded([of("RSI is 71.9.", evidence=("e9",))], LINES)
    assert complaint is not None
    assert ungrounded([Proposal(1, 0.4, evidence=("e9",), thesis="RSI is 71.9.")], LINES) is None


def test_the_invalidation_is_checked_too() -> None:
    assert ungrounded([of("Up.", invalidation="A close below 39,812.5.")], LINES) is None
    complaint = ungrounded([of("Up.", invalidation="A close below 38,000.")], LINES)
    assert complaint is not None
    assert "38,000" in complaint


def test_a_proposal_without_numbers_needs_no_ground_and_none_proposes_nothing() -> None:
    assert ungrounded([of("The trend is up.", evidence=())], LINES) is None
    assert ungrounded([], LINES) is None


def test_a_sentence_is_checked_against_any_facts() -> None:
    facts = [LINES["e1"], LINES["e3"]]
    assert unsupported("It costs 42,123.7, up 21.5 %.", facts) == ()
    assert unsupported("It costs 42,123.7, up 30 % since 2022-01-01.", facts) == ("2022-01-01", "30 %")


@given(
    value=st.decimals("0.00000001", "10000000", places=8).filter(lambda value: value > 0),
    places=st.integers(0, 8),
)
def test_a_value_rounded_is_grounded_unless_rounding_hides_it(value: Decimal, places: int) -> None:
    line = EvidenceLine("e1", "0", "price", format(value, "f"), "USDT")
    told = format(round(value, places), "f")
    hidden = abs(Decimal(told) - value) > Decimal("0.1") * value
    proposal = Proposal(0, 0.4, evidence=("e1",), thesis=f"It trades at {told}.")
    assert (ungrounded([proposal], {"e1": line}) is not None) is hidden


@given(value=st.decimals("0.001", "100000", places=3), off=st.decimals("0.011", "0.9", places=3))
def test_a_value_that_is_off_by_more_than_a_hundredth_is_refused(value: Decimal, off: Decimal) -> None:
    line = EvidenceLine("e1", "0", "price", format(value, "f"), "USDT")
    told = format(value * (1 + off), ".9f")
    proposal = Proposal(0, 0.4, evidence=("e1",), thesis=f"It trades at {told}.")
    assert ungrounded([proposal], {"e1": line}) is not None


@given(st.text(max_size=500))
def test_no_text_breaks_the_check(text: str) -> None:
    ungrounded([of(text, invalidation=text)], LINES)
