"""What to do when memory runs out: a smaller batch, then another worker, then a person."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from ...core.errors import OutOfMemory
from .hand import A, Q
from .queue import Call

_TRIES: Final = 2


@dataclass(slots=True)
class Memory:
    """How many calls of each sort have been found to fit in one go."""

    line: str
    batch: int
    _most: dict[Hashable, int] = field(default_factory=dict)

    def most(self, alike: Hashable) -> int:
        """Say how many calls that are equal in this can go together."""
        return 1 if alike is None else self._most.get(alike, self.batch)

    def ran_out(self, call: Call[Q, A], worker: str, together: int) -> bool:
        """Learn that so many together did not fit; say whether the call may be tried again.

        >>> memory = Memory("big", batch=8)
        >>> memory.most("square")
        8
        """
        if together > 1:
            self._most[call.alike] = min(self.most(call.alike), together // 2)
            return True
        call.refusals += 1
        call.avoids |= {worker}
        return call.refusals < _TRIES

    def refusal(self, call: Call[Q, A], error: OutOfMemory) -> OutOfMemory:
        """Give what a person is told in the end."""
        fix = "ask for a smaller picture, or give it a machine with more memory"
        return OutOfMemory(self.line, f"{error.what}; alone on {' and '.join(sorted(call.avoids))}: {fix}", False)  # noqa: FBT003 - as the error takes it
