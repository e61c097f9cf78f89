"""The arms of the quality experiment, on made-up takes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from callsheet.agents.reviser import Rung
from callsheet.core.crew import Crew, MakerSpec
from callsheet.core.plan import Gate, Requirement, Task
from callsheet.evals.judge.correction import Trust
from callsheet.evals.quality.arms import DEPTHS, LARGE, MOST, SMALL, Ended, at_calls, best_of, loop
from callsheet.evals.quality.by_n import usd_per_accepted, usd_per_accepted_by_n
from callsheet.evals.quality.figures import Arm, figures
from callsheet.evals.quality.takes import folder_of, lay_course
from callsheet.evals.quality.tries import Key, Try

LADDER = [Rung(maker=SMALL, usd=0.002), Rung(maker=LARGE, usd=0.006)]
TASK = Task(name="p", department="lab", make="still", gate=Gate(rounds=3))
CREW = Crew(
    name="test",
    makers=tuple(MakerSpec(name=one.maker, kind="fake", makes=("still",), usd=one.usd) for one in LADDER),
    critics=(),
)


def take(attempt: int, *, maker: str = SMALL, right: bool = False, passed: bool = False, score: float = 0.5) -> Try:
    return Try(
        key=Key(0, maker, attempt),
        holds={"existence:castle:": right},
        whole=score,
        atoms=score,
        passed=passed,
        right=score,
        close=score,
        findings=() if passed else ("existence:castle",),
        make_seconds=1.0,
        look_seconds=0.1,
    )


def takes(*special: Try) -> dict[Key, Try]:
    found = {one.key: one for one in (take(attempt) for attempt in range(1, MOST + 1))}
    found |= {one.key: one for one in (take(attempt, maker=LARGE) for attempt in range(1, MOST + 1))}
    return found | {one.key: one for one in special}


def ended_of(found: dict[Key, Try], number: int, task: Task, **options: object) -> Ended:
    ended = loop(found, number, task, **options)
    assert isinstance(ended, Ended)
    return ended


def test_a_loop_that_comes_to_a_repair_asks_for_it_to_be_made() -> None:
    red = Requirement(id="red", kind="attribute", subject="castle", value="red", other="colour")
    first = replace(take(1), findings=("red",))
    painter = [replace(LADDER[0], repairs=True)]
    wanted = loop(takes(first), 0, replace(TASK, requirements=(red,)), ladder=painter, first=SMALL)
    assert wanted == Key(0, SMALL, 2, repairs=first.key, region="subject")


def test_a_first_take_that_passes_ends_the_loop() -> None:
    ended = ended_of(takes(take(1, passed=True)), 0, TASK, ladder=LADDER, first=SMALL)
    assert (ended.calls, ended.accepted, ended.submitted.key.attempt) == (1, True, 1)
    assert ended.seconds == pytest.approx(1.1)


def test_the_loop_climbs_the_ladder_and_submits_its_best() -> None:
    ended = ended_of(takes(take(2, score=0.55), take(4, maker=LARGE, score=0.59)), 0, TASK, ladder=LADDER, first=SMALL)
    assert (ended.calls, ended.accepted) == (4, False)
    assert ended.submitted.key == Key(0, LARGE, 4)


def test_without_early_stop_every_round_is_used_and_the_best_still_wins() -> None:
    ended = ended_of(
        takes(take(1, passed=True, right=True, score=0.9)), 0, TASK, ladder=LADDER, first=SMALL, stops_early=False
    )
    assert (ended.calls, ended.accepted, ended.submitted.key.attempt) == (4, True, 1)
    flat = {Key(0, LARGE, at): take(at, maker=LARGE) for at in range(1, 5)}
    assert ended_of(flat, 0, TASK, ladder=LADDER, first=LARGE, stops_early=False).calls == 4


def test_the_loop_begins_where_the_router_does() -> None:
    ended = ended_of(takes(take(1, maker=LARGE, passed=True)), 0, TASK, ladder=LADDER, first=LARGE)
    assert (ended.first.key, ended.calls, ended.accepted) == (Key(0, LARGE, 1), 1, True)


def test_best_of_n_gives_what_the_critic_says_of_its_own_choice() -> None:
    found = takes(take(3, score=0.8))
    said = best_of(found, 1, "whole", maker=SMALL, most=MOST, worth=lambda one: one.whole)[0]
    assert list(said[:3]) == [0.5, 0.5, 0.8]


def test_an_accepted_take_is_charged_with_the_takes_of_the_prompts_that_have_none() -> None:
    kept = Ended(tries=(take(1), take(2, passed=True)), submitted=take(2, passed=True), accepted=True)
    lost = Ended(tries=(take(1), take(1, maker=LARGE)), submitted=take(1), accepted=False)
    assert usd_per_accepted([kept, lost], CREW) == pytest.approx(0.012)
    assert usd_per_accepted([lost], CREW) is None


def test_best_of_n_pays_for_all_n() -> None:
    found = usd_per_accepted_by_n(takes(take(2, passed=True, score=0.9)), 1, CREW)
    assert found[f"{SMALL} panel"][:2] == [None, 0.004]


def test_peak_tells_a_right_take_that_was_not_submitted() -> None:
    ended = ended_of(takes(take(2, right=True, score=0.1)), 0, TASK, ladder=LADDER, first=SMALL)
    assert ended.peak
    assert not ended.submitted.is_right


def test_the_oracle_never_falls_with_n_and_beats_every_other_choice() -> None:
    found = takes(take(3, right=True, score=0.2), take(5, score=0.9))
    oracle = best_of(found, 1, "oracle", maker=SMALL, most=MOST)[0]
    assert list(oracle) == sorted(oracle)
    for chooser in ("random", "whole", "atoms", "panel"):
        assert (best_of(found, 1, chooser, maker=SMALL, most=MOST)[0] <= oracle).all()


def test_a_rate_between_two_whole_numbers_of_calls_mixes_both() -> None:
    rates = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
    assert at_calls(rates, 1.5) == pytest.approx(0.25)
    assert at_calls(rates, 3) == pytest.approx(1.0)


def test_a_loop_that_keeps_its_first_takes_trades_nothing_and_gains_nothing() -> None:
    found = {Key(n, m, a): replace(take(a, maker=m, right=n < 3, passed=True), key=Key(n, m, a))
             for n in range(4) for m, most in DEPTHS.items() for a in range(1, most + 1)}  # fmt: skip
    ended = [ended_of(found, number, TASK, ladder=LADDER, first=LARGE) for number in range(4)]
    arms: dict[Arm, list[Ended]] = {"loop": ended, "without_repair": ended, "every_round": ended}
    told = figures(found, arms, crew=CREW, trust=Trust(0.9, 0.8), clean_rate=1.0)
    assert (told["first_rate"], told["loop_rate"], told["gain_over_first"]) == (0.75, 0.75, 0.0)
    assert told["regressions"] == {"by_judge": 0.0, "of": 3, "corrected": 0.0, "traded": 0, "by_panel": 0.0}
    assert told["first_rate_corrected"] == pytest.approx((0.75 - 0.2) / 0.7, abs=1e-4)


def test_every_other_prompt_of_the_course_has_two_kinds_and_no_prompt_one_subject_alone() -> None:
    course = lay_course(6, seed=7)
    assert [scene.other_kind is not None for scene in course.scenes] == [True, False] * 3
    assert all(scene.other_kind or scene.count > 1 for scene in course.scenes)
    assert folder_of(course, Path()) != folder_of(lay_course(6, seed=8), Path())
