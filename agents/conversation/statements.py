"""Sentences that are no note: what is told of people or of work, and what sets something that no picture has."""

import re
from typing import Final

from ..language.noun_phrase import is_modifier
from .clauses import is_comparative
from .note_words import DETERMINERS, FRAMED, NOTES_BEGIN, PARTS, SIDES, SUBJECT, VERBS
from .reference_words import GENERIC, SMALL, WHOLE
from .sayings import Saying
from .scene import Scene


def is_told(subject: str, aux: str, text: str) -> bool:
    """Whether a sentence says what is or cannot be, of people or of work: `post can't do it without that`.

    >>> is_told("post", "can", "not do it without that"), is_told("the keep", "must", "not look new")
    (True, False)
    """
    cannot = aux in ("can", "could", "will", "would", "do", "does") and text.startswith("not ")
    return (cannot and aux in ("can", "could", "will", "would")) or bool(_PEOPLE.match(subject)) or " , " in subject


_PEOPLE: Final = re.compile(
    r"(?:i|we|you|nobody|no one|somebody|someone|would it|is it|could it|pause|hold|stop|resume) "
)


def is_of_others(saying: Saying, scene: Scene) -> bool:
    """Whether a sentence has a subject that is in no picture: `the client wants it by noon`.

    >>> from .rehearsal import a_plan
    >>> from .sayings import say
    >>> is_of_others(say("the client wants it by noon"), Scene(plan=a_plan()))
    True
    """
    made = re.match(r"(?:make|turn|get|keep|set|put) (?:the|my|our) (?P<what>\w+) ", saying.text)
    if made and not (made["what"] in PARTS or scene.glossary.knows(made["what"]) or is_modifier(made["what"])):
        return made["what"] not in WHOLE | GENERIC
    found = SUBJECT.fullmatch(saying.text)
    if not found or not found["about"].startswith(("the ", "my ", "our ")):
        return False
    words = set(found["about"].split())
    return not words & PARTS and not any(scene.glossary.knows(word) or is_comparative(word) for word in words - SMALL)


def is_a_dial(saying: Saying) -> bool:
    """Whether words set something that no picture has: `lower the gate to 0.5`.

    >>> from .sayings import say
    >>> is_a_dial(say("lower the gate on post to 0.5")), is_a_dial(say("lower the sun"))
    (True, False)
    """
    turned = re.match(
        r"(?:lower|higher|clear|open|near) (?:the|our|my|its) (?P<what>(?:\w+ ){0,2}?\w+)(?: (?:on|to|of|by|in) |$)",
        saying.text,
    )
    is_unknown = bool(turned) and not set(turned["what"].split()) & PARTS if turned else False
    return is_unknown or bool(re.search(r"\bto \d+(?:\.\d+)?$", saying.text))


def may_stand_on(text: Saying, about: str) -> bool:
    """Whether `less fog` on something is a note about it; `at night` and whole sentences are none."""
    words = text.text.split()
    begins = words[0] in NOTES_BEGIN or is_comparative(words[0]) or is_modifier(words[0])
    return begins and not set(about.split()) <= FRAMED | DETERMINERS | SIDES and not set(words) & VERBS


def is_a_feeling(words: str) -> bool:
    """Whether a note says how a picture should feel, of which nobody can look whether it does.

    >>> is_a_feeling("feel like my grandmother's kitchen"), is_a_feeling("feel colder")
    (True, False)
    """
    return bool(re.search(r"\b(?:feels?|sounds?|smells?|tastes?) (?:\w+ )?like\b", words))


def is_wish(words: str) -> bool:
    """Whether words ask for something, as `more fog` does.

    >>> is_wish("more fog"), is_wish("the fog")
    (True, False)
    """
    return bool(re.match(r"(?:add|remove|more|less|no|a|an|some|with|put|make it|make them|try|use)\b", words))
