"""A prompt in other words, by rule: a relation between two things said as the place of each."""

from collections.abc import Sequence
from typing import Final

from ...core.plan import Requirement

_PLACES: Final = {
    "left of": ("on the left", "on the right"),
    "right of": ("on the right", "on the left"),
    "above": ("at the top", "at the bottom"),
    "over": ("at the top", "at the bottom"),
    "below": ("at the bottom", "at the top"),
    "under": ("at the bottom", "at the top"),
    "in front of": ("in the foreground", "in the background"),
    "behind": ("in the background", "in the foreground"),
}


def reworded(prompt: str, requirements: Sequence[Requirement]) -> str:
    """Add to a prompt where each side of its relations stands; empty where no rule applies.

    Image models place things more surely than they relate them.

    >>> one = Requirement(id="relation:knight left of tree", kind="relation", subject="knight", value="left of",
    ...                   other="tree")
    >>> reworded("a knight left of a tree at dusk", [one])
    'a knight left of a tree at dusk, the knight on the left, the tree on the right'
    """
    said = [
        f", the {one.subject} {_PLACES[one.value][0]}, the {one.other} {_PLACES[one.value][1]}"
        for one in requirements
        if one.kind == "relation" and one.value in _PLACES
    ]
    return f"{prompt}{''.join(said)}" if said else ""
