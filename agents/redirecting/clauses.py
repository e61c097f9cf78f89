"""A note cut into clauses, and the shapes clauses have; all in lower case but what is kept as it was said."""

import re
from collections.abc import Iterator
from typing import Final

_WHO: Final = "it|they|this|he|she"
_WHOM: Final = "it|them|this|that|these|those|him|her"
_MUST: Final = "should|must|needs? to|has to|have to|could"
_HEADS: Final = re.compile(
    rf"^(?:please|use|same|the same|as before|keep (?:the rest|everything else|all else)(?: as it is| the same)?|"
    rf"and|but|then|also|now|maybe|only|just|ok|okay|no,|yes,|can you|could you|can we|could we|do it|"
    rf"(?:i|we)(?: would|'d)? (?:want|like|prefer|need)(?: to (?:have|see))?|let's (?:have|see|make it|go)|let us have|"
    rf"(?:(?:{_WHO}) )?(?:{_MUST})(?: all)? (?:be|feel|look|have|hold|carry)|(?:{_WHO}) (?:needs?|lacks?)|"
    rf"(?:{_WHO})(?:'s| is| are|'re)|is|are|looks|feels|"
    rf"make (?:{_WHOM}|all of them|everything|all)(?: (?:look|feel|seem))?|turn (?:{_WHOM})(?: into)?|have (?:{_WHOM})|"
    rf"give (?:{_WHOM}|me|us)|put (?:{_WHOM})|set (?:{_WHOM})(?: to)?|move (?:{_WHOM})(?: to)?|change (?:{_WHOM}) to|"
    rf"show (?:{_WHOM}|me)|(?:paint|colou?r|dress) (?:{_WHOM})(?: in)?|"
    rf"a bit|a little(?: bit)?|slightly|much|even|still|far|somewhat|rather|way)\b[ ,]*"
)
_TAIL: Final = re.compile(r"[ ,]+(?:please|thanks|thank you)$", re.IGNORECASE)
_SPLIT: Final = re.compile(r"\s*(?:[;!\n]|\.(?=\s|$)|,|\bbut\b|--)\s*")
_AND: Final = re.compile(
    r"\s+and\s+(?=(?:no|without|less|more|add|remove|make|turn|at|in|on|take|lose|drop|fewer|darker|brighter|colder|"
    r"warmer|bigger|smaller|larger|closer|wider|give|put|with|the [a-z]+ (?:should|must|is|are)|nobody|too)\b)"
)

ARTICLES: Final = r"(?:the |a |an |my |our |his |her |their |this |that |these |those |all )*"
REMOVE: Final = re.compile(
    r"^(?:no more|no|without|(?:don't|do not|never) (?:show|want|include|have|add)|remove|lose|drop|delete|cut|"
    r"take (?:out|away)|get rid of|leave out|not|minus|skip|"
    r"there (?:should|must) be no)(?: any| the| a| an| that| those| these| all)* (?P<what>.+?)"
    r"(?: at all| any ?more| away| out)?$"
)
NOBODY: Final = re.compile(r"^(?:nobody|no one|no people|no persons?)(?: in it| there| around| in sight)?$")
LESS: Final = re.compile(
    r"^(?:less|fewer|lighter|thinner|softer|(?:without|not) (?:so|too|that) (?:much|many)|too much|too many) (?:of )?"
    r"(?:the )?(?P<what>.+?)"
    r"(?: (?:in|on|over) (?:it|the (?:plates?|pictures?|shots?|background|scene|sky)))?$"
)
MORE: Final = re.compile(
    r"^(?:with )?(?:more|heavier|thicker|denser|stronger|some more|a lot more|much more|not enough|additional|extra) "
    r"(?:of )?(?P<what>.+)$"
)
TOO: Final = re.compile(r"^(?:far |way |much |a bit |a little )?too (?P<what>[a-z-]+)$|^not (?P<lacks>[a-z-]+) enough$")
INSTEAD: Final = re.compile(r"^(?P<new>.+?),? (?:instead of|rather than|in place of|not) (?P<old>.+)$")
INSTEAD_OF_IT: Final = re.compile(r"^(?P<new>an? .+) instead$")
NEVER: Final = re.compile(
    r"^(?P<who>.*?) ?\b(?:shouldn't|should not|mustn't|must not|isn't|is not|aren't|are not|can't be|cannot be)"
    r"(?: (?:be|wear|have|look))?(?: in)? (?P<what>.+)$"
)
REPLACE: Final = re.compile(r"^(?:replace|swap|change|turn|exchange) (?P<old>.+?) (?:with|for|to|into|by) (?P<new>.+)$")
ADD: Final = re.compile(
    r"^(?:add(?: in)?|include|insert|place|put in|put|with|there (?:should|must|could) be|there's|there is|plus|have|"
    r"show|bring in|want|need|i miss) (?=\S)"
)
RELATIVE: Final = re.compile(r"^(?:one|two|a few|some) more (?P<what>.+)$|^another (?P<other>.+)$")
MAKE: Final = re.compile(r"^(?:make|paint|turn|colou?r|dress|have|give|move|put|set|render|keep|let) (?P<rest>.+)$")
MADE: Final = re.compile(r"(?:the |a |an |his |her |their )(?P<noun>[a-z -]+?) (?P<says>[a-z-]+)$")
SAID: Final = re.compile(
    rf"^(?!there\b|nothing\b|nobody\b){ARTICLES}(?P<noun>[a-z-]+(?: [a-z-]+)?) "
    r"(?:should|must|needs? to|has to|have to|is|are|looks?|wears?)\b"
    r"(?: (?:be|wear|have|look|stand))?(?: in(?= [a-z]+$))? (?P<says>.+)$"
)
"""The same of a thing nobody knows here."""
WORN: Final = re.compile(
    r"^(?:(?:must|should|needs to|has to) )?(?:wears?|wearing|dressed in|clothed in|in) (?P<colour>[a-z -]+)$"
)
VERBS: Final = (
    r"(?: (?:should|must|needs? to|has to|have to|ought to|could|shall) (?:be|wear|have|stand|look|become)(?: in)?|"
    r" (?:is|are|looks?|wears?|stands?|wearing|becomes?)| to be| to wear| in(?= [a-z]+$)| to(?= the )|)"
)
"""What may stand between a thing and what is asked of it."""


def clauses_of(note: str) -> Iterator[str]:
    """Cut a note into what it asks, one thing at a time.

    >>> list(clauses_of("Please make it darker and add a bridge; I'd like red and white flags, but no fog."))
    ['darker', 'add a bridge', 'red and white flags', 'no fog']
    """
    for part in _SPLIT.split(" ".join(note.replace("\u2019", "'").split())):
        for clause in _AND.split(part):
            if found := bare(clause):
                yield found


def bare(clause: str) -> str:
    """Take off what only leads up to what is asked.

    >>> bare("maybe it should be a bit darker")
    'darker'
    """
    clause = _TAIL.sub("", clause.strip(" .,:;!?\"'"))
    while found := _HEADS.match(clause.lower()):
        if found.end() >= len(clause):
            return ""
        clause = clause[found.end() :]
    return clause.strip()
