"""Makers that only call a service: threads of this process, so that many at once cost neither cores nor processes.

Their keys stay in the process that was given them, whatever cluster the other makers work on.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from ..core.crew import MakerSpec
from ..core.errors import CallsheetError, ChargeUnknown
from ..core.ports import Maker
from ..core.take import Made, Recipe
from .frame import NoPicture
from .hosting import build_maker, make_all
from .lines.hand import Job, Place, Reply
from .lines.line import Line
from .lines.room import Room
from .lines.terms import Terms

T = TypeVar("T")

Order = tuple[Recipe, Mapping[str, bytes]]
"""What a maker is asked for, and the bytes of its ingredients."""

DEADLINE_SECONDS: Final = 240.0
_LOAD_SECONDS: Final = 0.01
"""Of a caller, who brings nothing; the one maker they share is built before."""

_FOREVER_SECONDS: Final = 1e9


def deadline_of(spec: MakerSpec) -> float:
    """Give the seconds a call to the maker's service may take in all: its setting `deadline_seconds`."""
    return float(spec.settings.get("deadline_seconds", DEADLINE_SECONDS))


class ServiceLine(Line[Order, Made]):
    """A line to a service: as many calls at once as the maker may have replicas."""

    def __init__(self, spec: MakerSpec, *, grace_seconds: float = 15.0) -> None:
        """Prepare the line.

        Args:
            spec: the maker's.
            grace_seconds: a maker keeps its deadline itself; whoever waits for it gives up that much later.
        """
        self._maker = maker = _Shared(spec)
        terms = Terms(
            at_most=spec.replicas_max,
            call_seconds=_FOREVER_SECONDS,
            start_seconds=_FOREVER_SECONDS,
            idle_seconds=_FOREVER_SECONDS,
            take_seconds=spec.seconds,
            load_seconds=_LOAD_SECONDS,
        )

        def hire(name: str, place: Place) -> Caller:
            return Caller(name=name, maker=maker, seconds=deadline_of(spec) + grace_seconds)

        super().__init__(spec.name, hire, Room(), terms)

    async def open(self, at_least: int) -> None:
        """See that the service can be called, and have callers ready; raises what kept the maker from being built."""
        await aside(self._maker.get)
        await super().open(at_least)


@dataclass(slots=True)
class _Shared:
    """One maker for all the callers of a line, built by the first."""

    spec: MakerSpec
    _maker: Maker | None = None
    _building: threading.Lock = field(default_factory=threading.Lock)

    def get(self) -> Maker:
        with self._building:
            self._maker = self._maker or build_maker(self.spec)
            return self._maker


@dataclass(slots=True, kw_only=True, eq=False)
class Caller:
    """Waits for one call at a time; a thread that outlasts its deadline is left to itself."""

    name: str
    maker: _Shared
    seconds: float

    async def ready(self) -> None:
        """Nothing to bring."""

    async def do(self, jobs: Sequence[Job[Order]]) -> Sequence[Reply[Made]]:
        """Have the calls made, one after another."""
        recipes, given = [job.asked[0] for job in jobs], [job.asked[1] for job in jobs]
        answers: Sequence[Made | CallsheetError]
        try:
            async with asyncio.timeout(self.seconds * len(jobs)):
                answers = await aside(lambda: make_all(self.maker.get(), recipes, given))
        except TimeoutError:
            what = f"no answer within {self.seconds:g} s (setting `deadline_seconds`)"
            answers = [ChargeUnknown(recipe.maker, what) for recipe in recipes]
        return [(job.token, self._told(answer)) for job, answer in zip(jobs, answers, strict=True)]

    def _told(self, answer: Made | CallsheetError) -> Made | CallsheetError:
        """Sign a picture; a service that handed over something else has delivered, as far as it knows."""
        if isinstance(answer, NoPicture):
            return ChargeUnknown(answer.maker, answer.what, answer="spoilt")
        return replace(answer, worker=self.name) if isinstance(answer, Made) else answer

    def dismiss(self) -> None:
        """Nothing to end: what is being asked is paid for already."""


async def aside(work: Callable[[], T]) -> T:
    """Do something that blocks on a thread of its own, which nobody waits for when the process ends."""
    loop = asyncio.get_running_loop()
    told = loop.create_future()

    def settle(answer: T | None, error: BaseException | None) -> None:
        if told.done():
            return
        if error is not None:
            told.set_exception(error)
        else:
            told.set_result(answer)

    def run() -> None:
        answer, trouble = None, None
        try:
            answer = work()
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            trouble = error
        with suppress(RuntimeError):  # its loop is closed
            loop.call_soon_threadsafe(settle, answer, trouble)

    threading.Thread(target=run, name="callsheet-call", daemon=True).start()
    result: T = await told
    return result
