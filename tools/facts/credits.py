"""What a provider asks to stand beside its data, by the name that the data's source goes by."""

from __future__ import annotations

from functools import cache


@cache
def credit(source: str) -> str:
    """The attribution, and the licence where it binds; "" where nobody asks for any.

    A source is called like its provider, perhaps with more behind a dash: ``coingecko-archive``.
    """
    from tools.sources.source import sources

    name = _bare(source)
    for provider, one in sources().items():
        if one.attribution and name.startswith(_bare(provider)):
            binding = "" if one.licence.startswith("free") or not one.licence else f" ({one.licence})"
            return f"{one.attribution}{binding}"
    return ""


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
