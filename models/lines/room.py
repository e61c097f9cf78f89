"""What lines share: the machines their workers sit on, and how many calls may run at once."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from ...core.errors import CallsheetError, CrewError, WorkerLost
from .hand import Place
from .placement import Spot, Standing, best_spot, drain_seconds, need, workers_wanted
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

    def spare_speeds(self) -> Mapping[Place, Sequence[float]]:
        """Say where it has idle workers that it could do without now, and how fast each is."""
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
    _open: dict[Place, None] = field(init=False)
    """Places that are not full."""
    _alarm: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        self._open = dict.fromkeys(self.places)

    def join(self, line: Lodger) -> None:
        """Have a line live here."""
        self._lodgers.append(line)

    def furnish(self, places: Sequence[Place]) -> None:
        """Say which machines there are now; workers on one that is gone are lost, and will say so themselves."""
        self.places = tuple(places)
        self._open = {place: None for place in self.places if self._free(place) > _CRUMB}
        self.settle()

    def occupy(self, place: Place, size: float) -> None:
        """Take up room."""
        self._taken[place] = self._taken.get(place, 0.0) + size
        if self._free(place) <= _CRUMB:
            self._open.pop(place, None)

    def leave(self, place: Place, size: float) -> None:
        """Give room back."""
        self._taken[place] -= size
        if self._free(place) > _CRUMB and place in self.places:
            self._open[place] = None

    @property
    def free(self) -> dict[Place, float]:
        """How much of each place nobody takes."""
        return {place: self._free(place) for place in self.places}

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
        short = [line for line in self._lodgers if line.is_short]
        has_room = bool(self._open) or any(line.spare_speeds() or not line.terms.needs for line in self._lodgers)
        if not short or not has_room:
            return False
        standings = {line.name: line.standing() for line in self._lodgers}
        short.sort(key=lambda line: need(standings[line.name]))
        for line in reversed(short):
            spots = [*self._free_spots(line), *self._given_spots(line, standings)]
            if spot := best_spot(standings[line.name], spots):
                self._make_room(line, spot)
                line.take_in(spot.place)
                return True
        return False

    def _free_spots(self, line: Lodger) -> Iterator[Spot]:
        """Give where there is room now, one place of each kind of machine."""
        kinds = set[str]()
        for place in self._open if line.terms.needs else self.places:
            if place.kind not in kinds and self._fits(line, place) and (speed := line.speed_at(place)) is not None:
                kinds.add(place.kind)
                yield Spot(place=place, speed=speed)

    def _given_spots(self, line: Lodger, standings: Mapping[str, Standing]) -> Iterator[Spot]:
        """Give where there would be room if idle workers of others went, first those of whoever is soonest through."""
        others = [other for other in self._lodgers if other is not line and other.spare_speeds()]
        others.sort(key=lambda other: drain_seconds(standings[other.name]))
        for place in {place: None for other in others for place in other.spare_speeds()}:
            speed, free, givers = line.speed_at(place), self._free(place), list[tuple[Standing, float]]()
            for other in others:
                goes = 0.0
                for each in other.spare_speeds().get(place, ()):
                    if free < line.terms.needs - _CRUMB:
                        free, goes = free + other.terms.needs, goes + each
                if goes:
                    givers.append((standings[other.name], goes))
            if speed is not None and givers and free >= line.terms.needs - _CRUMB:
                yield Spot(place=place, speed=speed, givers=tuple(givers))

    def _make_room(self, line: Lodger, spot: Spot) -> None:
        givers = {giver.line for giver, _ in spot.givers}
        for other in self._lodgers:
            while other.name in givers and not self._fits(line, spot.place) and spot.place in other.spare_speeds():
                other.give_up(spot.place)

    def _fits(self, line: Lodger, place: Place) -> bool:
        return self._free(place) >= line.terms.needs - _CRUMB

    def _free(self, place: Place) -> float:
        return place.size - self._taken.get(place, 0.0)
