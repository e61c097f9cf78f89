"""What joined a plan after it was made: read back from the store, in the order it joined."""

from dataclasses import replace

from ..core.canonical import from_json
from ..core.fact import TasksAdded
from ..core.history import History
from ..core.plan import Addition, Plan
from ..core.ports import Store


def read_addition(fact: TasksAdded, store: Store) -> Addition:
    """Read how added tasks were planned. Blocking: call it off the event loop."""
    return from_json(Addition, store.get(fact.addition_digest))


def with_additions(plan: Plan, history: History, store: Store) -> Plan:
    """Give a plan with all that joined it; what it has already is not added again. Blocking."""
    if not history.additions:
        return plan
    known = {task.name for task in plan.tasks}
    new = [read_addition(fact, store) for fact in history.additions if known.isdisjoint(fact.tasks)]
    return replace(
        plan,
        tasks=(*plan.tasks, *(task for one in new for task in one.tasks)),
        preflight=(*plan.preflight, *(finding for one in new for finding in one.preflight)),
    )
