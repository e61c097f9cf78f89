"""Looking into a production and deciding about it, from any process, whether or not it is being driven."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..core.canonical import from_json
from ..core.decision import Decision, Note
from ..core.errors import NotAPicture, NothingToDo, OutputError, UnknownName
from ..core.fact import DecisionTaken, Fact, NoteMade, TakeMade
from ..core.history import History
from ..core.money import Bill
from ..core.plan import Plan, Task
from ..core.settings import Settings, read_settings
from ..core.take import Take, take_id
from ..core.task_record import TaskRecord
from ..tools.asset_home import Assets, open_assets
from ..tools.journal import SqliteJournal
from ..tools.pictures import read_picture
from .amendments import amended
from .approvals import answer_of, approval_of, check_current, rework_of
from .folder import Folder
from .orders import meant
from .standing import Step, step_of
from .studio import open_studio

_LEAST_SIDE_PX = 16
"""What is smaller is an icon or a slip, not a take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A production as its folder tells it now."""

    folder: Path
    plan: Plan
    history: History
    bill: Bill

    def task(self, name: str) -> tuple[Task, TaskRecord]:
        """Find a task and what happened to it; raises `UnknownName` with the nearest names."""
        names = [task.name for task in self.plan.tasks]
        if name not in names:
            raise UnknownName("task", name, names)
        return self.plan.task(name), self.history.tasks[name]

    def step(self, name: str) -> Step:
        """Say what is due for a task; `accepted`, `unfinished`, `waiting`, `paused` and `blocked` mean nothing."""
        task, _ = self.task(name)
        return step_of(task, self.history)

    def picture_at(self, take: Take) -> str:
        """Say where a take's picture lies: a file's path, or an object's address."""
        return self.store.address_of(take.digest)

    @property
    def store(self) -> Assets:
        """Where its assets are kept."""
        return open_assets(Folder(self.folder).inner)


async def look(folder: str | Path, settings: Settings | None = None) -> Standing:
    """Read a production without touching it.

    Raises:
        OutputError: the folder holds no production.
    """
    async with opened(folder, settings, mode="read") as (standing, _):
        return standing


@asynccontextmanager
async def opened(
    folder: str | Path, settings: Settings | None, *, mode: Literal["read", "write"]
) -> AsyncIterator[tuple[Standing, SqliteJournal]]:
    """Open a production for a person at a door, beside whoever drives it; raises `OutputError` where there is none."""
    place = Folder(Path(folder))
    place.check_holds_production()
    studio = open_studio(settings or read_settings())
    stop_file = studio.settings.stop_place
    journal = SqliteJournal.open(place.journal, clock=studio.clock, mode=mode, stop_file=stop_file)
    try:
        yield standing_of(place, journal), journal
    finally:
        await journal.close()


async def decide(
    folder: str | Path,
    task: str,
    action: str,
    *,
    by: str,
    take: str | None = None,
    note: str = "",
    digest: str | None = None,
    round: int | None = None,  # noqa: A002 - as the decision calls it
    settings: Settings | None = None,
) -> Decision:
    """Record a person's decision; the next run of the production carries it out.

    Args:
        folder: of the production.
        task: which task; or the point of a question about the course, to approve or reject what was proposed there.
        action: `approve`, `reject`, `retake` or `omit`.
        by: the person's name.
        take: for `approve`, which take (`keep/t02`, or just `2`); None is the one the task stands or waits on.
        note: why, in the person's words.
        digest: the picture that stood for the task when the person looked, empty where none did; None asks nobody.
        round: how many decisions the task had then; None as above.
        settings: as in `produce`.

    Raises:
        UnknownName, StaleDecision, OutputError: nothing was recorded.
    """
    async with opened(folder, settings, mode="write") as (standing, journal):
        if task in standing.history.course_questions:
            return await _answer(standing, journal, task, action, by=by, note=note)
        _, record = standing.task(task)
        check_current(standing.history, task, digest=digest, round=round)
        if action == "approve":
            decision = approval_of(record, task, take, by=by, note=note)
        else:
            decision = rework_of(record, task, action, by=by, note=note)
        facts: list[Fact] = [DecisionTaken(task=task, decision=decision)]
        if note:
            facts.append(NoteMade(note=Note(about=task, text=note, by=by)))
        await journal.record(*facts)
        return decision


async def _answer(
    standing: Standing, journal: SqliteJournal, point: str, action: str, *, by: str, note: str
) -> Decision:
    """Answer a question about the course."""
    match action:
        case "approve" | "reject":
            agreed = action == "approve"
            await journal.record(answer_of(standing.history, point, is_agreed=agreed, by=by, note=note))
            return Decision(task=point, digest="", round=0, action=action, by=by, note=note)
        case _:
            raise UnknownName("answer about the course", action, ("approve", "reject"))


async def note(
    folder: str | Path, about: str, text: str, *, by: str, seen: int | None = None, settings: Settings | None = None
) -> Note:
    """Record what a person says about a task, a shot, a department or, with an empty word, the whole; decides nothing.

    Args:
        folder: of the production.
        about: what it is about.
        text: in the person's words.
        by: the person's name.
        seen: how many notes of these very words there were about it when the person looked; None asks nobody.
        settings: as in `produce`.

    Raises:
        NothingToDo, UnknownName, OutputError: nothing was recorded.
    """
    if not text.strip():
        raise NothingToDo("a note without words says nothing", "write what you see")
    async with opened(folder, settings, mode="write") as (standing, journal):
        meant(about, standing.plan)
        same = noted_alike(about, text, standing.history)
        if seen is not None and len(same) > seen:
            raise NothingToDo(f"{same[-1].by} noted that already", "say it in other words to have it noted twice")
        made = Note(about=about, text=text, by=by)
        await journal.record(NoteMade(note=made))
        return made


def noted_alike(about: str, text: str, history: History) -> list[Note]:
    """List the notes of the same words about the same, oldest first."""
    return [one for one in history.notes if (one.about, one.text) == (about, text)]


async def ingest(folder: str | Path, file: str | Path, task: str, settings: Settings | None = None) -> Take:
    """Bring a human-made picture in as a take of a task; the next run judges and publishes it like any other.

    Raises:
        NotAPicture: the file is no picture we take.
        UnknownName, OutputError: no such task or production.
    """
    async with opened(folder, settings, mode="write") as (standing, journal):
        _, record = standing.task(task)
        data = await asyncio.to_thread(read_picture, Path(file))
        width, height = _size_of_png(data)
        if min(width, height) < _LEAST_SIDE_PX:
            raise NotAPicture(str(file), f"it is {width} x {height}, smaller than {_LEAST_SIDE_PX} pixels a side")
        digest = await asyncio.to_thread(standing.store.put, data)
        take = Take(
            id=take_id(task, len(record.takes) + 1),
            task=task,
            number=len(record.takes) + 1,
            origin="ingested",
            recipe=None,
            digest=digest,
            width=width,
            height=height,
            usd=0.0,
            seconds=0.0,
            worker="",
        )
        await journal.record(TakeMade(task=task, key="", token="", micros=0, take=take))
        return take


def standing_of(place: Folder, journal: SqliteJournal) -> Standing:
    """Give a production as its open journal tells it; raises `OutputError` where there is no plan. Blocking."""
    planned = journal.history.planned
    if planned is None:
        raise OutputError(str(place.root), "holds a journal without a plan", "run its brief again with --out")
    store, history = open_assets(place.inner), journal.history
    plan = amended(from_json(Plan, store.get(planned.plan_digest)), history, store)
    return Standing(folder=place.root, plan=plan, history=history, bill=journal.bill())


def _size_of_png(data: bytes) -> tuple[int, int]:
    """Read width and height from a PNG's header (IHDR, bytes 16 to 24)."""
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
