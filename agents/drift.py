"""Drift: how far an entity's accepted stills are from its reference, in the order of the cut. Pure."""

from collections.abc import Iterator, Mapping

from ..core.delivery import Drift, DriftPoint
from ..core.history import History
from ..core.plan import Plan, Task
from ..core.take import Score
from ..core.task_record import TaskRecord


def drifts(plan: Plan, history: History) -> tuple[Drift, ...]:
    """Give the curve of every entity whose reference has a picture and with which an accepted still was compared."""
    places = _places(plan)
    tasks = sorted(plan.tasks, key=lambda task: places.get(task.name, len(plan.shots)))
    points: dict[tuple[str, str], list[DriftPoint]] = {}
    for task in tasks:
        for entity, reference, point in _points(task, history):
            points.setdefault((entity, reference), []).append(point)
    found = []
    for (entity, reference), curve in points.items():
        record = history.tasks.get(reference, TaskRecord())
        standing = record.accepted.take if record.accepted else record.unfinished.best if record.unfinished else ""
        if standing:
            is_accepted = record.accepted is not None
            found.append(
                Drift(
                    entity=entity,
                    reference=reference,
                    reference_take=standing,
                    is_accepted=is_accepted,
                    points=tuple(curve),
                )
            )
    return tuple(found)


def _points(task: Task, history: History) -> Iterator[tuple[str, str, DriftPoint]]:
    """Give entity, task of the reference and likeness for what an accepted still was compared with."""
    record = history.tasks.get(task.name, TaskRecord())
    if record.accepted is None:
        return
    # Scores against a later reference were given later.
    opinions = [given for (digest, _), given in history.scores.items() if digest == record.accepted.digest]
    scores = {one.requirement: one.value for given in opinions for one in given if isinstance(one, Score)}
    for requirement in task.requirements:
        if requirement.kind == "continuity" and requirement.id in scores:
            likeness = round(scores[requirement.id], 4)
            yield (
                task.entity or "",
                requirement.value,
                DriftPoint(task=task.name, take=record.accepted.take, likeness=likeness),
            )


def _places(plan: Plan) -> Mapping[str, int]:
    """Give for every task that a shot shows, or that goes into what a shot shows, the place of the first such shot."""
    inputs = {task.name: task.inputs for task in plan.tasks}
    places: dict[str, int] = {}
    for place, shot in enumerate(plan.shots):
        waiting = [shot.from_task]
        while waiting:
            name = waiting.pop()
            if name not in places:
                places[name] = place
                waiting += inputs[name]
    return places
