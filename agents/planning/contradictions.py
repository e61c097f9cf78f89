"""Requirements that no one picture can meet together."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final

from ...core.plan import Requirement
from .phrasing import DEPTHS, HEIGHTS, OPPOSITES, POSITIONS, SHOT_RIVALS

_FALLING: Final = frozenset({"rain", "snowfall", "storm"})
_AXES: Final = (frozenset(POSITIONS), frozenset(HEIGHTS), frozenset(DEPTHS))


def contradictions(requirements: Sequence[Requirement]) -> tuple[tuple[Requirement, Requirement], ...]:
    """List the pairs of must-haves that exclude each other, in their order.

    Two times of day; clear weather and rain; opposite shots; one thing left of another and right of it; and, of a
    subject of which there is exactly one, two sizes or two sides. Of several, one may be large and one small. Two
    colours are none: a shield may be red and white.

    >>> asked = [Requirement(id=f"time={one}", kind="time", subject="", value=one) for one in ("dawn", "dusk")]
    >>> [[one.value for one in pair] for pair in contradictions(asked)]
    [['dawn', 'dusk']]
    """
    single = frozenset(one.subject for one in requirements if one.kind == "count" and one.value == "1")
    musts = [one for one in requirements if one.must and one.kind in _EXCLUDES]
    return tuple(
        (one, other)
        for one, other in combinations(musts, 2)
        if one.kind == other.kind and _EXCLUDES[one.kind](one, other, single)
    )


@lru_cache(maxsize=4096)
def contradictions_in(requirements: tuple[Requirement, ...]) -> tuple[str, ...]:
    """Say every contradiction."""
    return tuple(in_words(one, other) for one, other in contradictions(requirements))


def in_words(one: Requirement, other: Requirement) -> str:
    """Say that two requirements exclude each other."""
    return f"no picture shows both {one.asks or one.id!r} and {other.asks or other.id!r}"


Single = frozenset[str]
"""The subjects of which exactly one is asked for."""


def _another_time(one: Requirement, other: Requirement, _: Single) -> bool:
    return one.value != other.value


def _another_weather(one: Requirement, other: Requirement, _: Single) -> bool:
    values = {one.value, other.value}
    return "clear" in values and bool(values & _FALLING)


def _another_shot(one: Requirement, other: Requirement, _: Single) -> bool:
    return other.value in SHOT_RIVALS.get(one.value, ())


def _another_size(one: Requirement, other: Requirement, single: Single) -> bool:
    is_size = one.other == other.other == "size"
    return is_size and one.subject == other.subject and one.subject in single and one.value != other.value


def _another_place(one: Requirement, other: Requirement, single: Single) -> bool:
    is_same_axis = any({one.value, other.value} <= axis for axis in _AXES)
    return is_same_axis and one.subject == other.subject and one.subject in single and one.value != other.value


def _another_way_round(one: Requirement, other: Requirement, _: Single) -> bool:
    is_pair = (one.subject, one.other) == (other.subject, other.other)
    is_swapped = (one.subject, one.other) == (other.other, other.subject)
    is_opposite = OPPOSITES.get(one.value) == other.value
    return (is_pair and is_opposite) or (is_swapped and one.value == other.value and one.value in OPPOSITES)


_EXCLUDES: Final[Mapping[str, Callable[[Requirement, Requirement, Single], bool]]] = {
    "time": _another_time,
    "weather": _another_weather,
    "shot": _another_shot,
    "attribute": _another_size,
    "position": _another_place,
    "relation": _another_way_round,
}
"""For each kind, whether two requirements of it exclude each other."""
