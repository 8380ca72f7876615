"""The treemap page: one file, no request, loud where nothing exists, and readable without colour."""

from __future__ import annotations

import json
import re

from agent.report.treemap import render
from core.instant import instant
from core.observation import Missing
from tools.desk.heatmap import Cell, Heatmap

AT = instant("2024-03-01")
MADE = Heatmap(
    "trader",
    "market_cap",
    (
        ("AI", (Cell("fetch", "FET/USDT", 83.2, 2e9, "very_strong"), Cell("x", "X</script>/USDT", 12.0, 1e9, "very_weak"))),
        ("other", (Cell("new", "NEW/USDT", None, 1e6, None, "coverage 0.3 is below 0.5"),)),
    ),
    {"USDC/USDT": "pegged"},
    (Missing("trader", "1 of 3 assets have none: NEW/USDT"),),
)  # fmt: skip


def page(*, simulated: bool = False) -> str:
    return render(MADE, market="replay", at=AT, simulated=simulated)


def drawn(text: str) -> dict[str, list[object]]:
    found = re.search(r'<script type="application/json" id="treemap-data">(.*?)</script>', text, re.DOTALL)
    assert found
    columns: dict[str, list[object]] = json.loads(found[1])["columns"]
    return columns


def test_every_cell_is_drawn_under_its_group_and_what_is_not_known_is_null() -> None:
    columns = drawn(page())
    assert columns["id"] == ["group:AI", "FET/USDT", "X</script>/USDT", "group:other", "NEW/USDT"]
    assert columns["parent"] == ["", "group:AI", "group:AI", "", "group:other"]
    assert columns["size"] == [3e9, 2e9, 1e9, 1e6, 1e6]
    assert columns["band"] == [None, 4, 0, None, None]
    assert columns["text"] == ["", "83.2", "12.0", "", "no grade"]


def test_a_page_says_where_its_prices_come_from() -> None:
    assert "UTC, from the store's candles. The larger" in re.sub("&#(x27|39);", "'", page())
    assert "UTC, on <code" in page(simulated=True)


def test_a_name_cannot_end_a_script_or_begin_a_tag() -> None:
    text = page()
    assert "X</script>" not in text
    assert "X&lt;/script&gt;/USDT" in text


def test_values_stand_in_a_table_too_with_bands_in_words() -> None:
    text = page()
    assert '<td data-label="Band">very strong</td>' in text
    assert "coverage 0.3 is below 0.5" in text
    assert "no grade" in text
    assert "1 of 3 assets have none: NEW/USDT" in text


def test_what_does_not_exist_says_so_at_the_top_and_what_does_does_not() -> None:
    assert "SIMULATED" in page(simulated=True).partition("<main>")[0]
    assert "SIMULATED" not in page().partition("<main>")[0]


def test_the_page_asks_no_host_for_anything() -> None:
    text = page()
    assert "default-src 'none'" in text
    library = max(re.findall(r"<script>(.*?)</script>", text, re.DOTALL), key=len)
    assert not re.search(r"https?:", text.replace(library, ""))
