"""Wishes of one turn brought together: a reason joins what it is the reason of, notes on one picture become one."""

from collections.abc import Sequence
from dataclasses import replace

from ...core.wish import (
    Approve,
    MoreLike,
    Omit,
    Reject,
    Remark,
    Retake,
    Revise,
    Unclear,
    Wish,
)
from .scene import about_instead, about_of

Meant = Sequence[Wish | Unclear]


def gathered(found: Meant, new: Meant, *, is_joined: bool) -> list[Wish | Unclear]:
    """Add a part's wishes to those before.

    Args:
        found: what the turn asked for so far.
        new: what its next part asks for.
        is_joined: whether that hangs on the part before by a comma or an `and`.

    >>> from ...core.wish import About
    >>> keep = About(says="the keep", tasks=("keep",))
    >>> gathered([Retake(about=keep)], [Revise(about=keep, text="darker")], is_joined=True)[0].verb
    'revise'
    """
    whole = list(found)
    for wish in new:
        if whole and _is_same(wish, whole[-1]):
            continue
        joined = _joined(whole[-1], wish, is_joined=is_joined) if whole else None
        if joined:
            whole[-1] = joined
        else:
            whole.append(wish)
    return whole


def _is_same(one: Wish | Unclear, other: Wish | Unclear) -> bool:
    """Whether two wishes ask for the same of the same tasks, however these are called."""
    about, of = about_of(one), about_of(other)
    if about is None or of is None or isinstance(one, Unclear) or isinstance(other, Unclear):
        return one == other
    return about.tasks == of.tasks and about_instead(one, of) == other


def _joined(one: Wish | Unclear, other: Wish | Unclear, *, is_joined: bool) -> Wish | Unclear | None:  # noqa: PLR0911 - one line per case is clearest
    """Make one of two wishes about the same tasks, where the second only says more of the first."""
    about, of = about_of(one), about_of(other)
    if not about or not of or about.tasks != of.tasks:
        return None
    match one, other:
        case Retake(), Revise(text=text) | Remark(text=text):
            return Revise(about=about, text=text) if isinstance(other, Revise) else None
        case Revise(), Retake():
            return one
        case Revise(text=text), Revise(text=more):
            return replace(one, text=f"{text}, {more}")
        case MoreLike(text=text), Revise(text=more):
            return replace(one, text=f"{text}, {more}".lstrip(", "))
        case Reject(text=text), (Revise(text=more) | Remark(text=more)):
            return replace(one, text=f"{text}, {more}".lstrip(", "))
        case Reject(text=text), Reject(text=more):
            return replace(one, text=", ".join(part for part in (text, more) if part))
        case Reject(), Retake():
            return one
        case ((Remark(text=text) | Revise(text=text)), Reject(text=more)):
            return replace(other, text=", ".join(part for part in (text, more) if part))
        case ((Approve() | Omit()), Revise(text=text)) if is_joined:
            why = f"That both decides and asks for a change: {text!r}."
            return Unclear(text=text, why=why, nearest=_both(one, text))
    return None


def _both(one: Wish, text: str) -> tuple[str, ...]:
    about = about_of(one)
    name = about.tasks[0] if about and len(about.tasks) == 1 else about.says if about else ""
    return (f"approve {name}" if isinstance(one, Approve) else f"leave out {name}", f"redo {name}, {text}")


def with_reason(wish: Wish, reason: str) -> tuple[Wish, ...]:
    """Keep the reason a director gives where the wish has room for words.

    >>> from ...core.wish import About
    >>> keep = About(says="the keep", tasks=("keep",))
    >>> [one.verb for one in with_reason(Approve(about=keep), "it is perfect")]
    ['approve']
    """
    match wish:
        case Retake(about=about):
            return (Revise(about=about, text=reason),)
        case Reject(text=text) | Revise(text=text) | MoreLike(text=text) | Remark(text=text):
            return (replace(wish, text=f"{text}, {reason}".lstrip(", ")),)
    return (wish,)
