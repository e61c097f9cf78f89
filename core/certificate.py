"""What a gate promises, and on what evidence."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A floor that keeps a promise with a stated confidence, or the refusal to name one."""

    schema: Literal["certificate/1"] = "certificate/1"
    promise: float
    """Share of the takes it passes that the director would approve, in (0, 1)."""
    confidence: float
    """Probability over the labels that the promise holds, in (0, 1)."""
    labels: int
    """How many decisions it rests on, one take of each task."""
    floor: float | None
    """The lowest score that passes; None where no floor keeps the promise."""
    passed: int = 0
    """How many of the labelled takes the floor passes."""
    approved: int = 0
    """How many of those were approved."""
    why: str = ""
    """Why there is no floor."""
    critics: str = ""
    """Digest of the critics whose scores it rests on; with others it says nothing."""

    @property
    def says(self) -> str:
        """The state in a sentence, for wherever the gate is shown."""
        if self.floor is None:
            return self.why
        return (
            f"certified at {self.promise:g} with {self.labels} labels: floor {self.floor:.3f} passes {self.passed} of "
            f"them, {self.approved} approved (confidence {self.confidence:g})"
        )
