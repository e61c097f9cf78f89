"""Who is subject of what while a prompt is read: the state behind the reader's rules."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from re import Match, Pattern
from typing import Final

from ...core.plan import RequirementKind
from .atoms import Atom, Framed, Reading, Said
from .noun_phrase import PREPOSITIONS, NounPhrase, aspect_of, is_adverb, is_verb, settle
from .phrases import TIMES, WEATHERS
from .words import ANIMATE, COLOURS, DETERMINERS, FUNCTION, MATERIALS, NUMBERS, SHADES, word_set

_TOKEN: Final = re.compile(r"'s\b|[^\W_]+(?:-[^\W_]+|'(?!s\b)[^\W_]+)*|[,.;:!?()/\n]")
_MARKS: Final = {"!": ".", "?": ".", "(": ",", ")": ",", "/": ",", "\n": ";"}
_TOGETHER: Final = frozenset({"on", "in", "at", "under", "inside", "with", "around", "near", "on top of"})
_SIGHTS: Final = frozenset({"sunset", "sunrise"})
"""Times of day that are also to be seen."""
_OWNERS: Final = frozenset({"with", "of", "holding", "wearing", "carrying", "riding"})
_PLACES: Final = word_set(
    """
    grass field hill mountain beach sea ocean lake river water sand snow rock road street sidewalk path forest
    wood woods jungle room kitchen bedroom bathroom office park city town village desert valley meadow garden
    yard sky ground floor cliff island shore court lawn land pasture farm backdrop background track
    runway pond station library plain plains coast coastline harbor harbour horizon driveway gravel dirt mud
    """
)
"""Where things stand: what follows `a dog on the beach` is still about the dog."""


class Sentence:
    """Words, the place reached in them, what has been read so far, and who the next phrase will be about."""

    def __init__(self, prompt: str) -> None:
        found = list(_TOKEN.finditer(prompt.replace("\u2019", "'")))
        self.words = [_MARKS.get(token[0], token[0].lower()) for token in found]
        self._spans = [token.span() for token in found]
        self.text = " ".join(self.words)
        self._starts = [0]
        for word in self.words:
            self._starts.append(self._starts[-1] + len(word) + 1)
        self.at = 0
        self._atoms: dict[Atom, None] = {}
        self._unknown: dict[str, None] = {}
        self._said: list[Said] = []
        self.main: list[str] = []
        """Subjects of the clause."""
        self.last: list[str] = []
        """The noun phrase read last."""
        self.anchor: list[str] = []
        """Who the next preposition is about, where a verb has settled it."""
        self.waits: tuple[str, tuple[str, ...]] | None = None
        """A relation and its subjects, waiting for the noun phrase that completes it."""
        self.shared = ""
        self._shared_by: tuple[str, ...] = ()
        self._is_object = False
        self._predicated = False
        """Whether the clause has had its `is`: another subject then opens a clause of its own."""
        self._denied = False
        """Whether what was read last is not to be there, so that nothing is said of it."""
        self._first = ""
        self._leading: list[tuple[str, str]] = []
        self._leading_sides: list[str] = []
        self.joined = self.negated = self.keep_negation = self.after_copula = False
        self.owner = ""
        self.elided: list[tuple[int, list[str]]] = []
        """Counts and adjectives whose noun is yet to come: `five red` of `five red and two blue balloons`."""

    # -- the text

    def match(self, pattern: Pattern[str]) -> Match[str] | None:
        """Match a pattern at the place reached."""
        return pattern.match(self.text, self._starts[self.at])

    def take(self, found: Match[str]) -> bool:
        """Go past what was matched."""
        self.at = self._index(found.end())
        return True

    def _index(self, end: int) -> int:
        return bisect_left(self._starts, end + 1)

    def word_after(self, found: Match[str]) -> str:
        """Give the word after a match; empty at the end."""
        index = self._index(found.end())
        return self.words[index] if index < len(self.words) else ""

    def runs_on(self, found: Match[str]) -> bool:
        """Whether a noun goes on after a match, as in `at night markets`."""
        word = self.word_after(found)
        if not word or word in ",.;:" or word in PREPOSITIONS or word in DETERMINERS or word in NUMBERS:
            return False
        return word not in FUNCTION and not is_verb(word) and not word.isdigit() and word not in ("left", "right", "'s")

    def opens_segment(self) -> bool:
        """Whether the place reached follows a punctuation mark, or opens a prompt that goes on after a comma."""
        return self.words[self.at - 1] in ",.;:" if self.at else "," in self.words

    # -- what is said

    def say(self, kind: RequirementKind, subject: str = "", value: str = "", other: str = "") -> None:
        """Add an atom."""
        self._atoms[Atom(kind=kind, subject=subject, value=value, other=other)] = None

    def leave(self, word: str) -> None:
        """Keep a word nobody can read; words of mere structure go unsaid."""
        if word not in FUNCTION and word not in PREPOSITIONS and word not in ",.;:" and word not in DETERMINERS:
            self._unknown[word] = None

    def leave_all(self, words: Sequence[str]) -> None:
        """Keep words nobody can read."""
        for word in words:
            self.leave(word)

    def frame(self, kind: Framed, value: str, found: Match[str] | None) -> None:
        """Say something of the whole frame, and where in the prompt it stands."""
        self.say(kind, value=value)
        if found:
            self._mark(kind, value, found)

    def _mark(self, kind: Framed, value: str, found: Match[str]) -> None:
        first, after = bisect_left(self._starts, found.start()), self._index(found.end())
        start, end = self._spans[first][0], self._spans[after - 1][1]
        self._said.append(Said(kind=kind, value=value, start=start, end=end))

    def position(self, found: Match[str]) -> None:
        """Say where in the frame the current subjects are."""
        sides = [_side(word) for word in (found["row"], found["side"]) if word]
        self._mark("position", " ".join(sides), found)
        if "center" in sides and len(sides) > 1:
            sides.remove("center")
        is_of_main = self._stands_somewhere() or (self._is_object and self.shared in ("in", "wearing"))
        subjects = self.anchor or (list(self.main) if is_of_main else self.last[-1:])
        if not subjects and not self._denied:
            self._leading_sides += sides
        elif not subjects:
            self.leave_all(sides)
        for subject in subjects:
            for side in sides:
                self.say("position", subject, side)

    # -- who is about whom

    def wait(self, value: str, *, by_verb: bool = False) -> None:
        """Let a relation wait for its object."""
        self.drop_waiting()
        subjects = self.subjects_of_verb() if by_verb else self._subjects_of(value)
        self.waits = (value, tuple(subjects))
        self.joined = False

    def waits_in(self) -> bool:
        """Whether `in` waits, after which a colour is a colour: `squares in blue`."""
        return self.waits is not None and self.waits[0] == "in"

    def subjects_of_verb(self) -> list[str]:
        """Give who does what the next verb says."""
        if self.anchor:
            return list(self.anchor)
        if self._is_object and self.last[-1] in ANIMATE and self.shared in _OWNERS and not self.joined:
            return list(self.last)
        if self._is_object and self.main and self.main[-1] in _PLACES and not self.joined:
            return list(self.last)
        return list(self.main or self.last)

    def _subjects_of(self, value: str) -> list[str]:
        if self.anchor:
            return list(self.anchor)
        if not self._is_object:
            return list(self.main if value in _TOGETHER else self.last)
        return list(self.main) if self._stands_somewhere() and value != "of" else list(self.last)

    def _stands_somewhere(self) -> bool:
        """Whether the last phrase only said where the subjects are: what follows is about them still."""
        return self._is_object and self.last[-1] in _PLACES and self.shared not in _OWNERS

    def drop_waiting(self) -> None:
        """Give up a relation that found no object."""
        if self.waits is None:
            return
        value, subjects = self.waits
        self.waits = None
        first = value.split(" ", maxsplit=1)[0]
        if is_verb(first):
            for subject in subjects:
                self.say("attribute", subject, value, "action")
        elif first not in PREPOSITIONS:
            self.leave_all(value.split())

    def copula(self) -> None:
        """Take `is`: what follows is about the clause's subjects, unless `that` settled it."""
        self.anchor = self.anchor or list(self.main)
        self.after_copula = self._predicated = True

    def pronoun(self) -> None:
        """Take `it`, `them`: the thing named first, unless that would relate it to itself."""
        if self.waits is None:
            self.main = self.last = [self._first] if self._first else []
            self._is_object = False
            return
        value, subjects = self.waits
        self.waits = None
        if not subjects and self._first and not self._denied:
            self._leading.append((value, self._first))  # "behind it a waterfall"
        for subject in subjects:
            if self._first and subject != self._first:
                self.say("relation", subject, value, self._first)

    def pause(self) -> None:
        """Take a comma."""
        self.drop_waiting()
        self.anchor = []
        self.joined = True
        self.after_copula = False

    def end_clause(self) -> None:
        """Take a full stop: what follows has its own subject."""
        self.drop_waiting()
        self.leave_all(self._leading_sides)
        self._leading, self._leading_sides = [], []
        self._denied = False
        self.main, self.last, self.anchor = [], [], []
        self.joined = self.negated = self.keep_negation = self.after_copula = self._is_object = False
        self.shared = self.owner = ""

    def qualify(self, run: list[str]) -> None:
        """Say bare adjectives of the current subjects: `tall and majestic`, `in black`."""
        self.waits = None
        words = [word for word in run if word != "and"]
        if len(words) > 1 and words[-2] in SHADES and words[-1] in COLOURS:
            words[-2:] = [" ".join(words[-2:])]
        for word in words:
            if is_adverb(word):
                self.leave(word)
                continue
            for subject in self.anchor or self.last:
                self.say("attribute", subject, word, aspect_of(word))

    def place(self, phrase: NounPhrase, *, listing: bool) -> None:
        """Put a noun phrase where the sentence wants it."""
        for word in phrase.unknown:
            self.leave(word)
        if self.negated or (self.keep_negation and self.joined and phrase.count is None):
            self._deny(phrase)
            return
        self.keep_negation = False
        if self.waits and self.waits[0] == "made of" and phrase.noun in MATERIALS:
            for subject in self.waits[1]:
                self.say("attribute", subject, phrase.noun, "material")
            self.waits = None
            return
        if phrase.noun in TIMES and phrase.noun not in _SIGHTS:
            self._describe_time(phrase)
            return
        for count, run in self.elided:
            self._describe(settle([*run, phrase.noun], singular_said=True, count=count))
        self.elided = []
        self._describe(phrase)
        if self.owner:
            self.say("relation", phrase.noun, "of", self.owner)
            self.owner = ""
        if self.waits is None and self.joined and listing:
            self.waits = (self.shared, self._shared_by)
        if self.waits is None:
            self._as_subject(phrase.noun)
        else:
            self._as_object(phrase.noun)
        self.last = [phrase.noun]
        self.anchor = []
        self.joined = self.after_copula = False

    def _describe_time(self, phrase: NounPhrase) -> None:
        """Take `a rainy night`, which is no thing in the picture."""
        self.waits = None
        self.say("time", value=TIMES[phrase.noun])
        if phrase.weather:
            self.say("weather", value=phrase.weather)

    def own(self, phrase: NounPhrase) -> None:
        """Take `a wolf's`: the wolf is there, and what follows is of it."""
        self._describe(phrase)
        self.owner = phrase.noun

    def _deny(self, phrase: NounPhrase) -> None:
        self.say("absence", phrase.noun, " ".join(value for value, _ in phrase.attributes))
        self.waits = None
        self.negated, self.keep_negation, self.joined = False, True, False
        self._denied = True

    def _describe(self, phrase: NounPhrase) -> None:
        noun = phrase.noun
        self._first = self._first or noun
        self.say("existence", noun)
        if phrase.count is not None:
            self.say("count", noun, str(phrase.count))
        for value, aspect in phrase.attributes:
            self.say("attribute", noun, value, aspect)
        for side in phrase.sides:
            self.say("position", noun, side)
        if weather := phrase.weather or WEATHERS.get(noun, ""):
            self.say("weather", value=weather)
        if time := phrase.time or (TIMES[noun] if noun in _SIGHTS else ""):
            self.say("time", value=time)

    def _as_subject(self, noun: str) -> None:
        self._denied = False
        goes_along = self.joined and not self._is_object and not self._predicated
        self.main = [*self.main, noun] if goes_along else [noun]
        self._predicated = False
        self._is_object = False
        self.shared = ""
        for value, place in self._leading:
            self.say("relation", noun, value, place)
        for side in self._leading_sides:
            self.say("position", noun, side)
        self._leading, self._leading_sides = [], []

    def _as_object(self, noun: str) -> None:
        assert self.waits is not None
        value, subjects = self.waits
        self.waits = None
        self.shared, self._shared_by = value, subjects
        self._is_object = bool(subjects)
        if not subjects and not self._denied:
            self._leading.append((value, noun))
        for subject in subjects:
            self.say("relation", subject, value, noun)

    def reading(self) -> Reading:
        """Give all that was read."""
        return Reading(atoms=tuple(self._atoms), unknown=tuple(self._unknown), said=tuple(self._said))


def _side(word: str) -> str:
    return {"centre": "center", "middle": "center", "upper": "top", "lower": "bottom",
        "distance": "background", "leftmost": "left",
            "rightmost": "right"}.get(word, word)  # fmt: skip
