"""What is said over what was said before: `this one too`, and `only the keep` of what is proposed."""

import re
from dataclasses import replace
from typing import Final

from ...core.wish import ASKING, About, Approve, Ingest, MoreLike, Unclear, Wish
from .references import Lost, refer
from .sayings import Saying, bare, say
from .scene import Scene, about_instead, about_of, only_of


def repeated(said: Saying, scene: Scene) -> Wish | Unclear | None:
    """Read `this one too`: the wish before, about other tasks."""
    again = re.fullmatch(
        r"(?:(?:and |do )*the same (?:for|with|to|goes for|on|about|again for) (?P<a>.+)|(?:and |also )*(?P<b>.+?) "
        r"(?:too|as well|also|likewise)|(?:and |also )+(?P<c>.+)|(?:same|ditto) for (?P<d>.+)|"
        r"(?:(?:sorry|no|oops|wait)[ ,]*)*i (?:mean|meant) (?P<e>.+))",
        said.text,
    )
    wish = next((one for one in reversed(scene.said) if about_of(one)), None)
    if not again or not wish:
        return None
    name = next(group for group, words in again.groupdict().items() if words)
    slot = said.between(*again.span(name))
    about = refer(slot.text, scene, slot.raw)
    if isinstance(about, Lost) or about.tasks == getattr(about_of(wish), "tasks", ()):
        return None
    if name == "c" and not isinstance(wish, ASKING):
        return None
    if isinstance(wish, MoreLike | Ingest) and len(about.tasks) > 1:
        return None
    return about_instead(replace(wish, take=None) if isinstance(wish, Approve) else wish, about)


def corrected(saying: Saying, scene: Scene) -> Saying | None:
    """Say again what was not understood, or what was wished, of what was meant: `the towers, I mean`.

    >>> from .rehearsal import a_plan
    >>> from .sayings import say
    >>> corrected(say("i mean the keep"), Scene(plan=a_plan(), lost="two more options for the gate")).text
    'two more options for the keep'
    """
    found = _MEANT.fullmatch(saying.text)
    if not found or not scene.lost:
        return None
    slot = saying.between(*found.span("a" if found["a"] else "b"))
    if isinstance(refer(slot.text, scene, slot.raw), Lost):
        return None
    before = say(scene.lost)
    for at in range(len(before) - 1, -1, -1):
        if before.words[at].word.isalpha() and isinstance(refer(before.words[at].word, scene, mends=False), Lost):
            start = at - 1 if at and before.words[at - 1].word in _ARTICLES else at
            return say(" ".join((before.part(0, start).raw, slot.raw, before.part(at + 1).raw)).strip())
    return None


_MEANT: Final = re.compile(
    r"(?:(?:sorry|no|oops|wait|i)[ ,]*)*(?:(?:i )?(?:mean|meant|did mean)(?: to say)? (?P<a>.+)|"
    r"(?P<b>.+?) (?:,? ?i (?:mean|meant)|is what i (?:mean|meant)))"
)
_ARTICLES: Final = frozenset({"the", "a", "my", "our", "that", "this"})


def narrowed_to(saying: Saying, scene: Scene) -> tuple[Wish | Unclear, ...]:
    """Read `only the keep` and `not the keep`, said of what is proposed: that is proposed anew."""
    if not scene.proposed:
        return ()
    found = re.fullmatch(
        r"(?:(?:yes|yeah|okay|no|sure|fine|do it|go ahead|well|hm|hmm|oh|wait|"
        r"actually)[ ,.;!]*)*(?:but )?(?:(?:and )?(?P<only>only|"
        r"just)(?: do| for)? (?P<a>.+?)|(?P<b>.+?) (?:only|alone)|(?:but )?(?:not|without|except(?: for)?|"
        r"minus) (?P<c>.+?)|(?:all|everything|them all|all of them) (?:but|except(?: for)?) (?P<d>.+?))(?: please)?",
        bare(saying).text,
    )
    if not found:
        return ()
    name = next(one for one in "abcd" if found[one])
    slot = bare(saying).between(*found.span(name))
    about = _exact(slot, scene) or refer(slot.text, scene, slot.raw)
    if isinstance(about, Lost):
        return ()
    if name in "cd":
        left_out = set(about.tasks)
        of = [task for wish in scene.proposed if (one := about_of(wish)) for task in one.tasks if task not in left_out]
        about = About(says=bare(saying).raw, tasks=tuple(dict.fromkeys(of)))
    narrowed = only_of(scene.proposed, about)
    if narrowed:
        return tuple(narrowed)
    tasks = dict.fromkeys(task for wish in scene.proposed if (one := about_of(wish)) for task in one.tasks)
    offers = tuple(f"only {task}" for task in list(tasks)[:3])
    return (Unclear(text=saying.raw, why="Nothing of that is proposed now.", nearest=offers),)


def _exact(slot: Saying, scene: Scene) -> About | None:
    name = re.sub(r"^(?:the )?(?:task )?", "", slot.text).replace(" ", "_")
    return About(says=slot.raw, tasks=(name,)) if name in scene.glossary.place else None
