"""Notes about what no picture shows: how long a shot is and how it moves, who works on it, what it may cost."""

import re
from typing import Final

_NUMBER: Final = r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|ten)"
_LENGTH: Final = re.compile(
    rf"\b(?:longer|shorter|too (?:long|short)|{_NUMBER} ?(?:s|secs?|seconds?|frames?))\b", re.IGNORECASE
)
_MOVE: Final = re.compile(
    r"\b(?:pan|tilt|dolly|zoom|truck)s? (?:left|right|up|down|in|out)\b|\b(?:push(?:es)? in|pull(?:s)? out|parallax)\b"
    r"|\b(?:camera|it) (?:should )?(?:hold|move)s?\b",
    re.IGNORECASE,
)
_STAFF: Final = re.compile(r"\b(?:workers?|concurrency|share of the budget)\b", re.IGNORECASE)
_ORDER: Final = re.compile(
    r"\b(?:swap|reorder|change) the order\b|\b(?:before|after|swap|reorder)\b.*\bshot\b"
    r"|\bshot\b.*\b(?:first|last|before|after)\b",
    re.IGNORECASE,
)


def unpaintable(text: str, *, about: str = "") -> str:
    """Say why a note cannot become a picture; empty where it can.

    Args:
        text: the note.
        about: what it is about, as it was said: only a shot has a length.

    >>> unpaintable("make it longer", about="shot 2")
    'the length of a shot is set in the brief (`shots`: `seconds`), not by a picture'
    >>> unpaintable("a longer bridge", about="the keep"), unpaintable("darker, at night", about="shot 2")
    ('', '')
    """
    is_shot = re.search(r"\b(?:shot|sh\d+|sq\d+)", about, re.IGNORECASE) is not None
    if is_shot and _LENGTH.search(text):
        return "the length of a shot is set in the brief (`shots`: `seconds`), not by a picture"
    if _MOVE.search(text):
        return "the move of a shot is set in the brief (`shots`: `move`), not by a picture"
    if is_shot and _ORDER.search(text):
        return "the order of the cut is that of the brief's `shots`"
    if _STAFF.search(text):
        return "who works on what is set in the brief (`departments`)"
    return ""
