"""What people order about the work: which tasks their words mean, who goes first, and what is in force. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..core.decision import Order
from ..core.errors import UnknownName
from ..core.history import History
from ..core.names import names_to_offer
from ..core.plan import Plan, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """An order that still holds, for some of its tasks at least."""

    order: Order
    tasks: tuple[str, ...]
    """Those it still holds for."""

    @property
    def says(self) -> str:
        """Tell a person who ordered what."""
        done = {"pause": "paused", "cancel": "cancelled", "prioritise": "goes first", "resume": "goes on"}
        note = f" ({self.order.note})" if self.order.note else ""
        return f"{done[self.order.kind]}: {named(self.order.what)}, by {self.order.by}{note}"


def named(what: str) -> str:
    """Call what an order is about by a name, also where that is everything."""
    return what or "the whole production"


def meant(what: str, plan: Plan) -> tuple[str, ...]:
    """List the tasks a word means: a task, all variations of one, a shot or a department; an empty word, all of them.

    Where one name is several of these it is the first; `shot:` or `department:` before it says which.

    Raises:
        UnknownName: it is none of them; names those there are, the closest first.
    """
    if not what:
        return tuple(task.name for task in plan.tasks)
    kind, _, name = what.rpartition(":")
    found = [tasks for asked, tasks in _readings(name, plan) if tasks and kind in ("", asked)]
    if not found:
        known = [*(team.name for team in plan.departments), *(task.name for task in plan.tasks)]
        known += [shot.code for shot in plan.shots]
        raise UnknownName("task, shot or department", what, names_to_offer(name, known))
    return found[0]


def _readings(name: str, plan: Plan) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "task", tuple(task.name for task in plan.tasks if task.name == name)
    yield "task", tuple(task.name for task in plan.tasks if task.name.startswith(f"{name}__"))
    shown = {shot.from_task for shot in plan.shots if shot.code == name}
    yield "shot", tuple(task.name for task in plan.tasks if task.shot == name or task.name in shown)
    yield "department", tuple(task.name for task in plan.tasks if task.department == name)


def urgencies(chain: Mapping[str, float], orders: Sequence[Order], tasks: Mapping[str, Task]) -> dict[str, float]:
    """Put what was prioritised, and all it is made from, ahead of the rest; the newest order goes first.

    However many orders there are, nothing gets to more than twice the longest chain: what a person waits for in front
    of the screen is more urgent still.

    Args:
        chain: seconds of the longest chain that starts with each task; decides among equals.
        orders: all that were given, oldest first.
        tasks: the whole plan's, by name.

    >>> from ..core.plan import Task
    >>> tasks = {name: Task(name=name, department="d", make="still") for name in ("short", "long")}
    >>> order = Order(kind="prioritise", what="short", tasks=("short",), by="Ada")
    >>> urgencies({"short": 1.0, "long": 5.0}, [order], tasks)
    {'short': 7.0, 'long': 5.0}
    """
    step, first = max(chain.values(), default=0.0) + 1.0, [one for one in orders if one.kind == "prioritise"]
    rank: dict[str, int] = {}
    for number, order in enumerate(first):
        rank |= dict.fromkeys(_with_sources(order.tasks, tasks), number)
    ahead = {name: step + (step * number + chain[name]) / len(first) for name, number in rank.items()}
    return {**chain, **ahead}


def _with_sources(names: Sequence[str], tasks: Mapping[str, Task]) -> set[str]:
    found: set[str] = set()
    waiting = [name for name in names if name in tasks]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(tasks[name].inputs)
    return found


def in_force(history: History) -> tuple[InForce, ...]:
    """List the orders that still hold, oldest first; a task follows the newest word about it."""
    standing = (InForce(order=one, tasks=tuple(_held(one, history))) for one in history.orders)
    return tuple(one for one in standing if one.tasks)


def _held(order: Order, history: History) -> Iterator[str]:
    for name in order.tasks:
        record = history.tasks[name]
        is_open = record.accepted is None and record.unfinished is None
        if record.paused is order or record.cancelled is order or (order.kind == "prioritise" and is_open):
            yield name
