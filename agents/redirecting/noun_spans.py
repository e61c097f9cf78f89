"""Where a thing stands in a prompt, and how what is said before its noun is changed: `two large red` of `towers`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..language.noun_phrase import is_adverb, is_modifier
from ..language.nouns import plural
from ..language.words import COLOURS, DETERMINERS, MATERIALS, NUMBER_WORDS, NUMBERS, SHADES, SIZES

_WORD: Final = re.compile(r"[^\W_]+(?:[-'\u2019][^\W_]+)*|\S")
_ARTICLE: Final = re.compile(r"\b([Aa])n?(?= +([A-Za-z]))")
_BY_SOUND: Final = re.compile(r"(?:uni|use|eu|one\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NounSpan:
    """A noun phrase in a text."""

    text: str
    start: int
    end: int
    determiners: tuple[str, ...]
    modifiers: tuple[str, ...]
    noun: str
    """As it stands there: `towers`."""

    def put(self) -> str:
        """Give the text with the phrase as it is now."""
        said = " ".join((*self.determiners, *self.modifiers, self.noun))
        return with_articles(f"{self.text[: self.start]}{said}{self.text[self.end :]}")


def find_noun(text: str, noun: str) -> NounSpan | None:
    """Find the first phrase of a noun, given in the singular.

    >>> found = find_noun("a knight left of two large red towers", "tower")
    >>> found.determiners, found.modifiers, found.noun
    (('two',), ('large', 'red'), 'towers')
    """
    words = list(_WORD.finditer(text))
    lowered = [word[0].lower() for word in words]
    for form in dict.fromkeys((noun, plural(noun))):
        wanted = form.split()
        for at in range(len(words) - len(wanted) + 1):
            if lowered[at : at + len(wanted)] == wanted:
                return _span(text, words, at, len(wanted))
    return None


def _span(text: str, words: Sequence[re.Match[str]], at: int, length: int) -> NounSpan:
    first = at
    while first and _qualifies(words[first - 1][0].lower()):
        first -= 1
    before = [word[0] for word in words[first:at]]
    told = next((n for n, word in enumerate(before) if not _determines(word.lower())), len(before))
    return NounSpan(
        text=text,
        start=words[first].start(),
        end=words[at + length - 1].end(),
        determiners=tuple(before[:told]),
        modifiers=tuple(before[told:]),
        noun=text[words[at].start() : words[at + length - 1].end()],
    )


def _determines(word: str) -> bool:
    return word in DETERMINERS or word in NUMBERS or word.isdecimal()


def _qualifies(word: str) -> bool:
    return _determines(word) or is_modifier(word) or is_adverb(word) or word in SHADES or word in ("and", "very")


def coloured(span: NounSpan, colour: str) -> NounSpan:
    """Give a thing one colour instead of those it has.

    >>> coloured(find_noun("a large dark red and white castle", "castle"), "blue").put()
    'a large blue castle'
    """
    kept = list(span.modifiers)
    places = [at for at, word in enumerate(kept) if word.lower() in COLOURS]
    drops = set(places) | {at - 1 for at in places if at and kept[at - 1].lower() in SHADES}
    drops |= {at - 1 for at in places if at and kept[at - 1].lower() == "and"}
    return replace(span, modifiers=(*(word for at, word in enumerate(kept) if at not in drops), colour))


def sized(span: NounSpan, size: str) -> NounSpan:
    """Give a thing one size instead of that it has.

    >>> sized(find_noun("one small red castle", "castle"), "large").put()
    'one large red castle'
    """
    return replace(span, modifiers=(size, *(word for word in span.modifiers if word.lower() not in SIZES)))


def qualified(span: NounSpan, word: str) -> NounSpan:
    """Say one more thing of it, before its colours and materials.

    >>> qualified(find_noun("a large red castle", "castle"), "ruined").put()
    'a large ruined red castle'
    """
    taken = [at for at, one in enumerate(span.modifiers) if one.lower() in COLOURS | MATERIALS | SHADES]
    at = min(taken, default=len(span.modifiers))
    return replace(span, modifiers=(*span.modifiers[:at], word, *span.modifiers[at:]))


def bared(span: NounSpan, word: str) -> NounSpan:
    """Say one thing less of it."""
    return replace(span, modifiers=tuple(one for one in span.modifiers if one.lower() != word))


def counted(span: NounSpan, noun: str, count: int) -> NounSpan:
    """Ask for so many of it.

    >>> counted(find_noun("three small gold houses on grass", "house"), "house", 1).put()
    'one small gold house on grass'
    """
    return replace(span, determiners=(NUMBER_WORDS.get(count, str(count)),), noun=noun if count == 1 else plural(noun))


def with_articles(text: str) -> str:
    """Put `a` or `an` as the word after it wants.

    >>> with_articles("a old castle and an red unicorn")
    'an old castle and a red unicorn'
    """

    def article(found: re.Match[str]) -> str:
        following = text[found.end() :].lstrip()
        is_vowel = following[:1].lower() in "aeiou" and not _BY_SOUND.match(following)
        return f"{found[1]}n" if is_vowel else found[1]

    return _ARTICLE.sub(article, text)
