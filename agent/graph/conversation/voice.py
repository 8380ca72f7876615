"""Streaming: what a model says is passed on line by line, each one checked before anybody reads it."""

from __future__ import annotations

from collections.abc import Callable

from agent.graph.conversation.claims import GroundCheck, without_ids


class Voice:
    """Takes in pieces of text and says the lines that stand, up to the first that does not.

    What comes after that one waits for the repair: nobody reads a number that is taken back.
    """

    def __init__(self, check: GroundCheck, say: Callable[[str], None]) -> None:
        self._check = check
        self._say = say
        self._waiting = ""
        self._has_said = False
        self._stopped = False

    def hear(self, piece: str) -> None:
        """Another piece of the answer."""
        self._waiting += piece
        end = self._waiting.rfind("\n")
        if end >= 0:
            self._pass_on(self._waiting[:end])
            self._waiting = self._waiting[end:]

    def end(self) -> None:
        """There is no more."""
        self._pass_on(self._waiting.rstrip())

    def _pass_on(self, text: str) -> None:
        if self._stopped:
            return
        said = without_ids(text if self._has_said else text.lstrip())
        self._stopped = not self._check.stands(said)
        if said and not self._stopped:
            self._say(said)
            self._has_said = True
