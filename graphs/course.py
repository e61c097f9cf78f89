"""Answering what the director agent asks about the course of a production, from any process."""

from pathlib import Path

from ..core.course import CourseDecided
from ..core.errors import StaleDecision, UnknownName
from ..core.settings import Settings
from .approvals import is_answerable
from .deciding import opened


async def answer_course(
    folder: str | Path,
    point: str,
    *,
    is_agreed: bool,
    by: str,
    note: str = "",
    settings: Settings | None = None,
) -> CourseDecided:
    """Record a person's answer; whoever drives the production carries out what was agreed to, and so does the next run.

    Args:
        folder: of the production.
        point: of the question, as the inbox gives it.
        is_agreed: whether to do what was proposed.
        by: the person's name.
        note: why, in the person's words.
        settings: as in `produce`.

    Raises:
        UnknownName: nothing was asked there.
        StaleDecision: it was answered before, or all that it was about has begun by now.
        OutputError: there is no production. In all cases nothing was recorded.
    """
    async with opened(folder, settings, mode="write") as (standing, journal):
        history = standing.history
        asked = history.course_questions.get(point)
        if asked is None:
            raise UnknownName("question about the course", point, list(history.course_questions))
        if earlier := history.course_answers.get(point):
            raise StaleDecision("the course", f"{earlier.by} already {'agreed' if earlier.is_agreed else 'refused'}")
        if not is_answerable(asked, history):
            raise StaleDecision("the course", "all that the question was about has begun by now")
        decided = CourseDecided(point=point, is_agreed=is_agreed, by=by, note=note)
        await journal.record(decided)
        return decided
