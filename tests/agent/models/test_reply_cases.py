"""Thousands of seeded bad replies through the reader; benchmarks/malformed_replies.py sends more, over the wire."""

from __future__ import annotations

from collections import Counter

import numpy as np

from agent.models.reply import Malformed, from_wire, proposals_of
from tests.wire.asking import EVIDENCE, MENU
from tests.wire.cases import REASONS, a_case, bounds_broken
from tests.wire.malformed import STYLES


def test_thousands_of_bad_replies_are_refused_by_their_name_or_inside_their_bounds() -> None:
    draw = np.random.default_rng(34)
    outcomes: Counter[str] = Counter()
    for number in range(9_000):
        style = STYLES[number % 3]
        case = a_case(draw, style)
        raw = from_wire(case.reply.body)
        judgement = raw if isinstance(raw, Malformed) else proposals_of(raw, style, len(MENU), EVIDENCE)
        if isinstance(judgement, Malformed):
            assert judgement.reason in (case.reasons or REASONS), (number, case.name, judgement)
            outcomes[judgement.reason] += 1
        else:
            assert not case.reasons, (number, case.name)
            assert bounds_broken(judgement) is None, (number, case.name, bounds_broken(judgement))
            outcomes["proposals"] += 1
    assert set(outcomes) == (REASONS - {"timeout"}) | {"proposals"}
    wrong_in_meaning = sum(outcomes[reason] for reason in REASONS - {"not_json", "truncated", "empty"})
    assert wrong_in_meaning > 0.2 * outcomes.total(), "mere syntax errors prove little"
