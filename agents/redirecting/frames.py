"""Words of a note that concern the whole frame, read as the reader of prompts reads them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ..language.atoms import Framed
from ..looks.vocabulary import PHRASES
from ..planning.phrasing import POSITIONS, WEATHERS
from ..reading import read
from .asks import Frame

_ASKED: Final = "a castle"
"""Something for the frame to be about; only what is said beside it counts."""
_CAMERA: Final[dict[str, tuple[str, str]]] = {
    word: shot
    for shot, words in {
        ("close", "close"): "closer|tighter|nearer|zoom in|closer in|go closer|closer up|in close",
        ("wide", "wide"): "wider|further away|farther away|further back|farther|further|zoom out|pull back",
        ("high angle", "high angle"): "from higher up|higher angle",
        ("low angle", "low angle"): "from lower down|lower angle|from below|looking up|lower the camera",
    }.items()
    for word in words.split("|")
}  # fmt: skip
_AIM: Final = re.compile(r"^(?:shot |seen )?(?:from an? (?=lower|higher))?| (?:to|from) (?:the camera|us)$")
_CENTRED: Final = ("centre it", "center it", "centred", "centered", "in the middle")
_KINDS: Final[tuple[Framed, ...]] = ("time", "weather", "shot", "position")


def frames_in(words: str) -> tuple[Frame, ...]:
    """Read times, weathers, shots and sides, where a clause says nothing else.

    >>> [(one.kind, one.value, one.phrase) for one in frames_in("at midnight in rain")]
    [('time', 'night', 'at midnight'), ('weather', 'rain', 'in rain')]
    >>> [(one.kind, one.value) for one in (*frames_in("foggy"), *frames_in("wider"), *frames_in("two castles"))]
    [('weather', 'fog'), ('shot', 'wide')]
    """
    words = _AIM.sub("", words)
    if words in _CENTRED:
        return (Frame(kind="position", value="center", phrase=POSITIONS["center"]),)
    words = WEATHERS.get(words, words)
    if words in _CAMERA:
        value, phrase = _CAMERA[words]
        return (Frame(kind="shot", value=value, phrase=phrase),)
    edit = PHRASES.get(words)
    if edit and (shot := edit.shot_size or edit.angle):
        words = f"{shot} shot"
    read_as = [found for text in _tries(words) if (found := tuple(_frames(text, words)))]
    whole = next((found for found in read_as if all(one.phrase for one in found)), None)
    # "on a moonlit night" says a time without a phrase of its own: then it is the phrase.
    return whole or tuple(replace(one, phrase=one.phrase or words) for one in next(iter(read_as), ()))


def _tries(words: str) -> Iterator[str]:
    yield f"{_ASKED} {words}"
    article = "" if words.split()[:1] and words.split(maxsplit=1)[0] in ("a", "an", "the") else "a "
    yield f"{article}{words.removesuffix(' of it')} of {_ASKED}"
    for before, after in (
        ("at ", ""),
        ("in ", ""),
        ("on the ", ""),
        ("in ", " weather"),
        ("a ", " shot of"),
        ("in the ", ""),
    ):
        yield f"{before}{words}{after} {_ASKED}" if after == " shot of" else f"{_ASKED} {before}{words}{after}"


def _frames(text: str, words: str) -> Iterator[Frame]:
    reading = read(text)
    atoms = [atom for atom in reading.atoms if atom.kind != "existence" or atom.subject != "castle"]
    if reading.unknown or not atoms or any(atom.kind not in _KINDS for atom in atoms):
        return
    placed = {said.value: text[said.start : said.end] for said in reading.said}
    for atom in atoms:
        kind = next(one for one in _KINDS if one == atom.kind)
        phrase = placed.get(atom.value, "")
        if kind == "position":
            phrase = next((one for value, one in placed.items() if atom.value in value), words)
        if kind == "shot":
            phrase = atom.value
        yield Frame(kind=kind, value=atom.value, phrase=phrase)
