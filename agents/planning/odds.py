"""What a passed take of a maker is expected to cost: from the crew file's pass rates and the studio's track record."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from random import Random
from typing import Final

from ...core.crew import MakerSpec
from ...core.plan import Requirement, Task
from ...core.track_record import TrackRecord

WORTH: Final = 30
"""Takes a crew file's rate counts for. With fewer a true rate is doubted for longer, with more a wrong one is believed
for longer: at 30 a rate ten times too low is found out within 25 productions of 40 tasks."""
LEAST: Final = 20
"""First takes of each kind that is asked for, after which a maker without rates counts as known."""
SPARE: Final = 0.2
"""What trying out makers nobody knows may add to the expected price of first takes, as a share of it."""
_DRAWS: Final = 1024
"""Ten bits of a hash choose one."""


def rated_kind(requirement: Requirement) -> str:
    """Name a requirement's kind as pass rates do: grounds and empty plates are far easier than their kinds at large."""
    if requirement.id == "existence:nothing":
        return "emptiness"
    return "ground" if requirement.other == "ground" else requirement.kind


Kinds = tuple[str, ...]


def kinds_asked(task: Task) -> Kinds:
    """List the kinds of a task's must-haves, as pass rates name them, in order of name."""
    return tuple(sorted({rated_kind(one) for one in task.requirements if one.must}))


@dataclass(frozen=True, slots=True)
class Belief:
    """A pass rate and how sure of it we are: a Beta distribution, in takes that passed and takes that failed."""

    passed: float
    failed: float

    @property
    def mean(self) -> float:
        """The rate to count on.

        >>> Belief(30, 10).mean
        0.75
        """
        return self.passed / (self.passed + self.failed)

    def draw(self, bits: int) -> float:
        """Give one of the rates it may be, the likely ones more often; the same bits give the same one."""
        return _drawn(max(1.0, self.passed), max(1.0, self.failed))[bits % _DRAWS]


Beliefs = Mapping[str, Belief]
"""By kind of requirement."""


@lru_cache(maxsize=256)
def _drawn(passed: float, failed: float) -> tuple[float, ...]:
    dice = Random(0)
    return tuple(dice.betavariate(passed, failed) for _ in range(_DRAWS))


@dataclass(frozen=True, slots=True)
class Price:
    """What a passed take of a maker costs, in US dollars."""

    expected: float
    drawn: float
    """With rates drawn for one task from what they may be: who is hardly known is so asked now and then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """What is known of one crew's chances. Without a record: the crew file's rates, taken at their word."""

    seed: int = 0
    """The production's."""
    record: TrackRecord | None = None
    """Frozen with the plan; None when learning is off."""
    _tallies: dict[tuple[str, str, float], tuple[int, int]] = field(init=False, repr=False, default_factory=dict)
    _known: dict[tuple[str, Kinds, float], Beliefs | None] = field(init=False, repr=False, default_factory=dict)
    """Worked out once: thousands of tasks ask for the same few kinds."""

    def __post_init__(self) -> None:
        for one in self.record.tallies if self.record else ():
            self._tallies[one.maker, one.kind, one.floor] = (one.passed, one.seen - one.passed)

    @property
    def learns(self) -> bool:
        """Whether makers may be tried out, because what they do will be remembered."""
        return self.record is not None and not self.record.fault

    def chance(self, task: Task, maker: MakerSpec) -> float | None:
        """Give the chance that one take passes every must-have; None for a maker nobody knows.

        The product of the rates of the kinds that are asked: an underestimate where failures go together.
        """
        found = self._beliefs(maker, kinds_asked(task), task.gate.floor)
        return None if found is None else prod(one.mean for one in found.values())

    def prices(self, task: Task, able: Sequence[MakerSpec]) -> Mapping[str, Price]:
        """Price a passed take of each maker, by name; empty where one of them is not known.

        A kind of requirement that one of them has no rate for tells them not apart and is left out for all.
        """
        asked = kinds_asked(task)
        beliefs = {maker.name: self._beliefs(maker, asked, task.gate.floor) for maker in able}
        known = {name: found for name, found in beliefs.items() if found is not None}
        if len(known) < len(beliefs):
            return {}
        kinds = [kind for kind in asked if all(kind in found for found in known.values())]
        return {maker.name: self._price(task, maker, [known[maker.name][kind] for kind in kinds]) for maker in able}

    def newcomer(self, task: Task, able: Sequence[MakerSpec], usual: MakerSpec) -> MakerSpec | None:
        """Choose a maker nobody knows to try out on a task, rarely, and the more rarely the dearer it is.

        Args:
            task: the job.
            able: who could do it as well as the usual one.
            usual: who would do it otherwise.
        """
        if not self.learns:
            return None
        asked, floor = kinds_asked(task), task.gate.floor
        new = [one for one in able if one.name != usual.name and self._beliefs(one, asked, floor) is None]
        if not new:
            return None
        tried = min(new, key=lambda one: self._least_seen(one, asked, floor))
        dearer = (tried.usd or 0.0) > (usual.usd or 0.0)
        share = SPARE * ((usual.usd or 0.0) / (tried.usd or 1.0) if dearer else 1.0)
        return tried if _bits(self.seed, task.name, "newcomer") / 2**256 < share else None

    def says(self, makers: Sequence[MakerSpec]) -> str:
        """Say what the odds of these makers stand on."""
        stands = [f"{self.record.takes} takes of this studio"] if self.record and self.record.takes else []
        stands += ["the crew file's rates"] if any(maker.passes for maker in makers) else []
        return " and ".join(stands) or "nothing yet"

    def _price(self, task: Task, maker: MakerSpec, rates: Sequence[Belief]) -> Price:
        usd = maker.usd or 0.0
        expected = usd / max(prod(one.mean for one in rates), 1e-6)
        if not self.learns:
            return Price(expected, expected)
        bits, chance = _bits(self.seed, task.name, maker.name), 1.0
        for one in rates:
            chance *= one.draw(bits)
            bits //= _DRAWS
        return Price(expected, usd / max(chance, 1e-6))

    def _beliefs(self, maker: MakerSpec, kinds: Kinds, floor: float) -> Beliefs | None:
        """Give what is known of a maker, by kind that is asked; None when that is too little."""
        key = (maker.name, kinds, floor)
        if key not in self._known:
            found = {kind: one for kind in kinds if (one := self._belief(maker, kind, floor))}
            self._known[key] = found if maker.passes or (kinds and len(found) == len(kinds)) else None
        return self._known[key]

    def _belief(self, maker: MakerSpec, kind: str, floor: float) -> Belief | None:
        passed, failed = self._tallies.get((maker.name, kind, floor), (0, 0))
        told = maker.passes.get(kind)
        if told is not None:
            return Belief(WORTH * told + passed, WORTH * (1 - told) + failed)
        return Belief(1 + passed, 1 + failed) if passed + failed >= LEAST else None

    def _least_seen(self, maker: MakerSpec, kinds: Kinds, floor: float) -> int:
        return min((sum(self._tallies.get((maker.name, kind, floor), (0, 0))) for kind in kinds), default=0)


def _bits(seed: int, task: str, what: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{task}/{what}".encode()).digest(), "big")
