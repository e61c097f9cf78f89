"""From words to tasks: names, entities, shots, departments, what a picture shows, where a task stands, and `it`.

Every word of a reference must fit; one that fits nothing makes the whole lost, so that nothing is decided about the
wrong tasks. Where words fit several tasks, all of them are meant.
"""

import re
from dataclasses import replace

from ...core.names import names_to_offer
from ...core.wish import About
from ..language.nouns import singular
from ..language.words import NUMBERS
from .amounts import ORDINALS
from .glossary import term
from .reference_words import (
    EXCEPT,
    GENERIC,
    OTHER,
    POINTING,
    REST,
    SMALL,
    STANDS,
    STATES,
    TEAM,
    VERB_STATES,
    WHOLE,
)
from .scene import Scene
from .shots import Lost, numbers_in, with_shots

__all__ = ["Lost", "names_like", "refer"]


def refer(words: str, scene: Scene, says: str = "", *, mends: bool = True) -> About | Lost:
    """Say which tasks words mean.

    Args:
        words: as `say` gives them.
        scene: what they may be about.
        says: the same words as they were typed.
        mends: whether a misspelt word stands for the one word like it.

    >>> from ...core.plan import Task
    >>> from .rehearsal import a_plan
    >>> scene = Scene(plan=a_plan(Task(name="keep_day", department="sets", make="still"),
    ...                           Task(name="keep_night", department="sets", make="still")))
    >>> refer("the keep by day", scene).tasks, refer("the keep", scene).tasks
    (('keep_day',), ('keep_day', 'keep_night'))
    >>> refer("the moat", scene).why
    "nothing here is called 'moat'"
    """
    bare = re.sub(r"^(?:of|for|on|in|from|to|with|about|at) | 's$", "", words.strip())
    about = _pointed_at(bare, scene)
    if about is None:
        found = _Reader(scene, mends=mends).tasks_of(bare)
        if isinstance(found, Lost):
            return found
        about = _named(
            bare, found, scene, re.sub(r"^(?:of|for|on|in|from|to|with|about|at) ", (""), says, flags=re.I) or bare
        )
    if not about.tasks:
        return Lost(words=words, why=f"no task fits {words!r}")
    return about


def _named(words: str, mask: int, scene: Scene, says: str) -> About:
    if mask == scene.glossary.everything and not set(words.split()) & scene.glossary.departments.keys():
        return replace(scene.whole, says="" if set(words.split()) <= WHOLE | SMALL | GENERIC else says)
    team = [word for word in words.split() if word not in TEAM | SMALL | GENERIC]
    department = _department(team[0], scene) if len(team) == 1 else ""
    return About(says=says, tasks=scene.glossary.tasks(mask), department=department)


def _department(word: str, scene: Scene) -> str:
    return next((name for name in scene.glossary.departments if singular(name) == singular(word)), "")


def _pointed_at(words: str, scene: Scene) -> About | None:
    """Resolve what has no meaning without what was said before; None for all else, and where nothing was."""
    plain = re.sub(r"^(?:all of|both of|all|both|just|only) ", "", words)
    said = plain.split()
    last = scene.last
    if re.fullmatch(REST, plain):
        rest = scene.glossary.everything & ~scene.glossary.mask(last.tasks)
        return About(says=words, tasks=scene.glossary.tasks(rest) if last.tasks else ())
    if re.fullmatch(rf"(?:{OTHER})(?: (?:{'|'.join(GENERIC)}))?", plain):
        return scene.before if scene.before.tasks else _sibling(words, scene)
    nth = re.fullmatch(rf"(?:the )?(?P<nth>{'|'.join(ORDINALS)}|last) (?:one|task|picture)", plain)
    if nth and len(last.tasks) > 1:
        at = ORDINALS.get(nth["nth"], 0) - 1
        return About(says=words, tasks=last.tasks[at:][:1])
    among = re.fullmatch(
        rf"(?:the )?(?P<nth>{'|'.join(ORDINALS)}) (?P<of>.+ (?:picture|one|plate|image|set|still))", plain
    )
    if among and not nth:
        of = _Reader(scene, mends=False).tasks_of(among["of"])
        at = ORDINALS[among["nth"]]
        tasks = scene.glossary.tasks(of) if isinstance(of, int) else ()
        return About(says=words, tasks=tasks[at - 1 : at]) if 1 < len(tasks) <= _FEW else None
    pointing = bool(said) and said[0] in POINTING
    if pointing and all(word in POINTING | GENERIC | {"all", "both", "two", "here", "there"} for word in said):
        return last if last.tasks else scene.whole if "all" in said else _only_one(words, scene)
    return None


def _only_one(words: str, scene: Scene) -> About:
    """Find what `it` means before anything was spoken of: the only still of a plan, with its matrix."""
    stills = [task.name for task in scene.plan.tasks if task.make == "still"] if scene.plan else []
    is_one = len({name.partition("__")[0] for name in stills}) == 1
    return About(says=words, tasks=tuple(stills) if is_one else ())


def _sibling(words: str, scene: Scene) -> About | None:
    """Find the one other task of the same entity or matrix."""
    if len(scene.last.tasks) != 1 or not scene.plan:
        return None
    task = scene.plan.task(scene.last.tasks[0])
    base = task.name.partition("__")[0]
    like = [one.name for one in scene.plan.tasks if one.name != task.name
            and (one.entity == task.entity if task.entity else one.name.partition("__")[0] == base)]  # fmt: skip
    return About(says=words, tasks=(like[0],)) if len(like) == 1 else None


class _Reader:
    """Reads one reference: sets of tasks are integers, as in the glossary."""

    def __init__(self, scene: Scene, *, mends: bool) -> None:
        self.scene, self.words, self.mends = scene, scene.glossary, mends

    def tasks_of(self, words: str) -> int | Lost:
        """Read words with exceptions: `all the plates except the rock one`."""
        kept, *left_out = re.split(rf"(?:^| ,? ?){EXCEPT} (?:not )?|(?:^| ,? ?)not (?=the |my |our )", words)
        found = self._listed(kept.strip(" ,")) if kept.strip(" ,") else self.words.everything
        for part in left_out:
            without = self._listed(part.strip(" ,"))
            if isinstance(found, Lost) or isinstance(without, Lost):
                return found if isinstance(found, Lost) else without
            found &= ~without
        return found

    def _listed(self, words: str) -> int | Lost:
        """Read a list: what has no noun of its own takes the last one's, `the dawn and dusk plates`."""
        text, shots = with_shots(_with_seeds(_EVERY_CELL.sub("", words)), self.scene)
        if isinstance(shots, Lost):
            return shots
        text = _SEEDS.sub(lambda found: self._seeds(found[1], shots), text)
        if " or " in text:
            return Lost(words=words, why="that is one or the other", near=() if shots else tuple(text.split(" or ")))
        parts = [
            part for part in re.split(r" ?, ?(?:and |or )?| and | or | plus | & | as well as ", text) if part.strip()
        ]
        whole = 0
        parts = [_with_noun(part, parts[at - 1]) if at else part for at, part in enumerate(parts)]
        for at, part in enumerate(parts):
            if at and re.match(r"(?:at|in|with|by|under|without|during) ", part):
                return Lost(words=words, why=f"{part!r} names nothing by itself")
            borrowed = _lent(part, parts[at + 1 :])
            found = self._one(borrowed, shots) if borrowed else None
            if not isinstance(found, int) or not found:
                found = self._one(part, shots)
            if isinstance(found, Lost):
                return found
            whole |= found
        return whole if parts else Lost(words=words, why="nothing is named")

    def _seeds(self, words: str, marks: dict[str, int]) -> str:
        """Put a mark for `seeds 3 to 5`."""
        name = f"@{len(marks)}"
        numbers = numbers_in(words)
        marks[name] = 0
        for number in numbers:
            marks[name] |= self.words.strong.get(f"s{number:02d}", 0)
        return name

    def _one(self, part: str, shots: dict[str, int]) -> int | Lost:
        """Read one noun phrase: all its words must fit the same tasks."""
        mask, rest = self._states(part)
        if isinstance(mask, Lost):
            return mask
        names = rest.split()
        is_named = rest != part or bool(WHOLE & set(names))
        for word in names:
            fits = shots.get(word) if word in shots else self._word(word, names)
            if isinstance(fits, Lost):
                return fits
            is_named = is_named or fits is not None
            mask &= self.words.everything if fits is None else fits
        if not is_named:
            return Lost(words=part, why=f"{part!r} names nothing")
        if not mask:
            mask = self._in_a_shot(names, shots)
        if not mask:
            return Lost(words=part, why=f"no task fits {_shown(part)!r}")
        mask = self._by_head(names, mask)
        if rest == part and len(names) > 1 and ("one" in names or names[-1] == "ones"):
            mask = mask & self.words.mask(self.scene.last.tasks) or mask & self._kin() or mask
        if names and names[0] in _SO_MANY and mask.bit_count() != _SO_MANY[names[0]]:
            return Lost(words=part, why=f"{mask.bit_count()} tasks fit {_shown(part)!r}")
        return mask

    def _kin(self) -> int:
        """Find the tasks of the entities last spoken of: the near one of the dragon there is talk of."""
        plan, last = self.scene.plan, set(self.scene.last.tasks)
        entities = {task.entity for task in plan.tasks if task.name in last and task.entity} if plan else set()
        return self.words.mask(task.name for task in plan.tasks if task.entity in entities) if plan else 0

    def _in_a_shot(self, names: list[str], shots: dict[str, int]) -> int:
        """Find what a shot is made from: the knight in shot 3 is the knight of its composite."""
        mask = self.words.everything if set(names) & shots.keys() else 0
        for word in names:
            fits = None if word in shots else self._word(word, names)
            mask &= self.words.made_from.get(shots.get(word, 0), self.words.everything)
            mask &= fits if isinstance(fits, int) else self.words.everything
        return mask

    def _by_head(self, names: list[str], mask: int) -> int:
        """Prefer what a phrase's noun names to what only mentions it: `the snow` is the snow plate."""
        head = re.split(r" (?:at|in|on|by|with|of|from|during|under|left|right) ", " ".join(names))[0].split()
        if head[-1:] == ["one"] and len(head) > 1:
            head.pop()
        if not head or head[-1] in GENERIC:
            return mask
        named = self.words.strong.get(term(head[-1]), 0) | self.words.strong.get(head[-1], 0)
        return mask & named or mask

    def _states(self, part: str) -> tuple[int | Lost, str]:
        everything = self.words.everything
        found = re.search(rf"(?:^|(?<= )){STANDS}(?= |$)", part)
        if not found or self.words.knows(found["state"]):
            return everything, part
        name = VERB_STATES.get(found["state"], found["state"])
        fits = STATES[name]
        mask = self.words.mask(task for task, state in self.scene.states.items() if state in fits)
        mask = everything & ~mask if found["not"] else mask
        if not mask:
            return Lost(words=part, why=f"nothing is {'not ' if found['not'] else ''}{name} now"), part
        return mask, f"{part[: found.start()]} {part[found.end() :]}"

    def _word(self, word: str, names: list[str]) -> int | Lost | None:  # noqa: PLR0911 - one line per case is clearest
        """Give the tasks one word fits; None where it says nothing by itself."""
        glossary = self.words
        if word in glossary.place and (
            "_" in word or names[:2] == ["task", word] or names[:3] == ["the", ("task"), word]
        ):
            return 1 << glossary.place[word]
        if "_" in word:
            return self._underscored(word)
        if word in POINTING and word not in ("its",):
            return glossary.mask(self.scene.last.tasks) if len(names) > 1 and self.scene.last.tasks else None
        department = _department(word, self.scene)
        if department:
            return glossary.departments[department] | glossary.strong.get(term(word), 0)
        fits = glossary.strong.get(term(word), 0) | glossary.weak.get(term(word), 0) | glossary.strong.get(word, 0)
        if fits and word not in ("the", "a", "of", "in", "on", "at", "one", "take", "takes", "for", "shot", "and"):
            return fits
        if word in SMALL or word in GENERIC or word in WHOLE or word in TEAM or word.isdecimal() or word in _TWO:
            return None if not word.isdecimal() else self._unknown(word)
        near = glossary.nearest(word) if self.mends else ()
        if len(near) == 1:
            team = glossary.departments.get(_department(near[0], self.scene), 0)
            return glossary.strong.get(near[0], 0) | glossary.weak.get(near[0], 0) | team
        return self._unknown(word, near)

    def _underscored(self, name: str) -> int | Lost:
        """Read a name as the plan writes it: a matrix for all its cells, a shot's code, an entity."""
        glossary = self.words
        cells = [one for one in glossary.names if one.startswith(f"{name}__")]
        if cells:
            return glossary.mask(cells)
        for table in (glossary.codes, glossary.strong, glossary.departments):
            if name in table:
                return table[name]
        found = glossary.everything
        for word in re.split(r"_+", name):
            fits = self._word(word, [word]) if word else None
            if isinstance(fits, Lost):
                return self._unknown(name, fits.near)
            found &= glossary.everything if fits is None else fits
        return found if found and found != glossary.everything else self._unknown(name)

    def _unknown(self, word: str, near: tuple[str, ...] = ()) -> Lost:
        near = (f"shot {word}",) if word.isdecimal() else near
        return Lost(words=word, why=f"nothing here is called {word!r}", near=near)


_FEW = 12
"""Of more tasks than these nobody counts the third."""
_EVERY_CELL = re.compile(
    r" , (?:all|every|each|any) (?:weathers?|times?(?: of day)?|lights?|seeds?|conditions?|takes?|versions?|"
    r"of (?:it|them))$"
    r"| (?:side by side|next to each other)$"
)
_SEEDS = re.compile(r"(?:the )?seeds (\d{1,3}(?:(?: ,)?(?: and| to| through| -| ,) \d{1,3})+)(?: of| for| in)?(?= |$)")
"""Several seeds of a matrix by number; `all weathers` after a name takes nothing away from it."""
_SO_MANY = {word: number for word, number in NUMBERS.items() if number > 1} | {"some": 0, "several": 0, "few": 0}
"""Counts without a `the`: as many must fit; of `some` nobody knows which."""
_TWO = frozenset(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])


def names_like(word: str, scene: Scene) -> tuple[str, ...]:
    """Name up to three things there are; of a large plan only those that begin alike are held against the word.

    >>> from .rehearsal import a_plan
    >>> names_like("sea_plain", Scene(plan=a_plan()))
    ('sea_plate', 'keep', 'sets')
    """
    bases = list(dict.fromkeys(name.partition("__")[0] for name in scene.glossary.names))
    entities = list(scene.brief.entities)[:30] if scene.brief else []
    few = [name for name in bases if name[:2] == word[:2]][:30] + bases[:30]
    return tuple(names_to_offer(word, dict.fromkeys([*entities, *few, *scene.glossary.departments])))[:3]


def _with_seeds(words: str) -> str:
    """Write seeds as cells are named by them: `seed 3` is `s03`."""
    words = re.sub(
        r"(?:the )?seeds? (?:number )?(?!\d+(?: ,)? (?:and|to|through|-|,) \d)(\d{1,3})\b",
        lambda found: f"s{int(found[1]):02d}",
        words,
    )
    return re.sub(rf"(?:the )?({'|'.join(ORDINALS)}) seeds?\b", lambda found: f"s{ORDINALS[found[1]]:02d}", words)


def _with_noun(part: str, before: str) -> str:
    """Give `the far one` the noun of what stands before it: `the near dragon`."""
    noun = before.rsplit(maxsplit=1)[-1]
    is_meant = re.match(r"the .+ one$", part) and noun not in GENERIC and not noun.startswith("@")
    return re.sub(r"one$", noun, part) if is_meant else part


def _lent(part: str, later: list[str]) -> str:
    """Give a part the noun of the list's end where it is but a describing word: `dawn` of `dawn and dusk plates`."""
    ends = later[-1].split() if later else []
    if not ends or len(ends) < 2 or ends[0] in ("the", "a", "my", "our", "@0", "@1") or part.startswith("@"):
        return ""
    return f"{part} {ends[-1]}" if len(re.sub(r"^(?:the|all|both|all the) ", "", part).split()) == 1 else ""


def _shown(part: str) -> str:
    return re.sub(r"@\d+", "that shot", part).strip()
