"""The drift of an entity: accepted stills against its reference, in the order of the cut."""

from callsheet.agents.drift import drifts
from callsheet.agents.planning.phrasing import continuity
from callsheet.core.delivery import DriftPoint
from callsheet.core.fact import Entry, Fact, TakeMade, TakePublished, TakeScored, TaskUnfinished
from callsheet.core.history import History
from callsheet.core.plan import Forecast, Plan, Shot, Task
from callsheet.core.take import Score, Take

NEAR = Task(name="near", department="d", make="still", entity="edda")
FAR, ROAD, VIGIL = (
    Task(
        name=name,
        department="d",
        make="still",
        entity="edda",
        inputs=("near",),
        requirements=(continuity("edda", "near"),),
    )
    for name in ("far", "road", "vigil")
)
GRADE = Task(name="grade", department="d", make="grade", inputs=("road",))
SHOTS = (
    Shot(code="sh010", from_task="vigil", seconds=1, move="hold"),
    Shot(code="sh020", from_task="grade", seconds=1, move="hold"),
)


def plan_of(*tasks: Task) -> Plan:
    nothing = Forecast(tasks=1, takes=1, usd=1, usd_worst=1, seconds=1, critical_path_seconds=1, basis="")
    return Plan(
        title="T",
        brief_digest="",
        crew_digest="",
        seed=7,
        budget_usd=1,
        aspect="1:1",
        palette=(),
        departments=(),
        tasks=tasks,
        shots=SHOTS,
        deliver=(),
        preflight=(),
        forecast=nothing,
    )


PLAN = plan_of(NEAR, FAR, ROAD, VIGIL, GRADE)


def told(*facts: Fact) -> History:
    at = "2026-11-20T12:00:00+00:00"
    return History.of(Entry(seq=number, at=at, fact=fact) for number, fact in enumerate(facts))


def made(name: str) -> TakeMade:
    take = Take(
        id=f"{name}/t01",
        task=name,
        number=1,
        recipe=None,
        digest=f"sha256:{name}",
        width=8,
        height=8,
        usd=0,
        seconds=1,
        worker="w",
    )
    return TakeMade(task=name, key="", token="", micros=0, take=take)


def published(name: str) -> TakePublished:
    return TakePublished(task=name, take=f"{name}/t01", digest=f"sha256:{name}", version=1, accepted_by="gate")


def scored(name: str, value: float, panel: str = "p") -> TakeScored:
    opinion = Score(requirement="continuity:edda", critic="c", value=value)
    return TakeScored(task=name, take=f"{name}/t01", digest=f"sha256:{name}", panel=panel, opinions=(opinion,))


def stills(**likeness: float) -> list[Fact]:
    return [fact for name, value in likeness.items() for fact in (made(name), scored(name, value), published(name))]


def test_the_curve_follows_the_cut_and_then_the_plan() -> None:
    (drift,) = drifts(PLAN, told(made("near"), published("near"), *stills(far=0.9, road=0.5, vigil=0.7)))
    assert (drift.entity, drift.reference, drift.reference_take, drift.is_accepted) == (
        "edda",
        "near",
        "near/t01",
        True,
    )
    assert [(point.task, point.likeness) for point in drift.points] == [("vigil", 0.7), ("road", 0.5), ("far", 0.9)]


def test_only_accepted_stills_that_somebody_compared_are_on_it() -> None:
    facts = [made("near"), published("near"), made("road"), scored("road", 0.4), made("vigil"), published("vigil")]
    assert drifts(PLAN, told(*facts)) == ()
    (drift,) = drifts(PLAN, told(*facts, *stills(far=0.9)))
    assert drift.points == (DriftPoint(task="far", take="far/t01", likeness=0.9),)


def test_a_score_against_a_later_reference_counts() -> None:
    again = scored("far", 0.3, panel="with another reference")
    (drift,) = drifts(PLAN, told(made("near"), published("near"), *stills(far=0.9), again))
    assert drift.points[0].likeness == 0.3


def test_a_reference_that_stayed_unfinished_is_said_to_be() -> None:
    unfinished = TaskUnfinished(task="near", why="", best="near/t01", cause="gate")
    (drift,) = drifts(PLAN, told(made("near"), unfinished, *stills(far=0.9)))
    assert (drift.reference_take, drift.is_accepted) == ("near/t01", False)
