"""Text out of markup: no tags, no scripts, no control characters, bounded. What is left is data, and instructs nobody."""

from __future__ import annotations

from html.parser import HTMLParser

from tools.sources.reading import plain_text

_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "head", "title"})
_BREAKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote"})


class _Words(HTMLParser):
    """Collects what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Opens a silent part, or breaks a line."""
        self._silent += tag in _SILENT
        self.words += [" "] * (tag in _BREAKS)

    def handle_endtag(self, tag: str) -> None:
        """Closes a silent part."""
        self._silent = max(0, self._silent - (tag in _SILENT))

    def handle_data(self, data: str) -> None:
        """Keeps the words."""
        if not self._silent:
            self.words.append(data)


def without_markup(text: str, longest: int) -> str:
    """What a reader would see of *text*, on one line, at most *longest* characters."""
    words = _Words()
    words.feed(text[: longest * 20])
    words.close()
    return plain_text("".join(words.words), longest)
