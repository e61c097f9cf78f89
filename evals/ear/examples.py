"""Turns that people wrote, as the ear is to hear them: every word with where parts begin, what they ask, and its role.

`turns/*.jsonl` hold a turn a line: its `parts` as `[text, verb, about, note]`, which joined are the turn; whether a
proposal waits (`asked`); and whether words were told apart at all (`roles`).
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ...agents.conversation.ear.mentions import mentions
from ...agents.conversation.ear.network import ROLES, VERBS
from ...agents.conversation.ear.tokens import ASKED, IDLE, tokens
from ...agents.conversation.references import refer
from ...agents.conversation.sayings import say
from ...agents.conversation.scene import Scene
from ...core.wish import About
from ...graphs.planning import plan, read_brief

ROOT: Final = Path(__file__).parents[2]
TURNS: Final = Path(__file__).parent / "turns"
BRIEFS: Final = ("briefs/fantasy_castle.yaml", "tests/sessions/harbour.yaml", "briefs/lighting_variations.yaml")
UNKNOWN: Final = -100
"""A word whose role nobody has told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One turn and what is to be heard, a number for each token; the first token is none of its words."""

    texts: tuple[str, ...]
    begins: tuple[int, ...]
    verbs: tuple[int, ...]
    roles: tuple[int, ...]


def examples(paths: list[Path]) -> Iterator[Example]:
    """Read every turn of some files; one without a word is left out."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            found = example(json.loads(line))
            if len(found.texts) > 1:
                yield found


def example(row: dict[str, object]) -> Example:
    """Label the tokens of a turn."""
    parts = row["parts"]
    assert isinstance(parts, list)
    text = "".join(part[0] for part in parts)
    scene = _scene(parts)
    saying = say(text)
    heard = tokens(saying, mentions(saying, scene), scene)
    spans = _spans(parts)
    texts, begins, verbs, roles = [ASKED if row.get("asked") else IDLE], [0], [UNKNOWN], [UNKNOWN]
    before = -1
    for token in heard:
        place = saying.words[token.start].start
        at = max(at for at, (start, *_) in enumerate(spans) if start <= place)
        texts.append(token.text)
        begins.append(int(at != before))
        verbs.append(VERBS.index(parts[at][1]))
        _, about, note = spans[at]
        role = (
            "about"
            if _within(place, about)
            or (token.mention and _overlaps(saying.words[token.start].start, saying.words[token.end - 1].end, about))
            else "note"
            if _within(place, note)
            else "other"
        )
        roles.append(ROLES.index(role) if row.get("roles", True) else UNKNOWN)
        before = at
    return Example(texts=tuple(texts), begins=tuple(begins), verbs=tuple(verbs), roles=tuple(roles))


_BETWEEN: Final = (
    (",",),
    (".",),
    (";",),
    (",", "and"),
    ("and",),
    (",", "then"),
    ("and", "then"),
    ("-",),
    ("!",),
    (),
    (),
)
_MARKS: Final = frozenset(",.;-!")


def joined(one: Example, more: Example, rng: random.Random) -> Example:
    """Let one turn go on with another, as directors do in one breath; an answer is never the second."""
    if VERBS[more.verbs[1]] in ("yes", "no"):
        return one
    before = rng.choice(_BETWEEN)
    marks = tuple(word for word in before if word in _MARKS)
    words = before[len(marks) :]
    count = len(marks)
    return Example(
        texts=(*one.texts, *before, *more.texts[1:]),
        begins=(
            *one.begins,
            *(0,) * count,
            *(int(not at) for at in range(len(words))),
            int(not words),
            *more.begins[2:],
        ),
        verbs=(*one.verbs, *one.verbs[-1:] * count, *more.verbs[1:2] * len(words), *more.verbs[1:]),
        roles=(*one.roles, *(0,) * len(before), *more.roles[1:]),
    )


Span = tuple[int, int]


def _spans(parts: list[list[str]]) -> list[tuple[int, Span, Span]]:
    """Find where each part begins in the turn, and where in it the name and the note stand."""
    found: list[tuple[int, Span, Span]] = []
    start = 0
    for text, _, about, note in parts:
        spans = []
        for words in (about, note):
            at = text.find(words) if words else -1
            spans.append((start + at, start + at + len(words)) if at >= 0 else (-1, -1))
        first = start if not found else start + len(text) - len(text.lstrip())
        found.append((first, spans[0], spans[1]))
        start += len(text)
    return found


def _within(place: int, span: Span) -> bool:
    return span[0] <= place < span[1]


def _overlaps(start: int, end: int, span: Span) -> bool:
    return start < span[1] and span[0] < end


def _scene(parts: list[list[str]]) -> Scene:
    """Find the production a turn speaks of: the one in which most of its names mean something."""
    names = [say(part[2]).text for part in parts if part[2]]
    return max(_scenes(), key=lambda scene: sum(isinstance(refer(name, scene, mends=False), About) for name in names))


@cache
def _scenes() -> tuple[Scene, ...]:
    makers = ("sketch-s", "sketch-l", "post")
    return tuple(Scene(plan=plan(ROOT / name), brief=read_brief(ROOT / name), makers=makers) for name in BRIEFS)
