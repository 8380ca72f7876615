"""The report: one file that tells everything, escapes everything and asks nobody for anything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import numpy as np
import pytest

from agent.report.inputs import ReportInput
from agent.report.page import render
from core.events import Decided
from core.ids import DecisionId
from core.instant import Instant
from core.orders import Purpose, Side

if TYPE_CHECKING:
    from tests.agent.report.conftest import House

EVIL = "</script><img src=x onerror=alert(1)>&\"'"
VOID = {"meta", "link", "input", "br", "wbr", "img"}


@pytest.fixture(scope="module")
def page(report: ReportInput) -> str:
    return render(report)


def own(page: str) -> str:
    """The page without the chart library."""
    from plotly.offline import get_plotlyjs

    assert page.count(get_plotlyjs()) == 1
    return page.replace(get_plotlyjs(), "")


def chart_data(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="chart-data">(.*?)</script>', page, re.DOTALL)
    assert found
    loaded: dict[str, object] = json.loads(found[1])
    return loaded


def without_positions(report: ReportInput, house: House) -> ReportInput:
    return replace(report, records=house.records, summary={**report.summary, "positions": []})


class Balance(HTMLParser):
    """Checks that elements nest, and collects ids and links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for key, value in attrs if key == "id" and value]
        self.links += [value for key, value in attrs if key in ("href", "src") and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_markup_is_balanced_and_every_link_leads_within_the_page(page: str) -> None:
    parsed = Balance()
    parsed.feed(own(page))
    assert parsed.open == []
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {link for link in parsed.links if not link.startswith("#")} == {"data:,"}
    assert {link[1:] for link in parsed.links if link.startswith("#")} <= set(parsed.ids)


def test_the_library_is_embedded_once_and_the_rest_names_no_host(page: str) -> None:
    assert not re.search(r"https?://|url\(|@import|fetch\(|XMLHttpRequest", own(page))


def test_the_browser_is_told_to_refuse_every_request(page: str) -> None:
    assert "default-src 'none'" in page


def test_an_invented_market_says_so_loudly(build_report: Callable[..., ReportInput], page: str) -> None:
    assert "<strong>SIMULATED</strong>" in page
    assert "SIMULATED" not in own(render(build_report(200, simulated=False)))


def test_the_headline_says_in_words_how_it_went_beside_buy_and_hold(report: ReportInput, page: str) -> None:
    assert "Up 6.74" in page
    assert "while buy &amp; hold gained 25.68" in page
    assert "nothing here promises profit" in page


def test_decisions_show_their_reason_the_findings_the_order_and_the_price(page: str) -> None:
    assert "crossed above mean of 50" in page
    assert "<code>exposure.gross</code>" in page
    assert "&lt;VELA/USDT&gt;" in page
    assert "cut from 2800.00 to 2500.00 USDT" in page
    assert re.search(r"buy [\d,.]+ VELA, market", page)


def test_what_is_still_held_is_listed_with_its_value(report: ReportInput, page: str) -> None:
    assert "Still held at the end" in page
    for position in report.summary["positions"]:
        assert f"{Decimal(position['value']):,.2f}" in page


def test_settings_limits_costs_and_fingerprints_are_all_named(report: ReportInput, page: str) -> None:
    for text in ("exposure.per_asset", "5 basis points", "10\N{NARROW NO-BREAK SPACE}% of a candle", "liquidity",
                 "if available", report.summary["journal_head"], "tokenwise 0.1.0", "gap 2", "Restated"[1:]):  # fmt: skip
        assert text in page, text
    assert report.series[0].fingerprint in page


def test_what_counts_in_which_narrative_is_shown_and_what_counts_in_none(report: ReportInput) -> None:
    told = {"VELA/USDT": ["AI", "L1"], "ODD/USDT": []}
    page = own(render(replace(report, limits={**report.limits, "narratives": told})))
    assert "AI, L1" in page
    assert "none: counted in no narrative" in page
    assert "narratives" not in own(render(replace(report, limits={}))).lower()


def test_whatever_comes_from_outside_is_escaped_everywhere(house: House, report: ReportInput) -> None:
    house.start((EVIL,), Instant(10**13))
    decision = house.decide(1_704_070_800_000, EVIL, 1.0, EVIL, (EVIL,))
    house.trade(1_704_070_800_000, EVIL, Side.BUY, Decimal(1), Decimal(1), decision=decision, reason=EVIL, purpose=Purpose.ENTRY)  # fmt: skip
    bars = replace(report.bars["VELA/USDT"], symbol=EVIL)
    poisoned = replace(
        report, records=house.records, bars={EVIL: bars}, limits={EVIL: EVIL}, code_version=EVIL,
        warnings=[{"code": EVIL, "message": EVIL}], summary={**report.summary, "symbols": [EVIL], "decider": EVIL, "positions": []},
    )  # fmt: skip
    page = own(render(poisoned))
    assert "<img" not in page
    assert page.count("</script>") == 3
    wishes = chart_data(page)["symbols"][EVIL]["wishes"]  # type: ignore[index]
    assert "<img" not in wishes[0]["text"]


def test_more_than_two_thousand_candles_are_drawn_together(build_report: Callable[..., ReportInput]) -> None:
    long = build_report(5_000, ("VELA/USDT",))
    data = chart_data(own(render(long)))
    drawn = data["symbols"]["VELA/USDT"]  # type: ignore[index]
    bars = long.bars["VELA/USDT"]
    assert len(drawn["at"]) <= 2_000
    assert (drawn["interval"], drawn["grain"]) == ("4h", "1h")
    assert max(drawn["high"]) == pytest.approx(float(bars.high.max()), rel=1e-6)
    assert min(drawn["low"]) == pytest.approx(float(bars.low.min()), rel=1e-6)
    assert (drawn["open"][0], drawn["close"][-1]) == (
        pytest.approx(bars.open[0]),
        pytest.approx(bars.close[-1]),
    )
    assert min(data["run"]["drawdown"]) == pytest.approx(long.summary["max_drawdown"], abs=1e-6)  # type: ignore[index]


def test_more_than_two_thousand_lines_show_the_newest_and_say_so(house: House, report: ReportInput) -> None:
    house.start(("A/USDT",), Instant(10**13))
    for n in range(2_100):
        house.decide(1_704_067_200_000 + n * 1000, "A/USDT", 0.0, f"reason-{n}.", ("A/USDT",))
    page = own(render(without_positions(report, house)))
    assert "The newest 2,000 of 2,100 lines are shown" in page
    table = page[page.index("<tbody>") :]
    assert "reason-2099." in table
    assert "reason-99." not in page[page.index('id="decisions"') : page.index('id="trades"')]


def test_an_account_that_never_traded_still_has_a_page(house: House, report: ReportInput) -> None:
    house.start(("A/USDT",), Instant(10**13))
    name = DecisionId("d")
    house.write(1000, Decided(name, "paper", "llm", "llm", ("A/USDT",), (), "timeout", {}, {}))
    still = replace(report.curve, equity=np.full(len(report.curve), 10_000.0))
    idle = replace(without_positions(report, house), curve=still, benchmark=None, bars={}, series=())
    page = render(idle)
    assert "not one trade" in page
    assert "No position was closed." in page
    assert "abstained" in page


def test_the_same_input_makes_the_same_page(report: ReportInput, page: str) -> None:
    assert render(report) == page
