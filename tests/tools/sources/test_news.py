"""News is a stranger's text: plain, bounded, known when it was read, and never more than data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.observation import NoData, Ok, Unreachable
from tests.tools.sources.asking import NOW, asked, at
from tests.tools.sources.contract.speaks_small import RSS
from tests.wire.replies import Reply
from tools.sources.answer import Answer
from tools.sources.feed import feed_items
from tools.sources.http.body import UnreadableError
from tools.sources.markup import without_markup
from tools.sources.providers.news import News, NewsItem

pytestmark = pytest.mark.parts


def read(body: bytes | str) -> object:
    raw = body.encode() if isinstance(body, str) else body
    return asked(
        lambda _: Reply(raw, headers={"content-type": "text/xml"}), lambda f, _: News(f).items("coindesk")
    )


def items(body: bytes | str) -> tuple[NewsItem, ...]:
    outcome = read(body)
    assert isinstance(outcome, Ok), outcome
    answer: Answer[NewsItem] = outcome.value
    return answer.rows


def feed(*entries: str) -> str:
    inner = "".join(f"<item>{entry}</item>" for entry in entries)
    return f'<rss version="2.0"><channel><title>paper</title>{inner}</channel></rss>'


def test_an_item_is_plain_text_with_its_link_and_known_when_it_was_read() -> None:
    first, second = items(RSS)
    assert first == NewsItem(
        "Sui & its TVL", "It rose.", "https://news.example.com/a?b=1", at("2026-03-10T10:30"), NOW, "coindesk"
    )
    assert (second.published, second.known_at, second.summary) == (at("2026-03-09T08:00"), NOW, "")


def test_atom_is_read_too() -> None:
    (item,) = items(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>f</title><entry><title type="html">A &lt;i&gt;b&lt;/i&gt;</title>'
        '<link rel="self" href="https://x.example.com/self"/><link href="https://x.example.com/1"/>'
        "<id>urn:1</id><updated>2026-03-10T09:00:00+02:00</updated><summary>s</summary></entry></feed>"
    )
    assert (item.title, item.url, item.published) == (
        "A b",
        "https://x.example.com/1",
        at("2026-03-10T07:00"),
    )


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/evil.dtd">',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]>',
        "<!DOCTYPE rss>",
    ],
)
def test_a_document_type_is_refused_whatever_it_declares(prologue: str) -> None:
    outcome = read(f"{prologue}{feed('<title>&b;</title>')}")
    assert isinstance(outcome, Unreachable)
    assert "entities" in outcome.detail


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel>",
        "<html><item><title>t</title></item></html>",
        "<rss>" + "<a>" * 100 + "</a>" * 100 + "</rss>",
        feed("<title>&undefined;</title>"),
        feed(*["<title>t</title>"] * 501),
        '{"items": []}',
        "﻿",
        feed("<title>a\x00b</title>"),
        '<?xml version="1.0" encoding="no-such"?>' + feed("<title>t</title>"),
    ],
)
def test_what_is_no_feed_is_unreachable(body: str) -> None:
    assert isinstance(read(body), Unreachable)


def test_a_feed_without_items_has_no_data() -> None:
    assert isinstance(read(feed()), NoData)
    assert isinstance(read(feed("<title> </title>")), NoData)


def test_text_is_stripped_of_what_steers_and_bounded() -> None:
    hostile = (
        "&lt;img src=x onerror=alert(1)&gt;Buy\x7f\u202eNOW\u200b &lt;style&gt;x&lt;/style&gt;" + "z" * 5_000
    )
    (item,) = items(feed(f"<title>{hostile}</title><description>{'w ' * 9_000}</description>"))
    assert item.title.startswith("Buy NOW zzz")
    assert len(item.title) == 300
    assert len(item.summary) <= 1_000
    assert item.title.endswith("…")


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "/relative",
        "https://",
        "ftp://x.example.com",
        "http://[::1",
    ],
)
def test_a_link_that_a_person_should_not_follow_is_left_away(link: str) -> None:
    (item,) = items(feed(f"<title>t</title><link>{link}</link><guid>{link}</guid>"))
    assert item.url == ""


@pytest.mark.parametrize(
    "date",
    [
        "",
        "tomorrow",
        "Wed, 11 Mar 2026 12:00:00 +0000",
        "Tue, 10 Mar 2026 10:30:00",
        "0001-01-01",
        "1999-01-01T00:00:00Z",
    ],
)
def test_a_date_that_cannot_be_is_no_date_but_the_item_is_known_now(date: str) -> None:
    (item,) = items(feed(f"<title>t</title><pubDate>{date}</pubDate>"))
    assert (item.published, item.known_at) == (None, NOW)


def test_an_item_that_is_there_twice_counts_once() -> None:
    outcome = read(feed(*["<title>t</title><link>https://x.example.com/1</link>"] * 2))
    assert isinstance(outcome, Ok)
    assert len(outcome.value.rows) == 1
    assert outcome.value.left_out == ("an item that is there twice",)


@given(st.text(max_size=300))
def test_no_markup_is_left_of_any_text(text: str) -> None:
    shown = without_markup(text, 100)
    assert len(shown) <= 100
    assert shown.isprintable()
    assert "<script" not in without_markup(f"{text}<script>", 100).lower()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_feed_or_refused(body: bytes) -> None:
    try:
        feed_items(body)
    except UnreadableError:
        return
