"""What becomes different about a task, in words: requirement by requirement, and whatever else it is told."""

from collections.abc import Iterator, Mapping, Sequence

from ...core.change import Difference
from ...core.plan import Gate, Requirement, Start, Task


def differences(before: Task, after: Task) -> tuple[Difference, ...]:
    """List all that differs between two forms of one task, envelopes left out.

    >>> from dataclasses import replace
    >>> old = Task(name="plate", department="d", make="still", prompt="a sea at dusk")
    >>> [(one.what, one.before, one.after) for one in differences(old, replace(old, prompt="a sea at night"))]
    [('prompt', 'a sea at dusk', 'a sea at night')]
    """
    return tuple(dict.fromkeys(_differing(before, after)))


def _differing(before: Task, after: Task) -> Iterator[Difference]:
    name = after.name
    if before.prompt != after.prompt:
        yield Difference(task=name, what="prompt", before=before.prompt, after=after.prompt)
    if before.negative != after.negative:
        yield Difference(task=name, what="negative", before=before.negative, after=after.negative)
    for old, new in _requirements(before.requirements, after.requirements):
        yield Difference(task=name, what="requirement", before=old, after=new)
    for old, new in _settings(before.settings, after.settings):
        yield Difference(task=name, what="look", before=old, after=new)
    if before.inputs != after.inputs:
        yield Difference(task=name, what="input", before=", ".join(before.inputs), after=", ".join(after.inputs))
    if before.gate != after.gate:
        yield Difference(task=name, what="gate", before=_gate(before.gate), after=_gate(after.gate))
    if before.maker != after.maker:
        yield Difference(task=name, what="maker", before=before.maker, after=after.maker)
    if before.start != after.start:
        yield Difference(task=name, what="source", before=_start(before.start), after=_start(after.start))


Slot = tuple[str, str, str]


def _requirements(before: Sequence[Requirement], after: Sequence[Requirement]) -> Iterator[tuple[str, str]]:
    """Pair what was asked for with what is: of one slot, such as the weather, one stands for the other."""
    old = {one.id: one for one in before}
    new = {one.id: one for one in after}
    gone = [one for one in before if one.id not in new]
    for one in after:
        if one.id not in old:
            match = next((other for other in gone if _slot(other) == _slot(one)), None) or _swapped(one, gone, new)
            if match:
                gone.remove(match)
            if match is None or asked(match) != asked(one):
                yield (asked(match) if match else ""), asked(one)
        elif old[one.id].value != one.value:
            yield asked(old[one.id]), asked(one)
        elif old[one.id].must != one.must:
            yield _held(old[one.id]), _held(one)
    for one in gone:
        yield asked(one), ""


def _swapped(one: Requirement, gone: Sequence[Requirement], new: Mapping[str, Requirement]) -> Requirement | None:
    """Find what was asked of a thing that is not there any more and is now asked of another."""
    there = {other.subject for other in new.values() if other.kind != "absence"}
    left = (other for other in gone if other.subject and other.subject not in there and one.subject)
    return next((other for other in left if _slot(other)[::2] == _slot(one)[::2] and one.kind != "relation"), None)


def _slot(one: Requirement) -> Slot:
    return (one.kind, one.subject, one.other if one.kind == "attribute" else "")


def asked(one: Requirement) -> str:
    """Say what a requirement asks for, as a person would.

    >>> asked(Requirement(id="absence:tree", kind="absence", subject="tree", value="", asks="a tree"))
    'no tree'
    """
    if one.kind == "absence":
        return f"no {' '.join(part for part in (one.value, one.subject) if part)}"
    if one.kind == "style" and not one.asks:
        return f"the look's {one.id.removeprefix('style:')}: {one.value}"
    if one.kind == "continuity":
        return f"to look as in {one.value}"
    return one.asks or one.value


def _held(one: Requirement) -> str:
    return f"{asked(one)} ({'a must-have' if one.must else 'a wish'})"


def _settings(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield (f"{name} {old}" if old else ""), (f"{name} {new}" if new else "")


def _gate(gate: Gate) -> str:
    return f"floor {gate.floor:g}, {gate.rounds} rounds"


def _start(start: Start | None) -> str:
    return "a picture, painted anew in part" if start else ""


def in_sentences(found: Sequence[Difference]) -> tuple[str, ...]:
    """Say differences as a director reads them.

    >>> in_sentences([Difference(task="sea", what="requirement", before="in clear weather", after="in fog")])
    ('sea: asked for in clear weather; now asks for in fog',)
    """
    return tuple(_sentence(one) for one in found)


def _sentence(one: Difference) -> str:
    if one.what == "requirement":
        if not one.before:
            return f"{one.task}: now asks for {one.after}"
        if not one.after:
            return f"{one.task}: no longer asks for {one.before}"
        return f"{one.task}: asked for {one.before}; now asks for {one.after}"
    if one.before and one.after:
        return f"{one.task}: {one.what} was {one.before!r}, is now {one.after!r}"
    return f"{one.task}: {one.what}: {one.after or f'no longer {one.before}'}"
