"""One noun phrase: how many, what like, of what; the open-class part of the reader."""

from dataclasses import dataclass, field
from typing import Final, Literal

from .nouns import is_plural, singular
from .phrases import SKIES, TIME_ADJECTIVES, TIMES, WEATHER_ADJECTIVES
from .words import (
    ADJECTIVES,
    AFTER_NOUN,
    COLOURS,
    DETERMINERS,
    FINITE,
    FUNCTION,
    GERUNDS,
    IDIOMS,
    MATERIALS,
    NOT_ADJECTIVES,
    NOT_ADJECTIVES_ED,
    NOT_VERBS_ING,
    NOUNS_TOO,
    NUMBERS,
    PARTICIPLES,
    PURPOSES,
    SHADES,
    SINGULAR_DETERMINERS,
    SIZES,
    THINGS_TOO,
    word_set,
)

Aspect = Literal["colour", "size", "material", "look", "action", "ground", "form"]

PREPOSITIONS: Final = word_set(
    """
    on in at of with by for to from into onto over under above below beneath underneath behind beside besides
    between among amongst amid near inside outside within without against across along around through throughout
    upon off toward towards opposite beyond past down up about atop alongside next via during before after
    in-between out
    """
)
_SUFFIXES: Final = ("ful", "ous", "less", "ish", "ible", "able", "esque", "like", "-style", "-colored", "-coloured")
_ADVERB_STEMS: Final = ("ful", "ous", "ent", "ant", "ed", "ing", "al", "ive", "ght", "ow", "ick", "ft", "rp", "ose")
_PUNCTUATION: Final = frozenset(",.;:")


_AFTER_VERBS: Final = (FUNCTION | PREPOSITIONS) - word_set("and or of is are with in")
"""What follows a finite verb rather than a plural noun: `stands on`, but `stands of`."""


@dataclass(slots=True)
class NounPhrase:
    """A noun with what is said of it, before it joins a reading."""

    noun: str = ""
    count: int | None = None
    attributes: list[tuple[str, Aspect]] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    time: str = ""
    weather: str = ""
    unknown: list[str] = field(default_factory=list)
    plural: bool = False


def is_verb(word: str) -> bool:
    """Whether a word after a noun reads as a verb: `standing`, `holds`, `parked`."""
    return (word in GERUNDS or word in FINITE or (word.endswith("ing") and len(word) > 5)) and word not in NOT_VERBS_ING


def is_participle(word: str) -> bool:
    """Whether a word is a past participle, or another adjective in -ed."""
    in_ed = word.endswith("ed") and len(word) > 3 and word not in NOT_ADJECTIVES_ED and word not in COLOURS
    return in_ed or word in PARTICIPLES


def is_adverb(word: str) -> bool:
    """Whether a word in -ly is an adverb, not `a family`."""
    stem = word[:-2]
    return word.endswith("ly") and (stem in ADJECTIVES or stem.endswith(_ADVERB_STEMS)) and word not in ADJECTIVES


def is_modifier(word: str) -> bool:
    """Whether a word before a noun qualifies it."""
    return (
        word in COLOURS
        or word in MATERIALS
        or word in SIZES
        or word in ADJECTIVES
        or word in WEATHER_ADJECTIVES
        or word in TIME_ADJECTIVES
        or is_participle(word)
        or (word in GERUNDS and word not in PURPOSES)
        or (word.endswith(_SUFFIXES) and word not in NOT_ADJECTIVES)
        or (word.endswith(("er", "est")) and _degree_stem(word) in ADJECTIVES | SIZES | COLOURS)
        or (
            "-" in word
            and len(word) > 4
            and word.rpartition("-")[2] not in ("board", "shirt", "up", "ups", "in", "ins", "bike")
        )
    )


def _degree_stem(word: str) -> str:
    bare = word[:-2] if word.endswith("er") else word[:-3]
    for stem in (bare, f"{bare}e", bare[:-1] if bare[-1:] == bare[-2:-1] else bare, f"{bare[:-1]}y"):
        if stem in ADJECTIVES or stem in SIZES or stem in COLOURS:
            return stem
    return ""


def aspect_of(word: str) -> Aspect:
    """Say what a modifier is about."""
    last = word.rsplit(" ", maxsplit=1)[-1]
    if last in COLOURS or word.endswith(("colored", "coloured")):
        return "colour"
    if word in SIZES or _degree_stem(word) in SIZES:
        return "size"
    if word in MATERIALS:
        return "material"
    return "action" if word in GERUNDS else "look"


def ends_run(words: list[str], at: int, run: list[str]) -> bool:
    """Whether the word at `at` cannot belong to a noun phrase that has gathered `run` so far."""
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if word in _PUNCTUATION | PREPOSITIONS | FUNCTION or word in NUMBERS or word.isdigit() or word == "'s":
        return True
    if not run or not _could_be_noun(run[-1]):
        return False
    closes = not following or following in _PUNCTUATION or following in PREPOSITIONS or following in FUNCTION
    if is_participle(word):
        return closes
    if word in NOUNS_TOO:
        is_aside = following in ("left", "right") and words[at + 2 : at + 3] == ["of"]
        return (following in _AFTER_VERBS or is_aside) and not is_modifier(run[-1])
    if word in NOT_VERBS_ING:
        return word in GERUNDS and following in DETERMINERS
    return is_verb(word) and (word in GERUNDS or word in FINITE or closes)


def _could_be_noun(word: str) -> bool:
    return word in THINGS_TOO or not is_modifier(word)


def settle(run: list[str], *, singular_said: bool, count: int | None) -> NounPhrase:
    """Split a run of words into what qualifies and what is qualified.

    >>> settle("dark green wooden dining tables".split(), singular_said=False, count=None)  # doctest: +ELLIPSIS
    NounPhrase(noun='dining table', count=None, attributes=[('dark green', 'colour'), ('wooden', 'material')], ...
    """
    phrase = NounPhrase(count=count)
    words = [word for word in run if not is_adverb(word)]
    phrase.unknown = [word for word in run if is_adverb(word)]
    at = 0
    while at < len(words) - 1 and not _idiom_at(words, at):
        took = _take_modifier(phrase, words, at)
        if not took:
            break
        at += took
    noun = words[at:]
    if len(noun) > 1 and noun[-1] in AFTER_NOUN:
        phrase.attributes.append((noun.pop(), "look"))
    if noun:
        phrase.plural = is_plural(noun[-1]) and not singular_said
        phrase.noun = " ".join(noun) if singular_said else singular(" ".join(noun))
    return phrase


def _idiom_at(words: list[str], at: int) -> bool:
    for idiom in IDIOMS:
        piece = words[at : at + len(idiom)]
        if len(piece) == len(idiom) and (*piece[:-1], singular(piece[-1])) == idiom:
            return True
    return False


def _take_modifier(phrase: NounPhrase, words: list[str], at: int) -> int:
    """Take one modifier at `at` into the phrase; gives how many words it was, 0 when the noun begins there."""
    word, head = words[at], words[-1]
    if word in SHADES and words[at + 1] in COLOURS and at + 2 < len(words):
        phrase.attributes.append((f"{word} {words[at + 1]}", "colour"))
        return 2
    if word == "and":
        return 1
    if not is_modifier(word) and at + 2 < len(words):
        if is_participle(words[at + 1]) and words[at + 1] not in PARTICIPLES:
            phrase.attributes.append((f"{word} {words[at + 1]}", "look"))
            return 2
        if word.endswith("ing") and word not in NOT_VERBS_ING | PURPOSES and is_modifier(words[at + 1]):
            phrase.attributes.append((word, "action"))
            return 1
    if word in ("left", "right", "leftmost", "rightmost"):
        phrase.sides.append(word.removesuffix("most"))
    elif word in WEATHER_ADJECTIVES or (word == "clear" and head in SKIES):
        phrase.weather = WEATHER_ADJECTIVES.get(word, "clear")
    elif word in TIME_ADJECTIVES:
        phrase.time = TIME_ADJECTIVES[word]
    elif word in TIMES and head in SKIES:
        phrase.time = TIMES[word]
    elif is_modifier(word):
        phrase.attributes.append((word, aspect_of(word)))
    else:
        return 0
    return 1


def only_modifiers(run: list[str]) -> bool:
    """Whether a run names nothing: `tall and majestic`."""
    return all(word == "and" or is_modifier(word) or is_adverb(word) for word in run) and run[-1] not in THINGS_TOO


def says_one(determiner: str) -> bool:
    """Whether a determiner goes with one thing, whose noun is then taken as it stands."""
    return determiner in SINGULAR_DETERMINERS


def goes_on(words: list[str], at: int) -> bool:
    """Whether more modifiers and then a noun follow: `rusty, abandoned car` after `old,`."""
    if at >= len(words) or not (is_modifier(words[at]) or words[at] in SHADES):
        return False
    while at < len(words) - 1 and (is_modifier(words[at]) or words[at] in SHADES or words[at] in (",", "and")):
        at += 1
    return words[at] not in ",.;:" and words[at] not in PREPOSITIONS and words[at] not in FUNCTION | DETERMINERS
