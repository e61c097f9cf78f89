"""What a prompt says, in atoms."""

from dataclasses import dataclass
from typing import Literal

from ...core.plan import RequirementKind

Framed = Literal["time", "weather", "shot", "position"]
"""What concerns the whole frame and has a place of its own in the prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """One thing a prompt says of its picture."""

    kind: RequirementKind
    subject: str = ""
    """A singular noun; empty for what concerns the whole frame."""
    value: str = ""
    other: str = ""
    """The second noun of a relation; the aspect of an attribute (`colour`, `size`, `material`, `look`, `action`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Where in the prompt a whole-frame phrase stands, so that it can be replaced."""

    kind: Framed
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A prompt, read."""

    atoms: tuple[Atom, ...]
    """In order of mention, each once."""
    unknown: tuple[str, ...]
    """Words that could not be read as anything; kept and reported, never dropped."""
    said: tuple[Said, ...] = ()

    def of(self, kind: RequirementKind) -> tuple[Atom, ...]:
        """Give the atoms of one kind."""
        return tuple(atom for atom in self.atoms if atom.kind == kind)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The things named, in order."""
        return tuple(atom.subject for atom in self.of("existence"))
