"""Requirements that no one picture can meet together."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final

from ...core.plan import Requirement

_AXES: Final = (frozenset({"left", "center", "right"}), frozenset({"top", "bottom"}), frozenset({"wide", "close"}))
_FALLING: Final = frozenset({"rain", "snowfall", "fog", "storm"})
_OPPOSITE: Final = {"left of": "right of", "above": "below", "in front of": "behind", "over": "under"}


def contradictions(requirements: Sequence[Requirement]) -> tuple[tuple[Requirement, Requirement], ...]:
    """List the pairs of must-haves that exclude each other, in their order.

    Two times of day, two counts, sizes, grounds or sides of one subject, clear weather and rain, a subject left of
    another and right of it. Two colours are none: a shield may be red and white.

    >>> asked = [Requirement(id=f"time={one}", kind="time", subject="", value=one) for one in ("dawn", "dusk")]
    >>> [[one.value for one in pair] for pair in contradictions(asked)]
    [['dawn', 'dusk']]
    """
    musts = [one for one in requirements if one.must and one.kind in _EXCLUDES]
    return tuple((one, other) for one, other in combinations(musts, 2) if _exclude(one, other))


@lru_cache(maxsize=4096)
def contradiction_in(requirements: tuple[Requirement, ...]) -> str:
    """Say the first contradiction; empty where there is none."""
    for one, other in contradictions(requirements):
        return f"no picture shows both {one.asks or one.id!r} and {other.asks or other.id!r}"
    return ""


def _exclude(one: Requirement, other: Requirement) -> bool:
    return one.kind == other.kind and _EXCLUDES[one.kind](one, other)


def _another_value(one: Requirement, other: Requirement) -> bool:
    return one.subject == other.subject and one.value != other.value


def _another_look(one: Requirement, other: Requirement) -> bool:
    return one.other == other.other and one.other in ("size", "ground") and _another_value(one, other)


def _another_place(one: Requirement, other: Requirement) -> bool:
    return _another_value(one, other) and any({one.value, other.value} <= axis for axis in _AXES)


def _another_weather(one: Requirement, other: Requirement) -> bool:
    values = {one.value, other.value}
    return "clear" in values and bool(values & _FALLING)


def _another_way_round(one: Requirement, other: Requirement) -> bool:
    pair = (one.subject, one.other) == (other.subject, other.other)
    swapped = (one.subject, one.other) == (other.other, other.subject)
    opposite = _OPPOSITE.get(one.value) == other.value or _OPPOSITE.get(other.value) == one.value
    return (pair and opposite) or (swapped and one.value == other.value and one.value in _DIRECTED)


_DIRECTED: Final = frozenset({*_OPPOSITE, *_OPPOSITE.values()})
_EXCLUDES: Final = {
    "time": _another_value,
    "count": _another_value,
    "attribute": _another_look,
    "position": _another_place,
    "shot": _another_place,
    "weather": _another_weather,
    "relation": _another_way_round,
}
"""For each kind, whether two requirements of it exclude each other."""
