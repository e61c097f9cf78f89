"""A part of a look: what a named look or a note says of it, and nothing of the rest."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from ...core.brief import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class LookEdit:
    """Fields of a look as they are to be; None leaves one as it was."""

    palette: tuple[str, ...] | None = None
    """Darkest first."""
    time: str | None = None
    weather: str | None = None
    lens: str | None = None
    shot_size: str | None = None
    angle: str | None = None
    lighting: str | None = None
    aspect: str | None = None
    grain: float | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) is not None for one in fields(self))


FIELDS = tuple(one.name for one in fields(LookEdit))


def over(first: LookEdit, later: LookEdit) -> LookEdit:
    """Lay one part of a look over another: field by field the later one stands.

    >>> over(LookEdit(time="night", grain=0.1), LookEdit(time="dawn"))
    LookEdit(palette=None, time='dawn', weather=None, lens=None, shot_size=None, angle=None, lighting=None, \
aspect=None, grain=0.1)
    """
    said = {name: getattr(later, name) for name in FIELDS if getattr(later, name) is not None}
    return replace(first, **said)


def edited(look: Look, edit: LookEdit) -> Look:
    """Change a look where an edit says so.

    >>> edited(Look(time="dusk", weather="fog"), LookEdit(weather="clear")).weather
    'clear'
    """
    return replace(look, **{name: getattr(edit, name) for name in FIELDS if getattr(edit, name) is not None})


def look_differences(before: Look, after: Look) -> tuple[tuple[str, str, str], ...]:
    """List the fields in which two looks differ, each with both values in words.

    >>> look_differences(Look(time="dusk"), Look(time="night", palette=("slate", "snow")))
    (('palette', '', 'slate, snow'), ('time', 'dusk', 'night'))
    """
    return tuple(_differing(before, after))


def _differing(before: Look, after: Look) -> Iterator[tuple[str, str, str]]:
    for name in FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield name.replace("_", " "), in_words(old), in_words(new)


def in_words(value: object) -> str:
    """Say the value of a look's field; empty where it says nothing."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
