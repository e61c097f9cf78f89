"""From a part the ear heard to a wish: tasks, takes, money and words are found by rules, never guessed."""

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal

from ....core.wish import (
    About,
    Approve,
    Budget,
    Command,
    Compare,
    Consent,
    Costs,
    Deliver,
    Greenlight,
    Help,
    Ingest,
    Leave,
    MoreLike,
    Omit,
    Options,
    Price,
    Reject,
    Remark,
    Reroute,
    Retake,
    Revise,
    ShowPlan,
    ShowTakes,
    Status,
    Unclear,
    Why,
    Wish,
)
from ...redirecting.unpaintable import unpaintable
from ..amounts import MONEY, NUMBER, ORDINALS, TAKES, number_of, takes_of, usd_of
from ..offers import UNHEARD, Torn, either, lost, named, sentence, which
from ..reference_words import POINTING, SMALL
from ..references import names_like, refer
from ..scene import Scene
from ..variations import axis_words
from ..wishes import maker_named
from .listening import Passage

Filled = Wish | Unclear
_PATH: Final = re.compile(r"(?:~|\.{1,2})?/\S+|[\w./\u00a0-]+\.(?:png|jpe?g|webp|tiff?|exr|bmp)\b")
_MORE: Final = re.compile(
    r"\b(?:more|another|extra|further|beyond|additional|on top|top(?:ped)? up|add|(?:increase|raise) (?:it )?by|"
    r"throw in|chip in|find)\b|\+"
)
_IN_ALL: Final = re.compile(
    r"\b(?:to|at|is) (?:\$|\d)|\b(?:total|cap|max|maximum|ceiling|limit|not over|no more than|in all)\b"
)
_NTH: Final = re.compile(rf"\b(?:the )?({'|'.join(ORDINALS)}|last|latest) (?:one|take|try|version|attempt|go|pass)\b")


def filled(passage: Passage, scene: Scene) -> Filled | None:
    """Make the wish a part asks for; None for an aside, `Unclear` where something it needs is not said."""
    found = _FILLERS[passage.verb](passage, scene)
    return found.unclear if isinstance(found, Torn) else found


def _about(passage: Passage, scene: Scene, *, whole: bool) -> About | Unclear | Torn:
    """Find what a part is about: what it names, else what it points at, else the whole or what was last spoken of."""
    shots = _SHOTS.fullmatch(passage.about.text)
    if passage.mentioned or shots or _NAMED.match(passage.about.text):
        words = f"shots {passage.about.text}" if shots else passage.about.text
        found = refer(words, scene, passage.about.raw)
        if isinstance(found, About):
            return found
        if _is_listed(passage):
            return _all_of(passage)
        if not set(passage.about.text.split()) <= POINTING | {"one", "ones", "both", "the"}:
            near = found.near or names_like(found.words, scene)
            return lost(passage.saying, found.why[:1].upper() + found.why[1:], "show_takes", near)
    if whole and not (scene.last.tasks and _points(passage)):
        return scene.whole
    return scene.last if scene.last.tasks else which(passage.saying, scene, "show_takes")


_SHOTS: Final = re.compile(r"\d{1,3}(?:(?: ,)?(?: and| to| ,)? \d{1,3})*")
"""What an editor calls shots: by their bare numbers."""
_NAMED: Final = re.compile(r"(?:the|this|that|these|those|my|our|shots?|both|all) .|\S*_\S*$")
_POINTS: Final = re.compile(r"\b(?:them|they|him|her|she|he|those|these|(?:that|this) one|both)\b")
_POINTS_TO_IT: Final = re.compile(r"\bit\b(?! (?:all|take|going|goes|is going))")


def _points(passage: Passage) -> bool:
    """Whether a question or order that may be about everything points at what was last spoken of."""
    if _POINTS.search(passage.saying.text):
        return True
    return passage.verb in ("why", "costs", "show_takes", "pause", "resume") and bool(
        _POINTS_TO_IT.search(passage.saying.text)
    )


def _is_listed(passage: Passage) -> bool:
    """Whether what is named is but a list of mentions: a word more might name something else."""
    within = sum(one.end - one.start for one in passage.mentioned)
    between = [word for word in passage.about.words if word.word in SMALL | {",", "then", "plus"}]
    return bool(passage.mentioned) and within + len(between) >= len(passage.about)


def _all_of(passage: Passage) -> About:
    tasks = dict.fromkeys(task for one in passage.mentioned for task in one.about.tasks)
    department = passage.mentioned[0].about.department if len(passage.mentioned) == 1 else ""
    return About(says=passage.about.raw, tasks=tuple(tasks), department=department)


def _of(make: Callable[[About], Wish], *, whole: bool) -> Callable[[Passage, Scene], Filled | Torn]:
    def fill(passage: Passage, scene: Scene) -> Filled | Torn:
        about = _about(passage, scene, whole=whole)
        return make(about) if isinstance(about, About) else about

    return fill


def _numbers(passage: Passage, scene: Scene, about: About) -> tuple[int, ...]:
    """Read the takes a part names; the latest by its number, where that is known."""
    text = passage.saying.text
    named_takes = re.search(rf"\b{TAKES}\b", text)
    nth = _NTH.search(text)
    apart = re.search(r"\btakes ((?:\d+ )+\d+)\b", text)
    if apart:
        return takes_of(apart[1])
    found = takes_of(named_takes[0]) if named_takes else (ORDINALS.get(nth[1], -1),) if nth else ()
    latest = scene.takes.get(about.tasks[0], 0) if len(about.tasks) == 1 else 0
    return tuple(latest or 1 if number < 0 else number for number in found)


def _seen(make: Callable[[About, tuple[int, ...]], Wish]) -> Callable[[Passage, Scene], Filled | Torn]:
    def fill(passage: Passage, scene: Scene) -> Filled | Torn:
        about = _about(passage, scene, whole=not scene.last.tasks)
        return make(about, _numbers(passage, scene, about)) if isinstance(about, About) else about

    return fill


def _note(passage: Passage) -> str:
    """Give the words that say what should be otherwise; the whole part where none stand out."""
    return (passage.note or passage.saying).raw


def _revise(passage: Passage, scene: Scene) -> Filled | Torn:
    about = _about(passage, scene, whole=False)
    if not isinstance(about, About):
        return about
    why = unpaintable(_note(passage), about=about.says)
    return (
        either(passage.saying, why, sentence("show_takes", named(about)))
        if why
        else Revise(about=about, text=_note(passage))
    )


def _remark(passage: Passage, scene: Scene) -> Filled | Torn:
    about = _about(passage, scene, whole=True)
    text = passage.note if 2 * len(passage.note) > len(passage.saying) else passage.saying
    return Remark(about=about if isinstance(about, About) else scene.whole, text=text.raw)


def _reject(passage: Passage, scene: Scene) -> Filled | Torn:
    about = _about(passage, scene, whole=False)
    return Reject(about=about, text=passage.note.raw) if isinstance(about, About) else about


def _approve(passage: Passage, scene: Scene) -> Filled | Torn:
    about = _about(passage, scene, whole=False)
    if not isinstance(about, About):
        return about
    takes = _numbers(passage, scene, about)
    if not takes:
        take = scene.last_take if about == scene.last and len(about.tasks) == 1 else None
        return Approve(about=about, take=take)
    one = _with_take(about, takes[0], scene, passage, "approve take {} of {}")
    return (
        Approve(about=one, take=takes[0])
        if len(takes) == 1 and isinstance(one, About)
        else (one if not isinstance(one, About) else which(passage.saying, scene, "approve"))
    )


def _with_take(about: About, take: int, scene: Scene, passage: Passage, offer: str) -> About | Torn:
    """Find the one task of several that has such a take."""
    having = tuple(name for name in about.tasks if scene.takes.get(name, 0) >= take) if scene.takes else about.tasks
    if len(having) == 1:
        return About(says=about.says, tasks=having, department=about.department)
    why = (
        f"{len(having)} tasks of {named(about)} have a take {take}."
        if having
        else f"{named(about)} has no take {take}."
    )
    return either(passage.saying, why, *(offer.format(take, name) for name in (having or about.tasks)[:3]))


def _more_like(passage: Passage, scene: Scene) -> Filled | Torn:
    about = _about(passage, scene, whole=False)
    if not isinstance(about, About):
        return about
    takes = _numbers(passage, scene, about)
    take = takes[0] if takes else scene.last_take if about == scene.last else None
    if take is None:
        take = 1 if len(about.tasks) == 1 and scene.takes.get(about.tasks[0], 0) == 1 else None
    if take is None:
        offers = [f"more like take {n} of {about.tasks[0]}" for n in (1, 2)]
        return either(passage.saying, "It is not said which take.", *offers)
    one = _with_take(about, take, scene, passage, "more like take {} of {}")
    return MoreLike(about=one, take=take, text=passage.note.raw) if isinstance(one, About) else one


def _options(passage: Passage, scene: Scene) -> Filled | Torn:
    about = _about(passage, scene, whole=False)
    if not isinstance(about, About):
        return about
    outside = passage.saying.text.replace(passage.about.text, " ", 1) if passage.about else passage.saying.text
    count = re.search(rf"(?<![\w-])(?!an? )(?P<n>{NUMBER})(?= )", f"{outside} ")
    return Options(
        about=about, count=max(number_of(count["n"]) if count else 1, 1), vary=axis_words(_BUT_NOT.split(outside)[0])
    )


_BUT_NOT: Final = re.compile(r"\b(?:not|except|but|without|leave)\b")


def _ingest(passage: Passage, scene: Scene) -> Filled | Torn:
    file = next((word for word in passage.saying.words if _PATH.fullmatch(word.word)), None)
    about = _about(passage, scene, whole=False)
    if not isinstance(about, About):
        return about
    if not file:
        return either(passage.saying, "It is not said which file.", f"ingest picture.png as {about.tasks[0]}")
    path = passage.saying.source[file.start : file.end]
    if len(about.tasks) > 1:
        why = f"A picture is a take of one task, and {about.says!r} means {len(about.tasks)}."
        return either(passage.saying, why, *(f"ingest {path} as {name}" for name in about.tasks[:3]))
    return Ingest(about=about, file=path)


def _reroute(passage: Passage, scene: Scene) -> Filled | Torn:
    about = _about(passage, scene, whole=False)
    maker = next((found for word in passage.saying.words if (found := maker_named(word.word, scene))), "")
    return Reroute(about=about, maker=maker) if isinstance(about, About) else about


def _budget(passage: Passage, scene: Scene) -> Filled | Torn:
    money = re.search(rf"{MONEY}|\b\d+\.\d+\b", passage.saying.text) or re.search(r"\b\d+\b", passage.saying.text)
    usd = usd_of(money[0]) if money else 0.0
    if usd <= 0:
        return either(passage.saying, "It is not said how much.", "set the budget to 3 dollars", "another 50 cents")
    is_more = bool(_MORE.search(passage.saying.raw.lower())) and not _IN_ALL.search(passage.saying.text)
    return Budget(usd=usd, is_more=is_more)


def _ordered(
    kind: Literal["pause", "resume", "cancel", "prioritise"], *, whole: bool
) -> Callable[[Passage, Scene], Filled | Torn]:
    return _of(lambda about: Command(kind=kind, about=about), whole=whole)


def _deliver(passage: Passage, scene: Scene) -> Filled | Torn:
    names = next((one.about for one in passage.mentioned if len(one.about.tasks) < len(scene.glossary.names)), None)
    if names and not re.search(r"\b(?:rest|film|cut|package|everything)\b", passage.saying.text):
        return either(passage.saying, "A delivery is of the whole production.", "deliver", f"show me {named(names)}")
    return Deliver()


def _unclear(passage: Passage, scene: Scene) -> Filled:
    return Unclear(text=passage.saying.raw, why=UNHEARD, nearest=())


_FILLERS: Final[Mapping[str, Callable[[Passage, Scene], Filled | Torn | None]]] = {
    "status": _of(lambda about: Status(about=about), whole=True),
    "show_plan": _of(lambda about: ShowPlan(about=about), whole=True),
    "show_takes": _seen(lambda about, takes: ShowTakes(about=about, takes=takes)),
    "compare": _seen(lambda about, takes: Compare(about=about, takes=takes)),
    "why": _of(lambda about: Why(about=about), whole=True),
    "costs": _of(lambda about: Costs(about=about), whole=True),
    "price": _of(lambda about: Price(about=about), whole=True),
    "help": lambda passage, scene: Help(),
    "leave": lambda passage, scene: Leave(),
    "revise": _revise,
    "retake": _of(lambda about: Retake(about=about), whole=False),
    "more_like": _more_like,
    "options": _options,
    "remark": _remark,
    "approve": _approve,
    "reject": _reject,
    "omit": _of(lambda about: Omit(about=about), whole=False),
    "ingest": _ingest,
    "reroute": _reroute,
    "budget": _budget,
    "pause": _ordered("pause", whole=True),
    "resume": _ordered("resume", whole=True),
    "cancel": _ordered("cancel", whole=False),
    "prioritise": _ordered("prioritise", whole=False),
    "greenlight": lambda passage, scene: Greenlight(),
    "deliver": _deliver,
    "yes": lambda passage, scene: Consent(yes=True),
    "no": lambda passage, scene: Consent(yes=False),
    "aside": lambda passage, scene: None,
    "unclear": _unclear,
}
