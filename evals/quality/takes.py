"""The takes of the quality experiment: made and looked at once, shared by every arm, kept so that a run goes on.

A take is named by its prompt, maker and attempt; its seed follows from them as in a production. What another panel saw
is looked at again, from the kept picture, and not made again.
"""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from ...core.canonical import digest_of
from ...core.crew import Crew
from ...core.plan import Plan
from ...graphs.learning import eyes_of
from ...graphs.planning import call_sheet
from ...models.sketch.scene import random_scene
from ...models.sketch.vocabulary import Scene
from ..judge.judge import identity as judge_identity
from ..staging import brief_of
from .tries import Job, Key, Try
from .worker import hire, make

_FEW: Final = 24
"""So many takes are made in this process: others would load their models for longer than they would work."""


@dataclass(frozen=True, slots=True)
class Course:
    """The prompts with the scenes behind them."""

    scenes: tuple[Scene, ...]
    crew: Crew
    plan: Plan


def lay_course(prompts: int, *, seed: int) -> Course:
    """Draw the prompts, before any arm is run, from seeds far from every training's.

    Hard ones: every other prompt has two kinds, the rest two or three of a kind. By looking, 32 and 48 in 100 single
    takes of sketch-l are right on such prompts, of one subject alone 67.
    """
    dice = random.Random(9_500_001 + seed)
    scenes: list[Scene] = []
    while len(scenes) < prompts:
        scene = random_scene(dice)
        is_pair = scene.other_kind is not None
        if scene.kind is not None and is_pair == (len(scenes) % 2 == 0) and (is_pair or scene.count > 1):
            scenes.append(scene)
    named = {f"p{number:04d}": scene for number, scene in enumerate(scenes)}
    called = call_sheet(brief_of(named, title="quality", budget_usd=1000.0), seed=seed)
    return Course(tuple(scenes), called.crew, called.plan)


def folder_of(course: Course, cache: Path) -> Path:
    """Name the folder of a course's takes; other prompts lie elsewhere."""
    return cache / digest_of((course.plan.seed, [task.prompt for task in course.plan.tasks]))[7:19]


def takes_of(course: Course, keys: Sequence[Key], cache: Path, *, tell: Callable[[str], None]) -> dict[Key, Try]:
    """Give the takes asked for, making those the cache lacks, a process a core."""
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / "takes.jsonl"
    panel = digest_of((eyes_of(course.crew), judge_identity(), course.plan.tasks))
    weights = {maker.name: maker.weights_digest for maker in course.crew.makers}
    kept = [one for one in _read(file) if one.weights == weights[one.key.maker]]
    made = {one.key: one.make_seconds for one in kept}
    found = {one.key: one for one in kept if one.panel == panel}
    missing = [
        Job(key=key, panel=panel, weights=weights, made_in=made.get(key))
        for key in sorted(keys, key=lambda one: one[:3])
        if key not in found
    ]
    with file.open("a", encoding="utf-8") as out:
        for done, one in enumerate(_made(missing, course, cache / "pictures"), start=1):
            found[one.key] = one
            out.write(json.dumps(asdict(one)) + "\n")
            out.flush()
            if done % 100 == 0:
                tell(f"{done} of {len(missing)} takes made")
    return {key: found[key] for key in keys}


def _made(jobs: Sequence[Job], course: Course, pictures: Path) -> Iterator[Try]:
    if not jobs:
        return
    given = (course.crew, course.plan, course.scenes, pictures)
    if len(jobs) <= _FEW:
        hire(*given)
        yield from map(make, jobs)
        return
    # Every process loads all models before it is asked for anything.
    with get_context("spawn").Pool(course.crew.cores, hire, given) as pool:
        yield from pool.imap_unordered(make, jobs, chunksize=4)


def _read(file: Path) -> Iterable[Try]:
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield Try(**(row | {"findings": tuple(row["findings"]), "key": _key(row["key"])}))


def _key(row: list[Any]) -> Key:
    prompt, maker, attempt, repairs, region, words = row
    return Key(prompt, maker, attempt, _key(repairs) if repairs else None, region, words)
