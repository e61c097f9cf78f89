"""Times in which the world let us down and all we did was wait. `core.fact` joins these facts to the others."""

from dataclasses import dataclass
from typing import Literal

OutageCause = Literal["disk", "store", "network"]
"""A disk without room, a store of pictures that does not answer, a service that cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageBegan:
    """Something that all work of some kind needs is away; nothing is given up for it, and nothing new is paid for."""

    event: Literal["outage_began"] = "outage_began"
    cause: OutageCause
    what: str
    """What it is, and what it said."""

    @property
    def says(self) -> str:
        """Tell a person what is waited for.

        >>> OutageBegan(cause="disk", what="cannot write under /out: No space left on device").says
        'waits for room on the disk: cannot write under /out: No space left on device'
        """
        return f"waits for {_WAITED_FOR[self.cause]}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageEnded:
    """It is back, and work goes on."""

    event: Literal["outage_ended"] = "outage_ended"
    cause: OutageCause
    what: str
    """As when it began."""
    seconds: float

    @property
    def says(self) -> str:
        """Tell a person that it is over."""
        return f"goes on after {self.seconds:.0f} s: {_BACK[self.cause]}"


_WAITED_FOR: dict[OutageCause, str] = {
    "disk": "room on the disk",
    "store": "the store of the pictures",
    "network": "a service that cannot be reached",
}
_BACK: dict[OutageCause, str] = {
    "disk": "there is room on the disk again",
    "store": "the store of the pictures answers again",
    "network": "its service can be reached again",
}
