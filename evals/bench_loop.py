"""Does the loop help? The takes the production ends with against the first takes of the same tasks, by the judge.

200 prompts of random scenes run through the whole product with the embedded crew. The judge, which nothing in the
product can see, says of each task's first take and of the take the task ended with whether all its claims hold. The
interval is a paired bootstrap over tasks of the difference.

`python -m callsheet.evals.bench_loop --json [--quick]`
"""

import asyncio
import io
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..core.crew import Crew
from ..core.plan import Plan
from ..core.take import Take
from ..core.task_record import TaskRecord
from ..graphs.planning import call_sheet
from ..models.sketch.scene import random_scene
from ..models.sketch.vocabulary import Scene
from .judge.atoms import atoms_of
from .judge.judge import Judge, load_judge
from .reporting import parse_bench_arguments, report, tell
from .staging import brief_of, run_all, staged

RESAMPLES = 10_000
SCENE_SEED = 9_000_001
"""Far from every seed the house models and the judge were trained with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """How one task began and ended, as the judge sees it."""

    task: str
    first: bool
    ended: bool
    accepted: bool
    takes: int
    any_take: bool
    """Whether any of its takes was all-correct: what a perfect critic could have picked."""
    gate_said: tuple[bool, ...]
    judge_said: tuple[bool, ...]


def main() -> None:
    """Measure and report."""
    arguments = parse_bench_arguments(__doc__ or "")
    dice = random.Random(SCENE_SEED + arguments.seed)
    scenes = [random_scene(dice) for _ in range(8 if arguments.quick else 200)]
    named = {f"t{number:03d}": scene for number, scene in enumerate(scenes)}
    brief = brief_of(named, title="loop", budget_usd=100.0, workers=16)
    called = call_sheet(brief, seed=arguments.seed)
    pairs = asyncio.run(_produce(called.crew, called.plan, scenes))
    report("loop", _figures(pairs))


async def _produce(crew: Crew, plan: Plan, scenes: Sequence[Scene]) -> list[Pair]:
    async with staged(plan, crew) as stage:
        await run_all(stage, plan)
        tell("made; judging")
        judge, tasks = load_judge(), stage.journal.history.tasks
        return [
            _pair(task.name, tasks[task.name], scene, judge, stage.store.get)
            for task, scene in zip(plan.tasks, scenes, strict=True)
        ]


def _pair(name: str, record: TaskRecord, scene: Scene, judge: Judge, read: Callable[[str], bytes]) -> Pair:
    atoms = atoms_of(scene)

    def right(take: Take) -> bool:
        picture = Image.open(io.BytesIO(read(take.digest))).convert("RGB")
        return judge.all_correct(picture, atoms)

    said = tuple(right(take) for take in record.takes)
    ended = record.accepted.take if record.accepted else record.unfinished.best if record.unfinished else ""
    place = next((index for index, take in enumerate(record.takes) if take.id == ended), 0)
    return Pair(
        task=name,
        first=said[0],
        ended=said[place],
        accepted=record.accepted is not None,
        takes=len(said),
        any_take=any(said),
        gate_said=tuple(record.verdicts[take.id].passed for take in record.takes),
        judge_said=said,
    )


def _figures(pairs: Sequence[Pair]) -> dict[str, object]:
    first = np.array([pair.first for pair in pairs], dtype=float)
    ended = np.array([pair.ended for pair in pairs], dtype=float)
    dice = np.random.default_rng(0)
    rows = dice.integers(0, len(pairs), size=(RESAMPLES, len(pairs)))
    low, high = np.quantile((ended - first)[rows].mean(axis=1), (0.025, 0.975))
    accepted = [pair for pair in pairs if pair.accepted]
    calls = Counter(zip((g for p in pairs for g in p.gate_said), (j for p in pairs for j in p.judge_said), strict=True))
    return {
        "tasks": len(pairs),
        "first_rate": round(float(first.mean()), 4),
        "loop_rate": round(float(ended.mean()), 4),
        "interval": [round(float(low), 4), round(float(high), 4)],
        "accepted": len(accepted),
        "accepted_rate": round(float(np.mean([pair.ended for pair in accepted])), 4) if accepted else None,
        "oracle_rate": round(float(np.mean([pair.any_take for pair in pairs])), 4),
        "takes": sum(pair.takes for pair in pairs),
        "gate_passes_judge_agrees": calls[True, True],
        "gate_passes_judge_refuses": calls[True, False],
        "gate_refuses_judge_passes": calls[False, True],
        "gate_refuses_judge_agrees": calls[False, False],
    }


if __name__ == "__main__":
    main()
