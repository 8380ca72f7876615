"""Streaming: what a model says is passed on sentence by sentence, each one checked before anybody reads it."""

from __future__ import annotations

from collections.abc import Callable

from agent.graph.conversation.claims import GroundCheck


class Voice:
    """Takes in pieces of text and says the sentences that stand, up to the first that does not.

    What comes after that one waits for the repair: nobody reads a number that is taken back.
    """

    def __init__(self, check: GroundCheck, say: Callable[[str], None]) -> None:
        self._check = check
        self._say = say
        self._text = ""
        self._said = ""
        self._stopped = False

    def hear(self, piece: str) -> None:
        """Another piece of the answer."""
        self._text += piece
        end = self._text.rfind("\n")
        if end > 0:
            self._pass_on(self._text[:end])

    def end(self) -> None:
        """There is no more."""
        self._pass_on(self._text)

    def _pass_on(self, text: str) -> None:
        if self._stopped:
            return
        checked = self._check.answer(text)
        self._stopped = bool(checked.faults) or not checked.text.startswith(self._said)
        if not self._stopped and len(checked.text) > len(self._said):
            self._say(checked.text[len(self._said) :])
            self._said = checked.text
