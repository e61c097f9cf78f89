"""What pictures must be whatever their prompt says: sound in their technique, and near the look's colours."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from ...core.crew import Crew
from ...core.plan import Requirement

TECHNICAL: Final = {
    "size": "as wide and high as its recipe says",
    "blank": "not one flat colour",
    "clipped": "neither burnt out nor sunk in black",
    "duplicate": "not a repeat of an earlier take",
    "blurred": "sharp where it is sharpest",
    "banding": "smooth in its ramps of shade",
    "borders": "without bars or a frame painted in",
    "seams": "without the lines of tiles",
}
_WISHES: Final = ("seams",)
"""Too often missed to promise their absence (`evals/bench_technical.py`)."""

_NOT_OF_POST: Final = ("duplicate", "blurred", "borders")
"""The same inputs give the same picture; its inputs were inspected for frames; an enlargement is soft by nature."""


@cache
def technical(*, deterministic: bool = False) -> tuple[Requirement, ...]:
    """Write down what every picture must be, or for a deterministic maker what its work can spoil."""
    return tuple(
        Requirement(
            id=f"technical:{name}",
            kind="technical",
            subject="",
            value=value,
            must=name not in _WISHES,
            weight=0.5 if name in _WISHES else 1.0,
        )
        for name, value in TECHNICAL.items()
        if not (deterministic and name in _NOT_OF_POST)
    )


def aesthetics_wish(crew: Crew) -> tuple[Requirement, ...]:
    """Wish a picture pleasing, where the crew has a critic who rates that."""
    if all(critic.kind != "aesthetic" for critic in crew.critics):
        return ()
    return (Requirement(id="aesthetics", kind="aesthetics", subject="", value="", must=False, weight=0.5),)


def references_wish(references: Sequence[str]) -> tuple[Requirement, ...]:
    """Wish a picture the style of the look's references, named by their digests; nothing where it has none.

    >>> [(one.id, one.value) for one in references_wish(["sha256:1", "sha256:2"])]
    [('style:references', 'sha256:1,sha256:2')]
    """
    if not references:
        return ()
    value = ",".join(references)
    return (Requirement(id="style:references", kind="style", subject="", value=value, must=False, weight=0.5),)


def palette_wish(palette: Sequence[str]) -> tuple[Requirement, ...]:
    """Wish a grade the look's colours; nothing where the look names none.

    >>> [(one.id, one.value) for one in palette_wish(["slate", "snow"])]
    [('style:palette', 'slate,snow')]
    """
    if not palette:
        return ()
    value = ",".join(palette)
    return (Requirement(id="style:palette", kind="style", subject="", value=value, must=False, weight=0.5),)
