"""Where the schedule's rows lie: one for each worker, thin ones together by maker where there are many."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from .workload import Load, maker_of

MOST_TALL: Final = 40
"""Workers that get a row with a name each."""
_TALL: Final = 44
_TALL_GAP: Final = 7
_CROWD_HEIGHT: Final = 1300
"""About as high as all thin rows together."""
_LEAST_BAND: Final = 44
"""A maker's rows leave room for two lines of its name."""
_BAND_GAP: Final = 14


@dataclass(frozen=True, slots=True)
class Row:
    """Where one worker's blocks go."""

    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What stands beside one row, or beside all rows of a maker."""

    says: str
    aside: str = ""
    utilisation: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The rows of a chart."""

    top: int
    bottom: int
    rows: Mapping[str, Row] = field(default_factory=dict)
    labels: tuple[Label, ...] = ()
    chain: Row | None = None
    """Where the slowest chain is drawn once more, among rows too thin to follow it."""


def lay_out(loads: Sequence[Load], top: int) -> Sheet:
    """Give every worker a row, in the order of their names; `post/10` comes after `post/2`."""
    ordered = sorted(loads, key=lambda one: natural(one.name))
    if len(ordered) <= MOST_TALL:
        return _tall(ordered, top)
    teams: dict[str, list[Load]] = {}
    for one in ordered:
        teams.setdefault(maker_of(one.name), []).append(one)
    return _crowded(teams, top, len(ordered))


def natural(worker: str) -> list[tuple[int, str]]:
    """Sort `post/2` before `post/10`."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", worker)]


def _tall(loads: Sequence[Load], top: int) -> Sheet:
    tops = [top + _TALL * number for number in range(len(loads))]
    return Sheet(
        top=top,
        bottom=top + _TALL * max(1, len(loads)),
        rows={one.name: Row(at + _TALL_GAP, at + _TALL - _TALL_GAP) for one, at in zip(loads, tops, strict=True)},
        labels=tuple(
            Label(says=one.name or "unnamed", utilisation=one.utilisation, top=at + 3, bottom=at + _TALL - 3)
            for one, at in zip(loads, tops, strict=True)
        ),
    )


def _crowded(teams: Mapping[str, Sequence[Load]], top: int, count: int) -> Sheet:
    rows: dict[str, Row] = {}
    labels: list[Label] = []
    at = top + _TALL + _BAND_GAP
    for name, team in teams.items():
        each = max(2, _CROWD_HEIGHT // count, _LEAST_BAND // len(team))
        rows.update(_thin(team, at, each))
        height = each * len(team)
        labels.append(
            Label(
                says=name or "unnamed",
                aside="1 worker" if len(team) == 1 else f"{len(team)} workers",
                utilisation=sum(one.utilisation for one in team) / len(team),
                top=at,
                bottom=at + height,
            )
        )
        at += height + _BAND_GAP
    return Sheet(
        top=top, bottom=at, rows=rows, labels=tuple(labels), chain=Row(top + _TALL_GAP, top + _TALL - _TALL_GAP)
    )


def _thin(team: Sequence[Load], top: int, each: int) -> Iterator[tuple[str, Row]]:
    gap = 1 if each > 3 else 0
    for number, one in enumerate(team):
        yield one.name, Row(top + each * number, top + each * (number + 1) - 1 - gap)
