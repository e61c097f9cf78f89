"""What a person is asked, and what an answer does. Decisions are objects, unique per task and round."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..core.course import CourseAsked, CourseDecided
from ..core.decision import Decision
from ..core.errors import StaleDecision, UnknownName
from ..core.fact import DecisionTaken, Fact, QuestionAsked, TakeMade, TakePublished
from ..core.history import History
from ..core.take import Take, take_id
from ..core.task_record import TaskRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One row of the director's inbox."""

    task: str
    """Empty where it is about the course of the whole production."""
    take: str
    digest: str
    question: str
    point: str = ""
    """Where on the course it was asked; approving or rejecting it answers it."""

    @property
    def about(self) -> str:
        """Name what it is about, as an answer names it."""
        return self.task or self.point


def inbox(history: History) -> tuple[Question, ...]:
    """List what waits for the director, in the order it was asked.

    What is held back for the next digest is left out until that was put. A question about the course holds nothing up:
    once all that it is about has begun, it is gone.
    """
    return tuple(
        row
        for place, entry in enumerate(history.entries)
        if isinstance(entry.fact, QuestionAsked | CourseAsked) and (not entry.fact.is_held or place < history.put)
        if (row := _row_of(entry.fact, history))
    )


def _row_of(asked: QuestionAsked | CourseAsked, history: History) -> Question | None:
    match asked:
        case QuestionAsked():
            is_open = history.tasks[asked.task].question is asked
            return (
                Question(task=asked.task, take=asked.take, digest=asked.digest, question=asked.question)
                if is_open
                else None
            )
        case CourseAsked():
            is_open = asked.point not in history.course_answers and is_answerable(asked, history)
            return (
                Question(task="", take="", digest="", question=asked.question, point=asked.point) if is_open else None
            )


def is_answerable(asked: CourseAsked, history: History) -> bool:
    """Say whether a correction that was asked about could still be carried out for anything."""
    records = [history.tasks[name] for name in asked.correction.tasks]
    if asked.correction.kind == "money":
        return any(record.unfinished and record.unfinished.cause == "money" for record in records)
    return not all(record.takes or record.routes for record in records)


def answer_of(history: History, point: str, *, is_agreed: bool, by: str, note: str) -> CourseDecided:
    """Answer a question about the course.

    Raises:
        UnknownName: nothing was asked there.
        StaleDecision: it was answered before, or all that it is about has begun by now.
    """
    asked, earlier = history.course_questions.get(point), history.course_answers.get(point)
    if asked is None:
        raise UnknownName("question about the course", point, list(history.course_questions))
    if earlier:
        raise StaleDecision("the course", f"{earlier.by} already {'agreed' if earlier.is_agreed else 'refused'}")
    if not is_answerable(asked, history):
        raise StaleDecision("the course", "all that the question is about has begun by now")
    return CourseDecided(point=point, is_agreed=is_agreed, by=by, note=note)


def approval_of(record: TaskRecord, task: str, take: str | None, *, by: str, note: str) -> Decision:
    """Approve a take: the one named, or else the one the task stands or waits on.

    Raises:
        UnknownName: there is no such take.
        StaleDecision: the task has no take to approve, or is approved as it is.
    """
    chosen = take_named(record, task, take) if take else record.standing_take
    if chosen is None:
        raise StaleDecision(task, "has no take yet, so there is nothing to approve")
    if record.approval:
        raise StaleDecision(task, f"{record.approval.by} already decided {record.approval.action!r}")
    if record.accepted and record.accepted.digest == chosen.digest and record.accepted.is_by_person:
        raise StaleDecision(task, f"{chosen.id} is approved already by {record.accepted.accepted_by}")
    return Decision(task=task, digest=chosen.digest, round=len(record.decisions), action="approve", by=by, note=note)


def rework_of(record: TaskRecord, task: str, action: str, *, by: str, note: str) -> Decision:
    """Send a task back (`reject` or `retake`), or leave it out (`omit`).

    Raises:
        StaleDecision: there is no take to reject.
        UnknownName: the action is none of the three.
    """
    standing = record.standing_take
    digest = standing.digest if standing else ""
    match action:
        case "reject" | "retake" | "omit":
            if action == "reject" and not standing:
                raise StaleDecision(task, "has no take yet, so there is nothing to reject")
            return Decision(task=task, digest=digest, round=len(record.decisions), action=action, by=by, note=note)
        case _:
            raise UnknownName("decision", action, ("approve", "reject", "retake", "omit"))


def check_current(
    history: History,
    task: str,
    *,
    digest: str | None,
    round: int | None,  # noqa: A002 - as the decision calls it
) -> None:
    """Refuse a decision about what the person was shown where something else stands by now.

    Args:
        history: as new as can be.
        task: which task.
        digest: the picture that stood for it, empty where none did; None asks nobody.
        round: how many decisions it had; None as above.

    Raises:
        StaleDecision: somebody decided in the meantime, or another picture stands; says who, what and when.
    """
    record = history.tasks[task]
    if round is not None and len(record.decisions) != round:
        raise StaleDecision(task, _last_decision(history, task))
    standing = record.standing_take
    if digest is not None and digest != (standing.digest if standing else ""):
        shown = next((one.id for one in record.takes if one.digest == digest), "no take")
        raise StaleDecision(task, f"you were shown {shown}, and {_what_stands(history, task, standing)}")


def _last_decision(history: History, task: str) -> str:
    for entry in reversed(history.entries):
        if isinstance(entry.fact, DecisionTaken) and entry.fact.task == task:
            one = entry.fact.decision
            about = next((take.id for take in history.tasks[task].takes if take.digest == one.digest), "the task")
            why = f" ({one.note})" if one.note else ""
            return f"{one.by} decided {one.action!r} about {about} at {_moment(entry.at)}{why}"
    return "it had decisions that are not in this journal"


def _what_stands(history: History, task: str, standing: Take | None) -> str:
    if standing is None:
        return "no take of it stands now"
    facts = [one for one in history.entries if _is_about(one.fact, task, standing)]
    accepted = next((one.fact for one in reversed(facts) if isinstance(one.fact, TakePublished)), None)
    by = f", accepted by {accepted.accepted_by.removeprefix('person:')}" if accepted else ""
    return f"{standing.id} stands now{by} at {_moment(facts[-1].at)}"


def _is_about(fact: Fact, task: str, take: Take) -> bool:
    match fact:
        case TakeMade():
            return fact.task == task and fact.take.id == take.id
        case TakePublished() | QuestionAsked():
            return fact.task == task and fact.take == take.id
        case _:
            return False


def _moment(at: str) -> str:
    return f"{at[:10]} {at[11:19]} UTC"


def take_named(record: TaskRecord, task: str, take: str) -> Take:
    """Find a take a person names, as `2` or `keep/t02`; raises `UnknownName` with those there are."""
    known: Sequence[str] = [one.id for one in record.takes]
    name = take_id(task, int(take)) if take.isdigit() else take
    found = record.take(name)
    if found is None:
        raise UnknownName(f"take of {task}", take, known)
    return found
