"""Does the critic of continuity tell one entity from another, and what does a reference change?

Renders: a subject painted in two scenes against the same in another colour, and another kind in the same colour;
AUC of the crew's critic. Takes: entities, each with a reference and stills in other places and light, made by the house
crew from words alone and from the reference by image-to-image; mean likeness to the reference, and how many takes pass
the panel's must-haves.

`python -m callsheet.evals.bench_continuity --json [--quick]`
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..agents.qc import judge
from ..agents.router import route
from ..core.brief import Brief, DepartmentBrief, Entity, TaskBrief
from ..core.canonical import digest_of_bytes
from ..core.decision import Escalate
from ..core.plan import Requirement, Task
from ..core.ports import Maker
from ..core.take import Ingredient, Recipe, Score, Verdict
from ..graphs.planning import Called, call_sheet
from ..models.frame import as_png
from ..models.hosting import Panel, build_maker, build_panel
from ..models.sketch.painter import paint
from ..models.sketch.vocabulary import (
    COLOURS,
    GROUNDS,
    KINDS,
    SIDES,
    SIZES,
    TIMES,
    WEATHERS,
    Colour,
    Kind,
    Scene,
    complete_caption,
)
from .reporting import parse_bench_arguments, report, tell

MAKER: Final = "sketch-l"
STRENGTHS: Final = {"words": None, "image_0.85": 0.85}
"""By arm: how much of the reference is drawn anew, or None where the maker does not see it."""

_ASKED: Final = Requirement(id="continuity:it", kind="continuity", subject="", value="reference")


def main() -> None:
    """Measure and report."""
    arguments = parse_bench_arguments(__doc__ or "")
    pairs, entities, shots = (12, 3, 2) if arguments.quick else (60, 20, 4)
    dice = random.Random(arguments.seed)
    called = _called(entities, shots, dice)
    panel = build_panel(called.crew.critics)
    figures: dict[str, object] = {"pairs": pairs, **_separation(panel, pairs, dice)}
    tell(f"renders: {figures}")
    report("continuity", {**figures, "entities": entities, "shots": shots, "maker": MAKER, **_takes(called, panel)})


def _scene(kind: Kind, colour: Colour, dice: random.Random) -> Scene:
    return Scene(
        kind=kind,
        colour=colour,
        size=dice.choice(SIZES),
        side=dice.choice(SIDES),
        ground=dice.choice(GROUNDS[:-1]),
        time=dice.choice(TIMES),
        weather=dice.choice(WEATHERS),
    )


def _separation(panel: Panel, pairs: int, dice: random.Random) -> dict[str, object]:
    same, colours, kinds = [], [], []
    for _ in range(pairs):
        kind, colour = dice.choice(KINDS), dice.choice(COLOURS)
        other_colour = dice.choice([one for one in COLOURS if one != colour])
        other_kind = dice.choice([one for one in KINDS if one != kind])
        reference = _render(kind, colour, dice)
        same.append(_likeness(panel, _render(kind, colour, dice), reference))
        colours.append(_likeness(panel, _render(kind, other_colour, dice), reference))
        kinds.append(_likeness(panel, _render(other_kind, colour, dice), reference))
    return {
        "auc_colour": _auc(same, colours),
        "auc_kind": _auc(same, kinds),
        "auc": _auc(same, [*colours, *kinds]),
        "same": _mean(same),
        "other_colour": _mean(colours),
        "other_kind": _mean(kinds),
    }


def _render(kind: Kind, colour: Colour, dice: random.Random) -> bytes:
    return as_png(paint(_scene(kind, colour, dice), dice.randrange(2**31)))


def _likeness(panel: Panel, picture: bytes, reference: bytes) -> float | None:
    (opinion,) = panel.look(picture, [_ASKED], (), {_ASKED.value: reference})
    return opinion.value if isinstance(opinion, Score) else None


def _auc(same: Sequence[float | None], others: Sequence[float | None]) -> float:
    """Give the chance that a pair of one entity scores above a pair of two; ties count half."""
    one = np.array([value for value in same if value is not None])[:, None]
    other = np.array([value for value in others if value is not None])[None, :]
    return round(float((one > other).mean() + 0.5 * (one == other).mean()), 4)


def _mean(values: Sequence[float | None]) -> float:
    return round(float(np.mean([value for value in values if value is not None])), 4)


def _called(entities: int, shots: int, dice: random.Random) -> Called:
    described: dict[str, Entity] = {}
    tasks: dict[str, TaskBrief] = {}
    for number in range(entities):
        kind, colour, name = KINDS[number % len(KINDS)], dice.choice(COLOURS), f"e{number:02d}"
        described[name] = Entity(kind="prop", is_=f"a {colour} {kind}", reference=f"{name}_ref")
        prompts = [f"one large {colour} {kind} in the center on a plain backdrop"]
        prompts += [complete_caption(_scene(kind, colour, dice)) for _ in range(shots)]
        for place, prompt in enumerate(prompts):
            task = f"{name}_{place}" if place else f"{name}_ref"
            tasks[task] = TaskBrief(department="lab", entity=name, prompt=prompt)
    brief = Brief(
        title="continuity", budget_usd=1000.0, departments={"lab": DepartmentBrief()}, entities=described, tasks=tasks
    )
    return call_sheet(brief)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One take as the panel sees it."""

    passed: bool
    likeness: float | None


def _takes(called: Called, panel: Panel) -> dict[str, object]:
    maker = build_maker(called.crew.maker(MAKER))
    seen: dict[str, list[_Seen]] = {arm: [] for arm in STRENGTHS}
    references: dict[str, bytes] = {}
    for task in called.plan.tasks:
        if not task.inputs:
            references[task.name] = _reference(called, task, maker, panel)
            continue
        reference = references[task.inputs[0]]
        for arm, strength in STRENGTHS.items():
            picture = maker.make(*_recipe(called, task, 1, reference, strength)).data
            seen[arm].append(_look(panel, task, picture, reference))
        tell(f"{task.name}: {[(arm, found[-1]) for arm, found in seen.items()]}")
    figures: dict[str, object] = {}
    for arm, found in seen.items():
        figures[f"likeness_{arm}"] = _mean([one.likeness for one in found])
        figures[f"passed_{arm}"] = round(sum(one.passed for one in found) / len(found), 4)
        figures[f"unscored_{arm}"] = sum(one.likeness is None for one in found)
    return figures


def _reference(called: Called, task: Task, maker: Maker, panel: Panel) -> bytes:
    """Make a reference as the loop would: the first take of three that passes, else the best."""
    tried: list[tuple[Verdict, bytes]] = []
    for attempt in range(1, 4):
        picture = maker.make(*_recipe(called, task, attempt, b"", None)).data
        tried.append((_verdict(panel, task, picture), picture))
        if tried[-1][0].passed:
            break
    return max(tried, key=lambda one: (one[0].passed, one[0].right))[1]


def _recipe(
    called: Called, task: Task, attempt: int, reference: bytes, strength: float | None
) -> tuple[Recipe, dict[str, bytes]]:
    moves = (Escalate(maker=MAKER, why="the bench"),)
    chosen = route(task, called.crew, attempt=attempt, seed=called.plan.seed, inputs=(), moves=moves)
    assert chosen is not None
    if strength is None:
        return chosen.recipe, {}
    digest = digest_of_bytes(reference)
    image = (Ingredient(role="image", digest=digest),)
    return replace(chosen.recipe, ingredients=image, settings={"strength": f"{strength}"}), {digest: reference}


def _look(panel: Panel, task: Task, picture: bytes, reference: bytes) -> _Seen:
    verdict = _verdict(panel, task, picture)
    return _Seen(verdict.passed, _likeness(panel, picture, reference))


def _verdict(panel: Panel, task: Task, picture: bytes) -> Verdict:
    asked = [one for one in task.requirements if one.kind != "continuity"]
    return judge(task.name, asked, panel.look(picture, asked, (), {}), floor=task.gate.floor)


if __name__ == "__main__":
    main()
