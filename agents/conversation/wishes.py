"""From a pattern that fits to the wish it means, or to why it can mean none."""

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal

from ...core.wish import (
    About,
    Approve,
    Begin,
    Budget,
    Command,
    Compare,
    Costs,
    Deliver,
    Greenlight,
    Help,
    Ingest,
    Leave,
    Omit,
    Options,
    Price,
    Reject,
    Reroute,
    Retake,
    ShowPlan,
    ShowTakes,
    Status,
    Unclear,
    Why,
    Wish,
)
from ..language.noun_phrase import is_modifier
from .amounts import TAKES, number_of, takes_of, usd_of
from .grammar import Heard
from .note_words import DETERMINERS, PARTS
from .offers import Torn, either, named, which
from .reference_words import POINTING
from .references import refer
from .scene import Scene
from .slots import exactly, one_with_take, takes_in, tasks_in
from .unsure import UNSURE
from .variations import more_like, options_of

Found = Wish | Unclear | Torn | None
IN_A_PICTURE: Final = re.compile(
    rf"(?:the |all the |that |some )?(?:\w+ )?(?:{'|'.join(PARTS)}) (?:on|in|from|of|around|behind|over|out of) "
)
"""`the fog on the plates` is no picture: it is to be painted otherwise."""
_WEATHER: Final = frozenset(
    {"fog", "mist", "rain", "snowfall", "haze", "clouds", "sun", "moon", "stars", "shadow", "shadows"}
)
"""What is lost from a picture, and is none itself."""
_STRONGER: Final = re.compile(
    r"(?:the |a |an |some )?(?:much )?(?:better|stronger|bigger|larger|best|strongest|big|large|good|next|next "
    r"stronger|more capable|smarter|more powerful|heavier|stronger) (?:model|maker|one|painter|artist|engine)s?|"
    r"(?:someone|somebody|something) (?:better|stronger)"
)
_MAKER_WORDS: Final = re.compile(r"(?:the |a )?(?:(?:model|maker) )?(?P<name>[\w.-]+)(?: (?:model|maker))?")
_WHOLE: Final = frozenset(
    {
        "it",
        "this",
        "that",
        "we",
        "you",
        "everything",
        "all",
        "things",
        "the whole thing",
        "all of it",
        "all of this",
        "all of that",
        "all of them",
        "all this",
        "all that",
        "the rest",
        "the rest of it",
        "they",
        "the film",
        "the production",
        "the lot",
        "one",
        ("there"),
    }
)


def wish_of(heard: Heard, scene: Scene) -> Found:
    """Make the wish of a pattern; None where its words do not fit after all, so that another may be tried."""
    return _MAKERS[heard.kind](heard, scene)


# -- asking


def _help(heard: Heard, scene: Scene) -> Found:
    return Help()


def _leave(heard: Heard, scene: Scene) -> Found:
    return Leave()


def _begin(heard: Heard, scene: Scene) -> Found:
    file, brief = heard.slot("file"), heard.slot("brief")
    said = file or brief
    return Begin(brief=said.raw) if said else None


def _asking(make: Callable[[About], Wish]) -> Callable[[Heard, Scene], Found]:
    """Make wishes that ask about tasks, or about the whole production."""

    def asked(heard: Heard, scene: Scene) -> Found:
        words = heard.text("about")
        if words in _WHOLE and not (words in ("it", "this", "that", "they") and heard.kind not in ("price", "status")):
            return make(scene.whole)
        if words in POINTING and not scene.last.tasks:
            return make(scene.whole)
        either_one = refer(re.sub(r" or (?:on )?", " and ", words), scene, words) if " or " in words else None
        about = either_one if isinstance(either_one, About) else tasks_in(heard, scene, whole=True)
        return about if not isinstance(about, About) else make(about)

    return asked


def _why(heard: Heard, scene: Scene) -> Found:
    words = heard.text("about")
    if not words or words in _WHOLE:
        waits = re.search(r"\b(?:waiting|hold|block|holding|keeps|problem|matter|issue)\b", heard.saying.text)
        if scene.last.tasks and words not in ("we", "you", "everything"):
            return Why(about=scene.last)
        return Status(about=scene.whole) if waits or words else Why(about=scene.whole)
    about = tasks_in(heard, scene)
    if not isinstance(about, About):
        about = _longest(heard, scene) or about
    return about if not isinstance(about, About) else Why(about=about)


def _longest(heard: Heard, scene: Scene) -> About | None:
    """Find tasks in the longest run of words that names any, where a question goes on after them."""
    asked = re.match(r"(?:why|how come)(?: (?:did|is|are|was|were|has|have|does|do))? ", heard.saying.text)
    saying = heard.saying.between(asked.end(), len(heard.saying.text)) if asked else heard.saying.part(0, 0)
    for end in range(len(saying), 0, -1):
        part = saying.part(0, end)
        found = refer(part.text, scene, part.raw)
        if isinstance(found, About):
            return found
    return None


def _show_takes(heard: Heard, scene: Scene) -> Found:
    if IN_A_PICTURE.match(heard.text("about")):
        return None
    about = tasks_in(heard, scene, whole=not heard.slot("takes") and not scene.last.tasks)
    if not isinstance(about, About):
        return about
    return ShowTakes(about=about, takes=takes_in(heard, scene, about))


def _compare(heard: Heard, scene: Scene) -> Found:
    about = _both(heard, scene) or tasks_in(heard, scene)
    if len(takes_of(heard.text("takes"))) == 1 and re.match(r"(?:show|look|put|hold|see)\b", heard.saying.text):
        return None
    if not isinstance(about, About):
        return about
    against = re.fullmatch(rf"(?P<a>{TAKES}) (?:or|vs|versus|against) (?P<b>{TAKES})", heard.saying.text)
    takes = (*takes_of(against["a"]), *takes_of(against["b"])) if against else takes_in(heard, scene, about)
    return Compare(about=about, takes=takes)


def _both(heard: Heard, scene: Scene) -> About | None:
    """Read `the keep with the towers`: both of them."""
    words = heard.text("about")
    both = re.sub(r" (?:with|next to|to|beside|alongside|side by side with|against|versus|vs) ", " and ", words)
    found = refer(both, scene, words) if both != words else None
    return found if isinstance(found, About) else None


# -- spending


def _retake(heard: Heard, scene: Scene) -> Found:
    about = tasks_in(heard, scene)
    if not isinstance(about, About):
        return about
    slot = heard.slot("about")
    if re.match(r"(?:one more|another) for ", heard.saying.text) and scene.said and isinstance(scene.said[-1], Options):
        return Options(about=about, count=1)
    cut = re.match(r"(?P<less>.+?) (?P<how>(?:at|in|with|by|under|on) .+)", slot.text) if slot else None
    wider = refer(cut["less"], scene) if cut else None
    if cut and isinstance(wider, About) and set(wider.tasks) > set(about.tasks):
        names = " and ".join(about.tasks[:6])
        why = (
            f"That may mean {_counted(about)} that fit now, or all {len(wider.tasks)} of {cut['less']} made "
            f"{cut['how']}."
        )
        return either(heard.saying, why, f"redo {names}", f"redo {cut['less']}, {cut['how']}")
    return Retake(about=about)


def _counted(about: About) -> str:
    return about.tasks[0] if len(about.tasks) == 1 else f"the {len(about.tasks)} tasks"


def _reroute(heard: Heard, scene: Scene) -> Found:
    words = heard.text("maker")
    name = ""
    if words and not _STRONGER.fullmatch(words):
        maker = maker_named(words, scene)
        if maker is None:
            return _no_maker(heard, words, scene)
        name = maker
    if not heard.slot("about") and heard.kind == "reroute" and not scene.last.tasks:
        return which(heard.saying, scene, "reroute")
    about = tasks_in(heard, scene)
    return about if not isinstance(about, About) else Reroute(about=about, maker=name)


_HANDED: Final = re.compile(
    r"(?:please )?(?:give|hand|assign|route|reroute|switch|transfer|use|have|let|try|hire|get|ask)\b"
)


def _no_maker(heard: Heard, words: str, scene: Scene) -> Found:
    """Say that the crew has no such maker; None where the words are no name at all, but what is to be painted."""
    word = words.removeprefix("the ").removesuffix(" model")
    is_name = " " not in word and not is_modifier(word) and word not in PARTS and not scene.glossary.knows(word)
    if not (re.search(r"\b(?:model|maker)\b", words) or (is_name and _HANDED.match(heard.saying.text))):
        return None
    if not isinstance(tasks_in(heard, scene), About):
        return None
    about = named(scene.last) if scene.last.tasks else "everything"
    offers = (f"use {one} for {about}" for one in scene.makers[:3])
    return either(heard.saying, f"The crew has no {words!r}.", *offers)


def maker_named(words: str, scene: Scene) -> str | None:
    """Find a maker of the crew by its name, however it is spelt.

    >>> maker_named("sketch l", Scene(makers=("sketch-s", "sketch-l")))
    'sketch-l'
    """
    plain = re.sub(r"[^a-z0-9]", "", re.sub(r"^(?:the |a )?(?:(?:model|maker) )?|(?: (?:model|maker))$", "", words))
    return next((maker for maker in scene.makers if re.sub(r"[^a-z0-9]", "", maker.lower()) == plain), None)


def _budget(heard: Heard, scene: Scene) -> Found:
    usd = usd_of(heard.text("budget") or heard.text("usd"))
    if usd <= 0:
        return either(heard.saying, "A budget is more than nothing.", "set the budget to 3 dollars", "pause everything")
    if re.search(r" by (?:\$ )?[\w.]+", heard.saying.text) and re.match(
        r"(?:lower|reduce|cut|drop)", heard.saying.text
    ):
        return None
    return Budget(usd=usd, is_more=heard.kind == "budget_more")


# -- deciding


def _approve_take(heard: Heard, scene: Scene) -> Found:
    about = tasks_in(heard, scene)
    number = heard.text("n")
    is_one = isinstance(about, About) and len(about.tasks) == 1
    if ((number or heard.text("nth")) and not is_one) or not (number or "0").isdecimal():
        return None
    if not isinstance(about, About):
        return about
    takes = (number_of(number),) if number else takes_in(heard, scene, about)
    if len(takes) != 1:
        offers = [f"approve take {take} of {about.tasks[0]}" for take in takes] or [f"approve {named(about)}"]
        return either(heard.saying, "Only one take of a task can be it.", *offers)
    one = one_with_take(heard, scene, about, takes[0])
    return one if not isinstance(one, About) else Approve(about=one, take=takes[0])


def _approve(heard: Heard, scene: Scene) -> Found:
    about = tasks_in(heard, scene)
    if not isinstance(about, About):
        return about
    pointing = heard.text("it") or heard.text("about") in POINTING or not heard.slot("about")
    take = scene.last_take if pointing and len(about.tasks) == 1 else None
    return Approve(about=about, take=take)


def _reject(heard: Heard, scene: Scene) -> Found:
    about = tasks_in(heard, scene)
    if not isinstance(about, About):
        return about
    note = heard.slot("text") or heard.slot("takes")
    return Reject(about=about, text=note.raw if note else "")


def _omit(heard: Heard, scene: Scene) -> Found:
    words = heard.text("about").split()
    if words[:1] in (["to"], ["from"], ["into"]) or re.search(
        r" (?:from|out of|off) (?!the (?:plan|cut|film|list)\b)", (" ").join(words)
    ):
        return None
    if set(words) & _WEATHER and set(words) <= _WEATHER | DETERMINERS:
        return None
    names_part = [word for word in words[:3] if word in PARTS]
    if any(not scene.glossary.strong.get(word) for word in names_part) or (
        not names_part and IN_A_PICTURE.match(" ".join(words))
    ):
        return None
    about = tasks_in(heard, scene)
    return about if not isinstance(about, About) else Omit(about=about)


def _ingest(heard: Heard, scene: Scene) -> Found:
    file = heard.slot("file")
    about = tasks_in(heard, scene)
    if not file or not isinstance(about, About):
        return None if isinstance(about, About) else about
    about = exactly(heard, about, scene)
    if len(about.tasks) > 1:
        offers = (f"ingest {file.raw} as {name}" for name in about.tasks[:3])
        return either(
            heard.saying, (f"A picture is a take of one task, and {about.says!r} means {len(about.tasks)}."), *offers
        )
    return Ingest(about=about, file=file.raw)


def _command(kind: Literal["pause", "resume", "cancel", "prioritise"]) -> Callable[[Heard, Scene], Found]:
    def ordered(heard: Heard, scene: Scene) -> Found:
        slot = heard.slot("about")
        if kind == "cancel" and (
            not slot or (slot.text in _WHOLE and not (slot.text in POINTING and scene.last.tasks))
        ):
            why = "That may mean to pause, or to stop for good what is not done."
            if not slot or heard.saying.text.startswith(("stop", "quit", "end", "cease")):
                return either(heard.saying, why, "pause everything", "cancel everything")
        about = tasks_in(heard, scene, whole=kind in ("pause", "resume"))
        return about if not isinstance(about, About) else Command(kind=kind, about=about)

    return ordered


_MAKERS: Final[Mapping[str, Callable[[Heard, Scene], Found]]] = {
    "help": _help,
    "leave": _leave,
    "begin": _begin,
    "greenlight": lambda heard, scene: Greenlight(),
    "deliver": lambda heard, scene: Deliver(),
    "costs": _asking(lambda about: Costs(about=about)),
    "price": _asking(lambda about: Price(about=about)),
    "status": _asking(lambda about: Status(about=about)),
    "status_of": _asking(lambda about: Status(about=about)),
    "plan": _asking(lambda about: ShowPlan(about=about)),
    "why": _why,
    "show_takes": _show_takes,
    "compare": _compare,
    "retake": _retake,
    "retake_bare": _retake,
    "reroute": _reroute,
    "budget": _budget,
    "budget_more": _budget,
    "more_like": more_like,
    "options": options_of,
    "light": options_of,
    "vary": options_of,
    "approve": _approve,
    "approve_take": _approve_take,
    "reject": _reject,
    "omit": _omit,
    "ingest": _ingest,
    "pause": _command("pause"),
    "resume": _command("resume"),
    "cancel": _command("cancel"),
    "prioritise": _command("prioritise"),
    **UNSURE,
}
