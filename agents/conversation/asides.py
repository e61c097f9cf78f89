"""What is said beside a wish: greetings, thanks, praise and reasons. It leads to nothing, and makes nothing unclear."""

import re
from typing import Final

from .sayings import Saying, bare

_ALL: Final = (
    r"(?: (?:to )?(?:all|all of you|you all|everyone|everybody|team|folks|guys|crew|dear crew|my dears?|there|people|"
    r"gang|friends))?"
)
_GREETING: Final = (
    rf"(?:(?:good |a good )?(?:morning|afternoon|evening|day)|hello|hi|hey|hiya|howdy|welcome back){_ALL}|"
    r"(?:my )?dear (?:crew|all|team|friends)|(?:ladies|gentlemen|everyone|everybody|team|folks|crew)"
)
_THANKS: Final = (
    rf"(?:many |a thousand |with (?:all )?(?:my |our |many )?)?(?:thanks|thank you|ta|cheers|much obliged|bless you)"
    rf"(?: (?:so much|very much|a lot|a million|again|for (?:that|this|everything|your .+|the .+)))?{_ALL}"
)
_NODS: Final = (
    r"fair enough|actually|i see|noted|understood|got it|gotcha|no problem|no worries|my mistake|my bad|"
    r"sorry(?: about that)?|"
    r"apologies|excuse me|as ever|as always|take your time|well then|now then|right then|let me think|let us see|lol|"
    r"haha|ha|phew|on reflection|come to think of it|never ?mind me|"
    r"i (?:believe|think|guess|reckon|suppose) (?:we are|that is|it is) (?:there|nearly there|done|about it|"
    r"everything|all)|"
    r"i (?:keep|have been|was) thinking (?:about|of) (?:it|that|them|this)|i can not wait|"
    r"(?:well|okay|oh|ah|right|so)? ?(?:that|this|it) (?:all )?(?:sounds|looks|seems)"
    r"(?: (?:just|very|quite|really|so|all))* (?:lovely|good|great|wonderful|right|fine|nice|perfect|fantastic)"
    r"(?: (?:to me|so far|enough|now))*|"
    r"put (?:it |that |this |them )?(?:in|into|to) (?:the |my |our )?(?:budget|pot|kitty|purse)"
)
_WHILE: Final = (
    r"(?:before|while|whilst) (?:anyone|anybody|somebody|someone|i|we|everybody|everyone|that|it|this|they) .+"
)
_ASIDE: Final = re.compile(rf"(?:{_GREETING}|{_THANKS}|{_NODS}|{_WHILE})")
_OPENING: Final = re.compile(rf"(?:{_GREETING}|{_THANKS}|{_NODS}|{_WHILE})")
_BREAKS: Final = frozenset({",", ".", "!", ";"})
_CLAUSES: Final = re.compile(
    r" ,? ?(?:(?:while|whilst) (?:i|we|they|you|the .+?) .+|so (?:that )?(?:i|we) can .+|so that .+|"
    r"if there is (?:anything|something)(?: (?:to .+|yet|there|already))*|"
    r"(?:if|when|whenever|as soon as) you (?:are ready|have (?:time|a moment)|like|wish|please)|"
    r"(?:and )?nothing (?:is )?to be done(?: .+)?|no (?:rush|hurry)|time and money|money and time|all in|"
    r"with (?:all )?my (?:thanks|compliments|love))$"
)
"""Clauses at an end that change nothing of what is wished."""
_PARENTHESES: Final = frozenset({"though", "however", "please", "then", "indeed", "too", "perhaps"})

_REASON: Final = re.compile(
    r"(?:nobody|no one|everyone|everybody|somebody|someone|i|we|you|they|it|he|she|that|this|these|those|there|too|"
    r"not|no|so|way|a|very|much|rather|still|as|far too) .+|"
    r"(?!(?:make|let|give|and|then|also|please) )(?:[\w-]+ ){1,4}?(?:is|are|was|were|looks?|feels?|seems?|can|"
    r"can not|has|have|wants?|needs?|does|do|did|keeps?|stops?|dies|comes?|goes|will|would|said|says|asks?|likes?|"
    r"hates?|loves?) .+"
)


def is_aside(text: str) -> bool:
    """Whether a part of a turn asks for nothing by itself.

    >>> [is_aside(text) for text in ("good morning everyone", "fair enough", "approve it")]
    [True, True, False]
    """
    return bool(_ASIDE.fullmatch(text))


def is_reason(text: str) -> bool:
    """Whether what stands after a comma only says why.

    >>> [is_reason(text) for text in ("nobody needs them tonight", "colour is ugly", "the towers", "make it red")]
    [True, True, False, False]
    """
    return bool(_REASON.fullmatch(text))


def without_asides(saying: Saying) -> Saying:
    """Leave out greetings and thanks at either side, and what stands between two commas.

    >>> from .sayings import say
    >>> without_asides(say("Morning all. Right, the keep, though, is done, thanks everyone")).text
    'right , the keep is done'
    """
    said = _without_parentheses(bare(saying))
    for _ in range(6):
        shorter = _without_first(said)
        if not shorter or len(shorter) == len(said):
            break
        said = shorter
    return said


def _without_first(saying: Saying) -> Saying:
    places = [at for at, word in enumerate(saying.words) if word.word in _BREAKS]
    if not places:
        return saying
    first, last = saying.part(0, places[0]), saying.part(places[-1] + 1)
    if _OPENING.fullmatch(first.text) and bare(saying.part(places[0])):
        return bare(saying.part(places[0]))
    if last and re.fullmatch(rf"{_THANKS}|lol|haha|ha", re.sub(r"^and ", "", last.text)):
        return bare(saying.part(0, places[-1])) or saying
    return saying


def _without_parentheses(saying: Saying) -> Saying:
    words = list(saying.words)
    for at in range(len(words) - 3, 0, -1):
        if at + 2 < len(words) and words[at].word == words[at + 2].word == "," and words[at + 1].word in _PARENTHESES:
            del words[at : at + 3]
    return Saying(tuple(words), saying.source)


def without_clauses(saying: Saying) -> Saying:
    """Leave out what stands at the end and changes nothing.

    >>> from .sayings import say
    >>> without_clauses(say("hold post for a bit while I ring the agency")).text
    'hold post for a bit'
    """
    found = _CLAUSES.search(saying.text)
    return saying.between(0, found.start()) if found and found.start() > 2 else saying
