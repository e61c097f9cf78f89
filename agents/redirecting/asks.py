"""What a note asks of one picture, taken apart: each ask changes one thing."""

from dataclasses import dataclass
from typing import Literal

from ..language.atoms import Framed


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Another time, weather, shot or side."""

    kind: Framed
    value: str
    """As critics know it: `night`."""
    phrase: str
    """As it was said: `at midnight`."""
    subject: str = ""
    """Whose side it is; empty for the first thing shown."""
    why: str = ""
    """What the note said, where that was something else: `darker`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Another ground to stand on."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinner:
    """Less of a weather, or none."""

    weather: str
    is_none: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Another colour, size, material or look of a thing."""

    word: str
    aspect: Literal["colour", "size", "material", "look"]
    subject: str = ""
    """Empty for the first thing shown."""
    says: str = ""
    """The words it came from, where they are not its own: `wear red`."""
    called: str = ""
    """The thing as it was named, where the picture's words do not name it: `walls`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """What a thing is no longer to be: `too clean`."""

    word: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many of a thing."""

    subject: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """One thing in place of another."""

    old: str
    new: str
    words: str
    """The new one as it was said: `a purple wizard`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    """Something more in the picture."""

    subject: str
    words: str
    """`a bridge on the right`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Something not to be seen."""

    subject: str
    words: str
    """`a tree`, `trees`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A style, a light, a lens: said in words that only a wish holds to."""

    words: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Words nobody can turn into anything that is checked; they stay as they are."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked:
    """Words that change nothing here, and why."""

    words: str
    why: str


Ask = Frame | Ground | Thinner | Quality | Unlike | Count | Swap | Add | Remove | Style | Unread | Unasked
