"""Two hundred ways in which a model's reply goes wrong, by name, with what each must be called.

Each takes the request's JSON, so that it is wrong in one respect only: the menu, the evidence ids and the
style are those that were asked about. Those with ``wire`` false have a whole body at status 200, which a
parser can be given without a server.
"""

from __future__ import annotations

from tests.wire.kind import STYLES, Asked, Kind
from tests.wire.malformed_bodies import body_kinds, wire_kinds
from tests.wire.malformed_envelopes import envelope_kinds
from tests.wire.malformed_text import text_kinds
from tests.wire.malformed_values import value_kinds
from tests.wire.replies import style_of

__all__ = ["KINDS", "STYLES", "Asked", "Kind", "kinds_for"]

KINDS: tuple[Kind, ...] = tuple(text_kinds() + value_kinds() + envelope_kinds() + body_kinds() + wire_kinds())


def kinds_for(asked: Asked) -> tuple[Kind, ...]:
    """Those that make sense in the style of *asked*."""
    return tuple(kind for kind in KINDS if style_of(asked) in kind.styles)
