"""The takes of the quality experiment: made and looked at once, shared by every arm, kept so that a run goes on.

A take is named by its prompt, maker and attempt; its seed follows from them as in a production. What another panel saw
is looked at again, from the kept picture, and not made again.
"""

import io
import json
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

import open_clip
import torch
from PIL import Image

from ..agents.qc import judge as conclude
from ..agents.router import route
from ..core.brief import Brief, DepartmentBrief, TaskBrief
from ..core.canonical import digest_of
from ..core.crew import Crew
from ..core.decision import Escalate
from ..core.plan import Plan, Task
from ..core.ports import Maker
from ..core.take import Opinion, Verdict
from ..graphs.planning import call_sheet
from ..models.critics.signature import VERSIONS
from ..models.hosting import Panel, build_maker, build_panel
from ..models.sketch.scene import random_scene
from ..models.sketch.vocabulary import Scene, complete_caption
from .judge.atoms import atoms_of, holds
from .judge.judge import Judge, load_judge

Key = tuple[int, str, int]
"""Prompt number, maker, attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One take, as the critics and as the judge see it."""

    prompt: int
    maker: str
    attempt: int
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

    @property
    def key(self) -> Key:
        """Its name."""
        return self.prompt, self.maker, self.attempt

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
    brief = Brief(
        title="quality",
        budget_usd=1000.0,
        departments={"lab": DepartmentBrief()},
        tasks={
            f"p{number:04d}": TaskBrief(department="lab", prompt=complete_caption(scene))
            for number, scene in enumerate(scenes)
        },
    )
    called = call_sheet(brief, seed=seed)
    return Course(tuple(scenes), called.crew, called.plan)


def takes_of(course: Course, keys: Sequence[Key], cache: Path, *, tell: Callable[[str], None]) -> dict[Key, Try]:
    """Give the takes asked for, making those the cache lacks, two processes at a time."""
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / "takes.jsonl"
    panel = digest_of((course.crew.critics_identity(), tuple(sorted(VERSIONS.items())), course.plan.tasks))
    kept = list(_read(file))
    made = {one.key: one.make_seconds for one in kept}
    found = {one.key: one for one in kept if one.panel == panel}
    missing = [(key, panel, made.get(key)) for key in sorted(keys) if key not in found]
    context = get_context("spawn")
    with (
        file.open("a", encoding="utf-8") as out,
        context.Pool(course.crew.cores, _hire, (course, cache / "pictures")) as pool,
    ):
        for done, one in enumerate(pool.imap_unordered(_make, missing, chunksize=4), start=1):
            found[one.key] = one
            out.write(json.dumps(asdict(one)) + "\n")
            out.flush()
            if done % 100 == 0:
                tell(f"{done} of {len(missing)} takes made")
    return {key: found[key] for key in keys}


def _read(file: Path) -> Iterable[Try]:
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield Try(**(row | {"findings": tuple(row["findings"])}))


@dataclass(slots=True)
class _Worker:
    """What one process holds."""

    course: Course
    pictures: Path
    panel: Panel
    whole: "WholePrompt"
    judge: Judge
    makers: dict[str, Maker] = field(default_factory=dict)

    def make(self, key: Key, panel: str, made_in: float | None) -> Try:
        number, maker, attempt = key
        task, scene = self.course.plan.tasks[number], self.course.scenes[number]
        file = self.pictures / f"{task.name}_{maker}_{attempt:02d}.png"
        if made_in is None:
            data, making = self._picture(task, maker, attempt)
            self.pictures.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        else:
            data, making = file.read_bytes(), made_in
        began = time.perf_counter()
        opinions = self.panel.look(data, task.requirements, (), {})
        looking = time.perf_counter() - began
        verdict = conclude(f"{task.name}/t{attempt:02d}", task.requirements, opinions, floor=task.gate.floor)
        picture = Image.open(io.BytesIO(data)).convert("RGB")
        seen = self.judge.read(picture)
        return Try(
            prompt=number,
            maker=maker,
            attempt=attempt,
            holds={f"{atom.kind}:{atom.subject}:{atom.value}": holds(atom, seen) for atom in atoms_of(scene)},
            whole=self.whole.cosine(picture, task.prompt),
            atoms=_atoms_alone(task, opinions).right,
            passed=verdict.passed,
            right=verdict.right,
            close=verdict.close,
            findings=tuple(one.requirement for one in verdict.findings),
            make_seconds=round(making, 4),
            look_seconds=round(looking, 4),
            panel=panel,
        )

    def _picture(self, task: Task, maker: str, attempt: int) -> tuple[bytes, float]:
        if maker not in self.makers:
            self.makers[maker] = build_maker(self.course.crew.maker(maker))
        chosen = route(
            task,
            self.course.crew,
            attempt=attempt,
            seed=self.course.plan.seed,
            inputs=(),
            moves=(Escalate(maker=maker, why="the experiment"),),
        )
        assert chosen is not None
        assert chosen.maker.name == maker
        began = time.perf_counter()
        data = self.makers[maker].make(chosen.recipe, {}).data
        return data, time.perf_counter() - began


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


def _make(job: tuple[Key, str, float | None]) -> Try:
    return _WORKER[0].make(*job)


def _atoms_alone(task: Task, opinions: Sequence[Opinion]) -> Verdict:
    asked = [one for one in task.requirements if one.kind != "technical"]
    about = {one.id for one in asked}
    given = [one for one in opinions if one.requirement in about]
    return conclude("", asked, given, floor=0.5)
