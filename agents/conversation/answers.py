"""A yes or no at the head of a turn that goes on: `no, the other one`, `yes, and pause the plates`."""

import re
from typing import Final

from ...core.wish import Consent
from .asides import without_asides
from .manners import consents
from .sayings import Saying, bare
from .scene import Scene

_PAUSES: Final = frozenset({",", ".", "!", ";", "and", "then"})
LIMITS: Final = frozenset({"but", "only", "just", "not", "except", "without", "if", "unless", "though"})
"""What follows takes some of a yes back."""
_FILLERS: Final = frozenset({"okay", "well", "right", "fine", "good", "great", "alright", "all right"})
"""What one also says to begin a sentence: no answer where more follows."""
_AS_IT_IS: Final = re.compile(
    r"(?:keep|leave|let) (?:it|that|this|them|(?:the |that |this )?\w+(?: one)?)"
    r"(?: (?:as it is|as they are|alone|be|be .+|for now))?|(?:that|it|this) is .*\btoo .+"
)
"""What one says after a no: it is but left as it is."""


def answered(saying: Saying, scene: Scene) -> tuple[Consent, Saying] | None:
    """Take a plain yes or no from before what else is said; nothing else is where that only leaves things as they are.

    >>> from .sayings import say
    >>> consent, more = answered(say("yes, and pause the plates"), Scene())
    >>> consent.yes, more.text
    (True, 'pause the plates')
    """
    found: tuple[Consent, Saying] | None = None
    for at in [at for at, word in enumerate(saying.words) if word.word in _PAUSES][:3]:
        first, rest = saying.part(0, at), _after_and(bare(saying.part(at + 1)))
        answer = consents(first, is_asked=False) if first and rest else None
        is_filler = first.text in _FILLERS and not (scene.proposed and _goes_on(saying, at))
        if answer is None or is_filler or (answer and rest.words[0].word in LIMITS):
            continue
        if scene.proposed or (_PLAINLY.match(first.text) and not _CORRECTS.match(rest.text)):
            stays = not answer and _AS_IT_IS.fullmatch(rest.text)
            found = Consent(yes=answer), rest.part(0, 0) if stays else without_asides(rest)
    return found


_PLAINLY: Final = re.compile(r"(?:hm |hmm |oh |hang on , |wait , )?(?:yes|yep|yeah|y|no|nope)\b")
_CORRECTS: Final = re.compile(r"(?:i mean|i meant|make that|rather|that|this|it|they|love|the other)\b")


def _goes_on(saying: Saying, at: int) -> bool:
    """Whether an `and` follows a pause: what stands before it was an answer."""
    return any(word.word == "and" for word in saying.words[at : at + 2])


def _after_and(saying: Saying) -> Saying:
    return bare(saying.part(1)) if saying and saying.words[0].word in ("and", "but", "then") else saying
