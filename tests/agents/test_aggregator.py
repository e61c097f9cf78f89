from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callsheet.agents.aggregator import aggregate, before_after
from callsheet.core.call import CallReserved
from callsheet.core.crew import Crew, MakerSpec
from callsheet.core.decision import Decision
from callsheet.core.delivery import MachineBill
from callsheet.core.fact import (
    DecisionTaken,
    Entry,
    Fact,
    Greenlit,
    LeaseTaken,
    QuestionAsked,
    TakeJudged,
    TakeMade,
    TakePublished,
    TaskUnfinished,
)
from callsheet.core.history import History
from callsheet.core.machines import MachineCame, WorkerLoaded
from callsheet.core.money import to_micros
from callsheet.core.plan import Department, Forecast, Plan, Requirement, Task
from callsheet.core.take import Finding, Ingredient, Recipe, Take, Verdict

CREW = Crew(
    name="sketch",
    makers=(MakerSpec(name="s", kind="sketch", makes=("still",), stand_in="a stand-in"),),
    critics=(),
    cores=2,
)
KEEP = Task(
    name="keep",
    department="architecture",
    make="still",
    requirements=(
        Requirement(id="time=day", kind="time", subject="", value="day"),
        Requirement(id="count:tower=2", kind="count", subject="tower", value="2"),
    ),
)
COMP = Task(name="comp", department="post", make="composite", inputs=("keep",))


def plan_of(*tasks: Task, deliver: tuple[str, ...] = ("stills",)) -> Plan:
    return Plan(
        title="Castle",
        brief_digest="sha256:b",
        crew_digest="sha256:c",
        seed=7,
        budget_usd=1.0,
        aspect="1:1",
        palette=(),
        departments=tuple(Department(name=name, workers=1, share=0.5) for name in ("architecture", "post")),
        tasks=tasks,
        shots=(),
        deliver=deliver,
        preflight=(),
        forecast=Forecast(
            tasks=1, takes=1, usd=1, usd_worst=1, seconds=1, critical_path_seconds=1, basis="nominal prices"
        ),
    )


def told(*rows: tuple[float, Fact]) -> History:
    start = datetime(2026, 11, 20, 12, tzinfo=UTC)
    return History.of(
        Entry(seq=number, at=(start + timedelta(seconds=second)).isoformat(), fact=fact)
        for number, (second, fact) in enumerate(rows)
    )


def made(task: Task, number: int, *, at: float, seconds: float = 1.0, usd: float = 0.01, uses: tuple[str, ...] = ()):
    recipe = Recipe(
        maker="s",
        kind="sketch",
        make=task.make,
        source="",
        revision="",
        weights_digest="",
        prompt="",
        negative="",
        seed=number,
        width=8,
        height=8,
        steps=1,
        guidance=1.0,
        ingredients=tuple(Ingredient(role="layer", digest=digest) for digest in uses),
    )
    take = Take(
        id=f"{task.name}/t{number:02d}",
        task=task.name,
        number=number,
        recipe=recipe,
        digest=f"sha256:{task.name}{number}",
        width=8,
        height=8,
        usd=usd,
        seconds=seconds,
        worker="w",
    )
    reserved = CallReserved(
        key=take.id,
        task=task.name,
        department=task.department,
        maker="s",
        micros=to_micros(usd),
        token="t",
        recipe=recipe,
    )
    return (at, reserved), (at, TakeMade(task=task.name, key=take.id, token="t", micros=to_micros(usd), take=take))


def judged(task: Task, number: int, *, at: float, right: float = 0.9, wrong: tuple[Finding, ...] = ()):
    take = f"{task.name}/t{number:02d}"
    verdict = Verdict(take=take, passed=not wrong, right=right, close=right, findings=wrong)
    return (at, TakeJudged(task=task.name, verdict=verdict))


def put_out(task: Task, number: int, *, at: float, version: int = 1, by: str = "gate"):
    digest, take = f"sha256:{task.name}{number}", f"{task.name}/t{number:02d}"
    return (at, TakePublished(task=task.name, take=take, digest=digest, version=version, accepted_by=by))


LEASE = (0.0, LeaseTaken(epoch=1, holder="me"))
GREEN = (100.0, Greenlit(plan_digest="sha256:p", by="Ada"))
THREE = Finding(requirement="count:tower=2", says="asked for two towers; it looks like three towers", score=0.2)
NIGHT = Finding(requirement="time=day", says="asked for day; it looks like night", score=0.1)


def test_an_accepted_take_is_an_asset_with_its_place_price_and_count_of_takes() -> None:
    history = told(
        LEASE,
        GREEN,
        *made(KEEP, 1, at=101),
        judged(KEEP, 1, at=101, right=0.2, wrong=(THREE,)),
        *made(KEEP, 2, at=102, usd=0.03),
        judged(KEEP, 2, at=102),
        put_out(KEEP, 2, at=103),
    )
    (asset,) = aggregate(plan_of(KEEP), history, CREW, production="castle").assets
    assert (asset.path, asset.digest, asset.takes) == ("stills/architecture/keep/v001.png", "sha256:keep2", 2)
    assert asset.usd == pytest.approx(0.04)
    assert asset.verdict is not None
    assert asset.verdict.passed


def test_without_stills_an_asset_lies_among_the_takes() -> None:
    history = told(LEASE, GREEN, *made(KEEP, 1, at=101), put_out(KEEP, 1, at=102))
    (asset,) = aggregate(plan_of(KEEP, deliver=()), history, CREW, production="castle").assets
    assert asset.path == "takes/keep/t01.png"


def test_wall_time_runs_from_greenlight_to_the_last_work_and_skips_the_break_between_sittings() -> None:
    history = told(
        LEASE,
        GREEN,
        *made(KEEP, 1, at=104),
        (5000.0, LeaseTaken(epoch=2, holder="me")),
        *made(KEEP, 2, at=5003),
        (9000.0, DecisionTaken(task="keep", decision=decided("approve"))),
    )
    totals = aggregate(plan_of(KEEP), history, CREW, production="castle").totals
    assert totals.wall_seconds == 7.0
    assert totals.worker_seconds == 2.0
    assert totals.utilisation == pytest.approx(2 / 14, abs=1e-4)


def decided(action: str) -> Decision:
    return Decision(task="keep", digest="sha256:keep1", round=0, action=action, by="Ada", note="not now")


def test_the_critical_path_is_the_longest_chain_of_making() -> None:
    other = replace(KEEP, name="other")
    history = told(
        LEASE,
        GREEN,
        *made(KEEP, 1, at=103, seconds=3),
        *made(other, 1, at=104, seconds=4),
        *made(COMP, 1, at=106, seconds=2),
    )
    totals = aggregate(plan_of(COMP, KEEP, other), history, CREW, production="castle").totals
    assert totals.critical_path_seconds == 5.0


def test_a_take_made_from_unfinished_work_says_so_however_far_back() -> None:
    grade = Task(name="grade", department="post", make="grade", inputs=("comp",))
    history = told(
        LEASE,
        GREEN,
        *made(KEEP, 1, at=101),
        (102.0, TaskUnfinished(task="keep", why="used its rounds", best="keep/t01")),
        *made(COMP, 1, at=103, uses=("sha256:keep1",)),
        put_out(COMP, 1, at=103),
        *made(grade, 1, at=104, uses=("sha256:comp1",)),
        put_out(grade, 1, at=104),
    )
    manifest = aggregate(plan_of(KEEP, COMP, grade), history, CREW, production="castle")
    assert [asset.ingredients for asset in manifest.assets] == [("keep",), ("keep",)]
    assert manifest.unfinished[0].best == "stills/architecture/keep/best.png"


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ((), "not made"),
        (((101.0, TaskUnfinished(task="keep", why="used its money")),), "used its money"),
        (((101.0, DecisionTaken(task="keep", decision=decided("omit"))),), "left out by Ada: not now"),
        (
            ((101.0, QuestionAsked(task="keep", take="", digest="", round=0, question="Is this it?")),),
            "waits for the director: Is this it?",
        ),
    ],
)
def test_every_missing_task_says_why(last: tuple[tuple[float, Fact], ...], why: str) -> None:
    manifest = aggregate(plan_of(KEEP), told(LEASE, GREEN, *last), CREW, production="castle")
    assert [(task.task, task.why) for task in manifest.unfinished] == [("keep", why)]


def test_a_publish_that_was_rejected_since_is_not_delivered() -> None:
    history = told(
        LEASE,
        GREEN,
        *made(KEEP, 1, at=101),
        put_out(KEEP, 1, at=102),
        (103.0, DecisionTaken(task="keep", decision=decided("reject"))),
    )
    manifest = aggregate(plan_of(KEEP), history, CREW, production="castle")
    assert not manifest.assets
    assert manifest.totals.usd_per_accepted is None


def test_stand_ins_are_named_only_when_they_made_something() -> None:
    assert aggregate(plan_of(KEEP), told(LEASE, GREEN), CREW, production="castle").stand_in == ""
    history = told(LEASE, GREEN, *made(KEEP, 1, at=101))
    assert aggregate(plan_of(KEEP), history, CREW, production="castle").stand_in == "a stand-in"


def test_a_strip_tells_the_plainest_failure_how_often_it_was_redone_and_who_accepted() -> None:
    history = told(
        LEASE,
        GREEN,
        *made(KEEP, 1, at=101),
        judged(KEEP, 1, at=101, right=0.1, wrong=(NIGHT, THREE)),
        *made(KEEP, 2, at=102),
        judged(KEEP, 2, at=102, right=0.2, wrong=(THREE,)),
        *made(KEEP, 3, at=103),
        judged(KEEP, 3, at=103),
        put_out(KEEP, 3, at=104, by="person:Ada"),
    )
    (strip,) = before_after(plan_of(KEEP), history)
    assert strip.sentence == "asked for two towers; it looks like three towers; redone twice; accepted by Ada"
    assert strip.takes == ("keep/t01", "keep/t02", "keep/t03")


def test_strips_come_from_different_departments_before_a_second_of_one() -> None:
    tasks = [replace(KEEP, name=f"keep{number}") for number in range(4)] + [
        replace(KEEP, name="far", department="post")
    ]
    rows = []
    for number, task in enumerate(tasks):
        score = 0.1 + 0.1 * number
        rows += [*made(task, 1, at=101), judged(task, 1, at=101, right=0.1, wrong=(replace(THREE, score=score),))]
        rows += [*made(task, 2, at=102), judged(task, 2, at=102), put_out(task, 2, at=102)]
    strips = before_after(plan_of(*tasks), told(LEASE, GREEN, *rows))
    assert [strip.task for strip in strips] == ["keep0", "far", "keep1"]


def test_a_task_right_at_first_gives_no_strip() -> None:
    history = told(LEASE, GREEN, *made(KEEP, 1, at=101), judged(KEEP, 1, at=101), put_out(KEEP, 1, at=102))
    assert before_after(plan_of(KEEP), history) == ()


def test_rented_machines_are_billed_beside_the_calls_until_they_are_given_back() -> None:
    came = MachineCame(machine="m1", usd_per_hour=3.6, boot_seconds=60, idle_seconds=20)
    history = told(
        LEASE,
        GREEN,
        (100.0, came),
        (110.0, WorkerLoaded(worker="w", machine="m1", seconds=10.0)),
        *made(KEEP, 1, at=115, seconds=30.0, usd=0.01),
        judged(KEEP, 1, at=115),
        put_out(KEEP, 1, at=120),
    )
    totals = aggregate(plan_of(KEEP), history, CREW, production="p").totals
    assert totals.usd_per_accepted == 0.01
    assert totals.machines == MachineBill(
        usd=0.1,
        machines=1,
        hours=round(100 / 3600, 4),
        busy=0.3,
        loading=0.1,
        idle=0.6,
        usd_by_department={"architecture": 0.1},
        usd_per_accepted=0.11,
    )


def test_where_no_machine_was_rented_none_is_billed() -> None:
    history = told(LEASE, GREEN, *made(KEEP, 1, at=101), judged(KEEP, 1, at=101), put_out(KEEP, 1, at=103))
    assert aggregate(plan_of(KEEP), history, CREW, production="p").totals.machines is None
