"""What joined a plan or changed in it after it was made: read back from the store, in the order it happened."""

from dataclasses import replace

from ..core.brief import Brief
from ..core.canonical import from_json
from ..core.change import Change
from ..core.fact import PlanChanged, TasksAdded
from ..core.history import History
from ..core.plan import Addition, Plan
from ..core.ports import Store


def read_addition(fact: TasksAdded, store: Store) -> Addition:
    """Read how added tasks were planned. Blocking: call it off the event loop."""
    return from_json(Addition, store.get(fact.addition_digest))


def read_change(fact: PlanChanged, store: Store) -> Change:
    """Read how changed tasks are planned. Blocking: call it off the event loop."""
    return from_json(Change, store.get(fact.change_digest))


def amended_brief(digest: str, history: History, store: Store) -> Brief:
    """Give the brief as it is by now: the director's own, of that digest, or what the newest change made of it.

    Blocking.
    """
    if history.changes:
        return read_change(history.changes[-1], store).brief
    return from_json(Brief, store.get(digest))


def amended(plan: Plan, history: History, store: Store) -> Plan:
    """Give a plan with all that joined it, and its tasks as they were last changed. Blocking.

    What it has already is not added again.
    """
    if not history.additions and not history.changes:
        return plan
    tasks = {task.name: task for task in plan.tasks}
    findings = {finding.task: finding for finding in plan.preflight}
    new: list[Addition | Change] = [
        read_addition(fact, store) for fact in history.additions if tasks.keys().isdisjoint(fact.tasks)
    ]
    for one in (*new, *(read_change(fact, store) for fact in history.changes)):
        tasks |= {task.name: task for task in one.tasks}
        findings |= {finding.task: finding for finding in one.preflight}
    return replace(plan, tasks=tuple(tasks.values()), preflight=tuple(findings.values()))
