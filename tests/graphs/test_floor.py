"""People decide and order while a production runs: the real floor, task graphs and journal, on virtual time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.core.call import CallVoided
from callsheet.core.canonical import to_json
from callsheet.core.crew import Crew
from callsheet.core.decision import Decision, Order
from callsheet.core.fact import DecisionTaken, Greenlit, OrderGiven, ProductionPlanned, TakeMade, TasksAdded
from callsheet.core.plan import Addition, Department, Gate, Requirement, Task
from callsheet.core.ports import Workers
from callsheet.core.take import Made, Opinion, Recipe, Score
from callsheet.evals.schedule.work import crew_of
from callsheet.graphs.floor import Floor
from callsheet.graphs.stage import Stage
from callsheet.graphs.standing import step_of
from callsheet.models.lines.hand import Place
from callsheet.models.simulated import Pace, SimulatedWorkers
from callsheet.models.simulated_pool import Machines, SimulatedPool
from callsheet.tools.assets import MemoryStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal
from callsheet.tools.virtual_time import VirtualLoop, run_virtually

ASKED = (Requirement(id="existence:castle", kind="existence", subject="castle", value="", asks="a castle"),)
TAKE = 20.0
"""Virtual seconds of a take."""
Meanwhile = Callable[[Stage], Awaitable[None]]


def task(name: str, *inputs: str, department: str = "lab", prompt: str = "a castle", asks: bool = False) -> Task:
    gate = Gate(rounds=0 if asks else 3, when_spent="ask" if asks else "deliver")
    return Task(
        name=name,
        department=department,
        make="still",
        prompt=prompt,
        inputs=inputs,
        requirements=ASKED,
        gate=gate,
        envelope_usd=1.0,
    )


class Watched(SimulatedWorkers):
    """Every take takes the same time, passes unless its prompt is hopeless, and leaves a note of when it began."""

    def __init__(self, crew: Crew) -> None:
        super().__init__(crew, Pace(seconds=lambda nominal, _: nominal))
        self.began: list[tuple[float, str]] = []

    async def make(
        self, maker: str, recipe: Recipe, ingredients: Mapping[str, bytes], *, token: str, urgency: float = 0.0
    ) -> Made:
        async with self._slots.taken(urgency):
            self.began.append((asyncio.get_running_loop().time(), recipe.prompt))
            await asyncio.sleep(TAKE)
        data = to_json(recipe).encode()
        return Made(data=data, width=8, height=8, fingerprint="", seconds=TAKE, worker="simulated")

    async def look(
        self,
        picture: bytes,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Mapping[str, bytes],
        *,
        urgency: float = 0.0,
    ) -> tuple[Opinion, ...]:
        value = 0.01 if b"hopeless" in picture else 0.99
        return tuple(Score(requirement=one.id, critic="simulated", value=value) for one in requirements)


def one_worker(crew: Crew) -> SimulatedPool:
    """Hire a pool of one worker, whose line can be told about."""
    machines = Machines(speeds={Place(name="one"): 1.0}, load_seconds=0.0)
    alone = replace(crew, makers=(replace(crew.makers[0], replicas_max=1),))
    return SimulatedPool(alone, Pace(seconds=lambda nominal, _: nominal, passes=1.0), machines)


def run(
    *tasks: Task,
    workers: int = 2,
    places: int | None = None,
    hire: Callable[[Crew], Workers] = Watched,
    before: Sequence[Order] = (),
    meanwhile: Meanwhile | None = None,
) -> tuple[Stage, float]:
    """Run a floor to its end while something happens; give the stage and the virtual seconds."""

    async def produce(loop: VirtualLoop) -> Stage:
        crew = crew_of(workers)
        journal = SqliteJournal.open(None, clock=SystemClock())
        loop.wait_for_real(lambda: journal.is_writing)
        await journal.record(
            ProductionPlanned(
                title="t", brief_digest="", plan_digest="", crew_digest="", seed=0, budget_usd=1e3, tasks=len(tasks)
            ),
            Greenlit(plan_digest="", by="test"),
            *(OrderGiven(order=one) for one in before),
        )
        stage = Stage(
            production="test",
            seed=0,
            tasks={one.name: one for one in tasks},
            crew=crew,
            journal=journal,
            store=MemoryStore(),
            workers=hire(crew),
        )
        names = dict.fromkeys(one.department for one in tasks)
        teams = [Department(name=name, workers=places or workers, share=1 / len(names)) for name in names]
        async with asyncio.TaskGroup() as group:
            group.create_task(Floor(stage, teams, lambda _: TAKE).run())
            if meanwhile:
                group.create_task(meanwhile(stage))  # type: ignore[arg-type]
        await journal.close()
        return stage

    return run_virtually(produce)


def began(stage: Stage) -> list[tuple[float, str]]:
    assert isinstance(stage.workers, Watched)
    return stage.workers.began


def order(kind: str, *tasks: str, what: str = "", note: str = "") -> Order:
    return Order(kind=kind, what=what, tasks=tasks, by="Ada", note=note)  # type: ignore[arg-type]


def says(seconds: float, *orders: Order) -> Meanwhile:
    """Give orders at a time, one second apart."""

    async def speak(stage: Stage) -> None:
        await asyncio.sleep(seconds)
        for one in orders:
            await stage.journal.record(OrderGiven(order=one))
            await asyncio.sleep(1)

    return speak


def steps(stage: Stage) -> dict[str, str]:
    return {name: step_of(one, stage.journal.history) for name, one in stage.tasks.items()}


def test_an_answer_that_comes_while_others_work_is_carried_out_and_what_waited_for_it_is_made() -> None:
    async def approve(stage: Stage) -> None:
        await asyncio.sleep(1.5 * TAKE)
        (take,) = stage.journal.history.tasks["keep"].takes
        decision = Decision(task="keep", digest=take.digest, round=0, action="approve", by="Ada")
        await stage.journal.record(DecisionTaken(task="keep", decision=decision))

    others = [task(f"other{number}") for number in range(8)]
    keep = task("keep", prompt="a hopeless castle", asks=True)
    stage, seconds = run(keep, task("comp", "keep"), *others, meanwhile=approve)
    assert set(steps(stage).values()) == {"accepted"}
    assert seconds == 5 * TAKE


def test_hundreds_of_tasks_that_wait_for_a_person_hold_nobody_up() -> None:
    waiting = [task(f"keep{number:03d}", prompt="a hopeless castle", asks=True) for number in range(150)]
    stage, seconds = run(*waiting, *(task(f"z{number}") for number in range(50)), workers=10)
    found = list(steps(stage).values())
    assert (found.count("waiting"), found.count("accepted")) == (150, 50)
    assert seconds == 20 * TAKE


def test_nothing_new_is_made_while_a_production_is_paused_and_all_of_it_afterwards() -> None:
    tasks = [task(f"t{number}") for number in range(10)]
    names = [one.name for one in tasks]

    async def pause(stage: Stage) -> None:
        await says(1.5 * TAKE, order("pause", *names))(stage)
        await says(10 * TAKE, order("resume", *names))(stage)

    stage, _ = run(*tasks, meanwhile=pause)
    assert set(steps(stage).values()) == {"accepted"}
    assert not [at for at, _ in began(stage) if 1.6 * TAKE < at < 11 * TAKE]
    assert [at for at, _ in began(stage) if at > 11 * TAKE]


def test_a_task_that_is_paused_between_two_takes_goes_on_with_the_second_when_it_is_resumed() -> None:
    async def pause(stage: Stage) -> None:
        await says(0.5 * TAKE, order("pause", "keep"))(stage)
        await asyncio.sleep(4 * TAKE)
        record = stage.journal.history.tasks["keep"]
        assert (len(record.takes), len(record.verdicts)) == (1, 1)  # what ran ended, and was judged
        await says(0, order("resume", "keep"))(stage)

    stage, _ = run(task("keep", prompt="a hopeless castle"), meanwhile=pause)
    assert len(stage.journal.history.tasks["keep"].takes) > 1


def test_a_production_that_was_paused_before_it_was_started_makes_nothing_and_ends() -> None:
    stage, seconds = run(task("keep"), task("comp", "keep"), task("sea"), before=[order("pause", "keep", "comp")])
    assert steps(stage) == {"keep": "paused", "comp": "blocked", "sea": "accepted"}
    assert seconds == TAKE


def test_what_is_cancelled_keeps_what_was_made_is_not_made_further_and_says_who() -> None:
    tasks = [task(f"t{number}", prompt="a hopeless castle") for number in range(6)]
    names = [one.name for one in tasks]
    stage, seconds = run(*tasks, meanwhile=says(0.5 * TAKE, order("cancel", *names, note="cut from the script")))
    records = stage.journal.history.tasks
    assert set(steps(stage).values()) == {"unfinished"}
    assert {record.unfinished.why for record in records.values() if record.unfinished} == {
        "cancelled by Ada: cut from the script"
    }
    assert sum(len(record.takes) for record in records.values()) == 2
    assert stage.journal.bill().reserved_usd == 0
    assert seconds == TAKE


def test_what_was_cancelled_and_is_resumed_is_made() -> None:
    async def change(stage: Stage) -> None:
        await says(0.5 * TAKE, order("cancel", "keep", "comp"), order("resume", "keep", "comp"))(stage)

    stage, _ = run(task("sea"), task("moor"), task("keep"), task("comp", "keep"), meanwhile=change)
    assert set(steps(stage).values()) == {"accepted"}


def test_what_is_prioritised_is_made_next_with_all_that_it_is_made_from() -> None:
    chain = [task(f"long{number}", *([f"long{number - 1}"] if number else []), prompt="long") for number in range(8)]
    others = [task(f"other{number}", prompt="other") for number in range(6)]
    wanted = [task("plate", prompt="plate"), task("comp", "plate", prompt="comp")]
    stage, _ = run(
        *chain, *others, *wanted, workers=1, meanwhile=says(0.5 * TAKE, order("prioritise", "comp", what="comp"))
    )
    assert [prompt for _, prompt in began(stage)][:4] == ["long", "plate", "comp", "long"]


@pytest.mark.parametrize("kind", ["pause", "cancel"])
def test_a_call_that_waits_at_the_workers_is_taken_back_and_not_paid_for(kind: str) -> None:
    tasks = [task(f"t{number}") for number in range(8)]
    names = [one.name for one in tasks]

    async def stop(stage: Stage) -> None:
        await says(0.5 * TAKE, order(kind, *names))(stage)
        await asyncio.sleep(3 * TAKE)
        assert (stage.journal.bill().calls, stage.journal.bill().reserved_usd) == (
            2,
            0,
        )  # t0, which had begun, and last
        await says(0, order("resume", *names))(stage)

    stage, _ = run(*tasks, task("last"), workers=1, places=20, hire=one_worker, meanwhile=stop)
    history = stage.journal.history
    voided = [entry.fact.why for entry in history.entries if isinstance(entry.fact, CallVoided)]
    assert voided == [f"taken back from the line of 'simulated': {kind} by Ada"] * 7
    assert history.tasks["last"].accepted
    assert (set(steps(stage).values()) == {"accepted"}) == (kind == "pause")


def test_what_is_prioritised_while_its_call_waits_at_the_workers_is_made_next_as_well() -> None:
    chains = [task(f"c{n}_{step}", *([f"c{n}_{step - 1}"] if step else [])) for n in range(8) for step in range(3)]
    stage, _ = run(
        *chains,
        task("wanted"),
        workers=1,
        places=20,
        hire=one_worker,
        meanwhile=says(0.5 * TAKE, order("prioritise", "wanted")),
    )
    made = [entry.fact.task for entry in stage.journal.history.entries if isinstance(entry.fact, TakeMade)]
    assert made[1] == "wanted"


def test_tasks_that_join_while_it_runs_are_made() -> None:
    async def add(stage: Stage) -> None:
        await asyncio.sleep(0.5 * TAKE)
        addition = Addition(tasks=(task("keep__dawn"), task("keep__dusk", "keep")), preflight=())
        digest = stage.store.put(to_json(addition).encode())
        names = tuple(one.name for one in addition.tasks)
        await stage.journal.record(TasksAdded(tasks=names, addition_digest=digest, like="keep", by="Ada"))

    stage, seconds = run(task("keep"), meanwhile=add)
    assert steps(stage) == {"keep": "accepted", "keep__dawn": "accepted", "keep__dusk": "accepted"}
    assert seconds == 2 * TAKE


def test_a_retake_of_a_finished_task_while_others_work_is_made_and_what_is_made_from_it_follows() -> None:
    async def retake(stage: Stage) -> None:
        await asyncio.sleep(2.5 * TAKE)
        decision = Decision(task="keep", digest="", round=0, action="retake", by="Ada")
        await stage.journal.record(DecisionTaken(task="keep", decision=decision))

    others = [task(f"other{number}") for number in range(8)]
    stage, _ = run(task("keep"), task("comp", "keep"), *others, meanwhile=retake)
    assert set(steps(stage).values()) == {"accepted"}
    keep, comp = (stage.journal.history.tasks[name] for name in ("keep", "comp"))
    assert len(keep.takes) == 2
    assert comp.accepted
    assert keep.accepted
    assert comp.accepted.inputs == (keep.accepted.digest,)


@settings(max_examples=6, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["pause", "resume", "prioritise"]),
            st.sets(st.sampled_from([f"t{number}" for number in range(9)]), min_size=1),
            st.floats(0, 4 * TAKE),
        ),
        max_size=6,
    )
)
def test_pausing_and_prioritising_change_when_things_are_made_and_nothing_else(
    said: list[tuple[str, set[str], float]],
) -> None:
    tasks = [task(f"t{number}", *([f"t{number - 3}"] if number > 2 else [])) for number in range(9)]

    async def direct(stage: Stage) -> None:
        for kind, names, seconds in said:
            await says(seconds, order(kind, *sorted(names)))(stage)
        await says(0, order("resume", *(one.name for one in tasks)))(stage)

    calm, _ = run(*tasks)
    directed, _ = run(*tasks, meanwhile=direct)
    for name in calm.tasks:
        first, second = (stage.journal.history.tasks[name].accepted for stage in (calm, directed))
        assert first
        assert second
        assert second.digest == first.digest


def test_what_another_process_orders_is_heard_within_a_second(tmp_path: Path) -> None:
    async def produce(loop: VirtualLoop) -> tuple[float, Stage]:
        crew = crew_of(1)
        journal = SqliteJournal.open(tmp_path / "journal.db", clock=SystemClock())
        await journal.take_lease("one")
        await journal.record(
            ProductionPlanned(
                title="t", brief_digest="", plan_digest="", crew_digest="", seed=0, budget_usd=1e3, tasks=1
            )
        )
        other = SqliteJournal.open(tmp_path / "journal.db", clock=SystemClock(), mode="write")
        loop.wait_for_real(lambda: journal.is_writing or other.is_writing)
        stage = Stage(
            production="test",
            seed=0,
            tasks={"keep": task("keep"), "sea": task("sea", "keep")},
            crew=crew,
            journal=journal,
            store=MemoryStore(),
            workers=Watched(crew),
        )
        team = Department(name="lab", workers=1, share=1.0)
        async with asyncio.TaskGroup() as group:
            group.create_task(Floor(stage, [team], lambda _: TAKE).run())
            await asyncio.sleep(0.1 * TAKE)
            await other.record(OrderGiven(order=order("pause", "sea")))
            await asyncio.sleep(5 * TAKE)
            await other.record(OrderGiven(order=order("resume", "sea")))
            resumed_at = loop.time()
        await journal.close()
        await other.close()
        return resumed_at, stage

    (resumed_at, stage), _ = run_virtually(produce)
    assert set(steps(stage).values()) == {"accepted"}
    assert 0 <= began(stage)[-1][0] - resumed_at <= 1


def test_a_task_may_be_left_paused_when_the_rest_is_cancelled() -> None:
    async def change(stage: Stage) -> None:
        await says(0.2 * TAKE, order("pause", "keep", "sea"), order("cancel", "keep", "sea"))(stage)

    stage, _ = run(task("moor"), task("moss"), task("keep"), task("sea"), meanwhile=change)
    assert [steps(stage)[name] for name in ("keep", "sea")] == ["unfinished", "unfinished"]
