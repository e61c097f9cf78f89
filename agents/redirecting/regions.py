"""Which part of a picture a note is about: `the tower on the left`, `the sky`, `the top right`. Drawn elsewhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ..language.nouns import singular

Side = Literal["left", "center", "right", "top", "bottom", "foreground", "background"]

_SIDES: Final[dict[str, Side]] = {
    "left": "left", "right": "right", "top": "top", "upper": "top", "bottom": "bottom", "lower": "bottom",
    "center": "center", "centre": "center", "middle": "center", "foreground": "foreground", "background": "background",
    "distance": "background",
}  # fmt: skip
_BACKDROPS: Final = (
    "background",
    "backdrop",
    "sky",
    "horizon",
    "surroundings",
    "setting",
    "scenery",
    "ground",
    "clouds",
)
_SUBJECTS: Final = ("subject", "subjects", "figure", "figures", "main subject", "hero")
_ANY_SIDE: Final = "|".join(_SIDES)
_SIDE: Final = re.compile(
    rf"\b(?:on|in|at|to|near) the (?:far |very )?(?P<first>{_ANY_SIDE})(?:[ -](?P<second>{_ANY_SIDE}))?\b"
    rf"(?! of\b(?! the (?:frame|picture|image)))"
    rf"|\bthe (?:far |very )?(?P<row>{_ANY_SIDE})(?:[ -](?P<column>{_ANY_SIDE}))?"
    r"(?: side| corner| edge| half| third| part| hand side)?"
    r"(?=$|[,.;:!]| (?:of (?:the|it)|is|are|should|must|looks?|needs|and)\b)"
    rf"|\b(?P<bare>leftmost|rightmost)\b"
)
_OF: Final = re.compile(
    r"\b(?P<side>left|right|top|bottom|upper|lower)(?: (?:side|half|part|edge))? of the (?P<noun>[a-z][a-z -]*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of a picture, in words; whoever has the picture draws its mask."""

    subject: str = ""
    """The thing it is, a singular noun; empty for whatever stands there."""
    sides: tuple[Side, ...] = ()
    """Where in the frame, or which of several: `top`, `right`."""
    is_backdrop: bool = False
    """What the subjects stand before, or a part of it."""

    def says(self) -> str:
        """Name it.

        >>> Region(subject="tower", sides=("left",)).says()
        'the tower, left'
        """
        thing = self.subject or ("backdrop" if self.is_backdrop else "subject" if not self.sides else "part")
        return ", ".join([f"the {thing}", *self.sides])


def region_of(text: str, subjects: Sequence[str] = ()) -> Region | None:
    """Read which part of a picture a note is about; None where it names none.

    Args:
        text: the note, or a part of it.
        subjects: what the picture shows, singular nouns.

    >>> region_of("the tower on the left is too clean", ["castle", "tower"])
    Region(subject='tower', sides=('left',), is_backdrop=False)
    >>> region_of("the sky")
    Region(subject='sky', sides=(), is_backdrop=True)
    >>> region_of("the top right").sides, region_of("only the subject").says(), region_of("darker")
    (('top', 'right'), 'the subject', None)
    """
    lowered = " ".join(text.lower().split())
    sides = _sides(lowered)
    named = [noun for noun in subjects if _names(lowered, noun)]
    if named:
        return Region(subject=max(named, key=len), sides=sides)
    backdrop = next((word for word in _BACKDROPS if re.search(rf"\b(?:the|a) (?:whole )?{word}\b", lowered)), "")
    if backdrop and not (backdrop == "background" and "in the background" in lowered):
        noun = (
            "" if backdrop in ("background", "backdrop", "surroundings", "setting", "scenery") else singular(backdrop)
        )
        return Region(subject=noun, sides=tuple(one for one in sides if one != "background"), is_backdrop=True)
    if re.search(rf"\bthe (?:{'|'.join(_SUBJECTS)})\b", lowered):
        return Region(sides=sides)
    return Region(sides=sides) if sides else None


def _names(text: str, noun: str) -> bool:
    """Whether a text speaks of a thing there is, `the tower`, and does not ask for one, `a tower`."""
    return any(
        singular(" ".join(found.split()[-len(noun.split()) :])) == noun
        for found in re.findall(r"\b(?:the|that|this|those|these|both) ((?:[a-z-]+ ?){1,4})", text)
        for found in _heads(found)
    )


def _heads(run: str) -> list[str]:
    words = run.split()
    return [" ".join(words[: at + 1]) for at in range(len(words))]


def _sides(text: str) -> tuple[Side, ...]:
    found = [_SIDES[word.removesuffix("most")] for match in _SIDE.finditer(text) for word in match.groups() if word]
    found += [_SIDES[match["side"]] for match in _OF.finditer(text)]
    return tuple(dict.fromkeys(found))
