"""Who has a name in a text: `Ana, a young woman in a yellow coat` is a young woman wherever Ana is named."""

import re
from dataclasses import dataclass
from typing import Final

from .words import word_set

_NAME: Final = r"(?:[A-Z][\w'\u2019-]+)(?: [A-Z][\w'\u2019-]+){0,2}"
_IS: Final = r"(?:an?|the) [^,.;:!?]+"
_APPOSITION: Final = re.compile(rf"\b(?P<name>{_NAME}), (?P<is>{_IS})(?P<end>[,.;:!?]|$)")
_COPULA: Final = re.compile(rf"(?:^|(?<=[.!?;,] ))(?P<name>{_NAME}) is (?P<is>an? [^,.;:!?]+)(?P<end>[.;!?]|$)")
_CALLED: Final = re.compile(rf"\b(?P<is>[Aa]n? (?:[\w-]+ ){{1,4}}?)(?:called|named) (?P<name>{_NAME})")
_NO_NAMES: Final = word_set(
    """
    It This That He She They There Here What Who We I You Then Now Nobody Everybody Shot Scene Day Night Dawn Dusk
    Close Wide The A An In On At Architecture Environment Characters Post Deadline Budget Title
    """
)
_TITLES: Final = word_set(
    "Mr Mrs Ms Dr Sir Lady Lord Queen King Prince Princess Captain Commander Doctor Brother Sister Saint"
)
_NO_PERSONS: Final = word_set("film song story video game picture series album magazine company brand")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, or something, with a name and a description."""

    name: str
    is_: str
    """`a young woman in a yellow coat`."""

    @property
    def short(self) -> str:
        """Give the noun it may be called by: `woman`."""
        return re.split(r" (?:in|with|of|on|at|by|from|who|whose|that)\b", self.is_)[0].split()[-1].lower()


def people_in(text: str) -> tuple[Person, ...]:
    """List who is named and described, in order.

    >>> [(one.name, one.is_, one.short) for one in people_in("Ana, a young woman in a yellow coat, sings.")]
    [('Ana', 'a young woman in a yellow coat', 'woman')]
    """
    found: dict[str, Person] = {}
    for pattern in (_APPOSITION, _COPULA, _CALLED):
        for match in pattern.finditer(text):
            words = match["name"].split()
            name = " ".join(words[1:] if words[0] in _NO_NAMES else words)
            person = Person(name=name, is_=" ".join(match["is"].split()))
            if name and name.split()[0] not in _NO_NAMES and person.short not in _NO_PERSONS:
                found.setdefault(name, person)
    return tuple(sorted(found.values(), key=lambda one: text.index(one.name)))


def recast(text: str, people: tuple[Person, ...]) -> str:
    """Say people by what they are: in full where they come in, then by their noun.

    Two who share a noun keep their names, so that nobody is taken for the other.

    >>> text = "Pip, a blue bird, sings. Pip sits on the left."
    >>> recast(text, people_in(text))
    'a blue bird sings. the bird sits on the left.'
    """
    for person in people:
        text = _without_apposition(text, person)
        if [one.short for one in people].count(person.short) == 1:
            for name in _ways_to_say(person.name):
                text = re.sub(rf"\b{re.escape(name)}\b", f"the {person.short}", text)
    return text


def _without_apposition(text: str, person: Person) -> str:
    name, is_ = re.escape(person.name), re.escape(person.is_)
    text = re.sub(rf"\b{name}, {is_},(?= [a-z]+(?:s|ing)\b)", person.is_, text, count=1)
    text = re.sub(rf"\b{name}, {is_}", person.is_, text, count=1)
    text = re.sub(rf"\b{name} is {is_}", person.is_, text, count=1)
    return re.sub(rf"\b{is_} (?:called|named) {name}", person.is_, text, count=1)


def _ways_to_say(name: str) -> list[str]:
    parts = [part for part in name.split() if part not in _TITLES]
    return sorted({name, *parts}, key=len, reverse=True)
