"""Workers of several makers that stand in lines: what can be asked of all the lines at once."""

from collections.abc import Collection, Mapping
from typing import Generic

from ...core.errors import UnknownName
from .hand import A, Q
from .line import Line


class Lined(Generic[Q, A]):
    """One line for each maker, by its name."""

    _lines: Mapping[str, Line[Q, A]]

    def in_line(self) -> frozenset[str]:
        """Name the calls that wait for a maker, by their tokens."""
        return frozenset(token for line in self._lines.values() for token in line.tokens)

    def hurry(self, urgencies: Mapping[str, float]) -> None:
        """Give calls that wait for a maker another urgency, higher or lower, by their tokens."""
        for line in self._lines.values():
            line.hurry(urgencies)

    def withdraw(self, tokens: Collection[str], why: str) -> None:
        """Take calls back that wait for a maker, by their tokens."""
        for line in self._lines.values():
            line.withdraw(tokens, why)

    def foresee(self, seconds: Mapping[str, float]) -> None:
        """Have the lines hire for what is still to come."""
        for name, line in self._lines.items():
            line.foreseen_seconds = seconds.get(name, 0.0)

    def load_seconds(self) -> dict[str, float]:
        """Say how long each maker took to load, on average; who never did is left out."""
        return {name: seconds for name, line in self._lines.items() if (seconds := line.load_seconds) is not None}

    def away(self) -> dict[str, str]:
        """Name the makers whose services cannot be reached now, each with what was said."""
        return {name: line.away for name, line in self._lines.items() if line.away}

    def _line_of(self, maker: str) -> Line[Q, A]:
        if maker not in self._lines:
            raise UnknownName("maker", maker, list(self._lines))
        return self._lines[maker]
