"""Notes: what should be otherwise in a picture, which is work; and mere opinion, which is written down."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ...core.wish import About, Remark, Revise, Unclear
from ..language.noun_phrase import is_modifier
from ..language.words import word_set
from .amounts import TAKES
from .clauses import is_comparative
from .glossary import term
from .naming import head_and_rest, mentioned
from .note_words import (
    ADDING,
    AGAIN,
    ASKED,
    BY_VERB,
    DETERMINERS,
    FILLED,
    FRAMED,
    INSIDE,
    INVERTED,
    MEASURES,
    NOTED,
    ON,
    OPINION,
    ORDERS,
    PARTS,
    SUBJECT,
    WISHED,
)
from .offers import likely, named, sentence
from .references import Lost, refer
from .sayings import Saying
from .scene import Scene
from .statements import is_a_dial, is_a_feeling, is_of_others, is_told, is_wish, may_stand_on
from .variations import axes_of


def changes(words: str) -> bool:
    """Whether words say what should be otherwise, so that one could look whether it is.

    >>> [changes(words) for words in ("too clean", "darker", "at night", "more ruin", "boring", "lovely")]
    [True, True, True, True, False, False]
    """
    said = words.split()
    if WISHED.search(words) or any(is_comparative(word) for word in said):
        return True
    return bool(said) and said[0] in ("at", "in", "with", "by", "under", "on", "no", "add") and len(said) > 1


def note_of(saying: Saying, scene: Scene) -> Revise | Remark | Unclear | None:
    """Read a note; None where it is none.

    >>> from ...core.plan import Task
    >>> from .rehearsal import a_plan
    >>> from .sayings import say
    >>> scene = Scene(plan=a_plan(Task(name="keep", department="sets", make="still")))
    >>> for text in ("the keep is too clean, more ruin", "the keep is beautiful"):
    ...     found = note_of(say(text), scene)
    ...     print(found.verb, "|", found.about.says, "|", found.text)
    revise | the keep | too clean, more ruin
    remark | the keep | the keep is beautiful
    """
    if not saying:
        return None
    whole = _WHOLLY.search(saying.text)
    if whole and whole.start():
        found = note_of(saying.between(0, whole.start()), replace(scene, last=scene.whole))
        return found if isinstance(found, Revise) and found.about.tasks == scene.whole.tasks else None
    for rule in (_noted, _opinion, _again_with, _ordered, _by_verb, _said_of, _added, _described, _bare_note):
        found = rule(saying, scene)
        if isinstance(found, Revise) and is_a_feeling(found.text.lower()):
            why = "Nobody can look whether a picture feels so: say what one should see."
            return Unclear(text=saying.raw, why=why, nearest=(sentence("revise", named(found.about)),))
        if found:
            return found
    return None


_WHOLLY: Final = re.compile(
    r" , (?:all of (?:it|them|this)|everything|the (?:whole )?lot|the whole (?:thing|film)|everywhere)$"
)
"""What makes a note one about the whole production."""


def _slot(saying: Saying, found: re.Match[str], name: str) -> Saying:
    return saying.between(*found.span(name)) if found[name] else saying.part(0, 0)


def _about(saying: Saying, scene: Scene) -> About | None:
    """Give the tasks words name; a part any picture has belongs to what was last spoken of."""
    found = refer(saying.text, scene, saying.raw)
    return None if isinstance(found, Lost) else found


def _noted(saying: Saying, scene: Scene) -> Remark | None:
    found = NOTED.fullmatch(saying.text)
    if not found:
        return None
    about = _about(_slot(saying, found, "about"), scene) if found["about"] else None
    if found["about"] and not about:
        return None
    return Remark(about=about or mentioned(_slot(saying, found, "text"), scene), text=_slot(saying, found, "text").raw)


def _opinion(saying: Saying, scene: Scene) -> Remark | None:
    compares = any(is_comparative(word) and word != "better" for word in saying.text.split()[:4])
    if compares or not OPINION.fullmatch(saying.text):
        return None
    return Remark(about=mentioned(saying, scene), text=saying.raw)


def _ordered(saying: Saying, scene: Scene) -> Revise | None:
    """Read `make the castle darker`, `redo shot 3 with fog`, `give the knight a red cloak`."""
    found = re.match(rf"{ORDERS} ", saying.text)
    if not found:
        return None
    rest = saying.between(found.end(), len(saying.text))
    inside = INSIDE.match(rest.text)
    if inside and not isinstance(refer(rest.text, scene), About):
        for about, said in head_and_rest(rest.between(inside.end(), len(rest.text)), scene):
            if said:
                return Revise(about=about, text=f"{rest.between(*inside.span('part')).raw} {said.raw}")
    for about, said in head_and_rest(rest, scene):
        if found[0].strip() in ("give", "hand", "pass") and said.text.startswith("to "):
            return None  # to somebody, and no maker of that name is on the crew
        filled = FILLED.match(said.text)
        text = said.between(filled.end(), len(said.text)) if filled else said
        if text and text.text not in (
            "again",
            "over",
            "first",
            "now",
            "back",
            "too",
            "as well",
            "also",
            "out",
            "off",
            "up",
            "down",
            ("on hold"),
        ):
            return Revise(about=about, text=text.raw)
    if rest and set(rest.text.split()) & PARTS and scene.last.tasks and not found[0].startswith(("reject", "send")):
        return Revise(about=scene.last, text=rest.raw) if changes(rest.text) or len(rest) > 2 else None
    return None


def _again_with(saying: Saying, scene: Scene) -> Revise | None:
    """Read `try again with less red`: about what was last spoken of."""
    found = AGAIN.fullmatch(saying.text)
    if not found or not scene.last.tasks:
        return None
    return Revise(about=scene.last, text=_slot(saying, found, "text").raw)


def _by_verb(saying: Saying, scene: Scene) -> Revise | None:
    found = BY_VERB.fullmatch(saying.text)
    if not found:
        return None
    about = None if re.search(r" (?:in|on|from|at) ", found["about"]) else _about(_slot(saying, found, "about"), scene)
    if about:
        said = (_slot(saying, found, name).raw for name in ("verb", "more") if found[name])
        return Revise(about=about, text=" ".join(said))
    is_a_part = bool(scene.last.tasks and set(found["about"].split()) & PARTS and " in " not in found["about"])
    return Revise(about=scene.last, text=saying.raw) if is_a_part else None


def _added(saying: Saying, scene: Scene) -> Revise | None:
    """Read `add a flag to the keep`, `less fog on the plates`, `for shot 3, more fog`."""
    for place, pattern in enumerate(ADDING):
        for found in _every(pattern, saying.text):
            text, about = _slot(saying, found, "text"), _about(_slot(saying, found, "about"), scene)
            if text.text.startswith(("take ", "takes ")):
                continue
            if not about or not text or (place == ON and not may_stand_on(text, found["about"])):
                continue
            if place < 2:
                return Revise(about=about, text=saying.between(0, found.end("text")).raw)
            if changes(text.text) or is_wish(text.text):
                return Revise(about=about, text=text.raw)
    return None


def _every(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Give the ways a pattern fits, its first slot the longest first: the name is what stands last."""
    found = pattern.fullmatch(text)
    if not found:
        return
    longer = re.compile(pattern.pattern.replace("(?P<text>.+?)", "(?P<text>.+)"))
    yield from (one for one in (longer.fullmatch(text), found) if one)


def _said_of(saying: Saying, scene: Scene) -> Revise | Remark | Unclear | None:
    """Read a sentence about a picture: `the houses should be older`."""
    found = INVERTED.fullmatch(saying.text) or SUBJECT.fullmatch(saying.text)
    if not found:
        return None
    subject, text = _slot(saying, found, "about"), _slot(saying, found, "text")
    take = re.match(rf"{TAKES} (?:of|for|from) ", subject.text)
    if take:
        name = subject.between(take.end(), len(subject.text))
        about = About(says=name.raw, tasks=(name.text,)) if name.text in scene.glossary.place else _about(name, scene)
        return Remark(about=about, text=saying.raw) if about else None
    about, part = _about(subject, scene), bool(set(subject.text.split()) & PARTS)
    asks = found["aux"] in ASKED or changes(text.text)
    if (not about and not part) or is_told(found["about"], found["aux"], text.text):
        return None
    if not about:
        about = _owner(subject, scene)
        if not about:
            why = f"I do not know which picture {subject.raw!r} is in"
            return Unclear(text=saying.raw, why=f"{why}.", nearest=_darker(scene))
        text = saying
    elif not asks or found["aux"] not in ASKED:
        text = text if asks else saying
    else:
        text = _asked(found, text, saying)
    return Revise(about=about, text=text.raw) if asks else Remark(about=about, text=saying.raw)


def _asked(found: re.Match[str], text: Saying, saying: Saying) -> Saying:
    """Leave out `should be`; keep a `must` before any other verb."""
    be = re.match(r"(?:(?:to )?(?:be|use|look more|have to be)|to) (?=\S)(?!like)", text.text)
    if be:
        return text.between(be.end(), len(text.text))
    if found["aux"] in ("needs", "need", "wants", "want", "be", "become"):
        return text
    return saying.between(found.start("aux"), len(saying.text))


def _owner(subject: Saying, scene: Scene) -> About | None:
    """Find whose sky it is: the task named with it, else what was last spoken of."""
    of = re.search(r" (?:of|in|on|behind|above|around) (?P<about>.+)", subject.text)
    if of:
        return _about(subject.between(of.start("about"), of.end("about")), scene)
    return scene.last if scene.last.tasks else None


def _described(saying: Saying, scene: Scene) -> Revise | Unclear | None:
    """Read `a darker castle`, `warmer dragons`, `the dragons bigger`."""
    words = [word.word for word in saying.words]
    start = 1 if words[0] in ("a", "the", "an", "some") else 0
    end = start
    while end < len(words) and _compares(words, end, start):
        end += 1
    if (
        start < end < len(words)
        and (words[end] in DETERMINERS or scene.glossary.knows(words[end]))
        and any(is_comparative(word) or word in ("more", ("less")) for word in words[start:end])
    ):
        about = _about(saying.part(end), scene)
        if about:
            return Revise(about=about, text=saying.part(start, end).raw)
    for about, rest in head_and_rest(saying, scene):
        filled = FILLED.match(rest.text)
        text = rest.between(filled.end(), len(rest.text)) if filled else rest
        if not text or not (changes(text.text) or is_comparative(text.words[0].word)):
            continue
        if text.words[0].word in _TOLD:
            continue
        head = about.says.split()[-1].lower() if about.says else ""
        if head in PARTS and term(head) not in scene.glossary.strong and scene.last.tasks:
            return Revise(about=scene.last, text=saying.raw)
        if (
            text.words[0].word in ("at", "in", "by", "under", "with")
            and "," not in saying.text
            and (":") not in saying.text
        ):
            why = "That may be one more picture, or another in the place of the one there is."
            beside = f"{named(about)} {text.raw} too" if axes_of(text.text) else f"two more options for {named(about)}"
            offers = (beside, f"redo {named(about)}, {text.raw}")
            return Unclear(text=saying.raw, why=why, nearest=offers)
        return Revise(about=about, text=text.raw)
    return None


_TOLD: Final = frozenset(["can", "could", "will", "would", "did", "does", "do"])
"""What stands after them is told of a subject, and no description."""


def _compares(words: list[str], at: int, start: int) -> bool:
    """Whether a word belongs to a comparison before a name: `much darker and more foggy`."""
    if is_comparative(words[at]) or words[at] in MEASURES:
        return True
    return at > start and words[at - 1] in ("more", "less") and is_modifier(words[at])


def _bare_note(saying: Saying, scene: Scene) -> Revise | Unclear | None:
    """Read `darker, at night`: about what was last spoken of."""
    if not (changes(saying.text) or set(saying.text.split()) <= FRAMED) or re.match(
        r"(?:if|when|not|no)\b(?! (?:so|more|too|longer|enough|that|quite|.*enough))", saying.text
    ):
        return None
    if _names_unknown(saying, scene) or is_a_dial(saying) or is_of_others(saying, scene):
        return None
    if not scene.last.tasks:
        return Unclear(text=saying.raw, why="It is not said which picture should change.", nearest=_darker(scene))
    return Revise(about=scene.last, text=saying.raw)


def _darker(scene: Scene) -> tuple[str, ...]:
    return tuple(sentence("revise", name) for name in likely(scene))


def _names_unknown(saying: Saying, scene: Scene) -> bool:
    """Whether the words begin like a command or a sentence that was not understood: then they are no mere note."""
    first = saying.words[0].word
    return not (
        is_comparative(first)
        or first
        in word_set(
            "more less fewer too with without a much bit slightly way far not no at in under on by add remove even "
            "still only maybe just some lots double half twice same make give use put set keep try the darker dark "
            "light"
        )
        or first in FRAMED
        or is_modifier(first)
    )
