"""A turn before anything is planned: a brief in words, or by its path."""

import re
from typing import Final

from ...core.wish import Begin, Unclear, Wish
from ..language.words import word_set
from ..reading import read
from .grammar import heard
from .manners import NOT, plainly
from .offers import Torn
from .sayings import Saying, bare
from .scene import Scene
from .wishes import wish_of

_FILM: Final = re.compile(
    r"(?:(?:please|hello|hi|hey|okay|so|now|can you|could you|would you|let us|i want to|i would like to|we want to|i "
    r"want|i would like|we need|i need|we want|give me|let us have|,) ?)*"
    r"(?:(?:make|create|shoot|draw|produce|plan|film|render|paint|imagine|picture|build|do|begin|start|generate|"
    r"show)(?: me| us)? )?"
    r"(?:(?:with )?(?:a |an |the |some )?(?:short |little |new |small )*(?:film|movie|production|story|scene|picture|"
    r"sequence|trailer|animatic|series|video|brief|project)s? (?:about|of|with|where|showing|in which|on|:) ?(?:: )?)?"
)
_OF_A_PLAN: Final = frozenset({"show_takes", "vary", "options", "light", "compare", "more_like", "do", "new_task"})
"""Kinds whose words may also describe a picture that is to be made."""


def begun(saying: Saying, text: str) -> Wish | Unclear:
    """Read a turn before anything is planned: a brief, unless it only asks or says goodbye.

    >>> from .sayings import say
    >>> text = "Make me a film about a red castle at dusk."
    >>> begun(say(text), text)
    Begin(brief='a red castle at dusk.', verb='begin')
    """
    scene = Scene()
    kinds = set[str]()
    for said in plainly(saying):
        if re.fullmatch(r"\S+\.(?:ya?ml|json|md|markdown|txt)|(?:~|\.{0,2}/)\S+", said.text):
            return Begin(brief=said.raw)
        for one in heard(said):
            kinds.add(one.kind)
            if one.kind in ("help", "leave", "begin"):
                found = wish_of(one, scene)
                if found and not isinstance(found, Torn):
                    return found
    said = bare(saying)
    film = _FILM.match(said.text)
    brief = said.between(film.end(), len(said.text)) if film else said
    if saying.words[0].word in _PICTURES:
        kinds.clear()
    if kinds - _OF_A_PLAN or NOT.match(said.text) or not _describes(brief):
        why = "Nothing is planned yet: describe what you want to see, or name a brief's file."
        return Unclear(
            text=text.strip(),
            why=why,
            nearest=("a red castle above the sea at dusk", "plan briefs/fantasy_castle.yaml", "help"),
        )
    end = text[saying.words[-1].end - 1 : saying.words[-1].end] if saying.words[-1].word in ".!" else ""
    return Begin(brief=brief.raw + ("." if end == "." else ""))


_PICTURES: Final = word_set("a an the some two three four five six seven eight nine ten one many several no")
"""What a description begins with, and no command does."""
_ASKING: Final = word_set("what why how where who when is are do does")


def _describes(said: Saying) -> bool:
    words = said.text.split()
    subjects = read(said.text).subjects if words else ()
    says_how = len(words) > 2 or (len(words) == 2 and words[0] in ("a", "an", "the", "some", "two", "three"))
    return bool(subjects) and says_how and words[0] not in _ASKING
