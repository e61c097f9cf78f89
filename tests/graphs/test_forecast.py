"""What a production will take, played through."""

from dataclasses import replace

import pytest

from callsheet.agents.forecast import forecast
from callsheet.core.crew import Crew, MachineSpec, MakerSpec
from callsheet.core.plan import Department, Gate, Outlook, Plan, Span, Task
from callsheet.core.track_record import Paced, Tally, TrackRecord
from callsheet.evals.schedule.forecasting import median_error, tell_virtual
from callsheet.graphs.forecast import cheapest_in_time, outlook, outlooks
from callsheet.graphs.imagining import SoFar

MAKER = MakerSpec(
    name="m", kind="post", makes=("still", "grade"), usd=0.01, seconds=10.0, load_seconds=5.0, replicas_max=8
)
CREW = Crew(name="test", makers=(MAKER,), critics=(), cores=2)


def task(name: str, *inputs: str, asks: bool = False) -> Task:
    gate = Gate(rounds=0, when_spent="ask" if asks else "deliver")
    return Task(name=name, department="d", make="still", inputs=inputs, gate=gate, envelope_usd=1.0)


def planned(*tasks: Task, places: int = 99, record: TrackRecord | None = None, within: float | None = None) -> Plan:
    departments = (Department(name="d", workers=places, share=1.0),)
    return Plan(
        title="t", brief_digest="", crew_digest="", seed=3, budget_usd=9.0, aspect="1:1", palette=(),
        departments=departments, tasks=tasks, shots=(), deliver=(), preflight=(),
        forecast=forecast(tasks, CREW, departments), track_record=record, deadline_seconds=within,
    )  # fmt: skip


FOUR = planned(*(task(f"t{number}") for number in range(4)))


def test_the_same_plan_has_the_same_outlook() -> None:
    assert outlook(FOUR, CREW) == outlook(FOUR, CREW)


def test_more_workers_are_never_slower_by_much_and_fewer_never_faster() -> None:
    one, two, four = (outlook(FOUR, CREW, workers=count).seconds.middle for count in (1, 2, 4))
    assert one > two > four


def test_a_chain_is_no_faster_on_many_workers() -> None:
    chain = planned(task("a"), task("b", "a"), task("c", "b"))
    assert outlook(chain, CREW, workers=8).seconds.middle == pytest.approx(
        outlook(chain, CREW, workers=1).seconds.middle, rel=0.01
    )


def test_what_was_measured_counts_more_than_the_crew_file() -> None:
    pace = Paced(maker="m", takes=400, seconds=100.0, squares=100.0**2 * 1.01, load_seconds=1.0)
    seen = outlook(replace(FOUR, track_record=TrackRecord(takes=400, paces=(pace,))), CREW)
    assert seen.seconds.middle == pytest.approx(201, rel=0.15)


def test_the_more_was_seen_the_narrower_is_the_span() -> None:
    def width(takes: int) -> float:
        pace = Paced(maker="m", takes=takes, seconds=10.0, squares=101.0, load_seconds=5.0)
        span = outlook(replace(FOUR, track_record=TrackRecord(takes=takes, paces=(pace,))), CREW).seconds
        return span.high - span.low

    unseen = outlook(FOUR, CREW).seconds
    assert width(400) < unseen.high - unseen.low


def test_takes_that_fail_cost_and_last() -> None:
    poor = replace(MAKER, kind="sketch", passes={"existence": 0.3})
    revised = tuple(replace(one, gate=Gate(rounds=3)) for one in FOUR.tasks)
    tally = Tally(maker="m", kind="existence", floor=0.6, seen=900, passed=270)
    found = outlook(
        replace(FOUR, tasks=revised, track_record=TrackRecord(takes=900, tallies=(tally,))),
        replace(CREW, makers=(poor,)),
    )
    assert found.takes.middle >= 4
    assert found.usd.middle == pytest.approx(found.takes.middle * 0.01)


def test_a_person_who_is_asked_is_waited_for() -> None:
    hard = replace(MAKER, kind="sketch")
    asked = planned(*(task(f"t{number}", asks=True) for number in range(6)))
    crew = replace(CREW, makers=(hard,))
    slow, quick = (outlook(asked, crew, answer_seconds=seconds) for seconds in (10_000.0, 0.0))
    assert slow.questions == quick.questions > 0
    assert slow.seconds.middle > quick.seconds.middle + 1_000


def test_what_is_done_already_takes_no_more() -> None:
    rest = outlook(FOUR, CREW, so_far=SoFar(ended=frozenset({"t0", "t1", "t2"})))
    assert rest.takes.high <= 1
    assert rest.seconds.middle < outlook(FOUR, CREW).seconds.middle


def test_what_runs_already_need_not_load() -> None:
    cold, warm = (outlook(FOUR, CREW, so_far=SoFar(is_warm=is_warm)).seconds.middle for is_warm in (False, True))
    assert warm < cold - 2.0


def test_rented_machines_are_paid_by_the_hour_from_boot_to_the_end_of_their_idle_time() -> None:
    rented = replace(CREW, machines=MachineSpec(usd_per_hour=3.6, boot_seconds=100, idle_seconds=50))
    bare, paid = outlook(FOUR, CREW), outlook(FOUR, rented)
    assert paid.seconds.middle >= bare.seconds.middle + 100
    rent = paid.usd.middle - bare.usd.middle
    assert 0.001 * (paid.seconds.middle + 50) * 0.95 <= rent <= 2 * 0.001 * (paid.seconds.middle + 50) * 1.05


def test_machines_that_could_never_work_are_not_paid_for() -> None:
    rented = replace(CREW, machines=MachineSpec(usd_per_hour=3.6))
    assert outlook(FOUR, rented, workers=500).usd.middle <= 4 * outlook(FOUR, rented, workers=1).usd.middle


def test_a_narrow_department_still_has_the_workers_it_can_use() -> None:
    slow = replace(MAKER, load_seconds=10.0, seconds=1.0, replicas_max=4)
    many = planned(*(task(f"t{number}") for number in range(100)), places=4)
    crew = replace(CREW, makers=(slow,), cores=4)
    assert outlook(many, crew).seconds.middle < 0.6 * outlook(many, crew, workers=1).seconds.middle


def expect(workers: int, usd: float, chance: float) -> Outlook:
    span = Span(low=0, middle=usd, high=0)
    return Outlook(workers=workers, seconds=span, usd=span, takes=span, questions=0, in_time=chance)


def test_the_cheapest_crew_that_makes_it_is_chosen() -> None:
    told = [expect(1, 1.0, 0.2), expect(20, 5.0, 0.95), expect(100, 4.0, 1.0), expect(500, 9.0, 1.0)]
    assert cheapest_in_time(told) == told[2]
    assert cheapest_in_time(told[:1]) is None


def test_a_deadline_has_its_chance_with_every_crew() -> None:
    told = outlooks(replace(FOUR, deadline_seconds=26.0), CREW)
    chances = [one.in_time or 0.0 for one in told]
    assert chances == sorted(chances)
    assert chances[0] < 0.5 < chances[-1]


def test_forecasts_of_makers_seen_before_come_true_more_often_than_not() -> None:
    assert median_error([tell_virtual(number) for number in range(2)]) < 0.35
