"""What lines share: the machines their workers sit on, and how many calls may run at once."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from ...core.errors import CallsheetError, CrewError, WorkerLost
from .hand import Place
from .placement import Spot, Standing, best_spot, drain_seconds, workers_wanted
from .speeds import Speeds
from .terms import Terms

_CRUMB = 1e-9


class Lodger(Protocol):
    """A line, as far as its room is concerned."""

    @property
    def name(self) -> str:
        """The maker's name."""
        ...

    @property
    def terms(self) -> Terms:
        """How many workers it may have, and how much of a place each takes up."""
        ...

    @property
    def urgency(self) -> float | None:
        """Of the most urgent call that an idle worker could take; None when there is no such call or worker."""
        ...

    @property
    def is_short(self) -> bool:
        """Whether more calls wait than its idle and loading workers will take, and it may have more workers."""
        ...

    def standing(self) -> Standing:
        """Sum it up."""
        ...

    def speed_at(self, place: Place) -> float | None:
        """Say how fast a worker there would be; None where it will have none."""
        ...

    def idle_speeds(self) -> Mapping[Place, Sequence[float]]:
        """Say where it has idle workers, and how fast each is."""
        ...

    def take_in(self, place: Place) -> None:
        """Start a worker there."""
        ...

    def give_up(self, place: Place) -> None:
        """Send an idle worker there home."""
        ...

    def serve(self) -> bool:
        """Hand the most urgent call to an idle worker; False when it had better wait."""
        ...

    def give_up_hope(self) -> None:
        """Refuse what waits when nobody is there to do it and nobody will come."""
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class Room:
    """Places with room for workers, and slots in which calls run; both go where they help most."""

    places: tuple[Place, ...] = (Place(),)
    slots: float = inf
    """How many more calls may run now."""
    of: str = "CPUs"
    """What its places are measured in."""
    may_grow: bool = False
    """Whether more machines may come."""
    speeds: Speeds = field(default_factory=Speeds)
    _lodgers: list[Lodger] = field(default_factory=list)
    _taken: dict[Place, float] = field(default_factory=dict)
    _alarm: asyncio.TimerHandle | None = None

    def join(self, line: Lodger) -> None:
        """Have a line live here."""
        self._lodgers.append(line)

    def furnish(self, places: Sequence[Place]) -> None:
        """Say which machines there are now; workers on one that is gone are lost, and will say so themselves."""
        self.places = tuple(places)
        self.settle()

    def occupy(self, place: Place, size: float) -> None:
        """Take up room."""
        self._taken[place] = self._taken.get(place, 0.0) + size

    def leave(self, place: Place, size: float) -> None:
        """Give room back."""
        self._taken[place] -= size

    @property
    def free(self) -> dict[Place, float]:
        """How much of each place nobody takes."""
        return {place: place.size - self._taken.get(place, 0.0) for place in self.places}

    def has_place_for(self, line: Lodger) -> bool:
        """Whether a worker of that line could ever sit anywhere here."""
        return any(place.size >= line.terms.needs and line.speed_at(place) is not None for place in self.places)

    def why_not(self, line: Lodger) -> CallsheetError:
        """Say why there is no place for it."""
        largest = max((place.size for place in self.places), default=0.0)
        if largest < line.terms.needs:
            what = f"a worker takes {line.terms.needs:g} {self.of}, and the largest machine has {largest:g}"
            return CrewError(f"maker {line.name!r}", what, "lower it, or work where there is such a machine")
        what = "on every machine that could hold it three tasks in a row went wrong; the log says how"
        return WorkerLost(line.name, what)

    def free_place(self, line: Lodger) -> Place | None:
        """Give the fastest place that has room for a worker now."""
        free = [(speed, place) for place in self.places if self._fits(line, place) and (speed := line.speed_at(place))]
        return max(free, key=lambda one: one[0], default=(0.0, None))[1]

    def look_again(self, seconds: float) -> None:
        """Settle again after a while, at the latest."""
        loop = asyncio.get_running_loop()
        when = loop.time() + seconds
        if self._alarm is None or self._alarm.when() > when:
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm = loop.call_at(when, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self.settle()

    def settle(self) -> None:
        """Start, swap and serve until nothing more is worth it; called whenever something has changed."""
        while self._place():
            pass
        while self.slots > 0 and self._serve():
            pass
        for line in self._lodgers:
            line.give_up_hope()

    def wanted(self, boot_seconds: float) -> list[float]:
        """Say how much room each worker would need that is worth its machine's start, those that are up counted in."""
        sizes = list[float]()
        for line in self._lodgers:
            sizes += [line.terms.needs] * min(line.terms.at_most, workers_wanted(line.standing(), boot_seconds))
        return sizes

    def _serve(self) -> bool:
        ready = [(urgency, line) for line in self._lodgers if (urgency := line.urgency) is not None]
        ready.sort(key=lambda one: one[0], reverse=True)
        return any(line.serve() for _, line in ready)

    def _place(self) -> bool:
        """Start one worker where that pays most, if it does anywhere."""
        if not any(line.is_short for line in self._lodgers):
            return False
        standings = {line.name: line.standing() for line in self._lodgers}
        short = [line for line in self._lodgers if line.is_short]
        short.sort(key=lambda line: (standings[line.name].is_pressing, drain_seconds(standings[line.name])))
        for line in reversed(short):
            spots = {spot: place for place, spot in self._spots(line, standings)}
            if spot := best_spot(standings[line.name], list(spots)):
                self._make_room(line, spots[spot], [giver.line for giver, _ in spot.givers])
                line.take_in(spots[spot])
                return True
        return False

    def _spots(self, line: Lodger, standings: Mapping[str, Standing]) -> Iterator[tuple[Place, Spot]]:
        """Give every place where a worker could load now, with who would have to go."""
        others = [other for other in self._lodgers if other is not line]
        others.sort(key=lambda other: drain_seconds(standings[other.name]))
        idle = [(standings[other.name], other.terms.needs, other.idle_speeds()) for other in others]
        for place in self.places:
            speed = line.speed_at(place)
            if speed is None or place.size < line.terms.needs:
                continue
            free = place.size - self._taken.get(place, 0.0)
            givers = list[tuple[Standing, float]]()
            for standing, needs, speeds in idle:
                goes = 0.0
                for each in speeds.get(place, ()):
                    if free < line.terms.needs - _CRUMB:
                        free, goes = free + needs, goes + each
                if goes:
                    givers.append((standing, goes))
            if free >= line.terms.needs - _CRUMB:
                yield place, Spot(place=place.name, speed=speed, givers=tuple(givers))

    def _make_room(self, line: Lodger, place: Place, givers: Sequence[str]) -> None:
        for giver in (other for other in self._lodgers if other.name in givers):
            while not self._fits(line, place) and place in giver.idle_speeds():
                giver.give_up(place)

    def _fits(self, line: Lodger, place: Place) -> bool:
        return place.size - self._taken.get(place, 0.0) >= line.terms.needs - _CRUMB
