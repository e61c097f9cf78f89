"""What is said over what was said before: `this one too`, and `only the keep` of what is proposed."""

import re
from dataclasses import replace

from ...core.wish import ASKING, About, Approve, Ingest, MoreLike, Unclear, Wish
from .references import Lost, refer
from .sayings import Saying, bare
from .scene import Scene, about_instead, about_of, only_of


def repeated(said: Saying, scene: Scene) -> Wish | Unclear | None:
    """Read `this one too`: the wish before, about other tasks."""
    again = re.fullmatch(
        r"(?:(?:and |do )*the same (?:for|with|to|goes for|on|about|again for) (?P<a>.+)|(?:and |also )*(?P<b>.+?) "
        r"(?:too|as well|also|likewise)|(?:and |also )+(?P<c>.+)|(?:same|ditto) for (?P<d>.+))",
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


def narrowed_to(saying: Saying, scene: Scene) -> tuple[Wish | Unclear, ...]:
    """Read `only the keep` and `not the keep`, said of what is proposed: that is proposed anew."""
    if not scene.proposed:
        return ()
    found = re.fullmatch(
        r"(?:(?:yes|yeah|okay|no|sure|fine|do it|go ahead|well)[ ,]*)*(?:but )?(?:(?:and )?(?P<only>only|"
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
