"""The aggregator's note with a language model: three sentences for the first page, every number held to the report."""

import re
from collections.abc import Sequence
from typing import Final

from ...core.chat import Answer, Ask, Turn
from ...core.delivery import Manifest, Strip
from ...core.plan import Plan
from .fault import Fault, said
from .prompts import DATA, marked, prompt_of

SENTENCES: Final = 3
MOST_CHARS: Final = 700
_MOST_LISTED: Final = 12

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_MARKUP: Final = re.compile(r"[<>`*#|\[\]{}]|https?:|www\.|^\s*[-\d]+[.)]? ", re.IGNORECASE | re.MULTILINE)
_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")


def report_of(plan: Plan, manifest: Manifest, strips: Sequence[Strip]) -> str:
    """Put a delivery into the lines a note may draw on.

    Args:
        plan: what was planned.
        manifest: what was delivered.
        strips: tasks that failed first and passed in the end.
    """
    totals = manifest.totals
    spent = round(totals.usd - (totals.thinking.usd if totals.thinking else 0.0), 6)
    lines = [
        f"title: {plan.title}",
        f"delivered: {totals.accepted} of {len(plan.tasks)} tasks accepted, {totals.takes} takes made",
        f"cost: {spent:.2f} USD of {plan.budget_usd:.2f}",
        *(f"redone: {one.sentence}" for one in strips[:_MOST_LISTED]),
        *(f"unfinished: {one.task}: {one.why}" for one in manifest.unfinished[:_MOST_LISTED]),
    ]
    if not manifest.unfinished:
        lines.append("unfinished: nothing")
    return "\n".join(lines)


def ask_notes(report: str) -> Ask:
    """Ask for the note."""
    prompt = prompt_of("notes")
    text = f"{DATA}\n\n{marked('report', report)}\n\nWrite the note."
    return Ask(agent="notes", prompt=prompt.digest, system=prompt.text, turns=(Turn(who="we", text=text),))


def read_notes(answer: Answer, report: str) -> str | Fault:
    """Give the note as one line of plain text, or say what is wrong with it.

    >>> good = Answer(text="Two stills came. One was redone. All is done.", tokens_in=1, tokens_out=1)
    >>> read_notes(good, "redone: 1")
    'Two stills came. One was redone. All is done.'
    """
    text = said(answer)
    if isinstance(text, Fault):
        return text
    if _MARKUP.search(text):
        return Fault(kind="malformed", says="plain sentences only, without headings, lists, links or markup")
    line = " ".join(text.split())
    count = len(_END.split(line))
    if count != SENTENCES or len(line) > MOST_CHARS:
        return Fault(
            kind="malformed", says=f"{count} sentences, {len(line)} characters: write three, {MOST_CHARS} in all"
        )
    invented = [number for number in _NUMBER.findall(line) if number not in _NUMBER.findall(report)]
    if invented:
        return Fault(kind="malformed", says=f"{invented[0]} does not stand in the report: use its numbers alone")
    return line
