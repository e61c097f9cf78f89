"""Who and what returns in a production, read from the words of its brief."""

import re
from collections.abc import Sequence
from typing import Final, Literal

from ...core.brief import Entity
from ..language.atoms import Reading
from ..language.cast import Person
from ..language.phrases import TIMES, WEATHERS
from ..language.words import ANIMATE, word_set
from .phrasing import GROUNDS, amount, named

_BUILT: Final = word_set(
    """
    castle tower house fortress palace church cathedral temple bridge city village town hut cottage cabin barn
    gate wall lighthouse windmill keep fort skyscraper building station
    """
)
STANDS_ON: Final = {
    noun: ground
    for ground, nouns in {
        "sea": "ocean water",
        "sand": "beach desert dune",
        "rock": "mountain cliff",
        "grass": "hill meadow field valley",
        "snow": "winter ice glacier",
    }.items()
    for noun in nouns.split()
}
"""What a place stands on, where the words name no ground."""
_NO_THINGS: Final = frozenset(TIMES) | frozenset(WEATHERS) | word_set("sky scene view")
MOST_ENTITIES: Final = 4
_MOST_CAST: Final = 12
_OWNED_BY: Final = word_set("with wearing holding carrying of in")
LOOKS: Final = frozenset({"colour", "material", "look"})
"""Aspects by which a thing is known again."""


def entities_of(reading: Reading) -> dict[str, Entity]:
    """Name the first things a text speaks of, settings left out.

    >>> from ..reading import read
    >>> {name: one.is_ for name, one in entities_of(read("a red castle and two blue knights on grass")).items()}
    {'castle': 'a red castle', 'knight': 'two blue knights'}
    """
    entities: dict[str, Entity] = {}
    for noun in reading.subjects:
        slug = _slug(noun)
        is_setting = any(word in GROUNDS or word in STANDS_ON or word in _NO_THINGS for word in noun.split())
        if is_setting or not slug:
            continue
        looks = [atom.value for atom in reading.of("attribute") if atom.subject == noun and atom.other in LOOKS]
        entities[slug] = Entity(kind=kind_of(noun), is_=named(noun, amount(noun, reading), " ".join(looks)))
        if len(entities) == MOST_ENTITIES:
            break
    return entities


def cast_of(readings: Sequence[Reading], people: Sequence[Person]) -> dict[str, Entity]:
    """Name who and what several pictures show: first who has a name, then things in the order they come in.

    What is only worn, held or part of something is no entity of its own.
    """
    cast: dict[str, Entity] = {}
    for person in people:
        if slug := _slug(person.name):
            cast[slug] = Entity(kind="character", is_=person.is_)
    for reading in readings:
        worn = {atom.other for atom in reading.of("relation") if atom.value in _OWNED_BY}
        for noun in reading.subjects:
            slug = _slug(noun)
            is_named = noun in {person.short for person in people}
            if not slug or slug in cast or noun in worn or is_named or noun in _NO_THINGS or noun in GROUNDS:
                continue
            looks = [atom.value for atom in reading.of("attribute") if atom.subject == noun and atom.other in LOOKS]
            cast[slug] = Entity(kind=kind_of(noun), is_=named(noun, amount(noun, reading), " ".join(looks)))
    return dict(list(cast.items())[:_MOST_CAST])


def _slug(noun: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", noun.lower()).strip("_")
    return slug if re.fullmatch(r"[a-z][a-z0-9_]{0,40}", slug) else ""


def kind_of(noun: str) -> Literal["character", "place", "prop"]:
    """Say what sort of entity a noun names."""
    if noun in ANIMATE:
        return "character"
    return "place" if noun in _BUILT or noun in STANDS_ON else "prop"
