"""What a note can speak of in one picture, and what its words name there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..language.atoms import Reading
from ..language.nouns import singular
from ..language.words import NUMBERS
from ..planning.phrasing import GROUNDS
from ..reading import read
from .clauses import ARTICLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture as a note finds it."""

    reading: Reading
    """Its prompt in the brief, read."""
    shown: Reading
    """Its prompt as it went to the maker, read: with what the look adds."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What things are called beside their nouns: `edda` of a knight."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """The things it shows, grounds left out."""
        found = tuple(one for one in self.reading.subjects if one not in GROUNDS)
        return found or self.reading.subjects

    def noun_of(self, words: str) -> str:
        """Give the noun that words name, in the singular; by its name where it has one.

        >>> Scene(reading=read("a knight"), shown=read("a knight"), names={"edda": "knight"}).noun_of("the two ships")
        'ship'
        """
        bare = re.sub(rf"^{ARTICLES}", "", words.strip())
        if bare in self.names:
            return self.names[bare]
        found = read(bare if bare.split()[:1] and bare.split()[0] in NUMBERS else f"the {bare}").subjects
        noun = found[0] if found else singular(bare)
        return self.names.get(noun, noun)
