"""The director agent looks up from the work: once at every point, before anything new is made beyond it.

What it decides is pure (`agents.steering`); here the journal is read, and what was decided is written, all of one point
in one transaction. A point that is in the journal is never looked at again, whoever drives.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import structlog

from ..agents.remedies import First, Situation, Team
from ..agents.steering import Course, chosen, corrected, in_order, looks, shares, steer
from ..core.brief import Brief, Delegation
from ..core.canonical import from_json, to_json
from ..core.change import Change, Difference
from ..core.course import Correction, CourseAsked, CourseCorrected, CourseLooked, Effect, Evidence, Gift, QuestionsPut
from ..core.decision import Rewrite
from ..core.errors import StaleDecision
from ..core.fact import (
    Fact,
    MoneyMoved,
    PlanChanged,
    QuestionAsked,
    TakeJudged,
    TakeMade,
    TakePublished,
    TaskUnfinished,
)
from ..core.history import TaskRecord
from ..core.money import to_micros, to_usd
from ..core.plan import Plan, Task
from .amendments import read_change
from .reallotting import chance_of, money_moves
from .stage import Stage

log = structlog.get_logger()

AT_THE_END: Final = "money:end"
"""Where nothing else is left to do, and money would buy takes that nobody may move it for."""


class Steering:
    """Steers one production that runs."""

    def __init__(self, stage: Stage, policy: Delegation) -> None:
        """Begin; what happened before is known."""
        self._stage, self._policy = stage, policy
        self._seen = Seen(stage)
        self._looking = asyncio.Lock()

    async def look(self) -> bool:
        """Look at every point that is newly reached, and carry out what a person agreed to; say whether any."""
        self._seen.catch_up()
        if not self._is_due():
            return False
        async with self._looking:
            self._seen.catch_up()
            while self._is_due():
                await self._answer()
                for point in [one for one in self._seen.points() if one not in self._stage.journal.history.points][:1]:
                    await self._at(point)
                self._seen.catch_up()
            return True

    async def ask_about_money(self) -> bool:
        """Ask once whether money that is left over may move, where no policy allows it; say whether it was asked."""
        history = self._stage.journal.history
        asked = [point for point, one in history.course_questions.items() if one.correction.kind == "money"]
        agreed = [point for point in asked if (answer := history.course_answers.get(point)) and answer.is_agreed]
        if self._policy.ask == "never" or AT_THE_END in history.points or asked != agreed:
            return False
        moves = money_moves(self._stage)
        if moves:
            await self._record(AT_THE_END, Course(question=_money(moves, self._stage)))
        return bool(moves)

    async def put_questions(self) -> None:
        """Put before the director what was held back, now that nothing is left to do without an answer."""
        history = self._stage.journal.history
        held = sum(
            isinstance(entry.fact, QuestionAsked | CourseAsked) and entry.fact.is_held
            for entry in history.entries[history.put :]
        )
        if held:
            await self._stage.journal.record(QuestionsPut(questions=held))

    def _is_due(self) -> bool:
        history = self._stage.journal.history
        return any(one not in history.points for one in self._seen.points()) or bool(self._agreed())

    def _agreed(self) -> list[CourseAsked]:
        """List what a person agreed to and nobody has carried out."""
        history = self._stage.journal.history
        done = {one.point for one in history.corrections if one.by.startswith("person:")}
        return [
            asked
            for point, asked in history.course_questions.items()
            if point not in done and (answer := history.course_answers.get(point)) and answer.is_agreed
        ]

    async def _answer(self) -> None:
        for asked in self._agreed():
            answer = self._stage.journal.history.course_answers[asked.point]
            agreed = asked.correction
            if agreed.kind == "money":
                agreed = _money(money_moves(self._stage), self._stage)
            by = f"person:{answer.by}"
            await self._record(asked.point, Course(corrections=((by, agreed),), evidence=asked.evidence))

    async def _at(self, point: str) -> None:
        """Look at one point and record what comes of it."""
        kind, _, rest = point.partition(":")
        history, stage = self._stage.journal.history, self._stage
        if kind in ("first", "gate"):
            department, _, count = rest.rpartition(":")
            teams = [self._seen.team(department, kind, int(count))]
        else:
            teams = [self._seen.team(name, "first", None) for name in self._seen.departments]
        settled = {one.correction.theme for one in history.corrections}
        settled |= {one.correction.theme for one in history.course_questions.values()}
        now = Situation(
            crew=stage.crew,
            odds=stage.odds,
            policy=self._policy,
            departments=len(self._seen.departments),
            look=(await asyncio.to_thread(self._brief)).look,
            settled=frozenset(settled),
        )
        course = await asyncio.to_thread(steer, teams, now)
        if kind not in ("first", "gate") and (moves := money_moves(stage)):
            course = self._with_money(course, _money(moves, stage), is_settled=("money", "", "") in settled)
        await self._record(point, course)

    def _with_money(self, course: Course, money: Correction, *, is_settled: bool) -> Course:
        """Add what others left over: as often as a policy allows it, and to one question at most."""
        if not self._policy.move_money and is_settled:
            return course
        both = [one for one in (course.question, money) if one]
        added = chosen(both, self._policy, course.evidence)
        return replace(added, corrections=(*course.corrections, *added.corrections))

    async def _record(self, point: str, course: Course) -> None:
        facts, changes = list[Fact](), list[tuple[int, Sequence[Task]]]()
        number = len(self._stage.journal.history.changes)
        for by, one in course.corrections:
            tasks = [self._stage.tasks[name] for name in one.tasks if self._is_untouched(name)]
            if one.kind == "money":
                facts += [_corrected(point, course, one, by, 0), *_moves(one)]
            elif not tasks and by.startswith("person:"):  # it came too late, and is not tried again
                facts.append(_corrected(point, course, replace(one, tasks=()), by, 0))
            elif tasks:
                number += 1
                one = replace(one, tasks=tuple(task.name for task in tasks))  # noqa: PLW2901 - as it can be by now
                fact = _corrected(point, course, one, by, number)
                after = [corrected(task, one, f"{by}: {fact.why}") for task in tasks]
                facts += [
                    fact,
                    await asyncio.to_thread(self._change, number, one, by, list(zip(tasks, after, strict=True))),
                ]
                changes.append((number, after))
        if course.question:
            facts.append(_question(point, course, course.question, is_held=self._policy.ask == "digest"))
        if not facts:
            facts.append(CourseLooked(point=point, evidence=course.evidence))
        try:
            await self._stage.journal.record(*facts)
        except StaleDecision as error:  # a person changed the plan in the same moment; it is looked at once more
            log.info("correction_put_off", point=point, why=str(error))
            await self._stage.journal.refresh()
            return
        for nth, done in changes:
            self._stage.change(done, nth)
        log.info("course_looked", point=point, corrections=len(course.corrections), asked=course.question is not None)

    def _is_untouched(self, name: str) -> bool:
        return self._stage.is_current(name) and is_untouched(self._stage.journal.history.tasks[name])

    def _change(self, number: int, one: Correction, by: str, tasks: Sequence[tuple[Task, Task]]) -> PlanChanged:
        """Store what tasks become, and give the fact that says so. Blocking."""
        differences = tuple(_difference(before, after, one) for before, after in tasks)
        change = Change(brief=self._brief(), tasks=tuple(after for _, after in tasks), differences=differences)
        digest = self._stage.store.put(to_json(change).encode())
        names = tuple(after.name for _, after in tasks)
        who = by.removeprefix("person:")
        return PlanChanged(
            number=number, tasks=names, change_digest=digest, about=one.department, by=who, note=one.does
        )

    def _brief(self) -> Brief:
        """Give the brief as it is by now. Blocking."""
        history, store = self._stage.journal.history, self._stage.store
        if history.changes:
            return read_change(history.changes[-1], store).brief
        planned = history.planned.plan_digest if history.planned else ""
        plan: Plan = from_json(Plan, store.get(planned))
        return from_json(Brief, store.get(plan.brief_digest))


class Seen:
    """What the journal showed so far, kept up at the cost of what is new."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._read = 0
        self._micros, self._seconds = 0, 0.0
        self._judged, self._ended = set[str](), set[str]()
        self._order: dict[str, tuple[str, ...]] = {}
        self._places: dict[tuple[str, str], tuple[int, int]] = {}
        """By kind of point and department: how far the first tasks are done without a gap, and how many those are."""
        self._expected_seconds = 0.0
        self._tasks = 0

    @property
    def departments(self) -> tuple[str, ...]:
        """Name those that have tasks."""
        return tuple(self._order)

    def catch_up(self) -> None:
        """Take in what was written since the last time."""
        if self._tasks != len(self._stage.tasks):
            tasks = tuple(self._stage.tasks.values())
            self._order, self._tasks = in_order(tasks), len(tasks)
            self._places.clear()
            self._expected_seconds = sum(self._stage.expected(task).seconds for task in tasks)
        entries = self._stage.journal.history.entries
        for entry in entries[self._read :]:
            self._hear(entry.fact)
        self._read = len(entries)

    def points(self) -> Iterator[str]:
        """Name every point that is reached, in the order in which they are looked at."""
        for name in self._order:
            yield from (f"first:{name}:{size}" for size in looks(self._count("first", name, self._judged)))
            yield from (f"gate:{name}:{size}" for size in looks(self._count("gate", name, self._ended)))
        budget = to_micros(self._stage.journal.bill().budget_usd)
        yield from (f"tasks:{share}" for share in shares(len(self._ended) / max(1, self._tasks)))
        yield from (f"money:{share}" for share in shares(self._micros / budget if budget else 0.0))
        if self._expected_seconds:
            yield from (f"time:{share}" for share in shares(self._seconds / self._expected_seconds))

    def team(self, name: str, kind: str, count: int | None) -> Team:
        """Show a department: its first takes, or how its tasks ended, as far as a point goes; None is all there is."""
        history = self._stage.journal.history
        names = self._prefix(name, self._judged if kind == "first" else self._ended)[:count]
        ended = self._prefix(name, self._ended) if count is None else names if kind == "gate" else []
        records = {one: history.tasks[one] for one in self._order[name]}
        return Team(
            name=name,
            prefers=self._stage.prefers.get(name, ()),
            firsts=tuple(first for one in names if (first := _first(self._stage.tasks[one], records[one]))),
            ended=tuple(
                (self._stage.tasks[one], passed) for one in ended if (passed := _passed(records[one])) is not None
            ),
            reworded=tuple(passed for one in names for passed in _reworded(records[one])),
            waiting=tuple(self._stage.tasks[one] for one, record in records.items() if is_untouched(record)),
        )

    def _count(self, kind: str, name: str, done: set[str]) -> int:
        """Count a department's first tasks as `_prefix` does, at the cost of those that are new."""
        place, count = self._places.get((kind, name), (0, 0))
        names, tasks = self._order[name], self._stage.journal.history.tasks
        while place < len(names) and (names[place] in done or _is_out(tasks[names[place]])):
            count += names[place] in done
            place += 1
        self._places[kind, name] = place, count
        return count

    def _prefix(self, name: str, done: set[str]) -> list[str]:
        """Give a department's first tasks, as far as all are done; what people took out of the work is left out."""
        found = list[str]()
        for one in self._order[name]:
            if one in done:
                found.append(one)
            elif not _is_out(self._stage.journal.history.tasks[one]):
                break
        return found

    def _hear(self, fact: Fact) -> None:
        match fact:
            case TakeMade():
                self._micros += fact.micros
                self._seconds += fact.take.seconds
            case TakeJudged():
                self._judged.add(fact.task)
            case TakePublished() | TaskUnfinished() | QuestionAsked():
                self._ended.add(fact.task)


def is_untouched(record: TaskRecord) -> bool:
    """Say whether nobody has begun a task, or decided about it."""
    return not (
        record.takes or record.routes or record.accepted or record.approval or record.decisions or _is_out(record)
    )


def _is_out(record: TaskRecord) -> bool:
    return record.is_omitted or record.cancelled is not None or record.paused is not None


def _first(task: Task, record: TaskRecord) -> First | None:
    first = next(iter(record.takes), None)
    if first is None or first.recipe is None or first.id not in record.verdicts:
        return None
    return First(task=task, maker=first.recipe.maker, verdict=record.verdicts[first.id])


def _passed(record: TaskRecord) -> bool | None:
    """Say whether a task that ended passed its gate; None where something else ended it."""
    if any(verdict.passed for verdict in record.verdicts.values()):
        return True
    return None if record.unfinished and record.unfinished.cause != "gate" else False


def _reworded(record: TaskRecord) -> Iterator[bool]:
    for before, after in zip(record.takes, record.takes[1:], strict=False):
        if isinstance(record.moves.get(before.id), Rewrite) and after.id in record.verdicts:
            yield record.verdicts[after.id].passed


def _money(moves: Sequence[MoneyMoved], stage: Stage) -> Correction:
    gifts = tuple(
        Gift(task=move.task, micros=move.micros, gave=tuple(move.gave.items()), why=move.why) for move in moves
    )
    expected = Effect(
        takes=len(moves),
        usd=to_usd(sum(move.micros for move in moves)),
        passes=round(sum(chance_of(move, stage) for move in moves), 4),
    )
    names, nothing = tuple(move.task for move in moves), Effect(takes=0, usd=0, passes=0)
    return Correction(kind="money", department="", tasks=names, gifts=gifts, as_is=nothing, expected=expected)


def _moves(correction: Correction) -> list[MoneyMoved]:
    return [MoneyMoved(task=one.task, micros=one.micros, gave=dict(one.gave), why=one.why) for one in correction.gifts]


def _corrected(point: str, course: Course, one: Correction, by: str, change: int) -> CourseCorrected:
    about = _about(one, course.evidence)
    return CourseCorrected(point=point, correction=one, evidence=about, why=_why(one, about), by=by, change=change)


def _question(point: str, course: Course, one: Correction, *, is_held: bool) -> CourseAsked:
    about = _about(one, course.evidence)
    return CourseAsked(
        point=point,
        question=f"{_why(one, about)}. Shall I {one.does}?",
        correction=one,
        evidence=about,
        is_held=is_held,
    )


def _about(one: Correction, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Choose what speaks for a correction: what was least likely in its department."""
    own = [seen for seen in evidence if seen.department == one.department]
    return tuple(sorted(own, key=lambda seen: seen.chance)[:1])


def _why(one: Correction, about: Sequence[Evidence]) -> str:
    return "; ".join([*(seen.says for seen in about), one.hopes])


def _difference(before: Task, after: Task, one: Correction) -> Difference:
    match one.kind:
        case "reroute":
            return Difference(task=after.name, what="maker", before=one.instead, after=after.maker)
        case "reword":
            return Difference(task=after.name, what="prompt", before=before.prompt, after=after.prompt)
        case "ease":
            return Difference(task=after.name, what="requirement", before=one.to, after=f"{one.to}, as a wish")
        case "rounds" | "money":
            rounds = f"{before.gate.rounds} rounds", f"{after.gate.rounds} rounds"
            return Difference(task=after.name, what="gate", before=rounds[0], after=rounds[1])
