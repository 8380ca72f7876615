"""Whatever the script deals out and whenever the process dies: absence is proven, and all is told once, in order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import OrderError, UnreachableError
from core.ids import OrderId
from core.instant import HOUR, MINUTE, SECOND
from core.orders import ApprovedOrder, ExecutionReport, OrderType, Side
from tests.builders import an_order, run
from tests.tools.exchange.border_desk import BOOK, BorderDesk
from tools.exchange.paper.audit import audit
from tools.exchange.paper.faults import Script, Times, faults

TIMES = (
    Times(),
    Times(validity=SECOND, slow=2 * HOUR, lag=MINUTE, late=3 * HOUR),
    Times(validity=HOUR, slow=HOUR, lag=3 * HOUR, late=MINUTE),
)

scripts = st.builds(
    lambda seed, share, unanswered, times: faults(seed, share, unanswered=unanswered, times=times),
    st.integers(0, 1000),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.sampled_from([0.0, 0.3]),
    st.sampled_from(TIMES),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([1, SECOND, 10 * SECOND, MINUTE, HOUR])),
        st.tuples(st.just("buy"), st.integers(10, 900)),
        st.tuples(st.just("limit"), st.integers(1, 4)),
        st.tuples(st.just("cancel"), st.integers(0, 20)),
        st.tuples(st.just("ask"), st.just(0)),
        st.tuples(st.just("die"), st.just(0)),
    ),
    min_size=5,
    max_size=30,
)
Step = tuple[str, int]


@contextmanager
def desk(script: Script) -> Iterator[BorderDesk]:
    with tempfile.TemporaryDirectory() as folder:
        made = BorderDesk(Path(folder), script)
        try:
            yield made
        finally:
            run(made.venue.close())


class Walk:
    """A caller who does as the steps say, and checks what may never happen."""

    def __init__(self, at: BorderDesk) -> None:
        self.at = at
        self.sent: dict[OrderId, int] = {}
        self.proven: set[OrderId] = set()
        self.heard: list[ExecutionReport] = []
        self.silent = at.script.silent

    def go(self, step: Step, *, may_die: bool) -> None:
        what, number = step
        at = self.at
        if what == "wait":
            at.wait(number)
            self.ask()
        elif what == "die" and may_die:
            at.again()
        elif what in {"buy", "limit"}:
            self.send(what, number)
        elif what == "cancel" and self.sent:
            with suppress(OrderError):
                run(at.venue.cancel(list(self.sent)[number % len(self.sent)]))
        elif what == "ask":
            self.ask()

    def send(self, what: str, number: int) -> None:
        name = f"o{len(self.sent)}"
        now = self.at.clock.now()
        order: ApprovedOrder = an_order(name, spend=str(number), at=now)
        if what == "limit":
            order = an_order(name, Side.BUY, OrderType.LIMIT, quantity=str(number), limit="99.5", at=now)
        self.sent[order.id] = now
        self.at.submit(order)

    def ask(self, tries: int = 1) -> None:
        """Listens, and looks for every order; from a question without an answer nothing follows."""
        for _ in range(tries):
            with suppress(UnreachableError):
                self.listen()
                break
        for order_id in self.sent:
            for _ in range(tries):
                with suppress(UnreachableError):
                    self.look_for(order_id)
                    break

    def listen(self) -> None:
        first = len(self.heard) + 1
        news = run(self.at.venue.reports(len(self.heard)))
        assert [said.seq for said in news] == list(range(first, first + len(news)))
        self.heard += news
        if not self.silent:
            fills = [said.fill for said in self.heard if said.fill]
            paid = sum(fill.quantity * fill.price + fill.fee for fill in fills)
            bought = {"BTC": sum(fill.quantity for fill in fills)} if fills else {}
            assert run(self.at.venue.balances()) == {"USDT": 10_000 - paid} | bought

    def look_for(self, order_id: OrderId) -> None:
        """What was proven absent stays so; what is shown is what was told."""
        venue, now = self.at.venue, self.at.clock.now()
        state = run(venue.order(order_id))
        if state is not None:
            assert order_id not in self.proven
            if not self.silent:
                self.listen()
                about = [said.fill for said in self.heard if said.order_id == order_id]
                assert state.filled == sum(fill.quantity for fill in about if fill)
        elif now > self.sent[order_id] + (venue.grace_ms or 0):
            self.proven.add(order_id)

    def settle(self) -> None:
        """Asks until everything was answered and told."""
        self.at.wait(8 * HOUR)
        self.ask(tries=40)


@settings(max_examples=40, deadline=None)
@given(script=scripts, taken=steps)
def test_an_order_that_is_proven_absent_never_was_and_every_other_is_told_of_once(
    script: Script, taken: list[Step]
) -> None:
    with desk(script) as at:
        walk = Walk(at)
        for step in taken:
            walk.go(step, may_die=True)
        walk.settle()
        truth = audit(at.folder / BOOK, "paper")
        there = {working.order.id for working in truth.orders}
        assert there == set(walk.sent) - walk.proven
        assert sorted(said.fill.trade_id for said in walk.heard if said.fill) == sorted(
            fill.trade_id for fill in truth.fills
        )
        by_order: dict[OrderId, list[str]] = {}
        for said in walk.heard:
            by_order.setdefault(said.order_id, []).append(said.status.value)
        assert all(len(set(said)) == len(said) for said in by_order.values())


@settings(max_examples=20, deadline=None)
@given(script=scripts, taken=steps)
def test_a_process_that_dies_sees_what_one_that_lived_sees(script: Script, taken: list[Step]) -> None:
    seen = []
    for may_die in (True, False):
        with desk(script) as at:
            walk = Walk(at)
            for step in taken:
                walk.go(step, may_die=may_die)
            walk.settle()
            truth = audit(at.folder / BOOK, "paper")
            seen.append((walk.heard, walk.proven, truth.fills, truth.balances))
    assert seen[0] == seen[1]
