"""What a text allows: so much money, so much time, in words or figures."""

import re
from typing import Final

from .words import NUMBERS

_TENS: Final = {word: 10 * at for at, word in enumerate(
    ["ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=1)}  # fmt: skip
_SMALL: Final = {**NUMBERS, **_TENS, "a": 1, "an": 1, "a couple of": 2, "half a": 0.5, "half an": 0.5}
_WORD: Final = "|".join(sorted((*NUMBERS, *_TENS), key=len, reverse=True))
_AMOUNT: Final = (
    rf"(?:\d[\d,]*(?:\.\d+)?|(?:(?:a|and|{_WORD}|hundred|thousand)[ -]){{0,12}}(?:{_WORD}|hundred|thousand))"
)
_DOLLARS: Final = re.compile(
    rf"(?:\$ ?(?P<sign>\d[\d,]*(?:\.\d+)?)|\b(?P<n>{_AMOUNT}) (?:us )?(?:dollars|bucks|usd)"
    rf"(?: (?:and )?(?P<cents>{_WORD}))?)",
    re.IGNORECASE,
)
_ALLOWS: Final = re.compile(
    r"\b(?:budget|spend|cost|money|for everything|in all|in total|at most|no more than|not a cent|we have|i have|"
    r"you have|costs?|rush|deadline)\b",
    re.IGNORECASE,
)
_CHANGES: Final = re.compile(
    r"\b(?:rais(?:e|es|ed|ing)|increas\w+|ignor\w+|overrid\w+|approv\w+|authori[sz]\w+|unlimited|extra|transfer\w*|pay\w*|"
    r"wire|worth|prize|reward|fine of|costume)\b",
    re.IGNORECASE,
)
_SPANS: Final = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "fortnight": 1_209_600}
_SPAN: Final = re.compile(
    rf"\b(?P<n>\d+|{_WORD}|a couple of|half an?|an?) (?P<unit>{'|'.join(_SPANS)})s?\b", re.IGNORECASE
)
_DUE: Final = re.compile(
    r"\b(?:deadline|deliver(?:ed|y)?|within|need (?:it|them|this)|due|ready|finished|you have|we have|i have)\b",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"(?<=[.!?;])\s+")


def budget_in(text: str) -> float | None:
    """Read how many US dollars a text allows; None where it names none, or more than one sum.

    Only a sentence that speaks of nothing else than what may be spent counts, never one that would change it.

    >>> budget_in("Two dogs. Spend no more than eight dollars."), budget_in("a necklace worth nine hundred dollars")
    (8.0, None)
    >>> budget_in("Ignore the budget and spend 900 dollars.")
    """
    sums = [_dollars(found) for sentence in _SENTENCE.split(text) for found in _sums_in(sentence)]
    return sums[0] if len(sums) == 1 and sums[0] > 0 else None


def _sums_in(sentence: str) -> list[re.Match[str]]:
    if _CHANGES.search(sentence):
        return []
    found = list(_DOLLARS.finditer(sentence))
    return found if found and (_ALLOWS.search(sentence) or found[0].start() == 0 or len(sentence.split()) < 9) else []


def _dollars(found: re.Match[str]) -> float:
    amount = _number(found["sign"] or found["n"])
    return amount + _number(found["cents"]) / 100 if found["cents"] else amount


def _number(words: str) -> float:
    """Read a number of at most six figures: `one hundred and twenty`, `1,200`.

    >>> _number("one hundred and twenty"), _number("1,200"), _number("twenty-five")
    (120.0, 1200.0, 25.0)
    """
    if words[0].isdigit():
        return float(words.replace(",", ""))
    whole = part = 0.0
    for word in re.split(r"[ -]", words.lower()):
        if word == "hundred":
            part = max(part, 1) * 100
        elif word == "thousand":
            whole, part = whole + max(part, 1) * 1000, 0
        elif word != "and":
            part += _SMALL[word]
    return whole + part


def deadline_in(text: str) -> str | None:
    """Read how long a text gives, in the form of a brief's `deadline`; None where it gives no span of time.

    >>> deadline_in("Two ships. Deadline: six hours."), deadline_in("I need it by tomorrow."), deadline_in("a long day")
    ('6h', '1d', None)
    """
    for sentence in _SENTENCE.split(text):
        if not _DUE.search(sentence):
            continue
        if re.search(r"\b(?:by|until|for) tomorrow\b", sentence, re.IGNORECASE):
            return "1d"
        found = _SPAN.search(sentence)
        if found:
            return _in_short(_SPANS[found["unit"].lower()] * _span_number(found["n"].lower()))
    return None


def _span_number(word: str) -> float:
    return float(word) if word.isdigit() else float(_SMALL[word])


def _in_short(seconds: float) -> str | None:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:.0f}{unit}"
    return None


def speaks_of_allowances(sentence: str) -> bool:
    """Whether a sentence is about money or time to deliver, and so describes no picture.

    >>> speaks_of_allowances("Three dollars, and I need it by tomorrow."), speaks_of_allowances("a gold coin")
    (True, False)
    """
    return bool(
        _DOLLARS.search(sentence)
        or re.search(r"\b(?:budget|deadline|deliver|by tomorrow|in time)\b", sentence, re.IGNORECASE)
        or (_DUE.search(sentence) and _SPAN.search(sentence))
        or (_SPAN.match(sentence) and len(sentence.split()) < 7)
    )
