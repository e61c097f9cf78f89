"""Patterns of sentences: compiled once, at the first turn, and tried in order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from .amounts import BARE_MONEY, MONEY, NUMBER, TAKES
from .decisions import DECISIONS
from .directions import DIRECTIONS
from .questions import QUESTIONS
from .sayings import Saying
from .templates import Rule

RULES: Final[tuple[Rule, ...]] = (*QUESTIONS, *DIRECTIONS, *DECISIONS)

_SLOTS: Final[dict[str, str]] = {
    "takes": TAKES, "n": NUMBER, "usd": MONEY, "budget": BARE_MONEY, "text": r".+", "about": r".+?", "maker": r".+?",
}  # fmt: skip
_INLINE: Final = {
    "<FILE>": r"(?:[\w./~\\:\u00a0-]+)", "<PATH>": r"(?:[~.]{0,2}/\S+|\S+/\S+)", "<N>": NUMBER, "<TAKES>": TAKES,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A part of a turn that fits a pattern."""

    kind: str
    saying: Saying
    found: re.Match[str]

    def slot(self, name: str) -> Saying | None:
        """Give what stands for a slot, the last one of two; None where nothing stands there."""
        for group, words in reversed(self.found.groupdict().items()):
            if words is not None and group.rstrip("0123456789_") == name:
                return self.saying.between(*self.found.span(group))
        return None

    def text(self, name: str) -> str:
        """Give a slot's words; empty for none."""
        slot = self.slot(name)
        return slot.text if slot else ""


def compiled(template: str) -> re.Pattern[str]:
    """Make a pattern of a template, each slot a group of its own.

    >>> compiled("approve <takes> of <about>").fullmatch("approve take 2 of the keep")["about_1"]
    'the keep'
    """
    count = 0

    def slot(found: re.Match[str]) -> str:
        nonlocal count
        name = found[1]
        group = rf"(?<!\S)(?P<{name}_{count}>{_SLOTS[name]})(?!\S)"
        count += 1
        return group

    for name, pattern in _INLINE.items():
        template = template.replace(name, pattern)
    return re.compile(re.sub(r"(?<!\?P)<(\w+)>", slot, template))


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((rule.kind, compiled(rule.template)) for rule in RULES)


@cache
def words_of_patterns() -> frozenset[str]:
    """List the words the patterns are made of."""
    return frozenset(
        re.findall(r"[a-z]{3,}", re.sub(r"<\w+>|\?P<\w+>", " ", (" ").join(rule.template for rule in RULES)))
    )


def heard(saying: Saying) -> Iterator[Heard]:
    """Give every pattern a part of a turn fits, most telling first."""
    for kind, pattern in _rules():
        found = pattern.fullmatch(saying.text)
        if found:
            yield Heard(kind=kind, saying=saying, found=found)
