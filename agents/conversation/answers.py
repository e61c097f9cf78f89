"""A yes or no in a turn that goes on: `no, the other one`, `yes, and pause the plates`."""

import re
from typing import Final

from ...core.wish import Consent, Unclear, Wish
from .asides import without_asides
from .manners import WRY, consents
from .sayings import Saying, bare
from .scene import Scene

_PAUSES: Final = frozenset({",", ".", "!", ";", "and", "then"})
LIMITS: Final = frozenset({"but", "only", "just", "not", "except", "without", "if", "unless", "though"})
"""What follows takes some of a yes back."""
_DOUBTS: Final = LIMITS | frozenset(
    {"?", "or", "no", "never", "who", "what", "why", "when", "how", "which", "says", "said", "say", "could", "would",
     "should", "might", "maybe", "perhaps", "may", "once", "until", "before", "after", "later", "whatever", "dream",
     "suit", "tomorrow", "someday", "eventually", "soon", "nope", "nah"}
)  # fmt: skip
"""Where one of these is said, a word of consent may be quoted, asked about, put on a condition or not be meant."""
_QUESTIONS: Final = frozenset({"who", "what", "why", "when", "how", "which", "could", "would"})
"""Of these, what may follow a yes as a question or wish of its own: `yes, and what did it cost?`."""
_ASKS: Final = frozenset({"is", "are", "was", "were", "do", "does", "did", "will", "can"})
"""And where one of these comes first."""
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
        takes_back = bool(answer) and rest.words[0].word in _DOUBTS
        is_filler = first.text in _FILLERS and not (scene.proposed and _goes_on(saying, at))
        if answer is None or is_filler or (takes_back and rest.words[0].word not in _QUESTIONS):
            continue
        if scene.proposed or (_PLAINLY.match(first.text) and not _CORRECTS.match(rest.text)):
            stays = not answer and _AS_IT_IS.fullmatch(rest.text)
            found = Consent(yes=answer), rest.part(0, 0) if stays else without_asides(rest)
    return found


def is_doubtful(saying: Saying) -> bool:
    """Whether a yes heard in these words may be none: a question, a quote, a condition.

    >>> from .sayings import say
    >>> [is_doubtful(say(text)) for text in ("who said yes", "yes or no", "oh hell yes")]
    [True, True, False]
    """
    words = [word.word for word in saying.words]
    return bool(_DOUBTS & set(words)) or words[0] in _ASKS or WRY.fullmatch(saying.text) is not None


def agreed(found: tuple[Wish | Unclear, ...]) -> tuple[Wish | Unclear, ...]:
    """Keep a yes only where it is the first thing said and nothing after it takes it back.

    >>> from ...core.wish import Greenlight
    >>> [one.verb for one in agreed((Consent(yes=True), Consent(yes=False), Greenlight()))]
    ['greenlight']
    >>> [one.verb for one in agreed((Greenlight(), Consent(yes=True)))]
    ['greenlight']
    """
    answers = tuple(one for one in found if isinstance(one, Consent))
    if not answers:
        return found
    is_first = found[:1] == answers
    is_whole = not answers[0].yes or not any(map(_is_condition, found[1:]))
    return found if is_first and is_whole else tuple(one for one in found if not isinstance(one, Consent))


def _is_condition(one: Wish | Unclear) -> bool:
    return isinstance(one, Unclear) and bool(_CONDITION.search(one.text.lower()))


_CONDITION: Final = re.compile(r"\b(?:if|when|whenever|once|until|unless|after|provided|as long as|or|only)\b|\?")
_PLAINLY: Final = re.compile(r"(?:hm |hmm |oh |hang on , |wait , )?(?:yes|yep|yeah|y|no|nope)\b")
_CORRECTS: Final = re.compile(r"(?:i mean|i meant|make that|rather|that|this|it|they|love|the other)\b")


def _goes_on(saying: Saying, at: int) -> bool:
    """Whether an `and` follows a pause: what stands before it was an answer."""
    return any(word.word == "and" for word in saying.words[at : at + 2])


def _after_and(saying: Saying) -> Saying:
    return bare(saying.part(1)) if saying and saying.words[0].word in ("and", "but", "then") else saying
