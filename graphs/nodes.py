"""The nodes of the task graph: each fetches facts, makes one pure decision, records the outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal, NotRequired, TypedDict, cast

from langgraph.graph import END
from langgraph.types import Command

from ..agents.delegation import accepting, is_over_rounds, widened
from ..agents.qc import judge
from ..agents.reviser import Attempt, best_attempt, revise
from ..agents.router import Route, route
from ..core.brief import Delegation
from ..core.decision import Accept, Ask, Move, Region, Repair, Reseed, Retry, Stop
from ..core.errors import (
    BudgetExceeded,
    CapReached,
    ChatFailed,
    MakerFailed,
    SpendingStopped,
    StaleDecision,
    WorkerLost,
)
from ..core.fact import (
    Fact,
    MoveChosen,
    QuestionAsked,
    TakeJudged,
    TakePublished,
    TakeScored,
    TaskUnfinished,
)
from ..core.money import to_micros
from ..core.plan import Gate, Requirement, Task
from ..core.take import Opinion, Take
from ..core.task_record import AsSeen, TaskRecord
from .advice import in_other_words, looked_by_chat
from .call import call_maker
from .stage import Stage
from .standing import ENDED, Step, attempts_of, current_takes, input_digests, left_usd, moves_of, where
from .tries import End, Tries


class TaskState(TypedDict):
    """What travels along the edges: a name and where the task stands."""

    task: str
    step: NotRequired[Step]
    """Where the task stood when the run ended."""


_Circumstances = tuple[int, int, tuple[str, ...], int]
"""Takes so far, where the round began, the inputs, and as of which change of the plan: what a choice of maker rests on,
all else being the plan's."""

BeforeTake = Callable[[], Awaitable[object]]
"""Looks up from the work before anything new is made."""

Onward = Command[str]
"""Which node is due; a node says so itself, for an edge that is asked costs as much as a node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskNodes:
    """One production's nodes."""

    stage: Stage
    before_take: BeforeTake | None = None
    _chosen: dict[str, tuple[_Circumstances, Route]] = field(init=False, default_factory=dict)
    """What `route` chose, by task, for `make` to carry out under the same circumstances."""

    async def enter(self, state: TaskState) -> Onward:
        """Find out where the task stands."""
        return _onward(self._where(state))

    async def route(self, state: TaskState) -> Onward:
        """Find out whether the next attempt can be made; what is chosen is journalled with its reservation."""
        if self.before_take:
            await self.before_take()
        if (step := self._where(state)) != "route":
            return _onward(step)
        task, record = self._look_up(state)
        chosen = self._route(task, record)
        if chosen is None:
            why = f"nobody on the crew makes a {task.make}"
            return await self._give_up(state, why, "maker", record.as_seen(task.name))
        price, left = chosen.maker.usd or 0.0, left_usd(task, record, self._takes(task, record))
        if to_micros(price) > to_micros(left):
            why = f"a take costs {price:.4f} USD and {left:.4f} of its money is left"
            return await self._give_up(state, why, "money", record.as_seen(task.name))
        self._chosen[task.name] = (self._circumstances(task, record), chosen)
        return _onward("make")

    async def make(self, state: TaskState) -> Onward:
        """Reserve, call, store, settle; tried again as often as its faults allow."""
        tries = Tries(most=self.stage.call_tries)
        while True:
            task, record = self._look_up(state)
            chosen, seen = self._carried_out(task, record), record.as_seen(task.name)
            if chosen is None or self._where(state) != "route":
                return _onward(self._where(state))
            try:
                await call_maker(self.stage, task, len(record.takes) + 1, chosen)
            except (WorkerLost, MakerFailed) as error:
                if end := tries.end_after(error):
                    return await self._give_up(state, str(error), end, seen)
            except BudgetExceeded as error:
                return await self._end_unpaid(state, error, seen)
            except StaleDecision:  # a person decided, or brought a file in, meanwhile; the graph goes on from there
                return _onward(self._where(state))
            else:
                return _onward(self._where(state))

    async def inspect(self, state: TaskState) -> Onward:
        """Have the panel look at the last take, unless it already did, and conclude, in one transaction."""
        if (step := self._where(state)) != "inspect":
            return _onward(step)
        task, record = self._look_up(state)
        take = self._takes(task, record)[-1]
        references, seen = self._references(task), record.as_seen(task.name)
        panel = self.stage.panel_of(task, references)
        facts: list[Fact] = []
        opinions = self.stage.journal.history.scores.get((take.digest, panel))
        if opinions is None:
            earlier = [one.fingerprint for one in record.takes[: take.number - 1] if one.fingerprint]
            asked = _asked(task.requirements, take, references)
            try:
                opinions = await self._looked(task, take.digest, asked, earlier, (*references, *_style_of(task)))
                opinions += await looked_by_chat(self.stage, task, take.digest, asked, opinions)
            except (WorkerLost, ChatFailed) as error:
                return await self._give_up(state, f"nobody could look at it: {error}", "world", seen)
            facts.append(TakeScored(task=task.name, take=take.id, digest=take.digest, panel=panel, opinions=opinions))
        verdict = judge(take.id, task.requirements, opinions, floor=task.gate.floor)
        verdict = replace(verdict, compared_with=references)
        await self.stage.journal.record(*facts, TakeJudged(task=task.name, verdict=verdict))
        return _onward(self._where(state))

    async def move(self, state: TaskState) -> Onward:
        """Choose what happens next and, where that ends the task, end it in the same transaction."""
        if (step := self._where(state)) != "move":
            return _onward(step)
        task, record = self._look_up(state)
        takes, inputs = self._takes(task, record), self._inputs(task) or ()
        attempts, seen = attempts_of(record, takes), record.as_seen(task.name)
        move, by = self._next(task, attempts, left_usd(task, record, takes))
        if isinstance(move, Repair):
            move = await self._masked(move, record)
        move = await in_other_words(self.stage, move, task, record, takes)
        facts: list[Fact] = [MoveChosen(task=task.name, take=takes[-1].id, move=move, by=by)]
        match move:
            case Accept(take=best):
                facts.append(_publish(record, best, "gate", inputs))
            case Ask():
                policy, spent = self.stage.delegation, sum(take.usd for take in takes)
                facts.append(_asked_or_answered(record, move, attempts, policy, spent_usd=spent, inputs=inputs))
            case Stop(why=why, best=best, cause=cause):
                facts.append(TaskUnfinished(task=task.name, why=why, best=best, cause=cause, inputs=inputs))
        return await self._conclude(state, facts, seen)

    async def publish(self, state: TaskState) -> Onward:
        """Publish what a person approved."""
        task, record = self._look_up(state)
        if record.approval and (take := next((t for t in record.takes if t.digest == record.approval.digest), None)):
            by = f"person:{record.approval.by}"
            published = _publish(record, take.id, by, self._inputs(task) or ())
            return await self._conclude(state, [published], record.as_seen(task.name))
        return _onward(self._where(state))

    async def omit(self, state: TaskState) -> Onward:
        """Leave a task out because a person said so."""
        task, record = self._look_up(state)
        if record.approval:
            why = f"omitted by {record.approval.by}"
            ended = TaskUnfinished(task=task.name, why=why, cause="omitted")
            return await self._conclude(state, [ended], record.as_seen(task.name))
        return _onward(self._where(state))

    def _next(self, task: Task, attempts: Sequence[Attempt], left: float) -> tuple[Move, str]:
        """Have the reviser choose; where the task's own rounds are used up, with a policy's: then that one is named."""
        given, policy = task.gate, self.stage.delegation
        move = self._revised(task, attempts, left, given)
        if policy is None or widened(given, policy) == given or not is_over_rounds(move, attempts, given):
            return move, ""
        more = self._revised(task, attempts, left, widened(given, policy))
        return (more, "policy:retake_up_to") if isinstance(more, Retry) else (move, "")

    def _revised(self, task: Task, attempts: Sequence[Attempt], left: float, gate: Gate) -> Move:
        return revise(
            attempts,
            gate=gate,
            ladder=self.stage.ladder(task),
            left_usd=left,
            reseeds=task.make == "still",
            requirements=task.requirements,
        )

    async def _masked(self, move: Repair, record: TaskRecord) -> Repair | Reseed:
        """Draw the mask of a repair and keep it; where nothing can be told from its backdrop, another seed it is."""
        picture = cast("Take", record.take(move.take)).digest
        data = await asyncio.to_thread(self.stage.store.get, picture)
        mask = await asyncio.to_thread(_mask_of, data, move.region)
        if mask is None:
            return Reseed(why=f"{move.why}; found no {move.region} to repair")
        return replace(move, picture=picture, mask=await asyncio.to_thread(self.stage.store.put, mask))

    async def _looked(
        self,
        task: Task,
        digest: str,
        requirements: Sequence[Requirement],
        earlier: Sequence[str],
        references: Sequence[str],
    ) -> tuple[Opinion, ...]:
        """Have the panel look; a lost worker is tried again."""
        picture = self.stage.just_made.pop(digest, b"") or await asyncio.to_thread(self.stage.store.get, digest)
        shown = {one: await asyncio.to_thread(self.stage.store.get, one) for one in references}
        urgency = self.stage.urgency_of(task.name)
        for _ in range(self.stage.call_tries - 1):
            with suppress(WorkerLost):
                return await self.stage.workers.look(picture, requirements, earlier, shown, urgency=urgency)
        return await self.stage.workers.look(picture, requirements, earlier, shown, urgency=urgency)

    def _look_up(self, state: TaskState) -> tuple[Task, TaskRecord]:
        return self.stage.tasks[state["task"]], self.stage.journal.history.tasks[state["task"]]

    def _inputs(self, task: Task) -> tuple[str, ...] | None:
        return input_digests(task, self.stage.journal.history)

    def _references(self, task: Task) -> tuple[str, ...]:
        """Give the picture that its entity must look like, where the task has such a requirement."""
        compares = any(one.kind == "continuity" for one in task.requirements)
        return (self._inputs(task) or ()) if compares else ()

    def _takes(self, task: Task, record: TaskRecord) -> list[Take]:
        return current_takes(record, self._inputs(task))

    def _route(self, task: Task, record: TaskRecord) -> Route | None:
        takes = self._takes(task, record)
        return route(
            task,
            self.stage.crew,
            attempt=len(record.takes) + 1,
            seed=self.stage.seed,
            inputs=self._inputs(task) or (),
            moves=moves_of(record, takes),
            prefers=self.stage.prefers.get(task.department, ()),
            left_usd=left_usd(task, record, takes),
            aspect=self.stage.aspect,
            odds=self.stage.odds,
        )

    def _carried_out(self, task: Task, record: TaskRecord) -> Route | None:
        """Give what `route` chose, or choose again where its circumstances are gone."""
        before, chosen = self._chosen.pop(task.name, (None, None))
        return chosen if before == self._circumstances(task, record) else self._route(task, record)

    def _circumstances(self, task: Task, record: TaskRecord) -> _Circumstances:
        changed = self.stage.changed.get(task.name, 0)
        return len(record.takes), record.reopened_at, self._inputs(task) or (), changed

    def _where(self, state: TaskState) -> Step:
        task, record = self._look_up(state)
        return where(record, self._inputs(task)) if self.stage.is_current(task.name) else "blocked"

    async def _end_unpaid(self, state: TaskState, error: BudgetExceeded, seen: AsSeen) -> Onward:
        """End a task that nothing may be spent on, unless whoever stopped the spending has it wait."""
        if not isinstance(error, CapReached | SpendingStopped):
            return await self._give_up(state, str(error), "money", seen)
        await self.stage.journal.refresh()
        step = self._where(state)
        # No money of another task helps, but another day may, or a person's word: the next run asks again.
        return await self._give_up(state, str(error), "world", seen) if step == "route" else _onward(step)

    async def _give_up(self, state: TaskState, why: str, cause: End | Literal["money"], seen: AsSeen) -> Onward:
        """End it for a reason that was found when it was last seen so."""
        task, record = self._look_up(state)
        attempts, inputs = attempts_of(record, self._takes(task, record)), self._inputs(task) or ()
        best = best_attempt(attempts).take if attempts else ""
        ended = TaskUnfinished(task=task.name, why=why, best=best, cause=cause, inputs=inputs)
        return await self._conclude(state, [ended], seen)

    async def _conclude(self, state: TaskState, facts: Sequence[Fact], seen: AsSeen) -> Onward:
        """Write down what follows from how the task was seen; where a person was faster, this run of it ends there."""
        try:
            await self.stage.journal.record(*facts, seen=[seen])
        except StaleDecision:  # whoever runs it runs it again while anything is due
            return Command(goto=END, update={"step": self._where(state)})
        return _onward(self._where(state))


def _mask_of(picture: bytes, region: Region) -> bytes | None:
    from ..models.segmentation import repair_mask  # loads NumPy, which the driver needs for nothing else

    return repair_mask(picture, region)


def _onward(step: Step) -> Onward:
    return Command(goto=END, update={"step": step}) if step in ENDED else Command(goto=step)


def _asked(requirements: Sequence[Requirement], take: Take, references: Sequence[str]) -> list[Requirement]:
    """Tell the size check which size the recipe asked for, and continuity which picture is the reference."""
    size = f"{take.recipe.width}x{take.recipe.height}" if take.recipe and take.recipe.make == "still" else "any"
    told = [replace(one, value=size) if one.id == "technical:size" else one for one in requirements]
    return [replace(one, value=references[0]) if references and one.kind == "continuity" else one for one in told]


def _style_of(task: Task) -> Sequence[str]:
    """Give the pictures of the look, where the task wishes for their style."""
    return [digest for one in task.requirements if one.id == "style:references" for digest in one.value.split(",")]


def _publish(record: TaskRecord, take_id: str, accepted_by: str, inputs: tuple[str, ...]) -> TakePublished:
    take = cast("Take", record.take(take_id))
    return TakePublished(
        task=take.task,
        take=take.id,
        digest=take.digest,
        version=len(record.publishes) + 1,
        accepted_by=accepted_by,
        inputs=inputs,
    )


def _asked_or_answered(
    record: TaskRecord,
    ask: Ask,
    attempts: Sequence[Attempt],
    policy: Delegation | None,
    *,
    spent_usd: float,
    inputs: tuple[str, ...],
) -> Fact:
    """Put a question before the director, unless they said beforehand what becomes of it."""
    if by := accepting(attempts, policy, spent_usd=spent_usd):
        best = best_attempt(attempts).take
        return _publish(record, best, by, inputs)
    take = cast("Take", record.take(ask.best))
    if policy and policy.ask == "never":
        why = f"nobody was asked: {ask.question}"
        return TaskUnfinished(task=take.task, why=why, best=take.id, inputs=inputs, by="policy:ask")
    return QuestionAsked(
        task=take.task,
        take=take.id,
        digest=take.digest,
        round=len(record.decisions),
        question=ask.question,
        is_held=policy is not None and policy.ask == "digest",
    )
