"""The director agent looks up from the work: the real floor, nodes and journal on virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from callsheet.agents.director import plan_brief
from callsheet.core.brief import Brief, Delegation, DepartmentBrief, Quality, TaskBrief
from callsheet.core.call import CallVoided
from callsheet.core.canonical import to_json
from callsheet.core.course import CourseAsked, CourseCorrected, CourseDecided, CourseLooked, QuestionsPut
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.fact import (
    Fact,
    Greenlit,
    MoneyMoved,
    MoveChosen,
    PlanChanged,
    ProductionPlanned,
    QuestionAsked,
    TakePublished,
)
from callsheet.core.history import History
from callsheet.core.plan import Plan, Requirement
from callsheet.core.ports import Journal
from callsheet.core.take import Opinion, Score
from callsheet.graphs.amendments import amended
from callsheet.graphs.approvals import inbox
from callsheet.graphs.floor import Floor
from callsheet.graphs.stage import Stage
from callsheet.graphs.standing import step_of
from callsheet.models.simulated import Pace, SimulatedWorkers, share_of
from callsheet.tools.assets import MemoryStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

TOLD = {"existence": 0.9, "technical": 1.0}
"""What the crew file says of both makers."""


def maker(name: str, strength: int, usd: float) -> MakerSpec:
    return MakerSpec(
        name=name, kind="simulated", makes=("still",), usd=usd, seconds=20.0, strength=strength, passes=TOLD
    )


CREW = Crew(
    name="two",
    makers=(maker("draft", 1, 0.001), maker("fine", 2, 0.0011)),
    critics=(CriticSpec(name="eye", kind="fake", checks=("existence", "technical")),),
    cores=2,
)


def brief(policy: Delegation | None, *, tasks: int = 24, quality: Quality | None = None, budget: float = 5.0) -> Brief:
    return Brief(
        title="t",
        quality=quality or Quality(rounds=3),
        budget_usd=budget,
        departments={"cast": DepartmentBrief(workers=2)},
        tasks={f"t{number:02d}": TaskBrief(department="cast", prompt="a castle") for number in range(tasks)},
        delegate=policy,
    )


class Passing(SimulatedWorkers):
    """Takes of a maker pass as often as is said here, always the same ones."""

    def __init__(self, crew: Crew, rates: dict[str, float], luck: int = 0) -> None:
        uneven = Pace(seed=luck) if luck else Pace(seconds=lambda nominal, _: nominal)
        super().__init__(crew, uneven)
        self._rates = rates

    async def look(self, picture: bytes, requirements: object, *_: object, **__: object) -> tuple[Opinion, ...]:
        by, seed = picture.decode().split()[-2:]
        value = 0.99 if share_of(f"{by}/{seed}") < self._rates[by] else 0.01
        asked: tuple[Requirement, ...] = tuple(requirements)  # type: ignore[arg-type]
        return tuple(Score(requirement=one.id, critic="simulated", value=value) for one in asked)


Meanwhile = Callable[[Stage], Awaitable[None]]


class Production:
    """One production, driven as often as it takes; its journal lies in a file where there is one."""

    def __init__(
        self, asked: Brief, rates: dict[str, float], path: Path | None = None, crew: Crew = CREW, luck: int = 0
    ) -> None:
        self.luck = luck
        self.brief, self.rates, self.path, self.crew, self.store = asked, rates, path, crew, MemoryStore()
        self.plan: Plan = plan_brief(asked, crew)
        self.history = History()
        self.spent_usd = 0.0

    def drive(
        self, *, meanwhile: Meanwhile | None = None, wrap: Callable[[Journal], Journal] | None = None
    ) -> "Production":
        self.history = run_virtually(lambda loop: self._drive(loop, meanwhile, wrap))[0]
        return self

    async def _drive(
        self, loop: VirtualLoop, meanwhile: Meanwhile | None, wrap: Callable[[Journal], Journal] | None
    ) -> History:
        journal = SqliteJournal.open(self.path, clock=SystemClock())
        loop.wait_for_real(lambda: journal.is_writing)
        await journal.take_lease("test")
        if not journal.history.planned:
            self.store.put(to_json(self.brief).encode())
            digest = self.store.put(to_json(self.plan).encode())
            await journal.record(
                ProductionPlanned(
                    title="t",
                    brief_digest=self.plan.brief_digest,
                    plan_digest=digest,
                    crew_digest="",
                    seed=0,
                    budget_usd=self.brief.budget_usd,
                    tasks=len(self.plan.tasks),
                ),
                Greenlit(plan_digest=digest, by="test"),
            )
        self.stage = self._stage(wrap(journal) if wrap else journal)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._produce(self.stage))
                if meanwhile:
                    group.create_task(meanwhile(self.stage))  # type: ignore[arg-type]
        finally:
            self.spent_usd = journal.bill().settled_usd
            await journal.close()
        return journal.history

    async def _produce(self, stage: Stage) -> None:
        """Free what a driver that ended left open, as a production does, and run the floor."""
        left = [call for call in stage.journal.history.calls.values() if call.state in ("reserved", "sent")]
        voids = [CallVoided(key=call.key, task=call.task, token=call.token, why="interrupted") for call in left]
        if voids:
            await stage.journal.record(*voids)
        await Floor(stage, self.plan.departments, lambda _: 20.0, listens_every=5.0).run()

    def _stage(self, journal: Journal) -> Stage:
        return Stage(
            production="test",
            seed=0,
            tasks={task.name: task for task in amended(self.plan, journal.history, self.store).tasks},
            crew=self.crew,
            journal=journal,
            store=self.store,
            workers=Passing(self.crew, self.rates, self.luck),
            delegation=self.brief.delegate,
            changed={name: record.changed for name, record in journal.history.tasks.items()},
        )

    def facts(self, *kinds: type[Fact]) -> list[Fact]:
        return [entry.fact for entry in self.history.entries if isinstance(entry.fact, kinds)]

    def accepted(self) -> dict[str, str]:
        return {name: one.accepted.digest for name, one in self.history.tasks.items() if one.accepted}

    def makers(self) -> list[str]:
        records = (self.history.tasks[task.name] for task in self.plan.tasks)
        return [record.takes[0].recipe.maker for record in records if record.takes and record.takes[0].recipe]


AS_TOLD = {"draft": 0.9, "fine": 0.9}
WORSE = {"draft": 0.05, "fine": 0.9}


def test_a_production_that_goes_as_forecast_is_looked_at_and_left_alone() -> None:
    done = Production(brief(Delegation(reroute=True, reword=True, look=True)), AS_TOLD).drive()
    assert not done.facts(CourseCorrected, CourseAsked, PlanChanged)
    points = [one.point for one in done.facts(CourseLooked)]  # type: ignore[union-attr]
    assert {"first:cast:6", "first:cast:12", "first:cast:24", "tasks:25", "tasks:50", "tasks:75"} <= set(points)
    assert len(points) == len(set(points))


def test_without_a_policy_nothing_is_looked_at_and_the_same_is_made() -> None:
    alone, watched = (Production(brief(policy), AS_TOLD).drive() for policy in (None, Delegation(reroute=True)))
    assert not alone.facts(CourseLooked, CourseCorrected, CourseAsked)
    assert alone.accepted() == watched.accepted()


def test_a_department_whose_maker_passes_far_less_than_forecast_is_moved_to_the_other_maker_once() -> None:
    done = Production(brief(Delegation(reroute=True)), WORSE).drive()
    (corrected,) = done.facts(CourseCorrected)
    assert isinstance(corrected, CourseCorrected)
    one = corrected.correction
    assert (one.kind, one.department, one.to, corrected.by) == ("reroute", "cast", "fine", "policy:reroute")
    assert one.expected.usd / one.expected.passes < one.as_is.usd / one.as_is.passes
    (changed,) = done.facts(PlanChanged)
    assert isinstance(changed, PlanChanged)
    assert (changed.by, changed.tasks, changed.number) == ("policy:reroute", one.tasks, corrected.change)
    assert all(done.history.tasks[name].takes[0].recipe.maker == "fine" for name in one.tasks)  # type: ignore[union-attr]
    assert set(done.makers()[:6]) == {"draft"}


def test_what_was_begun_or_accepted_is_not_touched() -> None:
    done = Production(brief(Delegation(reroute=True)), {"draft": 0.3, "fine": 0.9}).drive()
    at = next(n for n, entry in enumerate(done.history.entries) if isinstance(entry.fact, CourseCorrected))
    before = History.of(done.history.entries[:at])
    (corrected,) = done.facts(CourseCorrected)
    assert isinstance(corrected, CourseCorrected)
    assert before.tasks
    assert all(not before.tasks[name].takes and not before.tasks[name].accepted for name in corrected.correction.tasks)


def test_moving_a_department_makes_it_cheaper_and_better() -> None:
    left, moved = (Production(brief(policy), WORSE).drive() for policy in (None, Delegation(reroute=True)))
    assert moved.spent_usd < left.spent_usd
    assert len(moved.accepted()) >= len(left.accepted())


def test_a_person_is_asked_once_with_the_evidence_where_no_policy_allows_it() -> None:
    done = Production(brief(Delegation()), WORSE).drive(meanwhile=None)
    (asked,) = [one for one in done.facts(CourseAsked) if isinstance(one, CourseAsked)][:1]
    assert sum(one.correction.kind == "reroute" for one in done.facts(CourseAsked)) == 1  # type: ignore[union-attr]
    assert "first takes of draft in cast passed" in asked.question
    assert "Shall I have fine make" in asked.question
    assert "USD" in asked.question
    assert not done.facts(CourseCorrected, PlanChanged)
    assert set(done.makers()) == {"draft"}


async def asked(stage: Stage) -> None:
    """Wait until something about the course is asked."""
    while not stage.journal.history.course_questions:  # noqa: ASYNC110 - a journal is all that a person sees
        await asyncio.sleep(1)


def test_what_a_person_agrees_to_is_carried_out_in_their_name() -> None:
    async def agree(stage: Stage) -> None:
        await asked(stage)
        (row,) = inbox(stage.journal.history)
        assert (row.task, row.about) == ("", "first:cast:6")
        await stage.journal.record(CourseDecided(point=row.point, is_agreed=True, by="Ada"))

    done = Production(brief(Delegation()), WORSE).drive(meanwhile=agree)
    (corrected,) = done.facts(CourseCorrected)
    assert isinstance(corrected, CourseCorrected)
    assert corrected.by == "person:Ada"
    (changed,) = done.facts(PlanChanged)
    assert isinstance(changed, PlanChanged)
    assert changed.by == "Ada"
    assert done.makers()[-1] == "fine"


def test_what_a_person_refuses_is_left_as_it_is() -> None:
    async def refuse(stage: Stage) -> None:
        await asked(stage)
        await stage.journal.record(CourseDecided(point="first:cast:6", is_agreed=False, by="Ada"))

    done = Production(brief(Delegation()), WORSE).drive(meanwhile=refuse)
    assert not done.facts(CourseCorrected, PlanChanged)
    assert not [row for row in inbox(done.history) if row.point == "first:cast:6"]


def test_nobody_is_asked_where_the_director_wants_no_questions() -> None:
    quality = Quality(rounds=0, when_spent="ask")
    done = Production(brief(Delegation(ask="never"), quality=quality), WORSE).drive()
    assert not done.facts(QuestionAsked, CourseAsked)
    ended = [record.unfinished for record in done.history.tasks.values() if record.unfinished]
    assert ended
    assert {one.by for one in ended} == {"policy:ask"}


def test_questions_of_a_digest_come_together_once_nothing_else_is_left_to_do() -> None:
    seen: list[int] = []

    async def watch(stage: Stage) -> None:
        while not any(isinstance(entry.fact, QuestionsPut) for entry in stage.journal.history.entries):
            seen.append(len(inbox(stage.journal.history)))
            await asyncio.sleep(5)

    quality = Quality(rounds=0, when_spent="ask")
    done = Production(brief(Delegation(ask="digest"), quality=quality), {"draft": 0.8, "fine": 0.9}).drive(
        meanwhile=watch
    )
    asked = done.facts(QuestionAsked)
    (put,) = done.facts(QuestionsPut)
    assert isinstance(put, QuestionsPut)
    assert asked
    assert len(asked) == put.questions == len(inbox(done.history))
    assert set(seen) == {0}


def test_a_policy_gives_rounds_beyond_a_tasks_own_and_says_so() -> None:
    rates = {"draft": 0.5, "fine": 0.5}
    quality = Quality(rounds=0, when_spent="ask")
    asked, given = (
        Production(brief(policy, quality=quality), rates).drive()
        for policy in (
            None,
            Delegation(retake_up_to=2, ask="each"),
        )
    )
    beyond = [one for one in given.facts(MoveChosen) if isinstance(one, MoveChosen) and one.by]
    assert beyond
    assert {one.by for one in beyond} == {"policy:retake_up_to"}
    assert max(len(record.takes) for record in given.history.tasks.values()) <= 3
    assert len(given.facts(QuestionAsked)) < len(asked.facts(QuestionAsked))


def test_a_cheap_task_that_would_ask_is_accepted_by_the_policy_and_in_nobodys_name() -> None:
    quality = Quality(rounds=0, when_spent="ask")
    done = Production(brief(Delegation(accept_under_usd=0.01), quality=quality), {"draft": 0.8, "fine": 0.9}).drive()
    by = {one.accepted_by for one in done.facts(TakePublished)}  # type: ignore[union-attr]
    assert by == {"gate", "policy:accept_under_usd"}
    assert not done.facts(QuestionAsked)
    assert not any(one.is_by_person for one in done.facts(TakePublished))  # type: ignore[union-attr]


@pytest.mark.parametrize("rates", [AS_TOLD, WORSE, {"draft": 0.02, "fine": 0.02}])
def test_steering_never_spends_beyond_the_budget(rates: dict[str, float]) -> None:
    policy = Delegation(reroute=True, retake_up_to=3)
    done = Production(brief(policy, budget=0.05), rates).drive()
    assert done.spent_usd <= 0.05
    assert {step_of(task, done.history) for task in done.stage.tasks.values()} <= {"accepted", "unfinished"}


def test_money_that_is_left_over_is_asked_about_where_no_policy_moves_it() -> None:
    rates = {"draft": 0.6, "fine": 0.6}
    kept, moved = (Production(brief(Delegation(move_money=may), budget=0.04), rates).drive() for may in (False, True))
    assert moved.facts(MoneyMoved)
    assert not kept.facts(MoneyMoved)
    asked = [one for one in kept.facts(CourseAsked) if isinstance(one, CourseAsked)]
    assert [one.correction.kind for one in asked].count("money") == 1


class Dying:
    """A journal whose process dies after so many facts."""

    def __init__(self, journal: Journal, left: int) -> None:
        self._journal, self._left = journal, left

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)

    async def record(self, *facts: Fact) -> object:
        if self._left <= 0:
            raise RuntimeError("killed")
        written = await self._journal.record(*facts)
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
