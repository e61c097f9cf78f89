"""The floor of a running production: its schedule, and an ear for what people decide and order meanwhile.

Whatever another process writes into the journal is heard within a second, and only there: an answer, a file brought in,
an order, tasks that join. What is heard lets tasks be run again; what a task then does, its own graph reads off the
journal.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import nullcontext, suppress

import structlog

from ..agents.delegation import widened
from ..agents.reviser import best_attempt
from ..core.call import Call
from ..core.course import CourseDecided
from ..core.crew import Crew
from ..core.decision import Order
from ..core.errors import StaleDecision
from ..core.fact import (
    DecisionTaken,
    Entry,
    Fact,
    LeaseTaken,
    MoneyMoved,
    OrderGiven,
    PlanChanged,
    TakeMade,
    TasksAdded,
    TaskUnfinished,
)
from ..core.money import to_usd
from ..core.plan import Department, Task
from ..core.ports import Biddable
from ..core.timing import chain_seconds
from .amendments import read_addition, read_change
from .foresight import Foresight
from .orders import urgencies
from .reallotting import money_moves
from .schedule import Schedule
from .stage import Stage
from .standing import ENDED, attempts_of, current_takes, input_digests, step_of
from .steering import Steering
from .task import task_graph

log = structlog.get_logger()

LISTENS_EVERY_SECONDS = 0.5
LIVE_PER_WORKER = 3
"""Tasks in the works for every call that can run at once: one is made, the others are looked at, journalled, or next
in line."""
LEAST_LIVE = 12
_AT_ONCE = 200
"""Facts in one transaction."""


def most_live(crew: Crew) -> int:
    """Say how many tasks may be in the works: enough to keep every worker busy, and no more.

    What is in the works beyond that only waits in line at a worker, where a pause or another order comes too late.

    >>> most_live(Crew(name="laptop", makers=(), critics=(), cores=2))
    12
    >>> most_live(Crew(name="cluster", makers=(), critics=(), cores=500))
    1500
    """
    on_cores = [maker for maker in crew.makers if maker.device == "cpu"]
    elsewhere = [maker for maker in crew.makers if maker.device != "cpu"]
    # A line of workers of one maker must not keep the others' tasks out, so every line counts.
    at_once = sum(min(maker.replicas_max, crew.cores) * maker.batch for maker in on_cores)
    at_once = max(at_once, crew.cores) + sum(maker.replicas_max * maker.batch for maker in elsewhere)
    return max(LEAST_LIVE, LIVE_PER_WORKER * at_once)


class Floor:
    """Runs every task of a stage, each as soon as it can, until nobody has anything left to do."""

    def __init__(
        self,
        stage: Stage,
        departments: Sequence[Department],
        seconds_of: Callable[[Task], float],
        listens_every: float = LISTENS_EVERY_SECONDS,
        *,
        stays: bool = True,
    ) -> None:
        """Prepare the floor.

        Args:
            stage: tasks that join are added to its `tasks`, and its `chain` is kept up to date.
            departments: with their shares.
            seconds_of: expected seconds of one task.
            listens_every: seconds between two looks into the journal.
            stays: whether it waits for work that was paused in front of it to be resumed.
        """
        self._stage, self._departments, self._seconds_of = stage, departments, seconds_of
        self._listens_every, self._stays = listens_every, stays
        self._steering = Steering(stage, stage.delegation) if stage.delegation else None
        self._graph = task_graph(stage, self._steering.look if self._steering else None)
        self._heard = _beginning(stage.journal.history.entries)
        self._hearing = asyncio.Lock()
        self._stirred = asyncio.Event()
        self._pauses: list[Order] = []
        """Those given since this process drives."""
        self._chain: dict[str, float] = {}
        self._foresight = Foresight(stage, seconds_of)

    async def run(self) -> None:
        """Run until nothing is due; while work is paused that was paused in front of us, stay and listen.

        May be run again: what was heard before is not heard again.
        """
        self._measure_chains()
        await self._end_cancelled(self._stage.tasks)
        self._schedule = Schedule(
            tuple(self._stage.tasks.values()),
            self._run_task,
            rooms={department.name: department.workers for department in self._departments},
            chain=self._stage.chain,
            live=most_live(self._stage.crew),
        )
        self._foresight.expect(task for task in self._stage.tasks.values() if not self._has_ended(task))
        async with asyncio.TaskGroup() as group:
            self._schedule.start(group)
            ear = group.create_task(self._listen())
            try:
                await self._until_done()
            finally:
                ear.cancel()

    async def _until_done(self) -> None:
        while True:
            await self._schedule.idle()
            self._stirred.clear()
            if await self._hear(at_the_end=True) or self._stirred.is_set():
                continue
            if await self._steer() or await self._move_money():
                continue
            await self._put_questions()
            if not (self._stays and self._waits_for_resume()):
                return
            log.info("production_paused")
            await self._stirred.wait()

    async def _move_money(self) -> bool:
        """Give what is left over to tasks that ended for want of money, and open them again; say whether any was."""
        policy = self._stage.delegation
        async with self._steering.looking if self._steering else nullcontext():
            if self._steering and policy and not policy.move_money:
                await self._steering.ask_about_money()
                return False
            moves = money_moves(self._stage)
            if not moves:
                return False
            await self._stage.journal.record(*moves)  # at once: half of them, and a restart would find other moves
        log.info("money_moved", tasks=len(moves), usd=to_usd(sum(move.micros for move in moves)))
        self._wake(move.task for move in moves)
        return True

    async def _steer(self) -> bool:
        """Have the director agent look up from the work, where it is told to; say whether there was anything to see."""
        return self._steering is not None and await self._steering.look()

    async def _put_questions(self) -> None:
        if self._steering:
            await self._steering.put_questions()

    async def _run_task(self, name: str) -> bool:
        """Run a task until nothing is due, also for what a person decided meanwhile; say whether anything was."""
        task, was_due = self._stage.tasks[name], False
        while self._is_due(name):
            was_due = True
            rounds = widened(task.gate, self._stage.delegation).rounds
            await self._graph.ainvoke({"task": name}, {"recursion_limit": 20 + 8 * (rounds + 1)})
        self._foresight.ended(name)
        return was_due

    async def _listen(self) -> None:
        while True:
            await asyncio.sleep(self._listens_every)
            if self._stage.is_stopped():
                self._withdraw({call.token for call in self._sent_calls()}, "spending is stopped on this machine")
            await self._hear()

    async def _hear(self, *, at_the_end: bool = False) -> bool:
        """Take in what was written since the last time; say whether any of it was for us."""
        async with self._hearing:
            entries = self._stage.journal.history.entries
            # Writing brings what others wrote along, so a busy production need not ask for it.
            if at_the_end or len(entries) == self._heard:
                await self._stage.journal.refresh()
            news, self._heard = entries[self._heard :], len(entries)
            heard = [await self._take_in(entry.fact) for entry in news]
            if any(heard):
                self._stirred.set()
            return any(heard)

    async def _take_in(self, fact: Fact) -> bool:
        match fact:
            case DecisionTaken(task=task) | TakeMade(task=task, key=""):
                self._wake([task])
            case OrderGiven(order=order):
                await self._obey(order)
            case TasksAdded():
                await self._join(fact)
            case PlanChanged():
                await self._change(fact)
            case CourseDecided():
                await self._steer()
            case MoneyMoved(task=task):
                self._wake([task])
            case _:
                return False
        return True

    async def _obey(self, order: Order) -> None:
        log.info("order_heard", kind=order.kind, what=order.what, by=order.by)
        match order.kind:
            case "pause":  # whatever runs sees it in the journal before its next take
                self._pauses.append(order)
                self._withdraw_calls(order)
            case "resume":
                self._wake(order.tasks)
            case "cancel":
                self._withdraw_calls(order)
                await self._end_cancelled(order.tasks)
                self._wake(order.tasks)
            case "prioritise":
                self._order_chains()
                self._schedule.reorder()
                self._hurry_calls()

    def _hurry_calls(self) -> None:
        """Tell the workers what is urgent now, also of what waits in line there."""
        if isinstance(self._stage.workers, Biddable):
            self._stage.workers.hurry({call.token: self._stage.urgency_of(call.task) for call in self._sent_calls()})

    def _withdraw_calls(self, order: Order) -> None:
        """Take back what waits in line at the workers; it is not paid for, and asked for again once work goes on."""
        about = frozenset(order.tasks)
        self._withdraw({call.token for call in self._sent_calls() if call.task in about}, f"{order.kind} by {order.by}")

    def _withdraw(self, tokens: Collection[str], why: str) -> None:
        if tokens and isinstance(self._stage.workers, Biddable):
            self._stage.workers.withdraw(tokens, why)

    def _sent_calls(self) -> list[Call]:
        return [call for call in self._stage.journal.history.calls.values() if call.state == "sent"]

    async def _join(self, fact: TasksAdded) -> None:
        addition = await asyncio.to_thread(read_addition, fact, self._stage.store)
        new = [task for task in addition.tasks if task.name not in self._stage.tasks]
        self._stage.tasks.update((task.name, task) for task in new)
        self._measure_chains()
        self._foresight.expect(new)
        self._schedule.add(new)

    async def _change(self, fact: PlanChanged) -> None:
        """Go on with tasks as they are from now on; until then none of them has anything new made."""
        change = await asyncio.to_thread(read_change, fact, self._stage.store)
        log.info("plan_changed", number=fact.number, tasks=len(change.tasks), by=fact.by)
        self._stage.change(change.tasks, fact.number)
        self._measure_chains()
        self._foresight.expect(change.tasks)
        self._wake(fact.tasks)

    def _wake(self, names: Iterable[str]) -> None:
        self._schedule.wake(name for name in names if name in self._stage.tasks and self._is_due(name))

    def _is_due(self, name: str) -> bool:
        is_current = self._stage.is_current(name)
        return is_current and step_of(self._stage.tasks[name], self._stage.journal.history) not in ENDED

    def _has_ended(self, task: Task) -> bool:
        step = step_of(task, self._stage.journal.history)
        return step != "blocked" and step in ENDED

    def _measure_chains(self) -> None:
        self._chain = chain_seconds(tuple(self._stage.tasks.values()), self._seconds_of)
        self._order_chains()

    def _order_chains(self) -> None:
        orders = self._stage.journal.history.orders
        self._stage.chain.update(urgencies(self._chain, orders, self._stage.tasks))

    def _waits_for_resume(self) -> bool:
        history, pauses = self._stage.journal.history, {id(order) for order in self._pauses}
        return any(
            id(history.tasks[name].paused) in pauses and step_of(task, history) == "paused"
            for name, task in self._stage.tasks.items()
        )

    async def _end_cancelled(self, names: Iterable[str]) -> None:
        """End what was cancelled, each task with its best take; what is being made for it is kept when it comes."""
        asked, records = list(names), self._stage.journal.history.tasks
        for start in range(0, len(asked), _AT_ONCE):
            while ends := [end for name in asked[start : start + _AT_ONCE] if (end := self._end_of(name))]:
                with suppress(StaleDecision):  # somebody wants one of them after all; the others end
                    seen = [records[end.task].as_seen(end.task) for end in ends]
                    await self._stage.journal.record(*ends, seen=seen)

    def _end_of(self, name: str) -> TaskUnfinished | None:
        history = self._stage.journal.history
        task, record = self._stage.tasks.get(name), history.tasks[name]
        if task is None or not record.cancelled or step_of(task, history) != "unfinished":
            return None
        if record.is_omitted or (record.unfinished and record.unfinished.cause == "cancelled"):
            return None
        inputs = input_digests(task, history)
        attempts = attempts_of(record, current_takes(record, inputs))
        best = best_attempt(attempts).take if attempts else ""
        why = f"cancelled by {record.cancelled.by}"
        if record.cancelled.note:
            why = f"{why}: {record.cancelled.note}"
        return TaskUnfinished(task=name, why=why, best=best, cause="cancelled", inputs=inputs or ())


def _beginning(entries: Sequence[Entry]) -> int:
    """Find where the present process took the wheel; where nobody did, what is there was heard."""
    for place in range(len(entries) - 1, -1, -1):
        if isinstance(entries[place].fact, LeaseTaken):
            return place
    return len(entries)
