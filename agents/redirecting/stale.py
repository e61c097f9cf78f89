"""What was made from pictures that change, and so has to be made anew."""

from collections.abc import Collection
from graphlib import TopologicalSorter

from ...core.plan import Plan


def downstream(tasks: Collection[str], plan: Plan) -> tuple[str, ...]:
    """List the tasks made from the changed ones, at any remove, each after those it is made from.

    The changed ones themselves are not among them. A still that must look like a changed one is.
    """
    inputs, changed = {task.name: task.inputs for task in plan.tasks}, set(tasks)
    stale: dict[str, None] = dict.fromkeys(changed)
    for name in TopologicalSorter(inputs).static_order():
        if any(one in stale for one in inputs[name]):
            stale[name] = None
    return tuple(name for name in stale if name not in changed)


def approved_downstream(tasks: Collection[str], plan: Plan, approved: Collection[str]) -> tuple[str, ...]:
    """List what of it a person approved: the director should know before it is opened again."""
    return tuple(name for name in downstream(tasks, plan) if name in approved)
