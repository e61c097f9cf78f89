"""The takes of the quality experiment: made and looked at once, shared by every arm, kept so that a run goes on.

A take is named by its prompt, maker and attempt; its seed follows from them as in a production. What another panel saw
is looked at again, from the kept picture, and not made again.
"""

import io
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import open_clip
import torch
from PIL import Image

from ..agents.qc import judge as conclude
from ..agents.router import route
from ..core.canonical import digest_of, digest_of_bytes
from ..core.crew import Crew
from ..core.decision import Escalate, Move, Region, Repair, Reseed, Rewrite
from ..core.plan import Plan, Task
from ..core.ports import Maker
from ..core.take import Opinion, Verdict
from ..graphs.learning import eyes_of
from ..graphs.planning import call_sheet
from ..models.hosting import Panel, build_maker, build_panel
from ..models.segmentation import repair_mask
from ..models.sketch.scene import random_scene
from ..models.sketch.vocabulary import Scene
from .judge.atoms import atoms_of, holds
from .judge.judge import Judge, load_judge
from .staging import brief_of


class Key(NamedTuple):
    """A take's name."""

    prompt: int
    maker: str
    attempt: int
    repairs: "Key | None" = None
    """The take it is a repair of."""
    region: Region | None = None
    """What was painted anew."""
    words: str = ""
    """The prompt, where it is not the task's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A take to be looked at, and made where its picture is not kept."""

    key: Key
    panel: str
    weights: Mapping[str, str]
    """Digest of each maker's weights."""
    made_in: float | None
    """Seconds it was made in, where its picture is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One take, as the critics and as the judge see it."""

    key: Key
    holds: Mapping[str, bool]
    """For each of the judge's claims, whether it holds."""
    whole: float
    """Cosine of picture and whole prompt in the critic's CLIP."""
    atoms: float
    """Geometric mean of the CLIP atoms alone."""
    passed: bool
    """Whether the panel lets it through its gate."""
    right: float
    close: float
    findings: tuple[str, ...] = ()
    make_seconds: float
    look_seconds: float
    panel: str = ""
    """Digest of the critics that looked."""
    weights: str = ""
    """Digest of the maker's weights."""

    @property
    def is_right(self) -> bool:
        """Whether the judge finds it all-correct."""
        return all(self.holds.values())


@dataclass(frozen=True, slots=True)
class Course:
    """The prompts with the scenes behind them."""

    scenes: tuple[Scene, ...]
    crew: Crew
    plan: Plan


def lay_course(prompts: int, *, seed: int) -> Course:
    """Draw the prompts, before any arm is run: scenes with a subject, seeds far from every training's."""
    dice = random.Random(9_500_001 + seed)
    scenes: list[Scene] = []
    while len(scenes) < prompts:
        scene = random_scene(dice)
        if scene.kind is not None:
            scenes.append(scene)
    named = {f"p{number:04d}": scene for number, scene in enumerate(scenes)}
    called = call_sheet(brief_of(named, title="quality", budget_usd=1000.0), seed=seed)
    return Course(tuple(scenes), called.crew, called.plan)


def takes_of(course: Course, keys: Sequence[Key], cache: Path, *, tell: Callable[[str], None]) -> dict[Key, Try]:
    """Give the takes asked for, making those the cache lacks, a process a core."""
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / "takes.jsonl"
    panel = digest_of((eyes_of(course.crew), course.plan.tasks))
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


def picture_name(key: Key, weights: str) -> str:
    """Name the file a take's picture is kept in; the maker's other weights make another file."""
    return f"p{key.prompt:04d}_{key.maker}_{key.attempt:02d}_{digest_of((key, weights))[7:19]}.png"


def _made(jobs: Sequence[Job], course: Course, pictures: Path) -> Iterator[Try]:
    # Every process loads all models before it is asked for anything.
    if not jobs:
        return
    with get_context("spawn").Pool(course.crew.cores, _hire, (course, pictures)) as pool:
        yield from pool.imap_unordered(_make, jobs, chunksize=4)


def _read(file: Path) -> Iterable[Try]:
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield Try(**(row | {"findings": tuple(row["findings"]), "key": _key(row["key"])}))


def _key(row: list[Any]) -> Key:
    prompt, maker, attempt, repairs, region, words = row
    return Key(prompt, maker, attempt, _key(repairs) if repairs else None, region, words)


@dataclass(slots=True)
class _Worker:
    """What one process holds."""

    course: Course
    pictures: Path
    panel: Panel
    whole: "WholePrompt"
    judge: Judge
    makers: dict[str, Maker] = field(default_factory=dict)

    def make(self, job: Job) -> Try:
        key = job.key
        task, scene = self.course.plan.tasks[key.prompt], self.course.scenes[key.prompt]
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
        verdict = conclude(f"{task.name}/t{key.attempt:02d}", task.requirements, opinions, floor=task.gate.floor)
        picture = Image.open(io.BytesIO(data)).convert("RGB")
        seen = self.judge.read(picture)
        return Try(
            key=key,
            holds={f"{atom.kind}:{atom.subject}:{atom.value}": holds(atom, seen) for atom in atoms_of(scene)},
            whole=self.whole.cosine(picture, task.prompt),
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
            self.makers[key.maker] = build_maker(self.course.crew.maker(key.maker))
        moves: list[Move] = [Escalate(maker=key.maker, why="the experiment")]
        if key.words:
            moves.append(Rewrite(prompt=key.words, why="the experiment"))
        parts: dict[str, bytes] = {}
        if key.repairs and key.region:
            repair, parts = self._repair(self._file(key.repairs, job).read_bytes(), key.region)
            moves.append(repair)
        chosen = route(task, self.course.crew, attempt=key.attempt, seed=self.course.plan.seed, inputs=(), moves=moves)
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


class WholePrompt:
    """The baseline everybody uses: the cosine of a picture and its whole prompt."""

    def __init__(self, folder: Path) -> None:
        name = f"local-dir:{folder}"
        self._model, _, self._look = open_clip.create_model_and_transforms(name)
        self._model.eval()
        self._tokenize = open_clip.get_tokenizer(name)

    @torch.no_grad()
    def cosine(self, picture: Image.Image, prompt: str) -> float:
        """Compare, in [-1, 1]."""
        seen = self._model.encode_image(self._look(picture)[None], normalize=True)
        said = self._model.encode_text(self._tokenize([prompt]), normalize=True)
        return round(float((seen @ said.T).item()), 5)


_WORKER: list[_Worker] = []


def _hire(course: Course, pictures: Path) -> None:
    torch.set_num_threads(1)
    clip = next(critic for critic in course.crew.critics if critic.kind == "clip")
    panel = build_panel(course.crew.critics)
    _WORKER.append(_Worker(course, pictures, panel, WholePrompt(Path(clip.folder or clip.source)), load_judge()))


def _make(job: Job) -> Try:
    return _WORKER[0].make(job)


def _atoms_alone(task: Task, opinions: Sequence[Opinion]) -> Verdict:
    asked = [one for one in task.requirements if one.kind != "technical"]
    about = {one.id for one in asked}
    given = [one for one in opinions if one.requirement in about]
    return conclude("", asked, given, floor=0.5)
