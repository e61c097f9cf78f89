"""A turn as words that know where they stand: lower case and contractions spelt out for the rules, the rest kept."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

from ..language.words import word_set

_FILES: Final = r"png|jpe?g|webp|tiff?|exr|bmp|gif|ya?ml|json|md|markdown|txt"
_TOKEN: Final = re.compile(
    rf"""(?P<quoted>"[^"\n]+\.(?:{_FILES})"|'[^'\n]+\.(?:{_FILES})')"""
    rf"""|(?P<path>(?:~|\.{{1,2}})?/[^\s,;"']*[^\s,;"'.!?)]|[A-Za-z]:\\\S+|[\w./-]+\.(?:{_FILES})(?!\w))"""
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w])|\d+\.\d+|\d+(?=[%:x]|\b))"
    r"|(?P<word>\w+(?:[-']\w+)*'?)"
    r"|(?P<mark>--|[-,;.!?:&#$%+\n])",
    re.IGNORECASE,
)
_QUOTES: Final = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2014": ";", "\u2013": ("-")}
)

_SHORT: Final[dict[str, str]] = {
    "cannot": "can not", "can't": "can not", "cant": "can not", "won't": "will not", "wont": "will not",
    "shan't": "shall not", "let's": "let us", "lets": "let us", "gonna": "going to", "wanna": "want to",
    "gimme": "give me", "lemme": "let me", "gotta": "got to", "dont": "do not", "doesnt": "does not",
    "didnt": "did not", "isnt": "is not", "arent": "are not", "shouldnt": "should not", "thats": "that is",
    "whats": "what is", "wheres": "where is", "hows": "how is", "whys": "why is", "im": "i am", "ive": "i have",
    "id": "i would", "pls": "please", "plz": "please", "thx": "thanks", "ok": "okay", "k": "okay", "kk": "okay",
    "nevermind": "never mind", "&": "and", "+": "and", "\n": ";", "--": ";", "cos": "because", "cuz": "because",
    "coz": "because", "'cause": "because", "w": "with",
    "n": "and", "'n'": "and", "em": "them", "'em": "them", "alot": "a lot", "asap": "as soon as possible",
    "teh": "the", "hte": "the", "adn": "and", "nad": "and", "taht": "that", "waht": "what", "thier": "their",
    "wil": "will", "fial": "fail", "shwo": "show", "yuo": "you", "wich": "which", "becuase": "because",
    "whos": "who is", "hes": "he is", "shes": "she is", "theyre": "they are", "youre": "you are", "havent": "have not",
    "hasnt": "has not", "wasnt": "was not", "wouldnt": "would not", "couldnt": "could not", "aint": "is not",
    "wnat": "want", "tkae": "take", "dosnt": "does not",
}  # fmt: skip
_ENDINGS: Final = {"n't": "not", "'re": "are", "'ll": "will", "'ve": "have", "'d": "would", "'m": "am"}
_PRONOUNS: Final = word_set(
    "nobody somebody it one that this what where how who why there here he she when everything all which"
)
_BRITISH: Final[dict[str, str]] = {
    "gray": "grey", "color": "colour", "colors": "colours", "center": "centre", "armor": "armour",
    "prioritize": "prioritise", "canceled": "cancelled", "favor": "favour", "favorite": "favourite",
    "colorful": "colourful", "finalize": "finalise", "unrealized": "unrealised", "program": "programme",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the rules read it, and where it was said."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Saying:
    """A turn or a part of it: its words, and the text they were said in."""

    words: tuple[Word, ...]
    source: str

    @cached_property
    def text(self) -> str:
        """The words with one space between: what patterns are matched against."""
        return " ".join(word.word for word in self.words)

    @cached_property
    def _ends(self) -> list[int]:
        return [end - 1 for end in accumulate(len(word.word) + 1 for word in self.words)]

    @property
    def raw(self) -> str:
        """What was really said."""
        return self.source[self.words[0].start : self.words[-1].end] if self.words else ""

    def __bool__(self) -> bool:
        return bool(self.words)

    def __len__(self) -> int:
        return len(self.words)

    def part(self, start: int, end: int | None = None) -> "Saying":
        """Take the words from one number to another."""
        return Saying(self.words[start:end], self.source)

    def between(self, start: int, end: int) -> "Saying":
        """Take the words between two places of `text`, bare marks at either side left out."""
        begins = [0, *(place + 1 for place in self._ends)]
        chosen = [w for w, a, b in zip(self.words, begins, self._ends, strict=False) if a >= start and b <= end]
        return bare(Saying(tuple(chosen), self.source))


_MARKS: Final = frozenset(",;.!?:-")


def bare(saying: Saying) -> Saying:
    """Leave out the marks at either side."""
    start, end = 0, len(saying.words)
    while start < end and saying.words[start].word in _MARKS:
        start += 1
    while end > start and saying.words[end - 1].word in _MARKS:
        end -= 1
    return saying.part(start, end)


def say(text: str) -> Saying:
    """Read a text as words.

    >>> say("Don't print the Knight's takes, it's $2.50!").text
    "do not print the knight 's takes , it is $ 2.50 !"
    """
    words: list[Word] = []
    for found in _TOKEN.finditer(text.translate(_QUOTES)):
        start, end = found.span()
        if found.lastgroup == "quoted":
            words.append(Word(found[0].lower()[1:-1].replace(" ", "\u00a0"), start + 1, end - 1))
        elif found.lastgroup == "number":
            words.append(Word(found[0].replace(",", ""), start, end))
        else:
            words += [Word(word, start, end) for word in _spelt_out(found[0].lower()) if word]
    return Saying(tuple(words), text)


def _spelt_out(word: str) -> list[str]:
    if word in _SHORT:
        return _SHORT[word].split()
    for ending, means in _ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return [word.removesuffix(ending), means]
    if word.endswith("'s"):
        base = word.removesuffix("'s")
        return [base, "is" if base in _PRONOUNS else "'s"]
    if word.endswith("'"):
        return [word.rstrip("'"), "'s"] if word.endswith("s'") else [word.rstrip("'")]
    return [_BRITISH.get(word, word)]
