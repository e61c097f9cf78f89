"""What a brief leaves out, planned: departments, entities, tasks and shots from as little as one sentence."""

import re
from dataclasses import dataclass, replace
from typing import Final

from ...core.brief import Brief, DepartmentBrief, Entity, ShotBrief, TaskBrief
from ..language.atoms import Reading
from ..language.prose import parted
from ..looks.composing import composed
from ..reading import read
from .casting import MOST_ENTITIES, STANDS_ON, entities_of
from .phrasing import GROUNDS, ground_of
from .scenes import MOVES, shot_code, told, with_scenes
from .wording import say_frame

_TEAMS: Final = {"architecture": 3, "environment": 3, "characters": 4, "post": 2}
_PALETTES: Final = {
    "dawn": ("#2b2a4c", "#d98c7a", "#f6e3c5"), "day": ("#24405e", "#7fb2d9", "#f4f1e4"),
    "dusk": ("#2f3640", "#c8642f", "#f2f3f5"), "night": ("#0b1020", "#2c3f66", "#b9c6de"),
}  # fmt: skip
"""Darkest first."""
_MOST_SHOTS: Final = 12
_LONGEST_SCENE = 30
"""Words of a sentence that can be one picture; a longer story, or one of several entities, opens on its first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A brief with nothing missing, and what was assumed to fill it."""

    brief: Brief
    assumptions: tuple[str, ...]


def fill(brief: Brief) -> Filled:
    """Plan what a brief leaves out; what it says stays as it is."""
    said: list[str] = []
    if brief.look.like:
        said.append(f"The look begins from {', '.join(brief.look.like)}; what the brief says itself stands over it.")
        brief = replace(brief, look=composed(brief.look))
    if not brief.title:
        brief = replace(brief, title=_title(brief.logline))
        said.append(f"The title {brief.title!r} is taken from the logline.")
    if not brief.tasks:
        brief = _with_tasks(brief, said)
    if not brief.departments:
        brief = _with_departments(brief, said)
    if not brief.shots and brief.tasks:
        brief = _with_shots(brief, said)
    if not brief.look.palette and any(task.make == "grade" for task in brief.tasks.values()):
        brief = _with_palette(brief, said)
    return Filled(brief=brief, assumptions=tuple(said))


def _title(logline: str) -> str:
    if found := re.search(r"\btitle: ?([^.;:!?\n]{2,60}?)(?=[.;:!?\n]| (?:scene|shot) \d|$)", logline, re.IGNORECASE):
        return found[1].strip()
    prose = parted(logline[:4000])
    told_of = ". ".join(one.text for one in prose.pictures) or logline
    cast = [one.is_.split(" ", 1)[1].title() for one in list(entities_of(read(told_of)).values())[:2]]
    words = re.sub(r"[^\w\s'-]", "", logline).split()
    return " and ".join(cast) or " ".join(words[:6]) or "Untitled"


def _with_departments(brief: Brief, said: list[str]) -> Brief:
    named_teams = parted(brief.logline[:4000]).teams if brief.logline else ()
    names = dict.fromkeys((*named_teams, *(task.department for task in brief.tasks.values())))
    teams = {name: DepartmentBrief(workers=_TEAMS.get(name, 4)) for name in names}
    staffed = ", ".join(f"{name} {team.workers}" for name, team in teams.items())
    said.append(f"Departments are staffed as their tasks need them: {staffed} workers.")
    return replace(brief, departments=teams)


# -- shots for a brief that has tasks


def _with_shots(brief: Brief, said: list[str]) -> Brief:
    used = {one for task in brief.tasks.values() for one in (*task.layers, task.input) if one is not None}
    finals = [name for name in brief.tasks if name not in used]
    named = {task.shot: name for name, task in brief.tasks.items() if task.shot is not None and name in finals}
    if named:
        shots = {
            code: ShotBrief(from_=name, move=MOVES[at % 5]) for at, (code, name) in enumerate(sorted(named.items()))
        }
        said.append(f"The {len(shots)} shots are those the tasks name, 3 seconds each.")
    else:
        chosen = _spread(finals, _MOST_SHOTS)
        shots = {shot_code(at): ShotBrief(from_=name, move=MOVES[at % 5]) for at, name in enumerate(chosen)}
        said.append(f"The cut shows {len(shots)} of {len(finals)} final tasks, 3 seconds each.")
    return replace(brief, shots=shots)


def _spread(names: list[str], most: int) -> list[str]:
    if len(names) <= most:
        return names
    return [names[at * len(names) // most] for at in range(most)]


# -- everything, for a brief that has no tasks


def _with_tasks(brief: Brief, said: list[str]) -> Brief:
    if prose := told(brief):
        return with_scenes(brief, prose, said)
    reading = read(brief.logline or brief.title)
    entities = dict(brief.entities) or entities_of(reading)
    if not brief.entities and entities:
        cast = ", ".join(f"{name} ({one.is_})" for name, one in entities.items())
        said.append(f"The entities are read from the words of the brief: {cast}.")
    ground, time, weather = _setting(reading, brief, said)
    frame = f"at {time} in {'clear weather' if weather == 'clear' else weather}"
    plate = "an empty sea" if ground == "sea" else f"an empty {ground} field"
    tasks = {
        "plate": TaskBrief(department="environment", prompt=f"{plate} {frame}"),
        "plate_wide": TaskBrief(department="environment", prompt=f"a wide shot of {plate} {frame}"),
    }
    said.append("The plates are taken to be empty, one of them a wide shot.")
    shown = list(entities)[:MOST_ENTITIES]
    if shown:
        said.append("An entity by itself is taken to be large, in the center, or, a character, on the right or left.")
    for at, name in enumerate(shown):
        tasks[f"{name}_key"] = _key(name, entities[name], at)
    sentence = (brief.logline or brief.title).strip().rstrip(".")
    is_scene = len(shown) <= 1 and len(sentence.split()) <= _LONGEST_SCENE and not re.search(r"[.!?;]\s", sentence)
    opening = sentence if is_scene or not shown else entities[shown[0]].is_
    tasks["opening"] = TaskBrief(department="environment", prompt=_set_in(opening[:4000], ground, time, weather))
    shots: dict[str, ShotBrief] = {}
    for at, pictures in enumerate(_line_up([f"{name}_key" for name in shown])):
        _add_shot(at, pictures, tasks, shots)
    said.append(
        f"{len(tasks)} tasks and {len(shots)} shots are planned: an opening, plates, each entity by itself to be laid "
        "over them, and composites and grades."
    )
    return replace(brief, entities=entities, tasks=tasks, shots=dict(brief.shots) or shots)


def _set_in(text: str, ground: str, time: str, weather: str) -> str:
    """Add the ground, time and weather a sentence leaves open."""
    reading = read(text)
    if not ground_of(reading) and not any(ground in noun.split() for noun in reading.subjects):
        text = f"{text} {GROUNDS[ground]}"
    if not reading.of("time"):
        text = say_frame(text, "time", time)
    return text if reading.of("weather") else say_frame(text, "weather", weather)


def _setting(reading: Reading, brief: Brief, said: list[str]) -> tuple[str, str, str]:
    nouns = [*reading.subjects, *(word for noun in reading.subjects for word in noun.split())]
    ground = ground_of(reading) or next(
        (STANDS_ON.get(noun, noun) for noun in nouns if noun in STANDS_ON or noun in GROUNDS), ""
    )
    look = read(f"a castle at {brief.look.time or 'no'} in {brief.look.weather or 'no'} weather")
    times = [atom.value for atom in (*reading.of("time"), *look.of("time"))]
    weathers = [atom.value for atom in (*reading.of("weather"), *look.of("weather"))]
    weathers += [brief.look.weather] if brief.look.weather else []
    found = {"ground": ground, "time of day": next(iter(times), ""), "weather": next(iter(weathers), "")}
    usual = {"ground": "grass", "time of day": "day", "weather": "clear"}
    missing = [what for what, value in found.items() if value in ("", "backdrop")]
    if missing:
        taken = ", ".join(usual[what] for what in missing)
        said.append(f"The brief does not say its {', '.join(missing)}: taken to be {taken}.")
    ground, time, weather = (usual[what] if what in missing else value for what, value in found.items())
    return ground, time, weather


def _key(name: str, one: Entity, at: int) -> TaskBrief:
    """Ask for an entity by itself; people stand at the sides so that two can share a picture."""
    department = {"place": "architecture", "character": "characters"}.get(one.kind, "environment")
    side = ("on the right", "on the left")[at % 2] if one.kind == "character" else "in the center"
    alone = re.sub(r"^(?:an?|the) ", "one large ", one.is_.strip().rstrip("."))
    prompt = one.is_ if read(one.is_).of("position") else f"{alone} {side}"
    return TaskBrief(department=department, entity=name, prompt=prompt)


def _line_up(keys: list[str]) -> list[list[str]]:
    """Say which pictures each shot lays over each other: at least three shots."""
    shots = [["opening"], *(["plate", key] for key in keys)]
    if len(keys) > 1:
        shots.append(["plate_wide", keys[0], keys[1]])
    spare = [["plate_wide", *keys[:1]], ["plate"]]
    return [*shots, *spare][: max(3, len(shots))]


def _add_shot(at: int, pictures: list[str], tasks: dict[str, TaskBrief], shots: dict[str, ShotBrief]) -> None:
    code = shot_code(at)
    comp, grade = f"{code[6:]}_comp", f"{code[6:]}_grade"
    if len(pictures) > 1:
        tasks[comp] = TaskBrief(department="post", make="composite", shot=code, layers=tuple(pictures))
    source = comp if len(pictures) > 1 else pictures[0]
    tasks[grade] = TaskBrief(department="post", make="grade", shot=code, input=source)
    shots[code] = ShotBrief(from_=grade, move=MOVES[at % len(MOVES)])


# -- what the look leaves out


def _with_palette(brief: Brief, said: list[str]) -> Brief:
    times = read(f"a castle at {brief.look.time}").of("time") or read(brief.logline).of("time")
    time = times[0].value if times else "day"
    said.append(
        f"The look names no palette; the grades pull toward the colours of {time}: {', '.join(_PALETTES[time])}."
    )
    return replace(brief, look=replace(brief.look, palette=_PALETTES[time]))
