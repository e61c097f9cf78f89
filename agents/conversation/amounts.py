"""Numbers, money, takes and shots' places as a director says them."""

import re
from typing import Final

from ..language.words import NUMBERS

_MORE: Final[dict[str, int]] = {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "thousand": 1000, "dozen": 12, "couple": 2, "pair": 2, "few": 3,
}  # fmt: skip
_ORDINALS: Final = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
ORDINALS: Final[dict[str, int]] = {
    **{word: place for place, word in enumerate(_ORDINALS, start=1)},
    **{f"{n}{'st' if n == 1 else 'nd' if n == 2 else 'rd' if n == 3 else 'th'}": n for n in range(1, 21)},
}

_COUNTS: Final = "|".join((*NUMBERS, *_MORE))
NUMBER: Final = (
    rf"(?:(?:an? )?(?:couple|dozen|hundred|few)(?: of)?|(?:\d+|{_COUNTS})(?: (?:hundred|thousand|dozen))?|an?)"
)
"""A count in words or digits, as a pattern."""

_ONE: Final = rf"(?:\d+|{'|'.join(NUMBERS)})"
_NAMED: Final = rf"(?:takes?|versions?|v|number|no|#|takes? number) ?#? ?{_ONE}"
_ORDINAL: Final = rf"(?:the )?(?:{'|'.join(ORDINALS)}|last|latest|newest) (?:take|version|try|attempt)"
TAKES: Final = (
    rf"(?:{_NAMED}(?:(?: ,)?(?: and| or| with| to| against| versus| vs| ,)(?: takes?| versions?| number| v)? ?{_ONE})*"
    rf"|v{_ONE}(?:(?: ,)?(?: and| or| with| to| against| versus| vs| ,) v?{_ONE})*|"
    rf"{_ORDINAL}(?: and {_ORDINAL})*|(?:the )?first and (?:the )?second takes?|both takes)"
)
"""Takes by number: `take 2`, `takes 1 and 2`, `the second take`."""


def number_of(words: str) -> int:
    """Read a count; 0 for none.

    >>> number_of("two hundred"), number_of("200"), number_of("a couple of"), number_of("a")
    (200, 200, 2, 1)
    """
    total = 0
    for word in words.split():
        if word in ("a", "an"):
            total = total or 1
        elif word.isdecimal():
            total += int(word[:9])
        elif word in ("hundred", "thousand", "dozen"):
            total = max(total, 1) * _MORE[word]
        elif word in ("couple", "pair", "few"):
            total = _MORE[word]
        else:
            total += NUMBERS.get(word, _MORE.get(word, 0))
    return total


def takes_of(words: str) -> tuple[int, ...]:
    """Read the takes that are named; -1 is the latest.

    >>> takes_of("takes one and 3"), takes_of("the second take"), takes_of("the latest take"), takes_of("both takes")
    ((1, 3), (2,), (-1,), (1, 2))
    """
    if words == "both takes":
        return (1, 2)
    found: list[int] = []
    for word in re.findall(r"\d+(?:st|nd|rd|th)|\d+|[a-z]+", re.sub(r"\bv(?=\d)", "", words)):
        if word.isdecimal():
            found.append(int(word[:6]))
        elif word in ORDINALS or word in NUMBERS:
            found.append(ORDINALS.get(word) or NUMBERS[word])
        elif word in ("last", "latest", "newest"):
            found.append(-1)
    return tuple(dict.fromkeys(found))


_AMOUNT: Final = rf"(?:\d+(?:\.\d+)?|(?:{_COUNTS})(?: (?:hundred|thousand))?|an?|half an?|a few)"
_UNIT: Final = r"(?:us )?(?:dollars?|bucks?|usd|cents?|quid|grand)"
MONEY: Final = (
    rf"(?:\d+c\b|\$ ?{_AMOUNT}|"
    rf"{_AMOUNT} ?(?:{_UNIT}|\$)|(?:half a dollar|a dollar fifty|dollar|buck|grand)|usd {_AMOUNT})(?: "
    rf"and {_AMOUNT} "
    rf"cents)?"
)
"""An amount of money, as a pattern; its unit must be said."""

BARE_MONEY: Final = rf"(?:{MONEY}|\d+(?:\.\d+)?)"
"""An amount where the word budget already says that it is money."""


def usd_of(words: str) -> float:
    """Read an amount of money in US dollars.

    >>> usd_of("3 dollars"), usd_of("50 cents"), usd_of("$ 2.50"), usd_of("2 dollars and 20 cents"), usd_of("50c")
    (3.0, 0.5, 2.5, 2.2, 0.5)
    """
    if words == "a dollar fifty":
        return 1.5
    head, _, cents = words.partition(" and ")
    extra = usd_of(cents) if cents else 0.0
    digits = re.search(r"\d+(?:\.\d+)?", head)
    if digits:
        amount = float(digits[0][:12])
    else:
        amount = 0.5 if "half" in head else float(number_of(re.sub(rf"\b{_UNIT}\b|\$", "", head)))
    amount = amount or float(head.strip() in ("dollar", "buck", "grand"))
    scale = 0.01 if re.search(r"\bcents?\b|\d+c\b", head) else 1000.0 if "grand" in head else 1.0
    return round(amount * scale + extra, 6)
