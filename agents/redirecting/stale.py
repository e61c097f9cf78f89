"""What was made from pictures that change, and so has to be made anew."""

from collections.abc import Collection
from graphlib import TopologicalSorter

from ...core.plan import Plan


def downstream(tasks: Collection[str], plan: Plan) -> tuple[str, ...]:
    """List the tasks made from the changed ones, at any remove, each after those it is made from.

    The changed ones themselves are not among them. A still that must look like a changed one is.
    """
    stale = set(tasks)
    for name in _in_order(plan):
        if not stale.isdisjoint(plan_inputs(plan)[name]):
            stale.add(name)
    return tuple(name for name in _in_order(plan) if name in stale and name not in tasks)


def approved_downstream(tasks: Collection[str], plan: Plan, approved: Collection[str]) -> tuple[str, ...]:
    """List what of it a person approved: the director should know before it is opened again."""
    return tuple(name for name in downstream(tasks, plan) if name in approved)


def plan_inputs(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Give for every task the tasks it is made from."""
    return {task.name: task.inputs for task in plan.tasks}


def _in_order(plan: Plan) -> tuple[str, ...]:
    return tuple(TopologicalSorter(plan_inputs(plan)).static_order())
