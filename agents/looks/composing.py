"""Named looks put together: a brief's `like`, later over earlier, and what it says itself over all of them."""

from dataclasses import replace
from functools import reduce

from ...core.brief import Look
from ...core.errors import BriefError
from ..planning.wiring import near
from .edit import FIELDS, LookEdit, edited, over
from .library import NAMED

_PLAIN = Look()


def composed(look: Look) -> Look:
    """Write out what a look is like: its `like` is empty then, and every field says what it meant.

    >>> written = composed(Look(like=("noir", "cold"), grain=0.05))
    >>> written.time, written.palette[0], written.grain, written.like
    ('night', '#081320', 0.05, ())

    Raises:
        BriefError: no look has such a name; says which are near.
    """
    if not look.like:
        return look
    own = LookEdit(**{name: getattr(look, name) for name in FIELDS if getattr(look, name) != getattr(_PLAIN, name)})
    begun = reduce(over, (named(one) for one in look.like), LookEdit())
    return replace(edited(look, over(begun, own)), like=())


def named(name: str) -> LookEdit:
    """Find a look by its name, spaces or hyphens as good as underscores.

    >>> named("golden hour").lens
    '85mm'

    Raises:
        BriefError: no look has that name.
    """
    key = name.strip().lower().replace(" ", "_").replace("-", "_")
    if key not in NAMED:
        raise BriefError("look.like", f"no look named {name!r}", near(key, NAMED))
    return NAMED[key]
