"""A steered production ends the same whoever answers first and wherever its driver is killed."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from callsheet.core.brief import Delegation, DepartmentBrief
from callsheet.core.canonical import to_json
from callsheet.core.course import CourseAsked, CourseCorrected, CourseLooked
from callsheet.core.fact import Fact
from callsheet.core.history import History
from callsheet.core.ports import Journal
from callsheet.core.task_record import AsSeen
from callsheet.graphs.standing import step_of
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

from .production import CREW, WORSE, Production, brief


class Dying:
    """A journal whose process dies after so many facts."""

    def __init__(self, journal: Journal, left: int) -> None:
        self._journal, self._left = journal, left

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)

    async def record(self, *facts: Fact, seen: Sequence[AsSeen] = ()) -> object:
        if self._left <= 0:
            raise RuntimeError("killed")
        written = await self._journal.record(*facts, seen=seen)
        self._left -= len(facts)
        if self._left <= 0:
            raise RuntimeError("killed")
        return written


ONE = replace(CREW, cores=1)


def alone(path: Path | None = None) -> Production:
    """One worker and one place, so that nothing but the kill could change what follows what."""
    asked = brief(Delegation(reroute=True), tasks=9)
    teams = {"cast": DepartmentBrief(workers=1)}
    return Production(replace(asked, departments=teams), {"draft": 0.2, "fine": 0.9}, path, ONE)


@pytest.mark.slow
def test_killed_between_any_two_facts_it_is_corrected_once_and_ends_the_same(tmp_path: Path) -> None:
    calm = alone().drive()
    assert len(calm.facts(CourseCorrected)) == 1
    total = len(calm.history.entries)
    for kill_after in range(1, total, 7):
        path = tmp_path / f"{kill_after}.db"
        killed = alone(path)
        with pytest.raises(ExceptionGroup):
            killed.drive(wrap=lambda journal, left=kill_after: Dying(journal, left))  # type: ignore[misc]
        killed.drive()
        assert killed.accepted() == calm.accepted(), kill_after
        assert killed.facts(CourseCorrected) == calm.facts(CourseCorrected), kill_after
        assert killed.facts(CourseLooked, CourseAsked) == calm.facts(CourseLooked, CourseAsked), kill_after


def test_the_same_journal_gives_the_same_course() -> None:
    first, second = (Production(brief(Delegation(reroute=True)), WORSE).drive() for _ in range(2))
    assert [to_json(one) for one in first.facts(CourseCorrected)] == [
        to_json(one) for one in second.facts(CourseCorrected)
    ]
    again = History.of(first.history.entries)
    assert again.points == first.history.points
    assert again.corrections == first.history.corrections


@pytest.mark.slow
def test_what_is_seen_and_done_at_a_departments_point_does_not_depend_on_who_answers_first() -> None:
    found = set()
    for luck in range(1, 7):
        crew = replace(CREW, cores=6)
        asked = replace(brief(Delegation(reroute=True)), departments={"cast": DepartmentBrief(workers=6)})
        done = Production(asked, {"draft": 0.02, "fine": 0.9}, crew=crew, luck=luck).drive()
        (corrected,) = done.facts(CourseCorrected)
        assert isinstance(corrected, CourseCorrected)
        found.add((corrected.point, corrected.correction.to, corrected.evidence))
        assert {step_of(task, done.history) for task in done.stage.tasks.values()} <= {"accepted", "unfinished"}
    assert len(found) == 1


@pytest.mark.slow
@pytest.mark.parametrize("kill_after", [40, 75, 110, 150, 220])
def test_killed_with_many_at_work_it_is_corrected_once_and_what_was_accepted_stays(
    kill_after: int, tmp_path: Path
) -> None:
    crew = replace(CREW, cores=6)
    asked = replace(brief(Delegation(reroute=True)), departments={"cast": DepartmentBrief(workers=6)})
    killed = Production(asked, {"draft": 0.1, "fine": 0.9}, tmp_path / "journal.db", crew=crew)
    with pytest.raises(ExceptionGroup):
        killed.drive(wrap=lambda journal: Dying(journal, kill_after))  # type: ignore[arg-type, return-value]
    before = killed_history(tmp_path / "journal.db")
    killed.drive()
    assert len(killed.facts(CourseCorrected)) == 1
    points = [one.point for one in killed.facts(CourseLooked, CourseCorrected, CourseAsked)]  # type: ignore[union-attr]
    assert len(points) == len(set(points))
    stood = {name: one.accepted.digest for name, one in before.tasks.items() if one.accepted}
    assert stood.items() <= killed.accepted().items()
    assert {step_of(task, killed.history) for task in killed.stage.tasks.values()} <= {"accepted", "unfinished"}


def killed_history(path: Path) -> History:
    """Read what a killed driver left."""

    async def read() -> History:
        journal = SqliteJournal.open(path, clock=SystemClock())
        await journal.close()
        return journal.history

    return asyncio.run(read())
