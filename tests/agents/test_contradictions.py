"""What no one picture can show is said before anything is spent, and never retried."""

from itertools import product

import pytest

from callsheet.agents.planning.contradictions import contradictions
from callsheet.agents.planning.phrasing import requirements_of
from callsheet.agents.preflight import preflight
from callsheet.agents.reading import read
from callsheet.agents.reviser import Attempt, Rung, revise
from callsheet.core.decision import Ask, Stop
from callsheet.core.plan import Gate, Requirement, Task
from callsheet.core.take import Finding, Verdict
from callsheet.models.catalog import load_crew


def asked(prompt: str) -> tuple[Requirement, ...]:
    return requirements_of(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "pairs"),
    [
        ("a castle at dawn at dusk", 1),
        ("a castle in rain in clear weather", 1),
        ("a castle in rain in fog", 0),
        ("a red castle left of a blue tower", 0),
        ("a red and white castle", 0),
        ("a castle on the left at night", 0),
        ("a wide shot of a small castle", 0),
        ("a small castle left of a large castle", 0),
        ("a castle on the left and a castle on the right", 0),
        ("two towers on the left and on the right", 0),
        ("a red castle on grass and a blue castle on rock", 0),
        ("a castle on a rock in the sea", 0),
        ("a castle under clear skies with mist", 0),
        ("two knights and three ships", 0),
    ],
)
def test_only_what_excludes_itself_is_a_contradiction(prompt: str, pairs: int) -> None:
    assert len(contradictions(asked(prompt))) == pairs


def test_left_of_and_right_of_the_same_contradict_and_said_both_ways_round_agree() -> None:
    def relation(subject: str, value: str, other: str) -> Requirement:
        return Requirement(id=f"{subject} {value} {other}", kind="relation", subject=subject, value=value, other=other)

    left = relation("keep", "left of", "gate")
    assert contradictions([left, relation("keep", "right of", "gate")])
    assert contradictions([left, relation("gate", "left of", "keep")])
    assert not contradictions([left, relation("gate", "right of", "keep")])


def test_a_wish_contradicts_nothing() -> None:
    times = [
        Requirement(id=f"time={value}", kind="time", subject="", value=value, must=must)
        for value, must in (("dawn", True), ("dusk", False))
    ]
    assert not contradictions(times)


def test_no_order_of_requirements_matters() -> None:
    found = [
        {frozenset(one.id for one in pair) for pair in contradictions(order)}
        for order in (asked("a castle at dawn at dusk"), asked("a castle at dawn at dusk")[::-1])
    ]
    assert found[0] == found[1]


def test_preflight_names_a_contradiction_and_what_to_do() -> None:
    task = Task(name="keep", department="art", make="still", prompt="", requirements=asked("a castle at dawn at dusk"))
    (found,) = preflight([task], load_crew(None))
    assert found.state == "degraded"
    assert "no picture shows both 'at dawn' and 'at dusk'" in found.why
    assert "take one of the two out" in found.fix


@pytest.mark.parametrize(("when_spent", "kind"), [("ask", Ask), ("deliver", Stop)])
def test_a_take_that_fails_a_contradiction_is_not_tried_again(when_spent: str, kind: type) -> None:
    requirements = asked("a castle at dawn at dusk")
    move = revise(
        [attempt("time=dawn", "time=dusk")],
        gate=Gate(when_spent=when_spent),  # type: ignore[arg-type]
        ladder=[Rung(maker="m", usd=0.001)],
        left_usd=1.0,
        reseeds=True,
        requirements=requirements,
    )
    assert isinstance(move, kind)
    assert "no picture shows both" in (move.question if isinstance(move, Ask) else move.why)  # type: ignore[union-attr]


def attempt(*failed: str) -> Attempt:
    findings = tuple(Finding(requirement=one, says=one, score=0.1) for one in failed)
    return Attempt(
        take="keep/t01",
        maker="m",
        verdict=Verdict(take="keep/t01", passed=False, right=0.1, close=0.1, findings=findings),
    )


def test_one_side_of_a_contradiction_that_holds_leaves_the_other_to_be_told() -> None:
    """A panel that sees dawn finds dusk missing alone: the contradiction is named all the same."""
    for side, when in product(("time=dawn", "time=dusk"), ("deliver", "ask")):
        move = revise(
            [attempt(side)],
            gate=Gate(when_spent=when),  # type: ignore[arg-type]
            ladder=[Rung(maker="m", usd=0.001)],
            left_usd=1.0,
            reseeds=True,
            requirements=asked("a castle at dawn at dusk"),
        )
        assert "no picture shows both" in (move.question if isinstance(move, Ask) else getattr(move, "why", ""))


def test_a_contradiction_about_one_thing_alone_stops_the_task_too() -> None:
    requirements = asked("one castle on the left and on the right")
    assert contradictions(requirements)
    move = revise(
        [attempt("position:castle=left")],
        gate=Gate(),
        ladder=[Rung(maker="m", usd=0.001)],
        left_usd=1.0,
        reseeds=True,
        requirements=requirements,
    )
    assert isinstance(move, Stop)
    assert "no picture shows both 'a castle on the left' and 'a castle on the right'" in move.why
