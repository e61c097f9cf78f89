"""Does judgement help, at equal compute? Best-of-N by several critics against the loop, by a judge none of them knows.

300 hard prompts; every arm draws on the same takes, named by prompt, maker and attempt. The loop begins at the maker
the router chooses and goes on as the reviser says; best-of-N is of that same maker, sketch-l, so that no gain is a mere
choice of maker. Arms are compared at the loop's own mean number of generator calls, and again at its mean seconds,
looking included. Intervals are paired bootstraps over prompts. Rates are given as judged and corrected for how often
the judge errs on 200 takes labelled by looking.

An interrupted run goes on where it was: takes are kept under `--cache`.

`python -m callsheet.evals.bench_quality --json [--quick] [--cache DIR] [--plot DIR]`
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from ..agents.planning.envelopes import makers_for
from ..agents.planning.odds import Odds
from ..agents.reviser import Rung
from ..agents.router import first_choice
from ..models.sketch.painter import paint
from .bench_judge import agreement
from .judge import Judge, atoms_of, load_judge
from .judge.labelled import load_decided
from .quality.arms import DEPTHS, LARGE, SMALL, Ended, Takes, loop
from .quality.figures import Arm, curves, figures, mean, take_seconds
from .quality.plot import draw, page
from .quality.takes import Course, folder_of, lay_course, takes_of
from .quality.tries import Key, Try
from .reporting import bench_parser, report, tell

_CLEAN_SEED = 31_000_000


def main() -> None:
    """Measure and report."""
    parser = bench_parser(__doc__ or "")
    parser.add_argument("--cache", type=Path, default=Path(".cache/quality"), help="where takes are kept")
    parser.add_argument("--plot", type=Path, help="draw quality against compute, and a page of takes, into this folder")
    arguments = parser.parse_args()
    prompts = 2 if arguments.quick else 300
    judge = load_judge()
    trust = agreement(judge, load_decided()).trust
    course = lay_course(prompts, seed=arguments.seed)
    cache = folder_of(course, arguments.cache)
    keys = [
        Key(number, maker, attempt)
        for maker, most in DEPTHS.items()
        for number in range(prompts)
        for attempt in range(1, most + 1)
    ]
    takes = takes_of(course, keys, cache, tell=tell)
    ended = loops(course, takes, lambda wanted: takes_of(course, wanted, cache, tell=tell))
    if arguments.plot:
        _show(course, takes, ended, arguments.plot, cache / "pictures")
    clean_rate = _clean_rate(judge, course)
    report("quality", figures(takes, ended, crew=course.crew, trust=trust, clean_rate=clean_rate))


def _clean_rate(judge: Judge, course: Course) -> float:
    return mean(
        judge.all_correct(paint(scene, _CLEAN_SEED + number), atoms_of(scene))
        for number, scene in enumerate(course.scenes)
    )


def loops(course: Course, takes: dict[Key, Try], make: Callable[[Sequence[Key]], Takes]) -> dict[Arm, list[Ended]]:
    """Follow every loop to its end, making the takes it comes to; `takes` grows by them."""
    return {
        "loop": _loop(course, takes, make),
        "without_repair": _loop(course, takes, make, repairs=False),
        "every_round": _loop(course, takes, make, stops_early=False),
    }


def _loop(
    course: Course,
    takes: dict[Key, Try],
    make: Callable[[Sequence[Key]], Takes],
    *,
    stops_early: bool = True,
    repairs: bool = True,
) -> list[Ended]:
    able = [one for one in makers_for("still", course.crew) if one.name in (SMALL, LARGE)]
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


def _show(course: Course, takes: Takes, ended: dict[Arm, list[Ended]], folder: Path, pictures: Path) -> None:
    """Draw quality against compute, and lay out takes by what panel and judge say of them."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = {
        "the loop, every round used": ended["every_round"],
        "the loop without repair": ended["without_repair"],
        "the loop": ended["loop"],  # last, on top of an arm it equals
    }
    seconds = {maker: take_seconds(takes, maker) for maker in DEPTHS}
    draw(folder / "quality.png", curves(takes, len(course.scenes)), seconds, shown)
    large = [one for one in takes.values() if one.key.maker == LARGE]
    page(folder / "takes.png", large, [task.prompt for task in course.plan.tasks], pictures)


if __name__ == "__main__":
    main()
