"""Does judgement help, at equal compute? Best-of-N by several critics against the loop, by a judge none of them knows.

300 prompts; every arm draws on the same takes, named by prompt, maker and attempt. The loop begins at the maker the
router chooses and goes on as the reviser says. Best-of-N takes come from the small maker; the same-maker gap compares
the loop on the large maker alone with best-of-N and oracle of that maker. Arms are compared at the loop's own mean
number of generator calls, and again at its mean seconds, looking included. Intervals are paired bootstraps over
prompts.

An interrupted run goes on where it was: takes are kept under `--cache`.

`python -m callsheet.evals.bench_quality --json [--quick] [--cache DIR] [--plot DIR]`
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..agents.planning.envelopes import makers_for
from ..agents.planning.odds import Odds
from ..agents.reviser import Rung
from ..agents.router import first_choice
from .quality_arms import DEPTHS, LARGE, MOST, MOST_LARGE, SMALL, Chooser, Ended, Floats, Takes, at_calls, best_of, loop
from .quality_by_n import by_n, critic_by_n, usd_per_accepted, usd_per_accepted_by_n
from .quality_plot import draw, page
from .quality_takes import Course, Key, Try, lay_course, takes_of
from .reporting import bench_parser, report, tell

RESAMPLES = 2_000
CHOOSERS: tuple[Chooser, ...] = ("random", "whole", "atoms", "panel", "oracle")
Rows = NDArray[np.int_]
Arm = Literal["loop", "without_repair", "every_round", "large"]


def main() -> None:
    """Measure and report."""
    parser = bench_parser(__doc__ or "")
    parser.add_argument("--cache", type=Path, default=Path(".cache/quality"), help="where takes are kept")
    parser.add_argument("--plot", type=Path, help="draw quality against compute, and a page of takes, into this folder")
    arguments = parser.parse_args()
    prompts = 4 if arguments.quick else 300
    course = lay_course(prompts, seed=arguments.seed)
    keys = [
        Key(number, maker, attempt)
        for maker, most in DEPTHS.items()
        for number in range(prompts)
        for attempt in range(1, most + 1)
    ]
    cache = arguments.cache / str(arguments.seed)
    takes = takes_of(course, keys, cache, tell=tell)
    arms = loops(course, takes, lambda wanted: takes_of(course, wanted, cache, tell=tell))
    if arguments.plot:
        arguments.plot.mkdir(parents=True, exist_ok=True)
        plot(course, takes, arms, arguments.plot / "quality.png")
        large = [one for one in takes.values() if one.key.maker == LARGE]
        asked = [task.prompt for task in course.plan.tasks]
        page(arguments.plot / "takes.png", large, asked, cache / "pictures")
    report("quality", figures(course, takes, arms))


def figures(course: Course, takes: Takes, arms_of: Mapping[Arm, list[Ended]]) -> dict[str, object]:
    """Work out every figure from the takes and from how the loops ended."""
    prompts = len(course.scenes)
    arms = {one: best_of(takes, prompts, one, maker=SMALL, most=MOST) for one in CHOOSERS}
    strong = {one: best_of(takes, prompts, one, maker=LARGE, most=MOST_LARGE) for one in CHOOSERS}
    ended, patient, large = arms_of["loop"], arms_of["every_round"], arms_of["large"]
    gap, same_maker_gap = _gap(ended, arms), _gap(large, strong)
    over_whole, over_atoms = _gain(ended, arms["whole"]), _gain(ended, arms["atoms"])
    seconds = float(np.mean([one.seconds for one in ended]))
    every = np.arange(prompts)
    return {
        "prompts": prompts,
        "first_rate": _mean(arms["random"][:, 0]),
        "first_makers": dict(Counter(one.first.key.maker for one in ended)),
        "loop_first_rate": _mean(one.first.is_right for one in ended),
        "loop_rate": _mean(one.is_right for one in ended),
        "loop_peak_rate": _mean(one.peak for one in ended),
        "loop_calls": _mean(one.calls for one in ended),
        "loop_seconds": round(seconds, 4),
        "loop_every_round_rate": _mean(one.is_right for one in patient),
        "loop_every_round_calls": _mean(one.calls for one in patient),
        "loop_without_repair_rate": _mean(one.is_right for one in arms_of["without_repair"]),
        "loop_without_repair_calls": _mean(one.calls for one in arms_of["without_repair"]),
        "repairs": _repairs(ended),
        "loop_large_rate": _mean(one.is_right for one in large),
        "loop_large_calls": _mean(one.calls for one in large),
        "loop_large_seconds": _mean(one.seconds for one in large),
        "gap_closed": round(gap(every), 4),
        "gap_interval": _interval(gap, prompts),
        "same_maker_gap": round(same_maker_gap(every), 4),
        "same_maker_interval": _interval(same_maker_gap, prompts),
        "gain_over_bestofn": round(over_whole(every), 4),
        "interval": _interval(over_whole, prompts),
        "gain_over_atoms": round(over_atoms(every), 4),
        "atoms_interval": _interval(over_atoms, prompts),
        "selection_efficiency": _efficiency(arms),
        "selection_efficiency_large": _efficiency(strong),
        "regressions": _regressions(ended),
        "calls_ratio": _calls_ratio(takes, ended),
        "panel_cost": round(
            float(np.mean([one.look_seconds for one in takes.values()]))
            / float(np.mean([one.make_seconds for one in takes.values() if one.key.maker == LARGE])),
            4,
        ),
        "accepted": sum(one.accepted for one in ended),
        "accepted_rate": _mean(one.is_right for one in ended if one.accepted),
        "usd_per_accepted": {
            "loop": usd_per_accepted(ended, course.crew),
            "loop_every_round": usd_per_accepted(patient, course.crew),
            "loop_large": usd_per_accepted(large, course.crew),
            **usd_per_accepted_by_n(takes, prompts, course.crew),
        },
        "at_equal_seconds": _at_seconds(arms, strong, takes, seconds),
        "by_n": {one: by_n(arm) for one, arm in arms.items()},
        "by_n_large": {one: by_n(arm) for one, arm in strong.items()},
        "critic_by_n": critic_by_n(takes, prompts),
        "by_kind": _by_kind(ended),
    }


def plot(course: Course, takes: Takes, arms: Mapping[Arm, list[Ended]], path: Path) -> None:
    """Draw quality against compute."""
    prompts = len(course.scenes)
    curves = {
        maker: {one: best_of(takes, prompts, one, maker=maker, most=most) for one in CHOOSERS}
        for maker, most in DEPTHS.items()
    }
    shown = {
        "the loop, every round used": arms["every_round"],
        f"the loop, {LARGE} alone": arms["large"],
        "the loop": arms["loop"],  # last, on top of an arm it equals
    }
    draw(path, curves, {maker: _take_seconds(takes, maker) for maker in curves}, shown)


def _take_seconds(takes: Takes, maker: str) -> float:
    return float(np.mean([one.make_seconds + one.look_seconds for one in takes.values() if one.key.maker == maker]))


def loops(course: Course, takes: dict[Key, Try], make: Callable[[Sequence[Key]], Takes]) -> dict[Arm, list[Ended]]:
    """Follow every loop to its end, making the takes it comes to; `takes` grows by them."""
    return {
        "loop": _loop(course, takes, make),
        "without_repair": _loop(course, takes, make, repairs=False),
        "every_round": _loop(course, takes, make, stops_early=False),
        "large": _loop(course, takes, make, makers=(LARGE,)),
    }


def _loop(
    course: Course,
    takes: dict[Key, Try],
    make: Callable[[Sequence[Key]], Takes],
    *,
    stops_early: bool = True,
    repairs: bool = True,
    makers: tuple[str, ...] = (SMALL, LARGE),
) -> list[Ended]:
    able = [one for one in makers_for("still", course.crew) if one.name in makers]
    ladder = [
        Rung(maker=one.name, usd=one.usd or 0.0, repairs=one.repairs and repairs, rewords=one.rewords) for one in able
    ]
    firsts = [first_choice(task, able, (), Odds())[0].name for task in course.plan.tasks]
    while True:
        ways = [
            loop(takes, number, task, ladder=ladder, first=first, stops_early=stops_early)
            for number, (task, first) in enumerate(zip(course.plan.tasks, firsts, strict=True))
        ]
        wanted = [way for way in ways if isinstance(way, Key)]
        if not wanted:
            return [way for way in ways if isinstance(way, Ended)]
        takes.update(make(wanted))


def _repairs(ended: Sequence[Ended]) -> dict[str, float]:
    """Say how many repairs were made, and the share that passed and that the judge finds right."""
    made = [one for each in ended for one in each.tries if one.key.repairs]
    return {"of": len(made), "passed": _mean(one.passed for one in made), "right": _mean(one.is_right for one in made)}


def _gain(ended: Sequence[Ended], arm: Floats) -> Callable[[Rows], float]:
    """Measure how far a loop is above an arm at its own mean calls."""
    hits, calls = np.array([one.is_right for one in ended]), np.array([one.calls for one in ended])
    return lambda rows: float(hits[rows].mean()) - at_calls(arm[rows], float(calls[rows].mean()))


def _gap(ended: Sequence[Ended], arms: dict[Chooser, Floats]) -> Callable[[Rows], float]:
    """Measure the part of the way from the whole-prompt choice to the oracle that a loop goes at its own mean calls."""
    over_whole, over_oracle = _gain(ended, arms["whole"]), _gain(ended, arms["oracle"])

    def gap(rows: Rows) -> float:
        gain = over_whole(rows)
        way = gain - over_oracle(rows)
        return gain / way if way > 0 else 0.0

    return gap


def _mean(values: Iterable[float]) -> float:
    found = np.fromiter(values, dtype=float)
    return round(float(found.mean()), 4) if len(found) else 0.0


def _interval(measure: Callable[[Rows], float], prompts: int) -> list[float]:
    dice = np.random.default_rng(0)
    drawn = [measure(dice.integers(0, prompts, size=prompts)) for _ in range(RESAMPLES)]
    return [round(float(edge), 4) for edge in np.quantile(drawn, (0.025, 0.975))]


def _efficiency(arms: dict[Chooser, Floats]) -> dict[str, float]:
    """Give, at the largest N, the part of the way from a random choice to the judge's own that each critic goes."""
    last = {one: float(arm[:, -1].mean()) for one, arm in arms.items()}
    way = last["oracle"] - last["random"]
    return {one: round((last[one] - last["random"]) / way, 4) if way else 0.0 for one in ("whole", "atoms", "panel")}


def _regressions(ended: Sequence[Ended]) -> dict[str, float]:
    """Give how often a right first take was traded for a wrong one, by the judge, and by the panel's own count."""
    right = [one for one in ended if one.first.is_right]
    return {
        "by_judge": _mean(not one.is_right for one in right),
        "by_panel": _mean(not one.submitted.passed for one in ended if one.first.passed),
        "of": len(right),
    }


def _calls_ratio(takes: Takes, ended: Sequence[Ended]) -> float:
    """Compare generator calls per accepted take with those of best-of-8 by the same panel."""
    passing = sum(
        any(takes[Key(number, SMALL, attempt)].passed for attempt in range(1, MOST + 1)) for number in range(len(ended))
    )
    ours = sum(one.calls for one in ended) / max(1, sum(one.accepted for one in ended))
    return round(ours / (MOST * len(ended) / max(1, passing)), 4)


def _at_seconds(
    arms: dict[Chooser, Floats], strong: dict[Chooser, Floats], takes: Takes, seconds: float
) -> dict[str, float]:
    """Give every arm's rate at the loop's mean seconds, making and looking."""
    found = {"seconds": round(seconds, 3)}
    for maker, rates in ((SMALL, arms), (LARGE, strong)):
        each = _take_seconds(takes, maker)
        for chooser in CHOOSERS:
            found[f"{maker} {chooser}"] = round(at_calls(rates[chooser], seconds / each), 4)
    return found


def _by_kind(ended: Sequence[Ended]) -> dict[str, dict[str, float]]:
    kinds: dict[str, list[tuple[bool, bool]]] = {}
    for one in ended:
        for claim, held in one.first.holds.items():
            kinds.setdefault(claim.partition(":")[0], []).append((held, one.submitted.holds[claim]))
    return {
        kind: {
            "first": _mean(before for before, _ in pairs),
            "submitted": _mean(after for _, after in pairs),
        }
        for kind, pairs in sorted(kinds.items())
    }


if __name__ == "__main__":
    main()
