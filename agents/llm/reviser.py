"""The reviser with a language model: other words for a prompt, held to every must-have the old ones had."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from pydantic import ConfigDict, Field

from ...core.brief import Look
from ...core.chat import Answer, Ask, Turn
from ...core.plan import Requirement, Task
from ...core.take import Finding
from ..language.atoms import Reading
from ..planning.phrasing import requirements_of
from ..planning.wording import unknown_words
from ..reading import read
from .fault import Fault, parsed
from .prompts import DATA, marked, prompt_of, schema_text

MOST_CHARS: Final = 600
"""Of a prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """A prompt in other words."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    prompt: Annotated[str, Field(min_length=3, max_length=MOST_CHARS, pattern=r"^[^\x00-\x1f<>{}\[\]]+$")]


def ask_reviser(
    task: Task, prompt: str, findings: Sequence[Finding], look: Look, *, words: frozenset[str] = frozenset()
) -> Ask:
    """Ask for other words.

    Args:
        task: whose must-haves count.
        prompt: the words that were last tried.
        findings: what was wrong with the picture.
        look: the voice to speak in.
        words: all that the maker was taught; empty for any.
    """
    known = prompt_of("reviser")
    musts = [one.asks or one.id for one in musts_of(task)]
    voice = {"time": look.time, "weather": look.weather, "palette": ", ".join(look.palette), "lens": look.lens}
    parts = [
        marked("prompt", prompt),
        marked("wrong", "\n".join(f"- {one.says}" for one in findings) or "- nothing in particular"),
        marked("must_stay", "\n".join(f"- {one}" for one in musts) or "- what it shows"),
        marked("look", "\n".join(f"- {name}: {value}" for name, value in voice.items() if value) or "- left open"),
    ]
    if words:
        parts.append(marked("painter_knows_only", " ".join(sorted(words))))
    text = "\n\n".join([DATA, *parts, "Write the prompt anew."])
    return Ask(
        agent="reviser",
        prompt=known.digest,
        system=known.text,
        turns=(Turn(who="we", text=text),),
        schema_name="reworded",
        schema=schema_text(Reworded),
    )


def read_reviser(
    answer: Answer, task: Task, look: Look, *, tried: Sequence[str] = (), words: frozenset[str] = frozenset()
) -> str | Fault:
    """Give the new prompt, or say which must-have it lost or what it brought in.

    Args:
        answer: the model's.
        task: whose must-haves count, and whose prompt says what may be seen.
        look: what else may be named: its time, weather and shot size.
        tried: prompts there were; one of them again is no rewrite.
        words: all that the maker was taught; empty for any.
    """
    found = parsed(Reworded, answer)
    if isinstance(found, Fault):
        return found
    said = " ".join(found.prompt.split())
    if said in (task.prompt, *tried):
        return Fault(kind="malformed", says="these words were tried already: say it differently")
    reads = read(said)
    kept = _said_in(reads)
    if lost := [one.asks or one.id for one in musts_of(task) if _meaning(one) not in kept]:
        return Fault(kind="malformed", says=f"no longer read in it: {'; '.join(lost)}; say each plainly")
    if new := _brought_in(reads, read(task.prompt), look):
        names = ", ".join(new)
        return Fault(kind="malformed", says=f"critics would look for {names}, which nobody asked for: leave it out")
    if unknown := unknown_words(said, words):
        return Fault(kind="malformed", says=f"the painter does not know {', '.join(unknown[:8])}")
    return said


def musts_of(task: Task) -> tuple[Requirement, ...]:
    """List the must-haves that stand in a task's prompt; others, of technique or likeness, no words can lose."""
    said = _said_in(read(task.prompt))
    return tuple(one for one in task.requirements if one.must and _meaning(one) in said)


def _said_in(reading: Reading) -> set[tuple[str, str, str]]:
    return {_meaning(one) for one in requirements_of(reading)}


def _meaning(requirement: Requirement) -> tuple[str, str, str]:
    return requirement.kind, requirement.subject, requirement.value


def _brought_in(new: Reading, old: Reading, look: Look) -> list[str]:
    """List the things, times and weathers of a reading that neither the old one nor the look has."""
    things = [subject for subject in new.subjects if subject not in old.subjects]
    of_look = {"time": look.time, "weather": look.weather, "shot": look.shot_size}
    frames = [
        one.value
        for one in new.atoms
        if one.kind in of_look and one.value != of_look[one.kind] and one not in old.of(one.kind)
    ]
    return [*things, *frames]
