"""Which tasks each word of a plan speaks of, looked up once.

Sets of tasks are integers: bit `n` is the plan's task `n`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from ...core.brief import Brief
from ...core.plan import Plan, Task
from ..language.noun_phrase import PREPOSITIONS
from ..language.nouns import singular
from ..language.phrases import TIMES, WEATHER_ADJECTIVES, WEATHERS
from ..language.words import COLOURS, FUNCTION, NUMBERS
from ..reading import read

_MAKES: Final[dict[str, tuple[str, ...]]] = {
    "composite": ("composite", "comp", "compositing"),
    "grade": ("grade", "grading"),
    "crop": ("crop", "reframe"),
    "upscale": ("upscale", "enlargement", "blowup"),
    "still": ("still",),
}
_WEAK_KINDS: Final = frozenset({"attribute", "position", "time", "weather", "shot", "style"})
_GROUND: Final = frozenset({"on", "at", "in", "above", "over", "under", "below", "near", "by", "before"})
_SPEAKS_OF_NOTHING: Final = frozenset(["backdrop", "clear", "plain", "one", "field", "view", "picture"])
_SPELLING: Final = {"grey": "gray", "colour": "color", "centre": "center", "armour": "armor"}
_BRITISH: Final = {american: british for british, american in _SPELLING.items()}

SAME: Final[dict[str, str]] = {
    **TIMES,
    **WEATHERS,
    **WEATHER_ADJECTIVES,
    "snowy": "snow",
    "close-up": "near",
    "closeup": "near",
    "distant": "far",
}
"""Words for what a plan calls otherwise: `sunset` is `dusk` there."""


@lru_cache(maxsize=4096)
def term(word: str) -> str:
    """Bring a word to the form in which it is looked up.

    >>> [term(word) for word in ("Towers", "gray", "sunset", "misty")]
    ['tower', 'grey', 'dusk', 'fog']
    """
    low = word.lower()
    plain = singular(_BRITISH.get(low, low))
    return SAME.get(plain, plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """The words of one plan."""

    plan: Plan | None = None
    brief: Brief | None = None
    names: tuple[str, ...] = ()
    """Every task, in the plan's order."""
    place: dict[str, int] = field(default_factory=dict)
    """Where each stands among them."""
    strong: dict[str, int] = field(default_factory=dict)
    """What a word names: by a task's own name, its entity, what stands in its picture, its team, its shot."""
    weak: dict[str, int] = field(default_factory=dict)
    """What a word only describes: attributes, grounds, light, weather."""
    departments: dict[str, int] = field(default_factory=dict)
    shots: tuple[int, ...] = ()
    """The tasks of each shot, in the order of the cut."""
    made_from: dict[int, int] = field(default_factory=dict)
    """To the tasks of each shot, these and all they are made from."""
    codes: dict[str, int] = field(default_factory=dict)
    """Those of a shot by its code."""
    spellings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Words by what is left of them with one letter out."""

    @property
    def everything(self) -> int:
        """All tasks."""
        return (1 << len(self.names)) - 1

    def tasks(self, mask: int) -> tuple[str, ...]:
        """Name the tasks of a set, in the plan's order."""
        found: list[str] = []
        while mask:
            low = mask & -mask
            found.append(self.names[low.bit_length() - 1])
            mask ^= low
        return tuple(found)

    def mask(self, tasks: Iterable[str]) -> int:
        """Make a set of tasks; names the plan lacks are left out."""
        return sum(1 << self.place[name] for name in dict.fromkeys(tasks) if name in self.place)

    def knows(self, word: str) -> bool:
        """Whether a word speaks of any task."""
        key = term(word)
        return key in self.strong or key in self.weak or word in self.strong or word in self.departments

    def nearest(self, word: str) -> tuple[str, ...]:
        """Give the plan's words that are one slip away from a word of four letters or more; of long ones, two.

        >>> Glossary(strong={"tower": 1}, spellings=spellings_of(["tower"])).nearest("tovers")
        ('tower',)
        """
        key = term(word)
        if len(key) < 4 or not key.isalpha():
            return ()
        near = {one for left in (key, *one_out(key)) for one in self.spellings.get(left, ()) if _is_slip(key, one)}
        if not near and len(key) >= 7:
            near = {one for one in self.strong if abs(len(one) - len(key)) <= 2 and one[:1] == key[:1]
                    and len(one) >= 6 and slips(key, one) == 2}  # fmt: skip
        return tuple(sorted(near))


def _is_slip(word: str, other: str) -> bool:
    """Whether one is the other with one slip; of four letters none may be another, `crap` is no `crop`."""
    is_short = len(word) == len(other) == 4 and sorted(word) != sorted(other)
    return not is_short and slips(word, other) == 1


def one_out(word: str) -> Iterator[str]:
    """Give a word with each of its letters out.

    >>> list(one_out("sea"))
    ['ea', 'sa', 'se']
    """
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def spellings_of(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Index words by themselves and by themselves with one letter out."""
    found = defaultdict[str, set[str]](set)
    for word in words:
        if len(word) >= 4 and word.isalpha():
            for left in (word, *one_out(word)):
                found[left].add(word)
    return {left: tuple(sorted(of)) for left, of in found.items()}


def slips(one: str, other: str) -> int:
    """Count the slips between two spellings: a letter more, less, other, or two swapped.

    >>> slips("aprove", "approve"), slips("dorp", "drop"), slips("keep", "sea")
    (1, 1, 3)
    """
    before, row = list[int](), list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        older, before, row = before, row, [at]
        for to, its in enumerate(other, start=1):
            best = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != its))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == its:
                best = min(best, older[to - 2] + 1)
            row.append(best)
    return row[-1]


def glossary_of(plan: Plan, brief: Brief | None) -> Glossary:
    """Look up the words of a plan, and of the entities its brief describes."""
    names = tuple(task.name for task in plan.tasks)
    strong, weak = defaultdict[str, int](int), defaultdict[str, int](int)
    for at, task in enumerate(plan.tasks):
        for into, words in ((strong, _names_of(task, brief)), (weak, _describes(task, brief))):
            for word in words:
                into[word] |= 1 << at
    place = {name: at for at, name in enumerate(names)}
    shots = [sum(1 << place[task.name] for task in plan.tasks if task.shot == shot.code or task.name == shot.from_task)
             for shot in plan.shots] if len(plan.shots) <= 50 else _many_shots(plan, place)  # fmt: skip
    departments = defaultdict[str, int](int)
    for at, task in enumerate(plan.tasks):
        departments[task.department] |= 1 << at
    codes = {shot.code: mask for shot, mask in zip(plan.shots, shots, strict=True)}
    return Glossary(
        plan=plan,
        brief=brief,
        names=names,
        place=place,
        strong=dict(strong),
        weak=dict(weak),
        departments=dict(departments),
        shots=tuple(shots),
        made_from=_made_from(plan, place, shots),
        codes=codes,
        spellings=spellings_of([*strong, *map(singular, departments)]),
    )


def _many_shots(plan: Plan, place: dict[str, int]) -> list[int]:
    masks = defaultdict[str, int](int)
    for task in plan.tasks:
        masks[task.shot or ""] |= 1 << place[task.name]
    return [masks[shot.code] | (1 << place[shot.from_task] if shot.from_task in place else 0) for shot in plan.shots]


def _made_from(plan: Plan, place: dict[str, int], shots: list[int]) -> dict[int, int]:
    inputs = [sum(1 << place[name] for name in set(task.inputs) if name in place) for task in plan.tasks]
    found: dict[int, int] = {}
    for shot in shots:
        whole, new = shot, shot
        while new:
            low = new & -new
            more = inputs[low.bit_length() - 1] & ~whole
            whole, new = whole | more, (new ^ low) | more
        found[shot] = whole
    return found


def _names_of(task: Task, brief: Brief | None) -> set[str]:
    """List the words that name a task: by its name, entity, main subjects, make and shot."""
    found = set(_MAKES[task.make])
    for name in (task.name, task.entity or ""):
        found |= {term(part) for part in re.split(r"_+", name) if part} | {name}
    if task.shot:
        found |= {task.shot, *task.shot.split("_")}
    entity = brief.entities.get(task.entity) if brief and task.entity else None
    if entity:
        found |= _subjects(entity.is_)
    return (found | _subjects(task.prompt)) - _SPEAKS_OF_NOTHING - {""}


def _subjects(text: str) -> set[str]:
    reading = read(text) if text else None
    if not reading:
        return set()
    grounds = {atom.other for atom in reading.of("relation") if atom.value in _GROUND}
    main = [subject for subject in reading.subjects if subject not in grounds] or list(reading.subjects)
    return {subject for subject in main if subject not in COLOURS} | {term(one.split()[-1]) for one in main}


def _describes(task: Task, brief: Brief | None) -> set[str]:
    entity = brief.entities.get(task.entity) if brief and task.entity else None
    found = set[str]()
    for text in (task.prompt, entity.is_ if entity else ""):
        reading = read(text) if text else None
        for atom in reading.atoms if reading else ():
            if atom.kind in _WEAK_KINDS:
                found |= {term(part) for part in (atom.value, *atom.value.split())}
            found |= {term(part) for part in atom.subject.split()}
            found |= {
                term(part) for part in text.lower().replace(",", " ").split() if part not in FUNCTION | NUMBERS.keys()
            }
    if "snowfall" in found:
        found |= {"snow", "snowing"}
    return {one for one in found if one.replace("-", "").isalnum()} - PREPOSITIONS
