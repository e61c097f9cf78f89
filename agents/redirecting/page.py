"""The words of one still, as a note finds and leaves them, and where they stand."""

from dataclasses import dataclass, replace

from ...core.errors import BriefError
from ..language.atoms import Atom, Reading
from .asks import Add, Ask, Count, Frame, Ground, Quality, Remove, Style, Swap, Thinner, Unasked, Unlike, Unread
from .scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A prompt and its negative, with what the director should know about them."""

    prompt: str
    negative: str = ""
    notices: tuple[str, ...] = ()

    def told(self, notice: str) -> "Page":
        """Add a sentence for the director, once."""
        return self if notice in self.notices else replace(self, notices=(*self.notices, notice))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a prompt is for."""

    scene: Scene
    takes_any_words: bool
    """Whether a maker of the crew has no closed vocabulary: only then is `light fog` another thing than fog."""
    is_layer: bool = False
    """Whether its picture is cut out and laid over others: it stays on its plain backdrop then."""

    def meant(self, subject: str) -> str:
        """Give the thing that is meant: the one named, else the first one shown."""
        return subject or next(iter(self.scene.subjects), "")


def said_by(ask: Ask) -> str:  # noqa: PLR0911 - one case per kind of ask, flat on purpose
    """Give the words of a note that an ask came from.

    >>> said_by(Count(subject="tower", count=2)), said_by(Frame(kind="time", value="night", phrase="at midnight"))
    ('2 x tower', 'at midnight')
    """
    match ask:
        case Frame():
            return ask.why or ask.phrase
        case Ground():
            return f"on {ask.value}"
        case Thinner():
            return f"{'no' if ask.is_none else 'less'} {ask.weather}"
        case Quality():
            return ask.says or ask.word
        case Unlike():
            return f"not {ask.word}"
        case Count():
            return f"{ask.count} x {ask.subject}"
        case Remove():
            return f"no {ask.words}"
        case Style():
            return ask.says or ask.words
        case Swap() | Add() | Unread() | Unasked():
            return ask.words


def may_go(atom: Atom, ask: Ask, reading: Reading) -> bool:  # noqa: PLR0911 - as above
    """Whether an ask speaks of something a prompt says, so that it may no longer be said.

    >>> night = Frame(kind="time", value="night", phrase="at night")
    >>> nothing = Reading(atoms=(), unknown=())
    >>> [may_go(one, night, nothing) for one in (Atom(kind="time", value="dusk"), Atom(kind="weather", value="fog"))]
    [True, False]
    """
    is_of_plate = any(one.value == "empty" and one.subject == atom.subject for one in reading.of("attribute"))
    match ask:
        case Frame():
            return atom.kind == ask.kind and (atom.kind != "position" or not ask.subject or atom.subject == ask.subject)
        case Ground():
            return is_of_plate or atom.kind in ("relation", "existence")
        case Thinner():
            return atom.kind == "weather"
        case Quality():
            return atom.kind == "attribute" and atom.other in (ask.aspect, "colour")
        case Unlike():
            return atom.kind == "attribute" and atom.value == ask.word
        case Count():
            return atom.kind == "count" and atom.subject == ask.subject
        case Swap():
            return ask.old in (atom.subject, atom.other)
        case Remove():
            return ask.subject in (atom.subject, atom.other)
        case Add():
            return is_of_plate or (atom.kind == "absence" and atom.subject == ask.subject)
        case Style() | Unread() | Unasked():
            return False


def nothing_left(what: str) -> BriefError:
    """Say that a picture would be of nothing."""
    return BriefError(
        "the note", f"without {what!r} nothing would be left to show", "say what to show instead, or omit it"
    )
