"""Shots as a director counts them: `shot 3`, `shots 2 to 4`, `the opening shot`, `the second sequence`."""

import re
from dataclasses import dataclass
from typing import Final

from ..language.words import NUMBERS
from .amounts import ORDINALS, number_of
from .scene import Scene

_N: Final = rf"(?:\d+|{'|'.join(NUMBERS)})"
_ORD: Final = "|".join(ORDINALS)
_COUNTED: Final = re.compile(
    rf"(?:the )?\b(?:shots?|sh) (?:number |no |# ?)?(?P<list>{_N}(?:(?: ?,)?(?: and| or| to| through| till| until| -| "
    rf",)?"
    rf"(?: shot)? {_N})*)(?! (?:more|other))\b"
)
_PLACED: Final = re.compile(
    rf"(?:the )?(?P<ords>(?:{_ORD})(?:(?: ,| and| ,? and)(?: the)? (?:{_ORD}))*) shots?\b"
    rf"|(?:the )?(?P<end>very first|very last|first|last|opening|closing|final|end) (?P<many>{_N} )?shots?\b"
)
_SEQUENCE: Final = re.compile(rf"(?:the )?(?:(?:sequence|seq|sq) (?P<n>{_N})|(?P<ord>{_ORD}|last) sequence)\b")
_EVERY: Final = re.compile(r"(?:all |every |each )(?:of )?(?:the )?shots?\b|^(?:the )?shots$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Words that point at no task of the plan."""

    words: str
    why: str
    near: tuple[str, ...] = ()
    """Names that may have been meant, closest first."""


def with_shots(words: str, scene: Scene) -> tuple[str, dict[str, int] | Lost]:
    """Put a mark for every mention of shots, and give the tasks of each mark.

    Returns:
        The words with `@0`, `@1` ... for shots, and the tasks each means as a set of the glossary's; or `Lost`, for a
        shot the cut does not have.

    >>> from .rehearsal import a_plan
    >>> with_shots("the comp of shot 1", Scene(plan=a_plan(shots=1)))
    ('the comp of @0', {'@0': 1})
    """
    marks: dict[str, int] = {}
    lost: list[str] = []

    def mark(found: re.Match[str]) -> str:
        name = f"@{len(marks)}"
        marks[name] = 0
        for place in _places(found, scene):
            mask = _tasks_at(place, scene)
            if not mask:
                lost.append(str(place))
            marks[name] |= mask
        return name

    for pattern in (_COUNTED, _PLACED, _EVERY):
        words = pattern.sub(mark, words)
    words = _SEQUENCE.sub(lambda found: _sequence(found, scene, marks, lost), words)
    if lost:
        cut = len(scene.glossary.shots)
        return words, Lost(words=words, why=f"there is no shot {lost[0]}: the cut has {cut}", near=_codes(scene))
    return words, marks


def _codes(scene: Scene) -> tuple[str, ...]:
    return tuple(list(scene.glossary.codes)[:3])


def _places(found: re.Match[str], scene: Scene) -> list[int]:
    """List the places in the cut a mention means, from 1."""
    groups, count = found.groupdict(), len(scene.glossary.shots)
    if groups.get("list"):
        return numbers_in(groups["list"])
    if groups.get("ords"):
        return [ORDINALS[word] for word in groups["ords"].replace(",", " ").split() if word in ORDINALS]
    if groups.get("end"):
        many = number_of(groups["many"].strip()) if groups["many"] else 1
        first = groups["end"] in ("first", "opening", "very first")
        return (
            list(range(1, min(many, count) + 1)) if first else list(range(max(count - many, 0) + 1, count + 1)) or [1]
        )
    return list(range(1, count + 1)) or [1]


def numbers_in(words: str) -> list[int]:
    """List the numbers of a list with ranges: `2 to 4 and 7`.

    >>> numbers_in("2 to 4 and 7")
    [2, 3, 4, 7]
    """
    found: list[int] = []
    through = False
    for word in re.sub(r"(?<=\d)-(?=\d)", " - ", words).split():
        if word in ("to", "through", "till", "until", "-"):
            through = True
        elif word.isdecimal() or word in NUMBERS:
            number = int(word[:6]) if word.isdecimal() else NUMBERS[word]
            found += range(found[-1] + 1, min(number, found[-1] + 500) + 1) if through and found else [number]
            through = False
    return found


def _tasks_at(place: int, scene: Scene) -> int:
    """Give the tasks of a shot by its place in the cut, else by the number in its name: `shot 30` for `sh030`."""
    shots = scene.glossary.shots
    if 1 <= place <= len(shots):
        return shots[place - 1]
    return scene.glossary.strong.get(f"sh{place:03d}", 0)


def _sequence(found: re.Match[str], scene: Scene, marks: dict[str, int], lost: list[str]) -> str:
    codes = scene.glossary.codes
    sequences = list(dict.fromkeys(code.partition("_")[0] for code in codes))
    place = (
        len(sequences)
        if found["ord"] == "last"
        else ORDINALS.get(found["ord"] or "", 0) or number_of(found["n"] or (""))
    )
    if not 1 <= place <= len(sequences):
        lost.append(f"in sequence {place}")
        return found[0]
    name = f"@{len(marks)}"
    marks[name] = 0
    for code, mask in codes.items():
        if code.startswith(f"{sequences[place - 1]}_"):
            marks[name] |= mask
    return name
