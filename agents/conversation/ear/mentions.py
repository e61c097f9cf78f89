"""Where in a turn pictures are mentioned: the longest runs of words that name tasks of the plan."""

from dataclasses import dataclass

from ....core.wish import About
from ...language.phrases import TIMES, WEATHER_ADJECTIVES, WEATHERS
from ...language.words import word_set
from ..glossary import term
from ..reference_words import WHOLE
from ..references import refer
from ..sayings import Saying
from ..scene import Scene

_FIRST = word_set("the that this all every each both these those my our any shot shots scene scenes sequence")
_NEVER_LAST = word_set("the of , and in on at with . ; : ! ? - is it a an to for that which by from or please 's")
_HARD = frozenset(".;!?:")
_VERBS = word_set("keep watch ship post grade crop house comp")
_BEFORE_VERBS = word_set("i we you they to do us please just and then can could would will should let's let must")
_AFTER_VERBS = word_set("it that this them those these him her the a an my our all both going rolling on up one take")
_MOST_WORDS = 9
LIGHT = {
    *TIMES,
    *TIMES.values(),
    *WEATHERS,
    *WEATHERS.values(),
    *WEATHER_ADJECTIVES,
    *WEATHER_ADJECTIVES.values(),
    "snow",
}
"""Words of light and weather name no picture by themselves: they are what a note asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Some words of a turn that name tasks."""

    start: int
    """The first word, counted from 0."""
    end: int
    """The word after the last."""
    about: About


def mentions(saying: Saying, scene: Scene) -> tuple[Mention, ...]:
    """Find what a turn mentions, in its order; none overlap.

    >>> from ..rehearsal import a_plan
    >>> from ..sayings import say
    >>> [one.about.tasks for one in mentions(say("could the keep be a bit more ruined?"), Scene(plan=a_plan()))]
    [('keep',)]
    """
    words = [word.word for word in saying.words]
    found: list[Mention] = []
    at = 0
    while at < len(words):
        one = _longest(saying, words, at, scene)
        if one:
            found.append(one)
        at = one.end if one else at + 1
    return tuple(found)


def _longest(saying: Saying, words: list[str], at: int, scene: Scene) -> Mention | None:
    if words[at] not in _FIRST and not _names(words[at], scene):
        return None
    for end in range(min(len(words), at + _MOST_WORDS), at, -1):
        run = words[at:end]
        if words[end - 1] in _NEVER_LAST or run[-2:] == ["so", "far"] or _HARD & set(run) or not _is_named(run, scene):
            continue
        if end == at + 1 and _is_verb(words, at):
            continue
        about = refer(" ".join(run), scene, saying.part(at, end).raw, mends=False)
        if isinstance(about, About):
            return Mention(start=at, end=end, about=about)
    return None


def _is_named(run: list[str], scene: Scene) -> bool:
    """Whether each name of a list has a noun: `the grass plate, dusk` is no list of two."""
    names = " ".join(run).split(" , ")
    return all(any(_names(word, scene) and word not in WHOLE for word in name.split()) for name in names) or (
        len(names) == 1 and any(_names(word, scene) for word in run)
    )


def _is_verb(words: list[str], at: int) -> bool:
    """Whether a word that may name a picture is what one does here: `we keep it`, `post it`."""
    before, after = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    return words[at] in _VERBS and (before in _BEFORE_VERBS or after in _AFTER_VERBS)


def _names(word: str, scene: Scene) -> bool:
    """Whether a word can be the noun of a mention."""
    glossary = scene.glossary
    if word in LIGHT or term(word) in LIGHT:
        return False
    is_whole = word in WHOLE and word not in ("all", "whole", "every", "entire", "any")
    named = glossary.strong.get(term(word), 0) or glossary.strong.get(word, 0)
    return bool(named) or is_whole or word in ("shot", "shots") or word in glossary.departments or "_" in word
