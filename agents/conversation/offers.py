"""What one can say instead: sentences that would be understood, the closest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ...core.wish import About, Unclear
from .sayings import Saying
from .scene import Scene


@dataclass(frozen=True, slots=True)
class Torn:
    """Why a part can mean no one thing for certain, however else it may be read."""

    unclear: Unclear


SENTENCES: Final[dict[str, str]] = {
    "approve": "approve {}", "approve_take": "approve take 1 of {}", "reject": "reject {}", "retake": "redo {}",
    "retake_bare": "redo {}", "omit": "leave out {}", "options": "two more options for {}", "light": (
        "two more options for {}"
    ),
    "vary": "{} at night too", "more_like": "more like take 1 of {}", "revise": "make {} darker", "reroute": (
        "use the better model for {}"
    ),
    "pause": "pause {}", "resume": "resume {}", "cancel": "cancel {}", "prioritise": "do {} first", "ingest": (
        "ingest picture.png as {}"
    ),
    "show_takes": "show me the takes of {}", "compare": "compare {}", "costs": "what did {} cost", "price": (
        "what will {} cost"
    ),
    "why": "why did {} fail", "status_of": "how is {} doing", "status": "where are we", "plan": "show me the plan",
    "remark": "note on {}: well done", "budget": "set the budget to 3 dollars", "budget_more": "another 50 cents",
    "deliver": "deliver", "greenlight": "go", "help": "help", "leave": "quit",
}  # fmt: skip
"""A sentence for every kind of wish; `{}` stands for tasks."""

_CUES: Final[dict[str, str]] = {
    "approve": "approve okay accept good final like love", "reject": "reject bad no refuse back wrong",
    "retake": "again redo retake another new try", "revise": "make change darker more less want should", "omit": (
        "cut drop without leave remove out"
    ),
    "options": "more options variations versions other", "show_takes": "show see look picture takes view", "compare": (
        "better compare best which"
    ),
    "costs": "cost spent money paid", "price": "long much when time left", "why": "why wrong fail problem", "status": (
        "where how doing status done"
    ),
    "pause": "stop hold pause wait", "prioritise": "first urgent before now", "reroute": "model maker use give", (
        "budget"
    ): (
        "budget money dollars cap"
    ),
    "deliver": "deliver package finish ship", "plan": "plan tasks shots",
}  # fmt: skip


def sentence(kind: str, name: str) -> str:
    """Say a wish of one kind about a task.

    >>> sentence("approve", "keep_day")
    'approve keep_day'
    """
    return SENTENCES[kind].format(name)


def lost(saying: Saying, why: str, kind: str, names: tuple[str, ...]) -> Unclear:
    """Say that a reference was not understood, and what is called like it."""
    return Unclear(
        text=saying.raw,
        why=f"{why}.",
        nearest=tuple(sentence(kind, name) for name in names[:3]) or ("show me the plan",),
    )


def which(saying: Saying, scene: Scene, kind: str) -> Torn:
    """Ask which task is meant, where none was spoken of."""
    return Torn(_which(saying, scene, kind))


def _which(saying: Saying, scene: Scene, kind: str) -> Unclear:
    return Unclear(
        text=saying.raw,
        why=("It is not said which picture is meant."),
        nearest=tuple(sentence(kind, name) for name in likely(scene)),
    )


def likely(scene: Scene) -> tuple[str, ...]:
    """Name up to three tasks one may mean: what was last spoken of, then what waits, then the plan's first."""
    waiting = [name for name, state in scene.states.items() if state == "waiting"]
    names = dict.fromkeys([*scene.last.tasks[:3], *waiting[:3], *scene.glossary.names[:3]])
    return tuple(names)[:3]


UNHEARD: Final = "I do not know what that asks for."
"""Said of a part nothing was understood of at all."""


def offered(kinds: Iterable[str], scene: Scene, name: str = "") -> tuple[str, ...]:
    """Give a sentence for each of some kinds of wish."""
    name = name or next(iter(likely(scene)), "everything")
    kinds = ["plan" if kind == "show_plan" else kind for kind in kinds]
    return tuple(sentence(kind, name) for kind in kinds)


def unheard(saying: Saying, scene: Scene) -> Unclear:
    """Say that a part was not understood at all, with the kinds of wish whose words it shares."""
    said = set(saying.text.split())
    score = {kind: len(said & set(cues.split())) for kind, cues in _CUES.items()}
    best = [kind for kind in sorted(score, key=lambda kind: -score[kind]) if score[kind]][:3] or [
        "status",
        "plan",
        ("help"),
    ]
    name = next(iter(likely(scene)), "everything")
    found = next((word.word for word in saying.words if "_" in word.word and scene.glossary.knows(word.word)), "")
    return Unclear(
        text=saying.raw,
        why=UNHEARD,
        nearest=tuple(sentence(kind, found or name) for kind in best),
    )


def either(saying: Saying, why: str, *sentences: str) -> Torn:
    """Say that a part can be meant in two ways, and offer both."""
    return Torn(Unclear(text=saying.raw, why=why, nearest=sentences))


def named(about: About) -> str:
    """Call tasks so that they are understood again: one by its name, several in the director's words."""
    return about.tasks[0] if len(about.tasks) == 1 else about.says or "everything"
