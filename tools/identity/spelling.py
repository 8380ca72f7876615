"""One spelling for what a person may type, and what two spellings look alike as."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")
# letters of other scripts that a ticker in Latin capitals can be imitated with, by their lower case
_IMITATED = str.maketrans(
    "авсԁеһіјкмнорԛѕтѵԝхуҫӏ" "αβεζηικμνορτυχϲ" "ıɩɡʏᴏᴛ",
    "abcdehijkmhopqstvwxycl" "abezhikmnoptyxc" "iigyot",
)  # fmt: skip


def folded(text: str) -> str:
    r"""*text* as names are compared: full-width forms as plain ones, one case, single spaces, no leading ``$``.

    What cannot be seen (zero-width marks) is left out.

    >>> folded("  $Ｓui "), folded("Terra\u200b  Luna")
    ('sui', 'terra luna')
    """
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", seen.casefold())).strip().removeprefix("$").strip()


def looks(text: str) -> str:
    """What *text* looks like: accents dropped, letters of other scripts as the Latin ones they resemble.

    >>> looks("ВТС"), looks("Sólana")
    ('btc', 'solana')
    """
    apart = unicodedata.normalize("NFD", folded(text))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return bare.translate(_IMITATED)


def address(text: str) -> str:
    """An address as contracts are compared: hexadecimal ones have no case, others do."""
    bare = text.strip()
    return bare.lower() if bare[:2] in ("0x", "0X") else bare
