"""The words the sketch models know, and the captions they say of a scene."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, Literal, get_args

Kind = Literal["castle", "tower", "house", "tree", "knight", "wizard", "ship", "dragon"]
Colour = Literal["red", "blue", "green", "gold", "purple", "white"]
Size = Literal["small", "large"]
Side = Literal["left", "center", "right"]
Ground = Literal["grass", "rock", "sand", "snow", "sea", "studio"]
Time = Literal["dawn", "day", "dusk", "night"]
Weather = Literal["clear", "fog", "rain", "snowfall"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
COLOURS: Final[tuple[Colour, ...]] = get_args(Colour)
SIZES: Final[tuple[Size, ...]] = get_args(Size)
SIDES: Final[tuple[Side, ...]] = get_args(Side)
GROUNDS: Final[tuple[Ground, ...]] = get_args(Ground)
TIMES: Final[tuple[Time, ...]] = get_args(Time)
WEATHERS: Final[tuple[Weather, ...]] = get_args(Weather)
COUNTS: Final[tuple[int, ...]] = (1, 2, 3)
NUMBERS: Final[tuple[str, ...]] = ("one", "two", "three")
SHOTS: Final[dict[Size, str]] = {"small": "wide", "large": "close"}
PLURALS: Final[dict[Kind, str]] = {kind: f"{kind}s" for kind in KINDS}
CONDITIONS: Final[tuple[str, ...]] = ("whole", "broken", "melted")
"""Only the critic knows these: what a picture's subjects look like, not what to draw."""

WORDS: Final[tuple[str, ...]] = (
    *("a", "an", "the", "of", "on", "in", "at", "and", *NUMBERS),
    *KINDS,
    *PLURALS.values(),
    *COLOURS,
    *SIZES,
    *SIDES,
    *("grass", "rock", "sand", "snow", "sea", "plain", "backdrop", "empty", "field"),
    *TIMES,
    *WEATHERS,
    *("weather", "wide", "close", "shot"),
)
"""Every word a generator knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is in a picture; the caption and the painting both follow from it.

    A scene with a second kind has one of each, the first left of the second. An empty plate has neither. A studio
    scene (`ground="studio"`) has no sky, so its time and weather are never said.
    """

    kind: Kind | None
    colour: Colour = "red"
    count: int = 1
    size: Size = "large"
    side: Side = "center"
    ground: Ground = "grass"
    time: Time = "day"
    weather: Weather = "clear"
    other_kind: Kind | None = None
    other_colour: Colour = "blue"

    @property
    def has_sky(self) -> bool:
        """Whether time and weather can be seen."""
        return self.ground != "studio"


def words(text: str) -> tuple[str, ...]:
    """Split a phrase the way the tokenizers do: lower case, letters only.

    >>> words("Two red castles, at dusk!")
    ('two', 'red', 'castles', 'at', 'dusk')
    """
    return tuple("".join(c if c.isalpha() else " " for c in text.lower()).split())


def unknown(text: str, known: frozenset[str] = frozenset(WORDS)) -> tuple[str, ...]:
    """List the words of a phrase that mean nothing to a model with this vocabulary, once each, in order.

    >>> unknown("a gigantic red castle at dusk, gigantic")
    ('gigantic',)
    """
    return tuple(dict.fromkeys(word for word in words(text) if word not in known))


def number(count: int) -> str:
    """Name a count: `number(2) == "two"`."""
    return NUMBERS[count - 1]


def noun(kind: Kind, count: int = 1) -> str:
    """Name a subject in the singular or plural."""
    return kind if count == 1 else PLURALS[kind]


def ground_phrase(ground: Ground) -> str:
    """Say where the subjects stand."""
    return {"sea": "at sea", "studio": "on a plain backdrop"}.get(ground, f"on {ground}")


def side_phrase(side: Side) -> str:
    """Say where in the frame the subjects are."""
    return "in the center" if side == "center" else f"on the {side}"


def time_phrase(time: Time) -> str:
    """Say the time of day."""
    return f"at {time}"


def weather_phrase(weather: Weather) -> str:
    """Say the weather."""
    return "in clear weather" if weather == "clear" else f"in {weather}"


def empty_phrase(ground: Ground) -> str:
    """Say that nothing stands on this ground."""
    return "an empty sea" if ground == "sea" else f"an empty {ground} field"


def complete_caption(scene: Scene) -> str:
    """Say everything about a scene, in the plainest order.

    >>> complete_caption(Scene(kind="knight", colour="blue", side="left", time="dusk", weather="fog"))
    'one large blue knight on the left on grass at dusk in fog'
    """
    return _caption(scene, random.Random(0), style="plain", keep=1.0)


def caption(scene: Scene, rng: random.Random) -> str:
    """Say a scene in varied words: 70 % of captions are complete, the others leave some attributes unsaid."""
    keep = 1.0 if rng.random() < 0.7 else 0.55
    return _caption(scene, rng, style="varied", keep=keep)


def _caption(scene: Scene, rng: random.Random, *, style: Literal["plain", "varied"], keep: float) -> str:
    varied = style == "varied"
    said = [keep >= 1.0 or rng.random() < keep for _ in range(6)]
    size_said, colour_said, side_said, ground_said, time_said, weather_said = said
    place: list[str] = []
    if scene.kind is None:
        head = empty_phrase(scene.ground)
        if varied and rng.random() < 0.1:
            head = f"a wide shot of {head}"
    else:
        head = _subjects(scene, rng, varied=varied, size_said=size_said, colour_said=colour_said)
        if scene.other_kind is None and side_said:
            head = f"{head} {side_phrase(scene.side)}"
        if ground_said:
            place.append(ground_phrase(scene.ground))
    if scene.has_sky and time_said:
        place.append(time_phrase(scene.time))
    if scene.has_sky and weather_said:
        place.append(weather_phrase(scene.weather))
    if varied:
        rng.shuffle(place)
        if place and rng.random() < 0.1:
            return " ".join([place[0], head, *place[1:]])
    return " ".join([head, *place])


def _subjects(scene: Scene, rng: random.Random, *, varied: bool, size_said: bool, colour_said: bool) -> str:
    assert scene.kind is not None
    style = rng.choice(("word", "word", "shot", "both")) if varied else "word"
    size = f"{scene.size} " if size_said and style != "shot" else ""
    prefix = f"a {SHOTS[scene.size]} shot of " if size_said and style != "word" else ""
    colour = f"{scene.colour} " if colour_said else ""
    one = rng.choice(("a", "one")) if varied else "one"
    first = f"{one if scene.count == 1 else number(scene.count)} {size}{colour}{noun(scene.kind, scene.count)}"
    if scene.other_kind is None:
        return prefix + first
    other_colour = f"{scene.other_colour} " if colour_said else ""
    second = f"{one} {size}{other_colour}{scene.other_kind}"
    if varied and rng.random() < 0.4:
        return f"{prefix}{second} right of {first}"
    return f"{prefix}{first} left of {second}"
