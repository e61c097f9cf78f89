"""What a passed take of a maker is expected to cost, from the crew file's measured pass rates."""

from math import prod

from ...core.crew import MakerSpec
from ...core.plan import Requirement, Task


def rated_kind(requirement: Requirement) -> str:
    """Name a requirement's kind as pass rates do: grounds and empty plates are far easier than their kinds at large."""
    if requirement.id == "existence:nothing":
        return "emptiness"
    return "ground" if requirement.other == "ground" else requirement.kind


def chance_to_pass(task: Task, maker: MakerSpec) -> float | None:
    """Give the chance that one take passes every must-have; None for a maker without rates.

    The product of the rates of the kinds that are asked: an underestimate where failures go together.
    """
    if not maker.passes:
        return None
    kinds = {rated_kind(one) for one in task.requirements if one.must}
    return prod(maker.passes.get(kind, 1.0) for kind in kinds)


def usd_per_pass(task: Task, maker: MakerSpec) -> float | None:
    """Give the expected price of one passed take; None for a maker without rates."""
    chance = chance_to_pass(task, maker)
    return None if chance is None else (maker.usd or 0.0) / max(chance, 1e-6)
