"""Prompts as a maker gets them: entity, variation and look worked into the words of the brief."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ...core.brief import Brief, Look, TaskBrief
from ...core.crew import Crew
from ...core.errors import BriefError
from ..language.atoms import Framed, Reading
from ..reading import read
from .matrix import Cell
from .phrasing import GROUNDS, POSITIONS, TIMES, WEATHERS, ground_of

_AXES: Final[Mapping[str, Framed]] = {
    "time": "time",
    "weather": "weather",
    "shot": "shot",
    "shot_size": "shot",
    "position": "position",
    "side": "position",
}
_WORD: Final = re.compile(r"[^\W\d_]+")
_DENIED: Final = re.compile(
    r"(?:^|,? +(?:(?:and|but) )?)(?:without|with no|no)(?: any| an?| the)? (?P<what>[^,.;:]+?)"
    r"(?=$|[,.;:]| (?:and|but) (?:an?|the) | (?:in|on|at|under|by) )",
    re.IGNORECASE,
)
BACKDROP: Final = "on a plain backdrop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A prompt ready for a maker."""

    prompt: str
    reading: Reading
    """Of all that was asked for, what must not be there included."""
    denied: str = ""
    """What the prompt asked not to see, for the maker's negative prompt."""
    keyed: bool = False
    """Whether it was put on a plain backdrop, to be keyed out."""
    said_as: tuple[tuple[str, str], ...] = ()
    """Phrases replaced by ones the crew knows."""


def word(cell: Cell, brief: Brief, crew: Crew, *, foreground: bool) -> Worded:
    """Word the prompt of a still.

    Args:
        cell: the task to be.
        brief: for its look and entities.
        crew: whose makers' words are used where they know no others.
        foreground: whether a composite lays it over something.

    Raises:
        BriefError: nothing says what to show, or an axis of the matrix has no place in the prompt.
    """
    text = asked_of(cell, brief)
    reading = read(text)
    keyed = foreground and not (ground_of(reading) or reading.of("time") or reading.of("weather"))
    if keyed:
        text = on_backdrop(text)
    elif not foreground:
        text = _with_look(text, brief.look, crew)
    text, said_as = _in_words_of(crew, text)
    shown, denied = part_denied(text)
    return Worded(prompt=shown, reading=read(text), denied=denied, keyed=keyed, said_as=said_as)


def asked_of(cell: Cell, brief: Brief) -> str:
    """Give the words of a still as the brief has them: its prompt, its entity and its cell, without the look.

    Raises:
        BriefError: nothing says what to show, or an axis of the matrix has no place in the prompt.
    """
    text = _with_entity(cell, brief)
    for axis, value in cell.axes.items():
        text = _varied(text, axis, value, f"tasks.{cell.of}.vary.{axis}")
    return text


def _with_entity(cell: Cell, brief: Brief) -> str:
    task: TaskBrief = cell.task
    text = task.prompt.strip().rstrip(".")
    if task.entity is None:
        if not text:
            raise BriefError(f"tasks.{cell.of}.prompt", "says nothing to show", "write a prompt, or name an entity")
        return text
    described = brief.entities[task.entity].is_.strip().rstrip(".")
    if not text:
        return described
    own, theirs = read(text), read(described)
    if not theirs.subjects or theirs.subjects[0] in own.subjects or task.entity.replace("_", " ") in text.lower():
        return text
    if own.subjects:
        return f"{described}, {text}" if own.subjects[0] in GROUNDS else f"{described} and {text}"
    return f"{described} {text}"


def _varied(text: str, axis: str, value: str, place: str) -> str:
    slot = f"{{{axis}}}"
    if slot in text:
        return text.replace(slot, value)
    if axis in _AXES:
        return say_frame(without(text, _AXES[axis]), _AXES[axis], value)
    if axis == "ground" and not ground_of(read(text)):
        return f"{text} {GROUNDS.get(value, f'on {value}')}"
    if axis == "style":
        return f"{text}, {value} style"
    raise BriefError(place, f"the prompt has no place for {axis!r}", f"write {slot} where it belongs")


def on_backdrop(text: str) -> str:
    """Put what is to be cut out on a plain backdrop, said where nothing else is lost by it.

    >>> on_backdrop("a knight on the left"), on_backdrop("a knight, 85mm lens")
    ('a knight on the left on a plain backdrop', 'a knight on a plain backdrop, 85mm lens')
    """
    reading = read(text)
    places = (len(text), *(found.start() for found in re.finditer(",", text)))
    tries = [f"{text[:place].rstrip()} {BACKDROP}{text[place:]}" for place in places]
    kept = [one for one in tries if set(reading.atoms) <= set(read(one).atoms)]
    # What is named last would else be all that stands there: `a knight, a red cape on a plain backdrop`.
    whole = [
        one
        for one in kept
        if any(atom.other == "backdrop" and atom.subject in reading.subjects[:1] for atom in read(one).atoms)
    ]
    return next(iter((*whole, *kept, *tries)))


def part_denied(text: str) -> tuple[str, str]:
    """Part a prompt into what to show and what to keep out; image models draw what they are told not to.

    Left whole where the parts would not read as the whole does.

    >>> part_denied("a castle on snow without towers"), part_denied("no castle, a field")
    (('a castle on snow', 'towers'), ('a field', 'castle'))
    """
    denied = ", ".join(found["what"] for found in _DENIED.finditer(text))
    shown = _DENIED.sub("", text).strip(" ,;:")
    whole, part = read(text), read(shown)
    is_same = [atom for atom in whole.atoms if atom.kind != "absence"] == list(part.atoms)
    return (shown, denied) if denied and shown and is_same and not part.of("absence") else (text, "")


def without(text: str, kind: Framed) -> str:
    """Cut what a prompt says of its time, weather, shot or side.

    >>> without("a castle at dusk in fog", "time")
    'a castle in fog'
    """
    for said in reversed(read(text).said):
        if said.kind == kind:
            text = f"{text[: said.start].rstrip(' ,')} {text[said.end :].lstrip()}".strip()
    return re.sub(r" +([,.;])", r"\1", text)


def say_frame(text: str, kind: Framed, value: str) -> str:
    """Add a time, weather, shot or side to a prompt, in the words in which it reads back as one.

    >>> say_frame("a castle", "weather", "sunny"), say_frame("a castle", "shot", "wide")
    ('a castle in sunny weather', 'a wide shot of a castle')
    """
    if kind == "shot":
        shot = value.removesuffix(" shot")
        return f"{'an' if shot[:1] in 'aeiou' else 'a'} {shot} shot of {text}"
    phrase = house_phrase(kind, value)
    tries = (phrase, f"at {value}", f"in {value}", f"in {value} weather", f"on the {value}")
    reads = next((one for one in tries if one and _says_only(one, kind)), None)
    return f"{text} {reads}" if reads else f"{text}, {value}"


@lru_cache(maxsize=4096)
def _says_only(phrase: str, kind: Framed) -> bool:
    """Whether a phrase says something of the frame and names no thing, as `at light fog` would."""
    reading = read(f"a castle {phrase}")
    return bool(reading.of(kind)) and reading.subjects == ("castle",)


def house_phrase(kind: Framed, value: str) -> str:
    """Say a value in the plainest words; empty when there are none."""
    if kind == "shot":
        return f"a {value} shot of" if value in ("wide", "close") else ""
    return {"time": TIMES, "weather": WEATHERS, "position": POSITIONS}[kind].get(value, "")


def _with_look(text: str, look: Look, crew: Crew) -> str:
    reading = read(text)
    if ground_of(reading) == "backdrop":
        return text
    if look.time and not reading.of("time"):
        text = say_frame(text, "time", look.time)
    if look.weather and not reading.of("weather"):
        text = say_frame(text, "weather", look.weather)
    sized = any(atom.other == "size" for atom in reading.of("attribute"))
    if look.shot_size and not reading.of("shot") and not sized:
        text = say_frame(text, "shot", look.shot_size)
    elif look.angle and not reading.of("shot"):
        text = say_frame(text, "shot", look.angle)
    if look.lighting and look.lighting not in text and takes_any_words(crew):
        text = f"{text}, {look.lighting}"
    return text


def takes_any_words(crew: Crew) -> bool:
    """Whether some maker of stills has no closed vocabulary: only such a one draws a light it was told of in words."""
    return any("still" in maker.makes and not maker.words for maker in crew.makers)


def _in_words_of(crew: Crew, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Put phrases into the crew's words where every maker has a closed vocabulary that lacks them."""
    makers = [maker for maker in crew.makers if "still" in maker.makes]
    if not makers or not all(maker.words for maker in makers):
        return text, ()
    known = frozenset.intersection(*(frozenset(maker.words) for maker in makers))
    replaced: list[tuple[str, str]] = []
    for said in reversed(read(text).said):
        old, new = text[said.start : said.end], house_phrase(said.kind, said.value)
        if new and unknown_words(old, known) and not unknown_words(new, known):
            text = f"{text[: said.start]}{new}{text[said.end :]}"
            replaced.append((old, new))
    return text, tuple(reversed(replaced))


@lru_cache(maxsize=16_384)
def unknown_words(text: str, known: frozenset[str]) -> tuple[str, ...]:
    """List the words of a text that are not among the known ones, once each; none known means all are."""
    if not known:
        return ()
    return tuple(dict.fromkeys(one for one in _WORD.findall(text.lower()) if one not in known))


def phrases_of(texts: Sequence[str], known: frozenset[str]) -> tuple[str, ...]:
    """List the unknown words of several texts."""
    return tuple(dict.fromkeys(one for text in texts for one in unknown_words(text, known)))
