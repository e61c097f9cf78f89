"""Many cycles, a few at once, each job in a process of its own that has one thread and loaded libraries."""

import gc
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, get_args

from ...core.brief import Brief
from ...core.canonical import adapter_of, from_json, to_json
from ...core.crew import Crew
from ...core.delivery import Manifest
from ...core.fact import AnyFact, Fact
from ...core.plan import Plan, Requirement
from ...core.take import Recipe
from ..reporting import tell
from .blows import RUN_SECONDS, Kind, Ordeal, drawn_ordeal
from .cycle import Outcome, Plant, play
from .oracle import accepted
from .small_disk import may_mount
from .witness import evidence_of

LIBRARIES: Final = (
    "callsheet.graphs.desk",
    "langgraph.graph",
    "langgraph.checkpoint.memory",
    "openai",
    "rich.console",
    "sqlalchemy.dialects.sqlite",
    "typer",
    "callsheet.agents.director",
    "callsheet.agents.reviser",
    "callsheet.agents.router",
    "callsheet.models.fake",
    "callsheet.models.inprocess",
    "callsheet.models.openai_images",
    "callsheet.models.post",
    "callsheet.tools.delivery.package",
    "callsheet.tools.journal",
)
"""What a forked run finds loaded; what a module keeps for its process, `hands` gives each run anew."""

KEPT: Final = Path("out") / "chaos"
"""Where productions stay that broke a promise."""

_MOST_PACE: Final = 4.0
_MOST_TOLD: Final = 8
"""Violations of one cycle, on standard error; one fault breaks many promises."""

Shape = tuple[float, float]
"""What an undisturbed ending depends on: the critic's pass rate and the budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calm:
    """What an undisturbed production comes to."""

    accepted: Mapping[str, str]
    """The digest each task ends with."""
    pace: float


def load_libraries() -> None:
    """Load what every forked run would otherwise load for itself."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for noun in (AnyFact, Plan, Brief, Crew, Manifest, Requirement, Recipe, *get_args(Fact)):
        adapter_of(noun)
    gc.collect()
    gc.freeze()


def ordeal_of(seed: int, number: int, kind: Kind | None) -> Ordeal:
    """Draw a cycle's ordeal; without small disks, those that need one are killed in its place."""
    ordeal = drawn_ordeal(f"{seed}/{number}", kind, turn=number)
    if ordeal.needs_small_disk and not may_mount():
        return drawn_ordeal(f"{seed}/{number}", "kill")
    return ordeal


def play_all(
    numbers: Sequence[int],
    *,
    seed: int,
    kind: Kind | None,
    jobs: int,
    book: Path,
    plant: Plant | None = None,
    is_fresh: bool = False,
) -> None:
    """Play cycles by their numbers, so many at once; each appends its outcome to the book as it ends."""
    with tempfile.TemporaryDirectory(prefix="chaos") as scratch:
        root = Path(scratch)
        ordeals = {number: replace(ordeal_of(seed, number, kind), is_fresh=is_fresh) for number in numbers}
        calm = {shape: _calm_end(shape, root) for shape in sorted({_shape(one) for one in ordeals.values()})}
        children, driver = [], os.getpid()
        for job in range(jobs):
            mine = {number: ordeals[number] for number in numbers[job::jobs]}
            child = os.fork()
            if not child:
                _work(mine, calm, root / f"job{job}", book, driver=driver, plant=plant)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)


def read_book(book: Path) -> list[Outcome]:
    """Give the outcomes in a book; none where there is no book."""
    return [from_json(Outcome, line) for line in book.read_text().splitlines()] if book.exists() else []


def _work(
    mine: Mapping[int, Ordeal],
    calm: Mapping[Shape, _Calm],
    root: Path,
    book: Path,
    *,
    driver: int,
    plant: Plant | None,
) -> None:
    """Play a job's share in this forked process, as long as the one that forked it lives; never returns."""
    try:
        root.mkdir()
        for number, ordeal in mine.items():
            if os.getppid() != driver:
                break
            place, undisturbed = root / f"cycle{number:05d}", calm[_shape(ordeal)]
            outcome = play(ordeal, place, calm=undisturbed.accepted, pace=undisturbed.pace, plant=plant)
            with book.open("a") as file:  # one line, one write: the jobs share the book
                file.write(to_json(outcome) + "\n")
            _tell(number, outcome)
            if outcome.violations:
                kept = KEPT / ordeal.seed.replace("/", "-")
                shutil.copytree(place, kept, dirs_exist_ok=True, ignore=shutil.ignore_patterns("disk"))
            shutil.rmtree(place)
    except BaseException:  # noqa: BLE001 - a forked process must not go on as its parent
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(0)


def _tell(number: int, outcome: Outcome) -> None:
    end = "finished" if outcome.is_finished else "NOT FINISHED"
    tell(f"{number}: {outcome.kind}, {outcome.blows} blows, {end} in {outcome.seconds:.1f} s")
    for one in outcome.violations[:_MOST_TOLD]:
        tell(f"  BROKEN {one.invariant} with seed {outcome.seed} ({outcome.kind}): {one.what}")


def _shape(ordeal: Ordeal) -> Shape:
    return ordeal.pass_rate, ordeal.budget_usd


def _calm_end(shape: Shape, root: Path) -> _Calm:
    """Play a production to which nothing happens."""
    drawn = drawn_ordeal("calm", "provider")  # which has no blows
    ordeal = replace(drawn, mood="calm", pass_rate=shape[0], budget_usd=shape[1])
    place = root / f"calm_{shape[0]:g}_{shape[1]:g}"
    outcome = play(ordeal, place)
    if outcome.violations or not outcome.is_finished:
        raise AssertionError(f"an undisturbed production breaks promises: {outcome.violations}")
    journal = place / "production" / ".callsheet" / "journal.db"
    pace = min(_MOST_PACE, max(1.0, outcome.seconds / RUN_SECONDS))
    return _Calm(accepted=accepted(evidence_of(journal)), pace=pace)
