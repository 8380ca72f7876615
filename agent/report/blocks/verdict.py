"""What happened, in words. The page's headline and the terminal's last line say the same."""

from __future__ import annotations

from agent.report import words
from agent.report.view import View

ONE_RUN = (
    "One run over one stretch of prices is a record of what happened, not evidence of skill: "
    "no interval is computed here, and the next stretch will differ."
)


def headline(view: View) -> str:
    """One sentence: the return, over what time, beside buy and hold."""
    gained = view.run.total_return
    days = words.span(view.end - view.start)
    if gained is None:
        return f"The account could not be measured over {days}."
    mine = "Flat" if not words.percent(gained, signed=True).startswith(("+", words.MINUS)) else _moved(gained)
    hold = None if view.hold is None else view.hold.total_return
    if hold is None:
        return f"{mine} in {days}."
    held = f"gained {words.percent(hold)}" if hold >= 0 else f"lost {words.percent(-hold)}"
    return f"{mine} in {days}, while buy & hold {held}."


def details(view: View) -> tuple[str, ...]:
    """A few sentences that put the headline in proportion, and name what was not known so at the time."""
    told = [_activity(view), _risk(view)]
    if view.story.state == "halted":
        told.append("Trading is halted; only a person resumes it.")
    elif view.story.state == "reducing":
        told.append("The breaker lets positions shrink only; a person resumes trading.")
    if view.restated:
        told.append(f"Restated series used: {', '.join(view.restated)}.")
    return (*told, ONE_RUN)


def _moved(value: float) -> str:
    return f"{'Up' if value > 0 else 'Down'} {words.percent(abs(value))}"


def _activity(view: View) -> str:
    story = view.story
    decisions = words.count(story.decisions, "decision")
    if not story.fills:
        return f"{decisions}, and not one trade."
    refused = sum(len(told.refusals) for told in story.told.values()) + len(story.undecided)
    refusals = f"; the risk engine refused {words.count(refused, 'wish', 'wishes')}" if refused else ""
    closed = words.count(len(view.trips), "round trip")
    return f"{decisions} led to {words.count(len(story.fills), 'fill')} and {closed}{refusals}."


def _risk(view: View) -> str:
    invested = words.percent(view.run.exposure, places=0)
    if view.run.max_drawdown == 0:
        return f"On average {invested} of the money was invested; equity never fell below its peak."
    deepest = words.percent(-view.run.max_drawdown)
    text = f"On average {invested} of the money was invested, and the deepest fall from a peak was {deepest}"
    if view.hold is None:
        return f"{text}."
    return f"{text}, against {words.percent(-view.hold.max_drawdown)} for buy & hold."
