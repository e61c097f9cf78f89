"""The director agent looks up from the work: once at every point, before anything new is made beyond it.

What it decides is pure (`agents.steering`); here the journal is read, and what was decided is written, all of one point
in one transaction. A point that is in the journal is never looked at again, whoever drives.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

import structlog

from ..agents.remedies import Situation
from ..agents.steering import Course, chosen, corrected, steer
from ..core.brief import Brief, Delegation
from ..core.canonical import from_json, to_json
from ..core.change import Change, Difference
from ..core.course import Correction, CourseAsked, CourseCorrected, CourseLooked, Effect, Evidence, Gift, QuestionsPut
from ..core.errors import StaleDecision
from ..core.fact import Fact, MoneyMoved, PlanChanged, QuestionAsked
from ..core.money import to_usd
from ..core.plan import Plan, Task
from .amendments import amended_brief
from .reallotting import chance_of, money_moves
from .seen import Seen, is_untouched
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
        self.looking = asyncio.Lock()
        """Held while something is decided here; who moves money meanwhile would move it twice."""

    async def look(self) -> bool:
        """Look at every point that is newly reached, and carry out what a person agreed to; say whether any."""
        self._seen.catch_up()
        if not self._is_due():
            return False
        async with self.looking:
            self._seen.catch_up()
            while self._is_due():
                await self._answer()
                if point := self._next_point():
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
        return bool(self._next_point() or self._agreed())

    def _next_point(self) -> str:
        """Name the first point that is reached and was not looked at; empty where there is none."""
        done = self._stage.journal.history.points
        return next((point for point in self._seen.points() if point not in done), "")

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
        """Write what is done and asked at a point, in one transaction, and go on with tasks as they are then."""
        facts, changed = list[Fact](), list[tuple[int, Sequence[Task]]]()
        for by, one in course.corrections:
            number = len(self._stage.journal.history.changes) + len(changed) + 1
            done, tasks = await asyncio.to_thread(self._carried_out, point, course, one, by, number)
            facts += done
            changed += [(number, tasks)] if tasks else []
        if course.question:
            facts.append(_question(point, course, course.question, is_held=self._policy.ask == "digest"))
        try:
            await self._stage.journal.record(*(facts or [CourseLooked(point=point, evidence=course.evidence)]))
        except StaleDecision as error:  # a person changed the plan in the same moment; it is looked at once more
            log.info("correction_put_off", point=point, why=str(error))
            await self._stage.journal.refresh()
            return
        for nth, after in changed:
            self._stage.change(after, nth)
        log.info("course_looked", point=point, corrections=len(course.corrections), asked=course.question is not None)

    def _carried_out(
        self, point: str, course: Course, one: Correction, by: str, number: int
    ) -> tuple[list[Fact], list[Task]]:
        """Give the facts that carry out a correction, and its tasks as they are then. Blocking."""
        if one.kind == "money":
            return [_corrected(point, course, one, by, 0), *_moves(one)], []
        before = [self._stage.tasks[name] for name in one.tasks if self._is_untouched(name)]
        still = replace(one, tasks=tuple(task.name for task in before))
        if not before:  # it came too late; what a person agreed to is not tried again
            return ([_corrected(point, course, still, by, 0)] if by.startswith("person:") else []), []
        fact = _corrected(point, course, still, by, number)
        after = [corrected(task, still, f"{by}: {fact.why}") for task in before]
        return [fact, self._change(number, still, by, list(zip(before, after, strict=True)))], after

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
        return amended_brief(self._brief_digest, self._stage.journal.history, self._stage.store)

    @cached_property
    def _brief_digest(self) -> str:
        planned = self._stage.journal.history.planned
        plan: Plan = from_json(Plan, self._stage.store.get(planned.plan_digest if planned else ""))
        return plan.brief_digest


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
