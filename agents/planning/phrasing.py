"""Atoms to requirements: each claim with the phrase a critic can answer and the phrases it must beat."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from ...core.plan import Requirement
from ..language.atoms import Atom, Reading
from ..language.nouns import article, plural
from ..language.words import NUMBER_WORDS

SUBJECTS: Final = ("castle", "tower", "house", "tree", "knight", "wizard", "ship", "dragon")
COLOURS: Final = ("red", "blue", "green", "gold", "purple", "white")
TIMES: Final = {"dawn": "at dawn", "day": "at day", "dusk": "at dusk", "night": "at night"}
WEATHERS: Final = {"clear": "in clear weather", "fog": "in fog", "rain": "in rain", "snowfall": "in snowfall",
                   "storm": "in a storm", "cloudy": "in cloudy weather", "wind": "in strong wind"}  # fmt: skip
GROUNDS: Final = {"grass": "on grass", "rock": "on rock", "sand": "on sand", "snow": "on snow", "sea": "at sea",
                  "backdrop": "on a plain backdrop"}  # fmt: skip
POSITIONS: Final = {"left": "on the left", "center": "in the center", "right": "on the right"}
HEIGHTS: Final = {"top": "at the top", "bottom": "at the bottom"}
DEPTHS: Final = {"foreground": "in the foreground", "background": "in the background"}
SHOT_RIVALS: Final = {
    "wide": ("close",),
    "close": ("wide",),
    "low angle": ("high angle",),
    "high angle": ("low angle",),
}
OPPOSITES: Final = {"left of": "right of", "right of": "left of", "above": "below", "below": "above", "over": "under",
                     "under": "over", "in front of": "behind", "behind": "in front of", "on top of": "under",
                     "inside": "outside", "on": "under", "in": "next to", "next to": "far from"}  # fmt: skip
_RIVALS: Final = ("dog", "person", "car", "tree", "house", "chair", "bird", "mountain")
_PLAIN_COLOURS: Final = {"golden": "gold"}
_SIZES: Final = {word: size for size, words in {
    "small": "small tiny little miniature mini distant",
    "large": "large big huge giant gigantic enormous massive colossal",
}.items() for word in words.split()}  # fmt: skip
_GROUNDED: Final = frozenset({"on", "at", "in"})


@lru_cache(maxsize=4096)
def requirements_of(reading: Reading, *, musts: tuple[str, ...] | None = None) -> tuple[Requirement, ...]:
    """Write down what a still must show.

    Args:
        reading: its prompt, read.
        musts: kinds of requirement that are must-haves; None takes all but style, looks and actions.

    >>> [one.asks for one in requirements_of(Reading(unknown=(), atoms=(
    ...     Atom(kind="existence", subject="tower"), Atom(kind="count", subject="tower", value="2"))))]
    ['two towers', 'two towers', 'a whole tower']
    """
    by_id: dict[str, Requirement] = {}
    for one in [*_asked(reading), *_forms(reading)]:
        by_id.setdefault(one.id, one)
    if musts is None:
        return tuple(by_id.values())
    return tuple(replace(one, must=one.must and one.kind in musts) for one in by_id.values())


def continuity(entity: str, reference: str, *, must: bool = False) -> Requirement:
    """Write down that an entity looks as in its reference; a wish, unless the brief makes it a must-have.

    Its value is the task of the reference. When a critic is asked, it is the digest of that task's picture.
    """
    return Requirement(id=f"continuity:{entity}", kind="continuity", subject="", value=reference, must=must)


def ground_of(reading: Reading) -> str:
    """Give the ground a prompt stands on, as in `GROUNDS`; empty when it says none."""
    for atom in reading.of("relation"):
        if atom.value in _GROUNDED and atom.other in GROUNDS:
            return atom.other
    return _plate(reading)[1]


def _asked(reading: Reading) -> Iterator[Requirement]:
    empty, ground = _plate(reading)
    rules: dict[str, Callable[[Atom, Reading], Iterator[Requirement]]] = {
        "existence": _existence, "count": _count, "attribute": _attribute, "relation": _relation,
        "position": _position, "time": _time, "weather": _weather, "shot": _shot, "style": _style, "absence": _absence,
    }  # fmt: skip
    if empty:
        yield _emptiness(empty)
        if ground:
            yield _ground(empty, ground, empty=True)
    for atom in reading.atoms:
        is_setting = atom.subject and (atom.subject == empty or _is_only_ground(atom.subject, reading))
        if not (is_setting and atom.kind in ("existence", "attribute")):
            yield from rules[atom.kind](atom, reading)


def _plate(reading: Reading) -> tuple[str, str]:
    """Give the noun of an empty plate and its ground: `snow field`, `snow`; empty texts for other pictures."""
    for atom in reading.of("attribute"):
        if atom.value == "empty" and reading.subjects == (atom.subject,):
            return atom.subject, next((word for word in atom.subject.split() if word in GROUNDS), "")
    return "", ""


def _is_only_ground(subject: str, reading: Reading) -> bool:
    used = [atom for atom in reading.of("relation") if subject in (atom.subject, atom.other)]
    return subject in GROUNDS and bool(used) and all(a.other == subject and a.value in _GROUNDED for a in used)


def amount(subject: str, reading: Reading) -> int:
    """Say how many of a thing a prompt asks for; 1 where it does not count."""
    return sum(int(atom.value) for atom in reading.of("count") if atom.subject == subject) or 1


def named(subject: str, count: int, word: str = "") -> str:
    """Name so many of a thing.

    >>> named("castle", 1, "red"), named("castle", 3)
    ('a red castle', 'three castles')
    """
    thing = f"{word} {subject}".strip() if count == 1 else f"{word} {plural(subject)}".strip()
    return article(thing) if count == 1 else f"{_number(count)} {thing}"


def _number(count: int) -> str:
    return NUMBER_WORDS.get(count, str(count))


def _emptiness(noun: str) -> Requirement:
    asks = "an empty sea" if noun == "sea" else "an empty field" if noun.endswith("field") else article(f"empty {noun}")
    rivals = tuple(article(one) for one in SUBJECTS)
    return Requirement(
        id="existence:nothing", kind="existence", subject=noun, value="empty", asks=asks, contrasts=rivals
    )


def _existence(atom: Atom, reading: Reading) -> Iterator[Requirement]:
    noun, count = atom.subject, amount(atom.subject, reading)
    pool = SUBJECTS if noun in SUBJECTS else _RIVALS
    rivals = [named(one, count) for one in pool if one not in reading.subjects]
    if count == 1:
        rivals.append("an empty sea" if ground_of(reading) == "sea" else "an empty field")
    yield Requirement(
        id=f"existence:{noun}",
        kind="existence",
        subject=noun,
        value="",
        asks=named(noun, count),
        contrasts=tuple(rivals),
    )


def _count(atom: Atom, reading: Reading) -> Iterator[Requirement]:
    noun, count = atom.subject, amount(atom.subject, reading)
    rivals = {1: (2, 3), 2: (1, 3), 3: (1, 2)}.get(count, (count - 1, count + 1))
    yield Requirement(
        id=f"count:{noun}={count}",
        kind="count",
        subject=noun,
        value=str(count),
        asks=_counted(noun, count),
        contrasts=tuple(_counted(noun, one) for one in rivals),
    )


def _counted(noun: str, count: int) -> str:
    return f"{_number(count)} {noun if count == 1 else plural(noun)}"


def _attribute(atom: Atom, reading: Reading) -> Iterator[Requirement]:
    noun, count = atom.subject, amount(atom.subject, reading)
    value = _PLAIN_COLOURS.get(atom.value, atom.value) if atom.other == "colour" else atom.value
    value = _SIZES.get(value, value) if atom.other == "size" else value
    said = {_PLAIN_COLOURS.get(a.value, a.value) for a in reading.of("attribute") if a.subject == noun}
    rivals: Sequence[str] = {"colour": [one for one in COLOURS if one not in said]}.get(atom.other, ())
    if atom.other == "size":
        rivals = [size for size in ("small", "large") if size != value] if value in ("small", "large") else ["ordinary"]
    yield Requirement(
        id=f"attribute:{noun}.{atom.other}={value}",
        kind="attribute",
        subject=noun,
        value=value,
        other=atom.other,
        asks=named(noun, count, value),
        contrasts=tuple(named(noun, count, one) for one in rivals) or (named(noun, count),),
        must=atom.other in ("colour", "size"),
    )


def _ground(subject: str, ground: str, *, empty: bool = False) -> Requirement:
    def phrase(one: str) -> str:
        if not empty:
            return GROUNDS[one]
        return "an empty sea" if one == "sea" else f"an empty {one} field"

    rivals = [one for one in GROUNDS if one != ground and not (empty and one == "backdrop")]
    return Requirement(
        id=f"attribute:{subject}.ground={ground}",
        kind="attribute",
        subject=subject,
        value=ground,
        other="ground",
        asks=phrase(ground),
        contrasts=tuple(phrase(one) for one in rivals),
    )


def _relation(atom: Atom, reading: Reading) -> Iterator[Requirement]:
    if atom.value in _GROUNDED and atom.other in GROUNDS:
        yield _ground(atom.subject, atom.other)
        return
    first = named(atom.subject, amount(atom.subject, reading))
    second = named(atom.other, amount(atom.other, reading))
    swapped = f"{second} {atom.value} {first}"
    flipped = [f"{first} {OPPOSITES[atom.value]} {second}"] if atom.value in OPPOSITES else []
    yield Requirement(
        id=f"relation:{atom.subject} {atom.value} {atom.other}",
        kind="relation",
        subject=atom.subject,
        value=atom.value,
        other=atom.other,
        asks=f"{first} {atom.value} {second}",
        contrasts=(*flipped, swapped),
    )


def _position(atom: Atom, reading: Reading) -> Iterator[Requirement]:
    table = next(table for table in (POSITIONS, HEIGHTS, DEPTHS) if atom.value in table)
    thing = named(atom.subject, amount(atom.subject, reading))
    yield Requirement(
        id=f"position:{atom.subject}={atom.value}",
        kind="position",
        subject=atom.subject,
        value=atom.value,
        asks=f"{thing} {table[atom.value]}",
        contrasts=tuple(f"{thing} {phrase}" for value, phrase in table.items() if value != atom.value),
    )


def _time(atom: Atom, _: Reading) -> Iterator[Requirement]:
    rivals = tuple(phrase for value, phrase in TIMES.items() if value != atom.value)
    yield Requirement(
        id=f"time={atom.value}", kind="time", subject="", value=atom.value, asks=TIMES[atom.value], contrasts=rivals
    )


def _weather(atom: Atom, _: Reading) -> Iterator[Requirement]:
    common = list(WEATHERS.items())[:4]
    rivals = tuple(phrase for value, phrase in common if value != atom.value)
    asks = WEATHERS[atom.value]
    yield Requirement(
        id=f"weather={atom.value}", kind="weather", subject="", value=atom.value, asks=asks, contrasts=rivals
    )


def _shot(atom: Atom, _: Reading) -> Iterator[Requirement]:
    rivals = SHOT_RIVALS.get(atom.value, ("wide", "close"))
    yield Requirement(
        id=f"shot={atom.value}",
        kind="shot",
        subject="",
        value=atom.value,
        asks=article(f"{atom.value} shot"),
        contrasts=tuple(article(f"{one} shot") for one in rivals),
    )


def _style(atom: Atom, _: Reading) -> Iterator[Requirement]:
    yield Requirement(
        id=f"style={atom.value}",
        kind="style",
        subject="",
        value=atom.value,
        asks=f"{atom.value} style",
        contrasts=("a plain photograph", "a rough sketch", "a flat drawing"),
        must=False,
        weight=0.5,
    )


def _absence(atom: Atom, reading: Reading) -> Iterator[Requirement]:
    thing = f"{atom.value} {atom.subject}".strip()
    present = next((article(one) for one in reading.subjects if one != atom.subject), "an empty field")
    yield Requirement(
        id=f"absence:{thing}", kind="absence", subject=atom.subject, value=atom.value, asks=article(thing),
        contrasts=(present, "an empty field") if present != "an empty field" else (present,),
    )  # fmt: skip


def _forms(reading: Reading) -> Iterator[Requirement]:
    empty, _ = _plate(reading)
    for noun in reading.subjects:
        if noun != empty and not _is_only_ground(noun, reading) and noun not in ("sky", *GROUNDS):
            yield Requirement(
                id=f"attribute:{noun}.form=whole",
                kind="attribute",
                subject=noun,
                value="whole",
                other="form",
                asks=f"a whole {noun}",
                contrasts=(f"a broken {noun}", f"a melted {noun}"),
                must=False,
                weight=0.5,
            )
