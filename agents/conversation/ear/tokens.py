"""What the ear hears of a turn: its words, with mentions of pictures, makers, files and numbers as marks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..sayings import Saying
from ..scene import Scene
from ..wishes import maker_named
from .mentions import Mention

_FILE = re.compile(r".+\.(?:png|jpe?g|webp|tiff?|exr|bmp|gif)|(?:~|\.{1,2})?/.+|[a-z]:\\.+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
IDLE, ASKED = "<idle>", "<asked>"
"""What stands before the first word: whether a proposal waits for its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word or a mark, and the words of the turn it stands for."""

    text: str
    start: int
    end: int
    mention: Mention | None = None


def tokens(saying: Saying, found: Sequence[Mention], scene: Scene) -> tuple[Token, ...]:
    """Give a turn as the ear hears it.

    >>> from ..rehearsal import a_plan
    >>> from ..sayings import say
    >>> from .mentions import mentions
    >>> turn, scene = say("approve take 2 of the keep"), Scene(plan=a_plan())
    >>> [one.text for one in tokens(turn, mentions(turn, scene), scene)]
    ['approve', 'take', '<n>', 'of', '<task>']
    """
    by_start = {one.start: one for one in found}
    heard: list[Token] = []
    at = 0
    while at < len(saying):
        mention = by_start.get(at)
        end = mention.end if mention else at + 1
        text = _mark(mention, scene) if mention else _plain(saying.words[at].word, scene)
        heard.append(Token(text=text, start=at, end=end, mention=mention))
        at = end
    return tuple(heard)


def _mark(mention: Mention, scene: Scene) -> str:
    if len(mention.about.tasks) == len(scene.glossary.names) > 1:
        return "<whole>"
    return "<team>" if mention.about.department else "<task>" if len(mention.about.tasks) == 1 else "<tasks>"


def _plain(word: str, scene: Scene) -> str:
    if _NUMBER.fullmatch(word):
        return "<n>"
    if _FILE.fullmatch(word):
        return "<file>"
    if scene.makers and maker_named(word, scene):
        return "<maker>"
    return "<name>" if "_" in word else word
