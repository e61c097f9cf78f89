"""One process of the quality experiment: it makes takes, and has panel and judge look at them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from PIL import Image

from ...agents.qc import judge as conclude
from ...agents.router import route
from ...core.canonical import digest_of_bytes
from ...core.crew import Crew
from ...core.decision import Escalate, Move, Region, Repair, Reseed, Rewrite
from ...core.plan import Plan, Task
from ...core.ports import Maker
from ...core.take import Opinion, Verdict, take_id
from ...models.critics.eye import Eye
from ...models.frame import decoded
from ...models.hosting import Panel, build_maker, build_panel
from ...models.segmentation import repair_mask
from ...models.sketch.vocabulary import Scene
from ..judge.atoms import atoms_of, holds
from ..judge.judge import Judge, load_judge
from .tries import Job, Key, Try, picture_name


@dataclass(slots=True)
class _Worker:
    """What one process holds."""

    crew: Crew
    plan: Plan
    scenes: Sequence[Scene]
    pictures: Path
    panel: Panel
    eye: Eye
    judge: Judge
    makers: dict[str, Maker] = field(default_factory=dict)

    def make(self, job: Job) -> Try:
        key = job.key
        task, scene = self.plan.tasks[key.prompt], self.scenes[key.prompt]
        file = self._file(key, job)
        if job.made_in is None:
            data, making = self._picture(task, key, job)
            self.pictures.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        else:
            data, making = file.read_bytes(), job.made_in
        began = time.perf_counter()
        opinions = self.panel.look(data, task.requirements, (), {})
        looking = time.perf_counter() - began
        verdict = conclude(take_id(task.name, key.attempt), task.requirements, opinions, floor=task.gate.floor)
        picture = decoded(data)
        seen = self.judge.read(picture)
        return Try(
            key=key,
            holds={f"{atom.kind}:{atom.subject}:{atom.value}": holds(atom, seen) for atom in atoms_of(scene)},
            whole=_whole_prompt(self.eye, picture, task.prompt),
            atoms=_atoms_alone(task, opinions).right,
            passed=verdict.passed,
            right=verdict.right,
            close=verdict.close,
            findings=tuple(one.requirement for one in verdict.findings),
            make_seconds=round(making, 4),
            look_seconds=round(looking, 4),
            panel=job.panel,
            weights=job.weights[key.maker],
        )

    def _file(self, key: Key, job: Job) -> Path:
        return self.pictures / picture_name(key, job.weights[key.maker])

    def _picture(self, task: Task, key: Key, job: Job) -> tuple[bytes, float]:
        if key.maker not in self.makers:
            self.makers[key.maker] = build_maker(self.crew.maker(key.maker))
        moves: list[Move] = [Escalate(maker=key.maker, why="the experiment")]
        if key.words:
            moves.append(Rewrite(prompt=key.words, why="the experiment"))
        parts: dict[str, bytes] = {}
        if key.repairs and key.region:
            repair, parts = self._repair(self._file(key.repairs, job).read_bytes(), key.region)
            moves.append(repair)
        chosen = route(task, self.crew, attempt=key.attempt, seed=self.plan.seed, inputs=(), moves=moves)
        assert chosen is not None
        assert chosen.maker.name == key.maker
        began = time.perf_counter()
        data = self.makers[key.maker].make(chosen.recipe, parts).data
        return data, time.perf_counter() - began

    def _repair(self, picture: bytes, region: Region) -> tuple[Move, dict[str, bytes]]:
        """Draw the mask as a production does; without one, it is another seed."""
        mask = repair_mask(picture, region)
        if mask is None:
            return Reseed(why="nothing to repair"), {}
        parts = {digest_of_bytes(one): one for one in (picture, mask)}
        move = Repair(take="", region=region, why="", picture=digest_of_bytes(picture), mask=digest_of_bytes(mask))
        return move, parts


def _whole_prompt(eye: Eye, picture: Image.Image, prompt: str) -> float:
    """Give the baseline everybody uses: the cosine of a picture and its whole prompt."""
    eye.learn([prompt])
    return round(float(eye.cosines([prompt], eye.see([picture])).item()), 5)


_WORKER: list[_Worker] = []


def hire(crew: Crew, plan: Plan, scenes: Sequence[Scene], pictures: Path) -> None:
    """Load panel and judge in this process, once; makers come as they are needed."""
    if _WORKER:
        return
    torch.set_num_threads(1)
    clip = next(critic for critic in crew.critics if critic.kind == "clip")
    _WORKER.append(_Worker(crew, plan, scenes, pictures, build_panel(crew.critics), Eye(clip), load_judge()))


def make(job: Job) -> Try:
    """Make and look at one take in a process that was hired."""
    return _WORKER[0].make(job)


def _atoms_alone(task: Task, opinions: Sequence[Opinion]) -> Verdict:
    asked = [one for one in task.requirements if one.kind != "technical"]
    about = {one.id for one in asked}
    given = [one for one in opinions if one.requirement in about]
    return conclude("", asked, given, floor=0.5)
