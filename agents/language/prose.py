"""A director's prose, parted: the sentences that describe pictures, in picture English, and which picture each is of.

What a film is about, what it costs and who makes it is not to be seen in any picture. What is left out here stays in
the brief; it is only not asked of a picture.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from . import prose_phrases as phrases
from .allowances import speaks_of_allowances
from .cast import Person, people_in, recast
from .noun_phrase import is_modifier
from .nouns import singular
from .words import NUMBERS, word_set

_MOST_LEADS = 12
"""How many phrases may lead in one after the other."""
_STOPS = word_set("of for in on with is are from at about to")
_NO_PICTURE_FIRST = word_set("to for that what because who why how can if would is as")
_NO_CLAIM = re.compile(
    r"\b(?:is|are) needed\b|^it (?:should|must) feel\b|^(?:nobody|no one) (?:is|are|was|has|can)\b|^all [\w-]+$",
    re.IGNORECASE,
)
"""Sentences that show nothing by themselves: `Nobody is dead yet`, `All large`."""


@dataclass(slots=True)
class Picture:
    """What a text says of one picture."""

    sentences: list[str] = field(default_factory=list)
    team: str = ""
    """The department that is told to make it; empty where none is."""

    @property
    def text(self) -> str:
        """Give its sentences as one prompt."""
        return ". ".join(self.sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A text, parted."""

    pictures: tuple[Picture, ...]
    denied: tuple[str, ...]
    """What no picture may show, each as `no dragon`."""
    people: tuple[Person, ...]
    teams: tuple[str, ...]
    asked: int | None
    """How many pictures the text says it wants; None where it does not say."""


def parted(text: str) -> Prose:
    """Part a director's prose.

    >>> prose = parted("We open on a red house at dawn. Then two dogs at night. I never want to see a cat.")
    >>> [picture.text for picture in prose.pictures], prose.denied
    (['a red house at dawn', 'two dogs at night'], ('no cat',))
    """
    people = people_in(text)
    parting = _Parting(asked=_asked(text))
    for sentence in sentences_of(recast(text, people)):
        parting.take(sentence)
    teams = [one.lower() for found in phrases.NAMED_TEAM.findall(text) for one in found if one]
    pictures = tuple(one for one in parting.pictures if one.sentences)
    for one in pictures:
        one.sentences += parting.shared
    return Prose(
        pictures=pictures,
        denied=tuple(dict.fromkeys(parting.denied)),
        people=tuple(replace(one, is_=in_picture_english(one.is_)) for one in people),
        teams=tuple(dict.fromkeys((*parting.teams, *teams))),
        asked=parting.asked or (len(pictures) if len(pictures) > 1 else None),
    )


def sentences_of(text: str) -> list[str]:
    """Part a text at its full stops, semicolons and line ends; a number with a full stop opens the next sentence.

    >>> sentences_of("Mrs. Bell waits. It rains; she stays. Scene 2. Night.")
    ['Mrs. Bell waits', 'It rains', 'she stays', 'Scene 2', 'Night']
    """
    sentences: list[str] = []
    held = ""
    for part in phrases.ENDS.split(f"{text} "):
        held = f"{held} {part}".strip()
        if held.endswith(".") and held[:-1].rpartition(" ")[2].lower() in phrases.ABBREVIATED:
            continue
        if one := held.rstrip(".!?; "):
            sentences.append(one)
        held = ""
    return sentences


def _asked(text: str) -> int | None:
    found = [one["n"].lower() for one in phrases.COUNT.finditer(text)]
    numbers = [NUMBERS.get(one) or int(one) for one in found if one.isdigit() or one in NUMBERS]
    if numbers and max(numbers) > 1:
        return max(numbers)
    return 1 if phrases.ONE.search(text) else None


class _Parting:
    """The pictures found so far, and what is said of all of them."""

    def __init__(self, asked: int | None) -> None:
        self.asked = asked
        self.pictures = [Picture()]
        self.denied: list[str] = []
        self.shared: list[str] = []
        """What every picture shows."""
        self.teams: list[str] = []
        self._is_numbered = False
        """Whether the pictures have numbers or teams, so that a denial is about its own picture."""

    def take(self, sentence: str) -> None:
        """Take one sentence as it was written."""
        if phrases.SHARED_WORK.match(sentence):
            return
        if found := phrases.TEAM.match(sentence):
            if phrases.HAS_WORK.match(in_picture_english(sentence[found.end() :])) and not found["colon"]:
                self.teams.append(found["n"].lower())
                return
            self._open(team=found["n"].lower())
            self._is_numbered = True
            rest = sentence[found.end() :]
            self._list(phrases.LISTED.split(rest) if found["colon"] else [rest])
            return
        if found := phrases.MARKER.match(sentence):
            self._is_numbered = True
            self._open()
            sentence = sentence[found.end() :]
        before, colon, after = sentence.partition(": ")
        if colon and phrases.LABEL.match(before):
            return
        if not colon or speaks_of_allowances(sentence) or _is_all_modifiers(after):
            self._piece(sentence.replace(": ", ", "))
            return
        count = _asked(before)
        items = [one for one in phrases.LISTED.split(after) if one.strip()]
        if count is None:
            self._piece(before)
        self._list(items if count == len(items) else [after])

    def _list(self, items: list[str]) -> None:
        for at, item in enumerate(items):
            if at:
                self._open(team=self.pictures[-1].team)
            self._piece(item)

    def _open(self, team: str = "") -> None:
        if team:
            self.teams.append(team)
        if self.pictures[-1].sentences:
            self.pictures.append(Picture())
        self.pictures[-1].team = team

    def _piece(self, piece: str) -> None:
        piece = piece.strip(" ,")
        if not piece or speaks_of_allowances(piece) or _is_order(piece):
            return
        if found := phrases.EVERY.match(piece):
            self.shared += _shown_in(in_picture_english(piece[found.end() :]))
            return
        place = None
        if found := phrases.CUT.match(piece) or phrases.THEN.match(piece):
            self._open()
            piece = piece[found.end() :]
        elif found := phrases.ORDINAL.match(piece):
            place = phrases.ORDINALS[(found["n"] or found["alone"]).lower()]
            self._is_numbered = True
            piece = piece[found.end() :]
        self._put(_shown_in(in_picture_english(piece)), place)

    def _put(self, described: list[str], place: int | None) -> None:
        """Put what a sentence says into its picture; a sentence that only denies is about every picture."""
        is_denial = all(one.startswith("no ") for one in described) and not self._is_numbered
        for one in described:
            if is_denial or (one.startswith("no ") and len(self.pictures) == 1 and not self._is_numbered):
                self.denied.append(one)
            else:
                self._at(place).sentences.append(one)

    def _at(self, place: int | None) -> Picture:
        """Give the picture of that place among those opened; the next one and the last are opened when they come."""
        shown = [one for one in self.pictures if one.sentences]
        if place is None or not shown:
            return self.pictures[-1]
        if 0 <= place < len(shown):
            return shown[place]
        self._open()
        return self.pictures[-1]


def _is_order(piece: str) -> bool:
    """Whether a sentence only says how many pictures there are to be."""
    if not phrases.COUNT.search(piece) and not phrases.ONE.search(piece):
        return False
    return len(piece.split()) < 9 or bool(re.search(r"\b(?:wants?|needs?|make|will do)\b", piece, re.IGNORECASE))


def _shown_in(described: str) -> list[str]:
    return [one for one in _denials_apart(described) if one.startswith("no ") or not is_about_no_picture(one)]


def in_picture_english(sentence: str) -> str:
    """Say a sentence of a brief as a prompt would: without who wants it, denials as `no`, shots as shots.

    >>> in_picture_english("I never want to see a dragon"), in_picture_english("There are two ships, seen wide")
    ('no dragon', 'two ships, wide shot')
    """
    said = sentence.strip(" ,")
    for _ in range(_MOST_LEADS):
        before = said
        for pattern, instead in (*phrases.DENIALS, *phrases.REWORDED):
            said = pattern.sub(instead, said).strip(" ,")
        for lead in phrases.LEADS:
            said = lead.sub("", said).strip(" ,")
        said = re.sub(r"\s+(?=,)|\s(?=\s)", "", said).replace(",,", ",")
        if said == before:
            break
    return said


def is_about_no_picture(sentence: str) -> bool:
    """Whether a sentence is about the film, the client or nothing that can be seen.

    >>> is_about_no_picture("a film about waiting"), is_about_no_picture("a red house")
    (True, False)
    """
    words = re.findall(r"[\w-]+", sentence.lower())
    if not words or words[0] in _NO_PICTURE_FIRST or _NO_CLAIM.search(sentence):
        return True
    if words[0] in ("this", "it", "that") and {"is", "was"} & set(words[1:3]):
        return any(singular(word) in phrases.NO_PICTURES for word in words[2:7])
    stop = next((at for at, word in enumerate(words[:5]) if word in _STOPS), 5)
    return any(singular(word) in phrases.NO_PICTURES for word in words[:stop])


def _is_all_modifiers(text: str) -> bool:
    words = [word for word in re.findall(r"[\w-]+", in_picture_english(text).lower()) if word != "and"]
    return bool(words) and all(is_modifier(word) for word in words)


def _denials_apart(described: str) -> Iterator[str]:
    """Part `a bench, no people, and no dogs` into what is there and what is not."""
    shown: list[str] = []
    for part in re.split(r"(?:,? and |, | but )(?=no\b)|(?<=[a-z]), (?=and no )", described, flags=re.IGNORECASE):
        one = part.strip(" ,")
        if re.match(r"no\b", one, re.IGNORECASE):
            yield f"no {one[3:]}"
        elif one:
            shown.append(one)
    if shown:
        yield ", ".join(shown)
