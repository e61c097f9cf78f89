"""How fast a service lets itself be asked: one limit for a whole line, learnt from the calls it turned away."""

from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Final

_ROUNDS: Final = 8
"""So many rounds of answers until one more may be out at once: each refusal holds the whole line up."""

_IN_A_ROW: Final = 3
"""So many refusals of a lone call, with no answer between, until it waits twice as long each time."""
_LONGEST_SECONDS: Final = 60.0
_JITTER: Final = 0.1
"""Of the wait, at most: so that the lines of many productions do not come back in one instant."""


@dataclass(slots=True)
class Restraint:
    """How many calls may be out at once, and from when on: half as many after a refusal, slowly more again.

    Source: additive increase, multiplicative decrease, as TCP shares a link (Chiu and Jain 1989).

    >>> held = Restraint(jitter=0.0)
    >>> held.turned_away(20.0, running=8, now=100.0)
    120.0
    >>> held.wait_seconds(running=0, now=110.0), held.wait_seconds(running=0, now=120.0)
    (10.0, 0.0)
    >>> held.wait_seconds(running=4, now=120.0)
    inf
    """

    chance: Random = field(default_factory=Random)
    jitter: float = _JITTER
    _at_once: float = inf
    _until: float = -inf
    _in_a_row: int = 0
    """Refusals of a lone call since an answer came."""

    def turned_away(self, seconds: float, *, running: int, now: float) -> float:
        """Note that a call came back unheard, with the seconds it shall wait; those sent before that say no more.

        Returns:
            Until when the line waits.
        """
        if now >= self._until:
            self._in_a_row += self._at_once == 1
            self._at_once = max(1, min(self._at_once, running) // 2)
        self._until = max(self._until, now + self._backed_off(seconds))
        return self._until

    def went_well(self) -> None:
        """Note that a call was answered."""
        self._in_a_row = 0
        self._at_once += 1 / (_ROUNDS * self._at_once)

    def _backed_off(self, seconds: float) -> float:
        """Give how long to wait: never less than the service asks for."""
        doubled = seconds * 2.0 ** min(max(0, self._in_a_row - _IN_A_ROW + 1), 16)
        return max(seconds, min(doubled, _LONGEST_SECONDS)) * (1 + self.jitter * self.chance.random())

    def wait_seconds(self, *, running: int, now: float) -> float:
        """Say how long the next call must wait; inf: until another comes back."""
        if now < self._until:
            return self._until - now
        return inf if running + 1 > self._at_once else 0.0
