"""Slips of the pen in the words of patterns: `aprove the keep`."""

from functools import cache, lru_cache
from typing import Final

from ..language.words import ADJECTIVES, COLOURS, FUNCTION, GERUNDS, MATERIALS, SIZES, word_set
from .glossary import one_out, slips, spellings_of
from .grammar import words_of_patterns
from .note_words import PARTS
from .reference_words import GENERIC, POINTING, SMALL, TEAM, WHOLE
from .sayings import Saying, Word
from .scene import Scene

_LEFT_ALONE: Final = (
    ADJECTIVES
    | COLOURS
    | FUNCTION
    | MATERIALS
    | SIZES
    | PARTS
    | GERUNDS.keys()
    | word_set(
        """
    sound round image shape share shore store stone house horse place plane plate plain whole world years black brown
    three trees under until these those first second third moat boat king queen road river forest bridge
    """
    )
)
_NEVER_MEANT: Final = (POINTING | WHOLE | GENERIC | TEAM | SMALL) - {"everything", "show"}
"""No unknown name may turn into these: `the whale` is not `the whole`."""


def mended(saying: Saying, scene: Scene) -> Saying | None:
    """Mend misspelt words of patterns; what the plan or English knows is left alone. None where nothing is mended.

    >>> from .sayings import say
    >>> mended(say("aprove the moat"), Scene()).text
    'approve the moat'
    """
    words = tuple(
        word if scene.glossary.knows(word.word) else Word(_meant(word.word), word.start, word.end)
        for word in saying.words
    )
    found = Saying(words, saying.source)
    return found if found.text != saying.text else None


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    return spellings_of(words_of_patterns() - _NEVER_MEANT)


@lru_cache(maxsize=1024)
def _meant(word: str) -> str:
    known = words_of_patterns()
    if len(word) < 4 or not word.isalpha() or word in known or word in _LEFT_ALONE:
        return word
    like = _spellings()
    candidates = {one for left in (word, *one_out(word)) for one in like.get(left, ())}
    near = sorted(one for one in candidates if slips(word, one) == 1)
    same = [one for one in near if one[0] == word[0]] or near
    is_clear = len(same) == 1 and (len(word) >= 5 or sorted(same[0]) == sorted(word))
    return same[0] if is_clear else word
