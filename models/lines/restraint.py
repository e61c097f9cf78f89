"""How fast a service lets itself be asked: one limit for a whole line, learnt from the calls it turned away."""

from dataclasses import dataclass
from math import inf
from typing import Final

_ROUNDS: Final = 8
"""So many rounds of answers until one more may be out at once: each refusal holds the whole line up."""


@dataclass(slots=True)
class Restraint:
    """How many calls may be out at once, and from when on: half as many after a refusal, slowly more again.

    Source: additive increase, multiplicative decrease, as TCP shares a link (Chiu and Jain 1989).

    >>> held = Restraint()
    >>> held.turned_away(20.0, running=8, now=100.0)
    >>> held.wait_seconds(running=0, now=110.0), held.wait_seconds(running=0, now=120.0)
    (10.0, 0.0)
    >>> held.wait_seconds(running=4, now=120.0)
    inf
    """

    _at_once: float = inf
    _until: float = -inf

    def turned_away(self, seconds: float, *, running: int, now: float) -> None:
        """Note that a call came back unheard, with the seconds it shall wait; those sent before that say no more."""
        if now >= self._until:
            self._at_once = max(1, min(self._at_once, running) // 2)
        self._until = max(self._until, now + seconds)

    def went_well(self) -> None:
        """Note that a call was answered."""
        self._at_once += 1 / (_ROUNDS * self._at_once)

    def wait_seconds(self, *, running: int, now: float) -> float:
        """Say how long the next call must wait; inf: until another comes back."""
        if now < self._until:
            return self._until - now
        return inf if running + 1 > self._at_once else 0.0
