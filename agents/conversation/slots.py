"""What stands for a pattern's slots: tasks, and takes by number."""

import re

from ...core.wish import About, Unclear
from .amounts import ORDINALS, takes_of
from .grammar import Heard
from .offers import SENTENCES, Torn, either, lost, named, sentence, which
from .reference_words import GENERIC, POINTING
from .references import Lost, names_like, refer
from .scene import Scene


def tasks_in(heard: Heard, scene: Scene, *, whole: bool = False) -> About | Unclear | Torn:
    """Resolve what a wish is about: what is named, else what was last spoken of.

    Args:
        heard: the pattern that fits.
        scene: what words may be about.
        whole: whether the whole production is meant where nothing is named.
    """
    slot = heard.slot("about")
    if not slot:
        if whole:
            return scene.whole
        return scene.last if scene.last.tasks else which(heard.saying, scene, _offer(heard))
    found = refer(slot.text, scene, slot.raw)
    if isinstance(found, About):
        return found
    if set(slot.text.split()) <= POINTING | GENERIC | {"the", "all", "of", "other", "first", "second", "last"}:
        return which(heard.saying, scene, _offer(heard))
    return lost(heard.saying, _sentence_case(found), _offer(heard), found.near or names_like(found.words, scene))


def _offer(heard: Heard) -> str:
    return heard.kind if "{}" in SENTENCES.get(heard.kind, "") else "show_takes"


def _sentence_case(found: Lost) -> str:
    return found.why[:1].upper() + found.why[1:]


def takes_in(heard: Heard, scene: Scene, about: About) -> tuple[int, ...]:
    """Read the takes that are named; the latest by its number, where that is known."""
    words = heard.text("takes")
    nth = heard.text("nth")
    numbers = takes_of(words) if words else (ORDINALS.get(nth, -1),) if nth else ()
    latest = scene.takes.get(about.tasks[0], 0) if len(about.tasks) == 1 else 0
    return tuple(latest or scene.last_take or 1 if number < 0 else number for number in numbers)


def exactly(heard: Heard, about: About, scene: Scene) -> About:
    """Prefer the task that is called just so to those whose names only begin like it."""
    name = re.sub(r"^(?:the |my |our )", "", heard.text("about"))
    return About(says=about.says, tasks=(name,)) if name in scene.glossary.place else about


def one_with_take(heard: Heard, scene: Scene, about: About, take: int) -> About | Unclear | Torn:
    """Find the one task of several that has such a take; a take's number means nothing for many."""
    about = exactly(heard, about, scene)
    if scene.takes:
        having = tuple(name for name in about.tasks if scene.takes.get(name, 0) >= take)
        if not having:
            most = max((scene.takes.get(name, 0) for name in about.tasks), default=0)
            why = f"There is no take {take} of {named(about)}: it has {most}."
            offers = tuple(sentence("show_takes", name) for name in about.tasks[:3])
            return Torn(Unclear(text=heard.saying.raw, why=why, nearest=offers))
        about = About(says=about.says, tasks=having, department=about.department)
    if len(about.tasks) == 1:
        return about
    why = f"{len(about.tasks)} tasks have a take {take}."
    pattern = {"more_like": "more like take {} of {}"}.get(heard.kind, "approve take {} of {}")
    return either(heard.saying, why, *(pattern.format(take, name) for name in about.tasks[:3]))
