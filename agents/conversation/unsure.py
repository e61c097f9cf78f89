"""What can mean two things: nothing is done, both are offered."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from ...core.wish import About, Unclear
from ..language.noun_phrase import is_modifier
from .grammar import Heard
from .note_words import PARTS
from .offers import Torn, either, named, sentence
from .references import refer
from .scene import Scene
from .slots import takes_in, tasks_in
from .variations import axes_of

Unsure = Unclear | Torn | None


def _start_over(heard: Heard, scene: Scene) -> Unsure:
    why = "That may mean to make everything again, or to begin with another brief."
    return either(heard.saying, why, "redo everything", "new brief: a red castle above the sea at dusk")


def _kill(heard: Heard, scene: Scene) -> Unsure:
    about = tasks_in(heard, scene)
    if not isinstance(about, About):
        return about
    why = "That may mean to leave it out, to stop its work, or to have it done again."
    return either(heard.saying, why, *(sentence(kind, named(about)) for kind in ("omit", "cancel", "reject")))


def _later(heard: Heard, scene: Scene) -> Unsure:
    about = tasks_in(heard, scene)
    if not isinstance(about, About):
        return about
    why = "Nothing is put last by itself: hold it, or say what goes first."
    return either(heard.saying, why, sentence("pause", named(about)), "help")


def _cells_unsure(heard: Heard, scene: Scene) -> Unsure:
    """Tell a picture there is from one still to be made: `show me the towers at dawn`."""
    about, cells = tasks_in(heard, scene), heard.text("cells")
    if (
        not isinstance(about, About)
        or axes_of(cells) is None
        or re.search(r"\b(?:too|also|as well|each)\b", heard.saying.text)
    ):
        return None
    if isinstance(refer(f"{heard.text('about')} {cells}", scene), About):
        return None
    why = "There is no such picture yet: it may be made beside the one there is, or in its place."
    name = named(about)
    return either(heard.saying, why, f"{name} {cells} too", f"make {name} {cells}")


def _budget_unsaid(heard: Heard, scene: Scene) -> Unsure:
    now = scene.plan.budget_usd if scene.plan else 1.0
    scale = 0.5 if re.match(r"(?:lower|cut|reduce|halve|spend less|less)", heard.saying.text) else 2.0
    return either(
        heard.saying,
        "It is not said to how much.",
        f"set the budget to {now * scale:.2f} dollars",
        ("another 50 cents"),
    )


def _as_it_is(heard: Heard, scene: Scene) -> Unsure:
    about = tasks_in(heard, scene)
    if not isinstance(about, About):
        return about
    why = "That may be your decision, or only that nothing more is done."
    return either(heard.saying, why, sentence("approve", named(about)), sentence("pause", named(about)))


def _new_task(heard: Heard, scene: Scene) -> Unsure:
    why = "A session changes the tasks there are; new ones come with a new brief."
    return either(heard.saying, why, "new brief: a red castle above the sea at dusk", "show me the plan")


def _do(heard: Heard, scene: Scene) -> Unsure:
    words = heard.text("about").split()
    about = tasks_in(heard, scene)
    if not isinstance(about, About) or not words or is_modifier(words[-1]) or words[-1] in PARTS or axes_of(words[-1]):
        return None
    why = "That may mean to begin, to make it before the rest, or to make it again."
    return either(heard.saying, why, sentence("prioritise", named(about)), sentence("retake", named(about)), "go")


def _prefer(heard: Heard, scene: Scene) -> Unsure:
    about = tasks_in(heard, scene)
    if not isinstance(about, About):
        return about
    takes, name = takes_in(heard, scene, about), named(about)
    why = "That may be your decision, or only an opinion."
    approval = f"approve take {takes[0]} of {name}" if takes else sentence("approve", name)
    offers = (approval, f"note on {name}: {heard.saying.raw}")
    return either(heard.saying, why, *offers)


UNSURE: Final[Mapping[str, Callable[[Heard, Scene], Unsure]]] = {
    "start_over": _start_over,
    "kill": _kill,
    "later": _later,
    "cells_unsure": _cells_unsure,
    "budget_unsaid": _budget_unsaid,
    "as_it_is": _as_it_is,
    "new_task": _new_task,
    "do": _do,
    "prefer": _prefer,
}
