"""The two plans the corpus of turns is about, and how a turn's wishes are compared with what was expected."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from callsheet.agents.briefs import decode_brief
from callsheet.agents.conversation.scene import Scene
from callsheet.agents.director import plan_brief
from callsheet.core.crew import Crew, CriticSpec, MakerSpec
from callsheet.core.wish import About, Retake, Unclear, Wish

BRIEFS = Path(__file__).parents[3] / "briefs"
_CHECKS = (
    "existence",
    "count",
    "attribute",
    "relation",
    "position",
    "time",
    "weather",
    "absence",
    "style",
    ("technical"),
)
CREW = Crew(
    name="test",
    makers=(
        MakerSpec(name="sketch-s", kind="fake", makes=("still",), usd=0.002),
        MakerSpec(name="sketch-l", kind="fake", makes=("still",), usd=0.006, strength=2),
        MakerSpec(name="post", kind="post", makes=("composite", "grade", "crop", "upscale"), usd=0.0005),
    ),
    critics=(CriticSpec(name="eye", kind="fake", checks=_CHECKS),),
)
_STATES = {
    "vhar_near": "unfinished",
    "standoff": "unfinished",
    "towers": "waiting",
    "edda": "waiting",
    "ships": ("paused"),
}


@cache
def scene_of(on: str) -> Scene:
    """Set the scene: the plan of a brief, one take of every still and two of some, some tasks failed or waiting."""
    if on == "nothing":
        return Scene()
    name = {"castle": "fantasy_castle", "lights": "lighting_variations"}[on]
    brief = decode_brief((BRIEFS / f"{name}.yaml").read_bytes(), f"{name}.yaml")
    plan = plan_brief(brief, CREW)
    takes = {task.name: 3 if task.name in ("keep_near", "towers", "edda", "vhar_near") else 1 for task in plan.tasks}
    states = {task.name: _STATES.get(task.name, "accepted") for task in plan.tasks}
    return Scene(plan=plan, brief=brief, makers=tuple(one.name for one in CREW.makers), takes=takes, states=states)


def scene_for(turn: Mapping[str, object]) -> Scene:
    """Set the scene of one line of the corpus."""
    scene = scene_of(str(turn.get("on", "castle")))
    last, before, proposed = (_patterns(turn.get(key)) for key in ("last", "before", "proposed_about"))
    if last:
        scene = replace(scene, last=About(says="what was spoken of", tasks=_tasks(last, scene)))
    if before:
        scene = replace(scene, before=About(says="the one before", tasks=_tasks(before, scene)))
    if proposed or turn.get("proposed"):
        scene = replace(scene, proposed=(Retake(about=About(says="all", tasks=_tasks(proposed or ["*"], scene))),))
    take = turn.get("last_take")
    return replace(scene, last_take=take) if isinstance(take, int) else scene


def _patterns(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _tasks(patterns: Iterable[str], scene: Scene) -> tuple[str, ...]:
    patterns = list(patterns)
    return tuple(name for name in scene.glossary.names if any(fnmatch(name, pattern) for pattern in patterns))


def differs(turn: Mapping[str, object], meant: tuple[Wish | Unclear, ...], scene: Scene) -> str:
    """Say how what was understood differs from what was expected; empty where it does not."""
    expected = turn["wishes"]
    assert isinstance(expected, list)
    got = [getattr(wish, "verb", "unclear") for wish in meant]
    if got != [one["verb"] for one in expected]:
        return f"{got} for {[one['verb'] for one in expected]}: {meant}"
    return "; ".join(filter(None, (_wrong(one, wish, scene) for one, wish in zip(expected, meant, strict=True))))


def _wrong(expected: Mapping[str, object], wish: Wish | Unclear, scene: Scene) -> str:
    for key, value in expected.items():
        about = getattr(wish, "about", None)
        if key == "tasks":
            wanted, found = _tasks(_patterns(value), scene), about.tasks if isinstance(about, About) else ()
            is_same = set(wanted) == set(found)
        elif key in ("says", "department"):
            found = getattr(about, key, "")
            is_same = found == value
        elif key == "offers":
            found = getattr(wish, "nearest", ())
            is_same = set(_patterns(value)) <= set(found)
        elif key == "vary":
            assert isinstance(value, dict)
            found = {axis: list(words) for axis, words in getattr(wish, "vary", {}).items()}
            is_same = found == value
        else:
            found = getattr(wish, key, "unclear")
            is_same = (list(found) if isinstance(found, tuple) else found) == value
        if not is_same:
            return f"{key}: {found!r} for {value!r}"
    return ""
