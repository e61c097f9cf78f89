"""Short phrases asked of a picture, each against its alternatives: what the critic learns to tell apart."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from .vocabulary import (
    COLOURS,
    CONDITIONS,
    COUNTS,
    GROUNDS,
    KINDS,
    PLURALS,
    SHOTS,
    SIDES,
    SIZES,
    TIMES,
    WEATHERS,
    Colour,
    Kind,
    Scene,
    empty_phrase,
    ground_phrase,
    noun,
    number,
    side_phrase,
    time_phrase,
    weather_phrase,
)

Condition = Literal["whole", "broken", "melted"]
Aspect = Literal["existence", "colour", "count", "size", "side", "relation", "ground", "time", "weather", "condition"]

SURROUNDINGS: Final[frozenset[Aspect]] = frozenset({"ground", "time", "weather", "condition"})
"""What can still be asked of a picture whose subjects are spoiled."""


@dataclass(frozen=True, slots=True)
class Question:
    """Phrases of which the first is true of the picture and the others are false."""

    aspect: Aspect
    phrases: tuple[str, ...]


def ask(scene: Scene, condition: Condition | None, rng: random.Random) -> list[Question]:
    """Ask everything that can be asked of a picture, in freshly chosen words.

    Args:
        scene: what is in it.
        condition: how its subjects look; None when nobody knows. Spoiled subjects are asked only about the
            surroundings and the condition itself.
        rng: chooses the words.
    """
    questions = [*_subject(scene, rng), *_surroundings(scene, rng)]
    if scene.kind is not None and condition is not None:
        word = scene.kind if scene.other_kind is None else rng.choice((scene.kind, scene.other_kind))
        others = [c for c in CONDITIONS if c != condition]
        questions.append(Question("condition", tuple(f"a {c} {word}" for c in (condition, *others))))
    if condition in ("broken", "melted"):
        questions = [q for q in questions if q.aspect in SURROUNDINGS]
    return questions


def _subject(scene: Scene, rng: random.Random) -> Iterator[Question]:
    if scene.kind is None:
        absent = rng.sample(KINDS, 4)
        true = rng.choice(("an empty field" if scene.ground != "sea" else "an empty sea", empty_phrase(scene.ground)))
        yield Question("existence", (true, *(f"a {kind}" for kind in absent)))
        return
    kinds: list[Kind] = [scene.kind] + ([scene.other_kind] if scene.other_kind else [])
    this = rng.choice(kinds)
    hue = scene.colour if this == scene.kind else scene.other_colour
    absent = [kind for kind in KINDS if kind not in kinds]
    empty = "an empty sea" if scene.ground == "sea" else "an empty field"
    one, many = rng.choice(("a", "one")), noun(this, scene.count)
    amount = one if scene.count == 1 else number(scene.count)
    if scene.count > 1 and rng.random() < 0.6:
        yield Question("existence", (f"{amount} {many}", *(f"{amount} {PLURALS[k]}" for k in absent)))
    elif rng.random() < 0.5:
        yield Question("existence", (f"a {this}", *(f"a {kind}" for kind in absent), empty))
    else:
        yield Question("existence", (f"a {hue} {this}", *(f"a {hue} {kind}" for kind in absent), empty))
    head, tail = rng.choice(((amount, many), ("a", this)))
    yield _colour(head, tail, hue)
    yield _size(scene, this, rng)
    yield _count(scene, this, hue, rng)
    if scene.other_kind is None:
        yield _side(scene, this, rng)
    else:
        that, its = (scene.other_kind, scene.other_colour) if this == scene.kind else (scene.kind, scene.colour)
        yield _colour("a", that, its)
        yield _relation(scene, rng)
        where = "left" if this == scene.kind else "right"
        other = "right" if where == "left" else "left"
        yield Question("side", (f"a {this} on the {where}", f"a {this} on the {other}"))


def _colour(head: str, tail: str, hue: Colour) -> Question:
    return Question("colour", tuple(f"{head} {c} {tail}" for c in (hue, *(c for c in COLOURS if c != hue))))


def _size(scene: Scene, this: Kind, rng: random.Random) -> Question:
    sizes = (scene.size, *(s for s in SIZES if s != scene.size))
    many = noun(this, scene.count)
    amount = "a" if scene.count == 1 else number(scene.count)
    forms = (
        [f"a {SHOTS[s]} shot" for s in sizes],
        [f"a {SHOTS[s]} shot of {amount} {many}" for s in sizes],
        [f"{amount} {s} {many}" for s in sizes],
        [f"a {s} {this}" for s in sizes],
    )
    return Question("size", tuple(rng.choice(forms)))


def _count(scene: Scene, this: Kind, hue: Colour, rng: random.Random) -> Question:
    said = f"{hue} " if rng.random() < 0.5 else ""
    counts = (scene.count, *(c for c in COUNTS if c != scene.count))
    return Question("count", tuple(f"{number(c)} {said}{noun(this, c)}" for c in counts))


def _side(scene: Scene, this: Kind, rng: random.Random) -> Question:
    places = (scene.side, *(s for s in SIDES if s != scene.side))
    many = noun(this, scene.count)
    amount = "a" if scene.count == 1 else number(scene.count)
    head = rng.choice(("", f"{amount} {many} ", f"a {this} "))
    return Question("side", tuple(f"{head}{side_phrase(s)}" for s in places))


def _relation(scene: Scene, rng: random.Random) -> Question:
    left, right = f"a {scene.kind}", f"a {scene.other_kind}"
    if rng.random() < 0.5:
        left, right = f"a {scene.colour} {scene.kind}", f"a {scene.other_colour} {scene.other_kind}"
    if rng.random() < 0.5:
        return Question("relation", (f"{left} left of {right}", f"{left} right of {right}", f"{right} left of {left}"))
    return Question("relation", (f"{right} right of {left}", f"{right} left of {left}", f"{left} right of {right}"))


def _surroundings(scene: Scene, rng: random.Random) -> Iterator[Question]:
    head = ""
    if scene.kind is not None and rng.random() < 0.3:
        head = f"a {scene.kind} "
    grounds = (scene.ground, *(g for g in GROUNDS if g != scene.ground))
    if scene.kind is None and rng.random() < 0.6:
        yield Question("ground", tuple(empty_phrase(g) for g in grounds if g != "studio"))
    else:
        yield Question("ground", tuple(head + ground_phrase(g) for g in grounds))
    if scene.has_sky:
        times = (scene.time, *(t for t in TIMES if t != scene.time))
        yield Question("time", tuple(head + time_phrase(t) for t in times))
        weathers = (scene.weather, *(w for w in WEATHERS if w != scene.weather))
        yield Question("weather", tuple(head + weather_phrase(w) for w in weathers))


def swapped(scene: Scene, rng: random.Random) -> Scene:
    """Change one thing about a scene: the hard negative of its caption."""
    changes: list[Scene] = [replace(scene, ground=rng.choice([g for g in GROUNDS[:-1] if g != scene.ground]))]
    if scene.has_sky:
        changes.append(replace(scene, time=rng.choice([t for t in TIMES if t != scene.time])))
        changes.append(replace(scene, weather=rng.choice([w for w in WEATHERS if w != scene.weather])))
    if scene.kind is not None:
        taken = (scene.kind, scene.other_kind)
        changes.append(replace(scene, kind=rng.choice([k for k in KINDS if k not in taken])))
        changes.append(replace(scene, colour=rng.choice([c for c in COLOURS if c != scene.colour])))
        changes.append(replace(scene, size=rng.choice([s for s in SIZES if s != scene.size])))
        if scene.other_kind is None:
            changes.append(replace(scene, count=rng.choice([c for c in COUNTS if c != scene.count])))
            changes.append(replace(scene, side=rng.choice([s for s in SIDES if s != scene.side])))
        else:
            changes.append(replace(scene, kind=scene.other_kind, other_kind=scene.kind))
            changes.append(replace(scene, count=rng.choice(COUNTS[1:])))
            changes.append(replace(scene, colour=scene.other_colour, other_colour=scene.colour))
    return rng.choice([c for c in changes if c != scene] or changes)
