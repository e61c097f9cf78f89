"""A small finished production, drawn and journalled here, for the tests of the delivery."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from callsheet.agents.aggregator import aggregate, before_after
from callsheet.core.call import CallReserved, CallSent
from callsheet.core.canonical import digest_of, digest_of_bytes
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.decision import Accept, Decision, Note, Reseed
from callsheet.core.delivery import Manifest, Strip
from callsheet.core.errors import AssetMissing
from callsheet.core.fact import (
    DecisionTaken,
    Entry,
    Fact,
    Greenlit,
    LeaseTaken,
    MoveChosen,
    NoteMade,
    ProductionPlanned,
    TakeJudged,
    TakeMade,
    TakePublished,
    TakeScored,
    TaskRouted,
    TaskUnfinished,
)
from callsheet.core.history import History
from callsheet.core.money import to_micros
from callsheet.core.plan import Department, Forecast, Gate, Plan, Preflight, Requirement, Shot, Task
from callsheet.core.take import Finding, Ingredient, Recipe, Score, Take, Unscored, Verdict

SIZE = 64
STAND_IN = "sketch crew: a stand-in for your model"


class DictStore:
    """Content-addressed bytes in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        digest = digest_of_bytes(data)
        self.kept[digest] = data
        return digest

    def get(self, digest: str) -> bytes:
        if digest not in self.kept:
            raise AssetMissing(digest)
        return self.kept[digest]


def draw(kind: str, seed: int, *, towers: int = 2, colour: str = "#b03a2e") -> Image.Image:
    """Draw a plate, a castle or a knight, with a little noise so that seeds differ."""
    chance = random.Random(f"{kind}{seed}")
    picture = Image.new("RGB", (SIZE, SIZE), "#2b3a55")
    pen = ImageDraw.Draw(picture)
    for row in range(SIZE):
        warmth = row / SIZE
        pen.line([(0, row), (SIZE, row)], fill=(int(40 + 150 * warmth), int(50 + 70 * warmth), int(90 - 10 * warmth)))
    pen.rectangle([0, 46, SIZE, SIZE], fill="#dfe4ea")
    if kind == "castle":
        pen.rectangle([18, 30, 46, 52], fill=colour)
        for tower in range(towers):
            left = 16 + tower * 28 // max(1, towers - 1)
            pen.rectangle([left, 18, left + 6, 52], fill=colour)
    if kind == "knight":
        left = chance.randint(8, 14)
        pen.ellipse([left + 3, 24, left + 11, 32], fill="#888")
        pen.rectangle([left, 32, left + 14, 56], fill=colour)
    for _ in range(120):
        pen.point((chance.randrange(SIZE), chance.randrange(SIZE)), fill=(chance.randrange(255),) * 3)
    return picture


def png(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()


def paste(ground: Image.Image, *layers: Image.Image) -> Image.Image:
    """Composite the red and blue of each layer over the ground."""
    result = ground.copy()
    for layer in layers:
        red, _, blue = layer.split()
        green = layer.getchannel("G")
        mask = Image.merge("RGB", (red, green, blue)).convert("HSV").getchannel("S").point(lambda s: 255 * (s > 130))
        result.paste(layer, (0, 0), mask)
    return result


@dataclass
class Stage:
    """Writes a journal by hand, one take after another on two workers."""

    store: DictStore
    facts: list[tuple[float, Fact]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def say(self, second: float, fact: Fact) -> None:
        self.facts.append((second, fact))

    def take(
        self,
        task: Task,
        picture: Image.Image,
        *,
        ends: float,
        seconds: float = 0.9,
        maker: str = "sketch-s",
        worker: str = "sketch-s/0",
        usd: float = 0.0012,
        wrong: tuple[Finding, ...] = (),
        right: float = 0.84,
        layers: tuple[str, ...] = (),
    ) -> Take:
        number = self.counts[task.name] = self.counts.get(task.name, 0) + 1
        recipe = Recipe(
            maker=maker,
            kind="post" if layers else "sketch",
            make=task.make,
            source="models/sketch/weights/sketch-s",
            revision="",
            weights_digest="" if layers else "sha256:" + "ab" * 32,
            prompt=task.prompt,
            negative="",
            seed=number * 1009 + len(task.name),
            width=SIZE,
            height=SIZE,
            steps=0 if layers else 12,
            guidance=0.0 if layers else 3.0,
            ingredients=tuple(Ingredient(role="layer", digest=digest) for digest in layers),
        )
        take = Take(
            id=f"{task.name}/t{number:02d}",
            task=task.name,
            number=number,
            recipe=recipe,
            digest=self.store.put(png(picture)),
            width=SIZE,
            height=SIZE,
            usd=usd,
            seconds=seconds,
            worker=worker,
        )
        key = digest_of(recipe) + take.id
        begins = ends - seconds
        self.say(
            begins, TaskRouted(task=task.name, attempt=number, maker=maker, why="the cheapest that knows every word")
        )
        self.say(
            begins,
            CallReserved(
                key=key,
                task=task.name,
                department=task.department,
                maker=maker,
                micros=to_micros(usd),
                token=key,
                recipe=recipe,
            ),
        )
        self.say(begins, CallSent(key=key, task=task.name, token=key))
        self.say(ends, TakeMade(task=task.name, key=key, token=key, micros=to_micros(usd), take=take))
        self._judge(task, take, ends, wrong, right)
        return take

    def _judge(self, task: Task, take: Take, ends: float, wrong: tuple[Finding, ...], right: float) -> None:
        bad = {finding.requirement: finding.score or 0.0 for finding in wrong}
        opinions = tuple(
            Score(requirement=one.id, critic="clip", value=bad.get(one.id, 0.9))
            if one.kind != "continuity"
            else Unscored(requirement=one.id, critic="clip", reason="no reference take yet")
            for one in task.requirements
        )
        verdict = Verdict(
            take=take.id, passed=not wrong, right=min(right, *bad.values(), 1.0), close=right, findings=wrong
        )
        self.say(
            ends + 0.2,
            TakeScored(task=task.name, take=take.id, digest=take.digest, panel="panel", opinions=opinions),
        )
        self.say(ends + 0.2, TakeJudged(task=task.name, verdict=verdict))
        move = Accept(take=take.id) if verdict.passed else Reseed(why="another seed may get it right")
        self.say(ends + 0.2, MoveChosen(task=task.name, take=take.id, move=move))

    def publish(self, take: Take, second: float, version: int = 1, by: str = "gate") -> None:
        self.say(
            second,
            TakePublished(task=take.task, take=take.id, digest=take.digest, version=version, accepted_by=by),
        )

    def history(self) -> History:
        start = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
        ordered = sorted(self.facts, key=lambda row: row[0])
        return History.of(
            Entry(seq=number, at=(start + timedelta(seconds=second)).isoformat(timespec="microseconds"), fact=fact)
            for number, (second, fact) in enumerate(ordered, start=1)
        )


@dataclass(frozen=True)
class Production:
    """Everything a delivery is written from."""

    plan: Plan
    history: History
    crew: Crew
    store: DictStore

    @property
    def manifest(self) -> Manifest:
        return aggregate(self.plan, self.history, self.crew, production="castle")

    @property
    def strips(self) -> tuple[Strip, ...]:
        return before_after(self.plan, self.history)

    def asked(self, *deliver: str) -> "Production":
        """The same production with other deliverables asked for."""
        return replace(self, plan=replace(self.plan, deliver=deliver))


def _atoms(*rows: tuple[str, str, str]) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(id=f"{kind}:{subject}={value}", kind=kind, subject=subject, value=value, asks=f"{value} {subject}")
        for kind, subject, value in rows
    )


TASKS = (
    Task(
        name="keep_day",
        department="architecture",
        make="still",
        prompt="one large red castle with two towers at day",
        entity="keep",
        requirements=_atoms(("count", "tower", "two"), ("attribute", "castle", "red"), ("time", "", "day")),
        unknown_words=("crenellated",),
    ),
    Task(
        name="gate_house",
        department="architecture",
        make="still",
        prompt="one small grey <tower> & a gate",
        requirements=_atoms(("existence", "tower", "one")),
    ),
    Task(
        name="sea_plate",
        department="environment",
        make="still",
        prompt="an empty snow field at dusk",
        shot="sq010_sh010",
        requirements=_atoms(("time", "", "dusk"), ("continuity", "", "as sea")),
    ),
    Task(name="sea_dawn", department="environment", make="still", prompt="an empty snow field at dawn"),
    Task(
        name="edda",
        department="characters",
        make="still",
        prompt="one large blue knight on the left",
        entity="ser_edda",
        requirements=_atoms(("position", "knight", "left"), ("attribute", "knight", "blue")),
    ),
    Task(
        name="sh030_comp",
        department="post",
        make="composite",
        inputs=("sea_plate", "keep_day", "edda"),
        shot="sq010_sh030",
    ),
    Task(name="sh030_grade", department="post", make="grade", inputs=("sh030_comp",), shot="sq010_sh030"),
    Task(name="banner", department="characters", make="still", prompt="a banner"),
)


def _plan() -> Plan:
    teams = (("architecture", 5), ("environment", 8), ("characters", 12), ("post", 5))
    return Plan(
        title="Fantasy Castle",
        brief_digest="sha256:" + "11" * 32,
        crew_digest="sha256:" + "22" * 32,
        seed=7,
        budget_usd=2.0,
        aspect="1:1",
        palette=("slate", "ember", "snow"),
        departments=tuple(Department(name=name, workers=workers, share=0.25) for name, workers in teams),
        tasks=tuple(replace(task, gate=Gate(floor=0.6, rounds=3)) for task in TASKS),
        shots=(
            Shot(code="sq010_sh010", from_task="sea_plate", seconds=1.0, move="pan left"),
            Shot(code="sq010_sh020", from_task="gate_house", seconds=0.5, move="hold"),
            Shot(code="sq010_sh030", from_task="sh030_grade", seconds=1.0, move="parallax"),
            Shot(code="sq010_sh040", from_task="banner", seconds=0.5, move="slow push in"),
        ),
        deliver=("contact_sheet", "timeline", "animatic", "stills"),
        preflight=(Preflight(task="banner", state="degraded", why="nobody draws a banner", fix="hire a maker"),),
        forecast=Forecast(
            tasks=8, takes=12, usd=0.02, usd_worst=0.08, seconds=14, critical_path_seconds=5, basis="nominal prices"
        ),
        unknown_words=("crenellated",),
        assumptions=("No shot durations were given: 3 seconds each.",),
    )


def _crew() -> Crew:
    common = {"kind": "sketch", "makes": ("still",), "licence": "Apache-2.0", "stand_in": STAND_IN}
    return Crew(
        name="sketch",
        makers=(
            MakerSpec(name="sketch-s", usd=0.0012, **common),
            MakerSpec(name="sketch-l", usd=0.003, strength=2, **common),
            MakerSpec(name="post", kind="post", makes=("composite", "grade"), usd=0.0001),
        ),
        critics=(CriticSpec(name="clip", kind="clip", checks=("count", "attribute")),),
    )


def stage(store: DictStore) -> History:
    """Play the production: two redone tasks, one unfinished, one ingested, one never made."""
    by_name = {task.name: task for task in TASKS}
    play = Stage(store=store)
    play.say(
        -30.0,
        ProductionPlanned(
            title="Fantasy Castle",
            brief_digest="sha256:" + "11" * 32,
            plan_digest="sha256:" + "33" * 32,
            crew_digest="sha256:" + "22" * 32,
            seed=7,
            budget_usd=2.0,
            tasks=len(TASKS),
        ),
    )
    play.say(-29.0, LeaseTaken(epoch=1, holder="studio:1"))
    play.say(0.0, Greenlit(plan_digest="sha256:" + "33" * 32, by="Ada"))

    keep, three = by_name["keep_day"], "asked for two towers; it looks like three towers"
    bad = Finding(requirement="count:tower=two", says=three, score=0.21)
    play.take(keep, draw("castle", 1, towers=3), ends=1.0, wrong=(bad,))
    play.take(keep, draw("castle", 2, towers=4), ends=2.3, wrong=(replace(bad, score=0.12),))
    castle = play.take(keep, draw("castle", 3), ends=4.0, seconds=1.4, maker="sketch-l", worker="sketch-l/0", usd=0.003)
    play.publish(castle, 4.3)

    gate = by_name["gate_house"]
    gone = Finding(requirement="existence:tower=one", says="asked for one grey tower; it looks like snow", score=0.4)
    best = play.take(gate, draw("castle", 4, towers=1, colour="#777777"), ends=6.0, wrong=(gone,))
    play.take(gate, draw("plate", 5), ends=7.2, wrong=(replace(gone, score=0.1),))
    play.say(7.5, TaskUnfinished(task=gate.name, why="used its 2 rounds; the best take stays", best=best.id))

    sea = play.take(by_name["sea_plate"], draw("plate", 6), ends=1.2, worker="sketch-s/1")
    play.publish(sea, 1.5, by="person:Ada")
    dawn = play.take(by_name["sea_dawn"], draw("plate", 7), ends=2.5, worker="sketch-s/1")
    play.publish(dawn, 2.8)

    edda = by_name["edda"]
    astray = Finding(
        requirement="position:knight=left", says="asked for a knight on the left; it is centred", score=0.33
    )
    play.take(edda, draw("knight", 8, colour="#2255cc"), ends=3.9, worker="sketch-s/1", wrong=(astray,))
    knight = play.take(edda, draw("knight", 9, colour="#2255cc"), ends=5.2, worker="sketch-s/1")
    play.publish(knight, 5.5)

    comp_picture = paste(draw("plate", 6), draw("castle", 3), draw("knight", 9, colour="#2255cc"))
    layers = (sea.digest, castle.digest, knight.digest)
    cheap = {"maker": "post", "worker": "post/0", "usd": 0.0001, "seconds": 0.3}
    comp = play.take(by_name["sh030_comp"], comp_picture, ends=8.0, layers=layers, **cheap)
    play.publish(comp, 8.3)
    graded = comp_picture.point(lambda value: int(value * 0.9))
    grade = play.take(by_name["sh030_grade"], graded, ends=9.0, layers=(comp.digest,), **cheap)
    play.publish(grade, 9.3)

    play.say(
        9.5, NoteMade(note=Note(about="sq010_sh030", text="Colder, please: it is the last night of winter.", by="Ada"))
    )
    play.say(9.6, DecisionTaken(task="banner", decision=_omit()))
    return play.history()


def _omit() -> Decision:
    return Decision(task="banner", digest="", round=0, action="omit", by="Ada", note="we do without it")


@pytest.fixture(scope="session")
def production() -> Production:
    store = DictStore()
    history = stage(store)
    return Production(plan=_plan(), history=history, crew=_crew(), store=store)
