"""Pictures told in prose, planned: one still and one grade for each, in the words they were told in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ...core.brief import Brief, CameraMove, Entity, ShotBrief, TaskBrief
from ..language.nouns import plural
from ..language.prose import Prose, parted, sentences_of
from ..language.words import NUMBER_WORDS
from ..reading import read
from .casting import LOOKS, cast_of, kind_of
from .phrasing import amount, named
from .wording import say_frame, without

MOVES: Final[tuple[CameraMove, ...]] = ("slow push in", "pan right", "parallax", "slow pull out", "pan left")
_LEAST_SHOTS: Final = 3
_MOST_SHOTS: Final = 40
_TEAMS: Final = {"place": "architecture", "character": "characters", "prop": "environment"}
_FALLING: Final = frozenset({"rain", "snowfall", "storm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture to be made."""

    text: str
    team: str = ""
    entity: str | None = None
    """Whom it shows alone."""


def told(brief: Brief) -> Prose | None:
    """Part a brief's words into pictures; None where they are one plain sentence, or the brief names its entities."""
    text = brief.logline
    if brief.entities or not text:
        return None
    prose = parted(text[:4000])
    is_plain = len(sentences_of(text)) < 2 and len(prose.pictures) < 2 and not prose.denied and prose.asked is None
    return None if is_plain or not prose.pictures else prose


def with_scenes(brief: Brief, prose: Prose, said: list[str]) -> Brief:
    """Plan the pictures a text tells of."""
    scenes = [one for at in range(len(prose.pictures)) for one in _scenes_of(prose, at)]
    entities = cast_of([read(one.text) for one in scenes], prose.people)
    cast = ", ".join(f"{name} ({one.is_})" for name, one in entities.items())
    if cast:
        said.append(f"The entities are read from the words of the brief: {cast}.")
    least = prose.asked or _LEAST_SHOTS
    if len(scenes) < least:
        more = list(_more(scenes, entities))[: least - len(scenes)]
        said += [line for _, line in more]
        scenes += [one for one, _ in more]
    tasks: dict[str, TaskBrief] = {}
    shots: dict[str, ShotBrief] = {}
    for at, scene in enumerate(scenes[:_MOST_SHOTS]):
        code = shot_code(at)
        name = code[6:]
        prompt = _denying(scene.text, prose.denied)
        team = scene.team or _team_of(scene)
        tasks[name] = TaskBrief(department=team, prompt=prompt, shot=code, entity=scene.entity)
        tasks[f"{name}_grade"] = TaskBrief(department="post", make="grade", shot=code, input=name)
        shots[code] = ShotBrief(from_=f"{name}_grade", move=MOVES[at % len(MOVES)])
    said.append(f"{len(shots)} shots are planned as the brief tells of them, each a picture and its grade.")
    return replace(brief, entities=entities, tasks=tasks, shots=dict(brief.shots) or shots)


def shot_code(at: int) -> str:
    """Name the shot at a place of the cut, from 0."""
    return f"sq010_sh{(at + 1) * 10:03d}"


def _scenes_of(prose: Prose, at: int) -> Iterator[Scene]:
    """Give the picture at `at`, once for each of its times of day."""
    picture = prose.pictures[at]
    earlier = ". ".join(one.text for one in prose.pictures[:at])
    text = _in_full(_consistent(picture.sentences), earlier)
    for one in _by_frame(text):
        yield Scene(text=one, team=picture.team)


def _consistent(sentences: list[str]) -> str:
    """Join sentences, denials last, without those that deny what another one shows."""
    shown = {subject for one in sentences for subject in read(one).subjects}
    kept = [one for one in sentences if not shown & {atom.subject for atom in read(one).of("absence")}]
    shows = [one for one in kept if not one.startswith("no ")]
    denies = [one for one in kept if one.startswith("no ")]
    return _counted(", ".join((". ".join(shows), *denies)) if shows else ". ".join(sentences))


def _counted(text: str) -> str:
    """Say what `three of them` counts."""
    found = re.search(rf"(?<=\. )({'|'.join(NUMBER_WORDS.values())}) of them\b", text, re.IGNORECASE)
    subjects = read(text[: found.start()]).subjects if found else ()
    return (
        f"{text[: found.start()]}{found[1]} {plural(subjects[0])}{text[found.end() :]}" if found and subjects else text
    )


def _in_full(text: str, earlier: str) -> str:
    """Describe again what an earlier picture described: `the piano` is `a black piano` there too.

    >>> _in_full("the piano at dawn", "a woman left of a black piano")
    'a black piano at dawn'
    """
    before, now = read(earlier), read(text)
    for noun in before.subjects:
        looks = [atom.value for atom in before.of("attribute") if atom.subject == noun and atom.other in LOOKS]
        if looks and not any(atom.subject == noun for atom in (*now.of("attribute"), *now.of("count"))):
            full = named(noun, amount(noun, before), " ".join(looks))
            text = re.sub(rf"\b(?:the|his|her|its|their) (?:{noun}|{plural(noun)})\b", full, text, count=1)
    return text


def _by_frame(text: str) -> Iterator[str]:
    """Give a text once for each time of day it names, with the weather in its turn where two exclude each other."""
    reading = read(text)
    times = [atom.value for atom in reading.of("time")]
    weathers = [atom.value for atom in reading.of("weather")]
    is_torn = "clear" in weathers and bool(_FALLING & set(weathers))
    if len(times) < 2 and not is_torn:
        yield text
        return
    bare = without(text, "time") if len(times) > 1 else text
    bare = without(bare, "weather") if is_torn else bare
    left = read(bare)
    if (len(times) > 1 and left.of("time")) or (is_torn and left.of("weather")):
        yield text
        return
    for at in range(max(len(times), len(weathers) if is_torn else 1)):
        one = say_frame(bare, "time", times[min(at, len(times) - 1)]) if len(times) > 1 else bare
        yield say_frame(one, "weather", weathers[min(at, len(weathers) - 1)]) if is_torn else one


def _denying(text: str, denied: tuple[str, ...]) -> str:
    """Add what no picture may show, save what this one does show."""
    shown = set(read(text).subjects)
    fitting = [one for one in denied if not shown & {atom.subject for atom in read(f"a field, {one}").of("absence")}]
    return ", ".join((text, *fitting))


def _more(scenes: list[Scene], entities: dict[str, Entity]) -> Iterator[tuple[Scene, str]]:
    """Find more pictures for a text that tells of too few: its entities by themselves, then wide and close shots."""
    alone = {one.text.lower() for one in scenes}
    for name, one in entities.items():
        if one.is_.lower() not in alone:
            yield Scene(text=one.is_, entity=name), f"{name} is also pictured by itself."
    for size in ("wide", "close"):
        text = say_frame(without(scenes[0].text, "shot"), "shot", size)
        yield Scene(text=text), f"The first picture is also taken to be a {size} shot."
    yield scenes[0], "The first picture is taken to be wanted twice."


def _team_of(scene: Scene) -> str:
    subjects = read(scene.text).subjects
    return _TEAMS[kind_of(subjects[0])] if subjects else "environment"
