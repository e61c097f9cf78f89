"""Single claims about a picture, and whether a reading of it bears them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...models.sketch.vocabulary import COLOURS, SHOTS, Scene

AtomKind = Literal["existence", "count", "attribute", "relation", "position", "time", "weather", "shot", "absence"]
Share = tuple[str, float]
"""A value and its probability."""

SURE_OF_KIND, SURE_OF_SHAPE = 0.5, 0.7
"""The probabilities from which a subject is said to be there and whole.

Chosen on every other one of the 200 takes decided upon by looking; the rest agree.
"""

ANYTHING = "anything"
"""The subject of an absence that leaves the picture empty."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One claim: `Atom("count", "tower", "two")`, `Atom("relation", "castle", "left of", "knight")`.

    A ground is an attribute of "ground"; time and weather have the subject "scene"; a shot is "wide" or "close".
    """

    kind: AtomKind
    subject: str
    value: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the judge sees in a picture, each value with its probability.

    In a picture with two kinds, `kind` and `colour` are the left one's and `other_*` the right one's; in the others
    `is_pair` is improbable and `other_*` mean nothing. `time` and `weather` mean nothing in the studio; count, colour,
    side and size mean nothing in an empty picture.
    """

    kind: Share
    colour: Share
    count: Share
    side: Share
    size: Share
    ground: Share
    time: Share
    weather: Share
    whole: float
    pair: float
    other_kind: Share
    other_colour: Share

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there."""
        return self.kind[0] == "none"

    @property
    def is_pair(self) -> bool:
        """Whether two different kinds stand there."""
        return self.pair > 0.5 and not self.is_empty

    @property
    def is_whole(self) -> bool:
        """Whether the subjects have their shape."""
        return self.whole > SURE_OF_SHAPE

    @property
    def kinds(self) -> tuple[str, ...]:
        """The subjects from left to right, one entry a kind."""
        if self.is_empty:
            return ()
        return (self.kind[0], self.other_kind[0]) if self.is_pair else (self.kind[0],)

    @property
    def sure_kinds(self) -> tuple[str, ...]:
        """The subjects whose kind it is sure of."""
        shares = (self.kind[1], self.other_kind[1])
        return tuple(kind for kind, share in zip(self.kinds, shares, strict=False) if share >= SURE_OF_KIND)

    def colour_of(self, kind: str) -> str | None:
        """The colour of a kind that is there."""
        if kind not in self.kinds:
            return None
        return self.colour[0] if kind == self.kinds[0] else self.other_colour[0]


def holds(atom: Atom, seen: Reading) -> bool:
    """Decide whether a reading bears out a claim. A subject out of shape, or of a doubtful kind, does not exist."""
    has_sky = seen.ground[0] != "studio"
    match atom.kind:
        case "existence":
            answer = atom.subject in seen.sure_kinds and seen.is_whole
        case "absence":
            answer = seen.is_empty if atom.subject == ANYTHING else atom.subject not in seen.kinds
        case "count":
            answer = atom.subject in seen.kinds and atom.value == ("one" if seen.is_pair else seen.count[0])
        case "attribute" if atom.subject == "ground":
            answer = seen.ground[0] == atom.value
        case "attribute":
            answer = seen.colour_of(atom.subject) == atom.value
        case "relation":
            pair = (atom.subject, atom.other) if atom.value == "left of" else (atom.other, atom.subject)
            answer = seen.kinds == pair
        case "position":
            answer = atom.subject in seen.kinds and _side(atom.subject, seen) == atom.value
        case "time":
            answer = has_sky and seen.time[0] == atom.value
        case "weather":
            answer = has_sky and seen.weather[0] == atom.value
        case "shot":
            answer = {"small": "wide", "large": "close"}.get(seen.size[0]) == atom.value
    return answer


def _side(kind: str, seen: Reading) -> str:
    if not seen.is_pair:
        return seen.side[0]
    return "left" if kind == seen.kinds[0] else "right"


def atoms_of(scene: Scene) -> tuple[Atom, ...]:
    """List every claim a scene makes.

    >>> [atom.kind for atom in atoms_of(Scene(kind=None, ground="snow"))]
    ['absence', 'attribute', 'time', 'weather']
    """
    atoms: list[Atom] = []
    if scene.kind is None:
        atoms.append(Atom("absence", ANYTHING))
    else:
        atoms += [Atom("existence", scene.kind), Atom("attribute", scene.kind, scene.colour)]
        atoms.append(Atom("shot", "scene", SHOTS[scene.size]))
        if scene.other_kind is None:
            atoms.append(Atom("count", scene.kind, ("one", "two", "three")[scene.count - 1]))
            atoms.append(Atom("position", scene.kind, scene.side))
        else:
            atoms += [Atom("existence", scene.other_kind), Atom("attribute", scene.other_kind, scene.other_colour)]
            atoms.append(Atom("relation", scene.kind, "left of", scene.other_kind))
    atoms.append(Atom("attribute", "ground", scene.ground))
    if scene.has_sky:
        atoms += [Atom("time", "scene", scene.time), Atom("weather", "scene", scene.weather)]
    assert all(a.kind != "attribute" or a.subject == "ground" or a.value in COLOURS for a in atoms)
    return tuple(atoms)
