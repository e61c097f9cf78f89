"""One line of workers of one kind and the calls that wait for them: who gets what, deadlines, answers and blame."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Hashable, Iterable, Mapping, Sequence
from math import isfinite, isinf
from typing import Final, Generic

import structlog

from ...core.errors import (
    CallsheetError,
    CallWithdrawn,
    MakerBroke,
    OutOfMemory,
    ServiceAway,
    ServiceBusy,
    WorkerLost,
    WorldError,
)
from ...core.progress import Lineup
from .blame import Blame
from .choice import fittest, gathering_seconds, leaving_seconds
from .hand import A, Hand, Job, Place, Q, ask
from .memory import Memory
from .placement import URGENT, Standing
from .pulse import Beating, until_gone, until_lost
from .queue import Call, Queue
from .restraint import Restraint
from .room import Room
from .staff import Post, Staff
from .terms import Terms

log = structlog.get_logger()

_SENT_HOME: Final = "the workers were sent home"
_START_TRIES: Final = 3
"""Of the first workers, before the first call."""


class Line(Generic[Q, A]):
    """Workers of one kind, hired on demand, one go each at a time; the most urgent call is served first."""

    def __init__(self, name: str, hire: Callable[[str, Place], Hand[Q, A]], room: Room, terms: Terms) -> None:
        self.name, self.terms = name, terms
        self._room = room
        self._staff = Staff[Q, A](name=name, hire=hire, room=room, terms=terms, load_seconds=terms.load_seconds)
        self._queue = Queue[Q, A]()
        self._blame, self._memory, self._restraint = Blame(name), Memory(name, terms.batch), Restraint()
        self._chores: set[asyncio.Task[None]] = set()
        room.join(self)
        self.away = ""
        """Why its service cannot be reached; empty while it can, or there is none."""
        self.foreseen_seconds = 0.0
        """Nominal seconds of work still to come, as far as anybody told."""

    @property
    def size(self) -> int:
        """How many workers are up."""
        return len(self._staff.posts)

    @property
    def lineup(self) -> Lineup:
        """Say who works and what waits."""
        staff = self._staff
        up, idle, waiting = len(staff.posts), len(staff.idle), len(self._queue)
        return Lineup(maker=self.name, up=up, busy=up - idle, loading=staff.loading, waiting=waiting)

    @property
    def tokens(self) -> Iterable[str]:
        """Name the calls that wait."""
        return self._queue.tokens

    @property
    def load_seconds(self) -> float | None:
        """Of one worker, on average; None while none has loaded."""
        loads = self._staff.loads
        return sum(loads) / len(loads) if loads else None

    async def open(self, at_least: int) -> None:
        """Bring workers up, together, before the first call, as far as there is room; raises what kept one from it."""
        missing = min(at_least, self.terms.at_most) - len(self._staff.posts) - self._staff.loading
        async with asyncio.TaskGroup() as group:
            for _ in range(missing):
                if (place := self._room.free_place(self)) is None:
                    if not self._room.has_place_for(self) and not self._room.may_grow:
                        raise self._room.why_not(self)
                    break
                group.create_task(self._open_one(place, self._staff.expect(place)))
        self._room.settle()

    async def call(self, asked: Q, *, token: str, urgency: float = 0.0, task: str = "", alike: Hashable = None) -> A:
        """Have the next free worker do something, the most urgent call first.

        Args:
            asked: what a worker is given.
            token: of this try; the answer must carry it.
            urgency: highest first; from `URGENT` on, a person waits.
            task: whose work it is, however often it is tried; empty: nobody is blamed.
            alike: calls that are equal in this may be done in one go; None: it goes alone.

        Raises:
            WorkerLost: the worker died, hung or answered another call; another one takes its place.
            CallsheetError: the refusal it answered with, what kept every worker from loading, or that this task has
                taken too many workers along.
        """
        if self._staff.is_closed:
            raise WorkerLost(self.name, _SENT_HOME)
        if refusal := self._blame.refusal(task):
            raise refusal
        loop = asyncio.get_running_loop()
        call = Call[Q, A](
            job=Job(token, asked),
            urgency=urgency,
            task=task,
            alike=None if self._blame.is_suspect(task) else alike,
            came=loop.time(),
            answer=loop.create_future(),
            avoids=self._blame.avoided(task),
        )
        self._queue.push(call)
        self._room.settle()
        try:
            return await call.answer
        finally:
            self._queue.discard(call)

    def hurry(self, urgencies: Mapping[str, float]) -> None:
        """Give calls that wait another urgency, higher or lower, by their tokens."""
        self._queue.hurry(urgencies)
        self._room.settle()

    def withdraw(self, tokens: Collection[str], why: str) -> None:
        """Take calls back that wait, by their tokens; their callers hear `CallWithdrawn`."""
        for call in self._queue.withdraw(tokens):
            call.fail(CallWithdrawn(self.name, why))

    def close(self) -> None:
        """Send everybody home; whoever waits hears `WorkerLost`."""
        waiting = [call for post in self._staff.posts for call in post.doing] + self._queue.empty()
        self._staff.close()
        for chore in list(self._chores):
            chore.cancel()
        for call in waiting:
            call.fail(WorkerLost(self.name, _SENT_HOME))

    # What the room asks of it.

    @property
    def urgency(self) -> float | None:
        """Of the most urgent call that an idle worker could take."""
        head = self._queue.peek() if self._staff.idle else None
        return head.urgency if head else None

    @property
    def is_short(self) -> bool:
        """Whether more calls wait than its idle and loading workers will take, and it may have more workers."""
        return self._unmet > 0 and self._staff.may_grow

    def standing(self) -> Standing:
        """Sum it up."""
        head, staff = self._queue.peek(), self._staff
        waits = {}
        if head is not None:
            waits = {"urgency": head.urgency, "waited_seconds": _now() - max(head.came, staff.without_since)}
        return Standing(
            line=self.name,
            work_seconds=self.terms.take_seconds * (len(self._queue) + staff.running / 2),
            foreseen_seconds=self.foreseen_seconds,
            unmet=self._unmet,
            take_seconds=self.terms.take_seconds,
            load_seconds=staff.load_seconds,
            speed=staff.speed,
            **waits,
        )

    def speed_at(self, place: Place) -> float | None:
        """Say how fast a worker there would be; None where too much went wrong."""
        return None if self._blame.is_bad(place.name) else self._room.speeds.expected(self.name, place.kind)

    def spare_speeds(self) -> Mapping[Place, Sequence[float]]:
        """Say where it has idle workers that it could do without now, and how fast each is."""
        found: dict[Place, list[float]] = {}
        for post in self._staff.spare(is_called=bool(self._queue)):
            found.setdefault(post.place, []).append(post.speed)
        return found

    def take_in(self, place: Place) -> None:
        """Start a worker there."""
        self._chore(self._start(place, self._staff.expect(place)))

    def give_up(self, place: Place) -> None:
        """Send home who has been idle longest of those there."""
        post = next(post for post in self._staff.spare(is_called=bool(self._queue)) if post.place == place)
        log.info("worker_swapped", worker=post.hand.name, place=place.name)
        self._staff.dismiss(post)

    def serve(self) -> bool:
        """Hand the most urgent call, with those like it, to the fastest idle worker; False when it had better wait."""
        staff, head = self._staff, self._queue.peek()
        post = fittest(staff.idle, head, workers=self._size, others=staff.posts) if head else None
        if head is None or post is None:
            return False
        most, now = 1 if head.urgency >= URGENT else self._memory.most(head.alike), _now()
        wait = self._restraint.wait_seconds(running=staff.running, now=now)
        if isinf(wait):
            return False
        wait = (
            wait
            or gathering_seconds(head, self._queue.count_alike(head), most, now)
            or leaving_seconds(post, staff, waiting=len(self._queue), take_seconds=self.terms.take_seconds, now=now)
        )
        if wait > 0:
            self._room.look_again(wait)
            return False
        calls = self._queue.pop(most)
        staff.set_to(post, calls)
        self._room.slots -= 1
        self._chore(self._attend(post, calls))
        return True

    def give_up_hope(self) -> None:
        """Refuse what waits when nobody is here to do it, and no machine that could take a worker is or will be."""
        staff, head = self._staff, self._queue.peek()
        if head is None or staff.posts or staff.loading or self._room.has_place_for(self):
            return
        left = head.came + self.terms.start_seconds - _now() if self._room.may_grow else 0.0
        if self._blame.forgive({call.task for call in self._queue if call.avoids}):
            self._room.look_again(0.0)  # all machines cannot be bad before it is known that the work is not
        elif left > 0:
            self._room.look_again(left)
        else:
            self._refuse(self._room.why_not(self))

    def _refuse(self, error: CallsheetError) -> None:
        for call in self._queue.empty():
            call.fail(error)

    @property
    def _size(self) -> int:
        return len(self._staff.posts) + self._staff.loading

    @property
    def _unmet(self) -> int:
        return len(self._queue) - self.terms.batch * (len(self._staff.idle) + self._staff.loading)

    async def _start(self, place: Place, expected: float) -> None:
        try:
            await self._bring_up(place, expected)
        except CallsheetError as error:
            log.warning("worker_start_failed", line=self.name, place=place.name, why=str(error))
            self._blame.failed_to_start(place.name)
            if not self._staff.posts and not self._staff.loading:
                self._refuse(error)
        self._room.settle()

    async def _open_one(self, place: Place, expected: float) -> None:
        """Bring a worker up; one that dies of it is tried again, for as long as one may take."""
        until = _now() + self.terms.start_seconds
        for _ in range(_START_TRIES - 1):
            try:
                return await self._bring_up(place, expected)
            except WorkerLost as error:
                if self._staff.is_closed or _now() >= until:
                    raise
                log.warning("worker_start_failed", line=self.name, place=place.name, why=str(error))
                expected = self._staff.expect(place)
        return await self._bring_up(place, expected)

    async def _bring_up(self, place: Place, expected: float) -> None:
        post = await self._staff.start(place, expected)
        if isfinite(self.terms.beat_seconds) and isinstance(post.hand, Beating):
            self._chore(self._watch(post, post.hand))

    async def _watch(self, post: Post[Q, A], heart: Beating) -> None:
        """Notice a worker that dies, hangs or is paused, whether it is at work or idle."""
        error = await until_lost(heart, self.terms.beat_seconds)
        if post.is_gone:
            return
        post.lost.set_result(error)
        if not post.doing:
            self._lost(post, (), error)
            self._room.settle()

    async def _attend(self, post: Post[Q, A], calls: Sequence[Call[Q, A]]) -> None:
        try:
            replies = await ask(post.hand, [call.job for call in calls], self.terms.call_seconds, post.lost)
        except WorldError as error:
            await self._put_away(post, error)
            self._lost(post, calls, error)
        else:
            self._answered(post, calls, [answer for _, answer in replies])
        finally:
            self._room.slots += 1
        self._room.settle()

    async def _put_away(self, post: Post[Q, A], error: WorldError) -> None:
        """End a worker, and wait until nothing of it can come back: it is known dead, or its lease and margin are over.

        Only then may its work be given to another. What is lost with the whole cluster is dead already.
        """
        post.hand.dismiss()
        if isinstance(post.hand, Beating) and isinstance(error, WorkerLost) and isfinite(self.terms.beat_seconds):
            is_dead = await until_gone(post.hand, self.terms.beat_seconds)
            if not is_dead:
                log.warning("worker_not_known_dead", worker=post.hand.name, place=post.place.name)

    def _lost(self, post: Post[Q, A], calls: Sequence[Call[Q, A]], error: WorldError) -> None:
        """Let go of a worker that is gone; when all are, with the cluster, no task is to blame."""
        worker, place = post.hand.name, post.place.name
        log.warning("worker_lost", worker=worker, place=place, why=str(error))
        self._staff.dismiss(post)
        for call in calls:
            if isinstance(error, WorkerLost):
                self._blame.lost(call.task, worker, place)
            call.fail(self._blame.refusal(call.task) or error)

    def _answered(self, post: Post[Q, A], calls: Sequence[Call[Q, A]], answers: Sequence[A | CallsheetError]) -> None:
        if not any(isinstance(answer, CallsheetError) for answer in answers):
            self._staff.note(post, self.terms.take_seconds)
        self._staff.rest(post)
        for call, answer in zip(calls, answers, strict=True):
            self.away = answer.what if isinstance(answer, ServiceAway) else ""
            if isinstance(answer, OutOfMemory):
                if not self._memory.ran_out(call, post.hand.name, len(calls)):
                    call.fail(self._memory.refusal(call, answer))
                elif not call.answer.done():
                    self._queue.push(call)
            elif isinstance(answer, ServiceBusy):
                self._turned_away(call, answer, running=self._staff.running + len(calls))
            elif isinstance(answer, CallsheetError):
                self._spoilt(post, call, answer)
            else:
                self._blame.went_well(post.hand.name, post.place.name)
                self._restraint.went_well()
                call.give(answer)
        if self._blame.is_bad(post.hand.name):
            log.warning("worker_quarantined", worker=post.hand.name, place=post.place.name)
            self._staff.dismiss(post)

    def _spoilt(self, post: Post[Q, A], call: Call[Q, A], answer: CallsheetError) -> None:
        """Tell the caller; what broke as no model should is tried elsewhere first, where there is an elsewhere."""
        is_breakage = isinstance(answer, MakerBroke)
        if is_breakage or (isinstance(answer, WorldError) and answer.retryable):
            self._blame.spoilt(call.task, post.hand.name, post.place.name)
            is_again = not call.avoids.isdisjoint((post.hand.name, post.place.name))
            is_settled = self._blame.is_its_own_fault(call.task) or is_again
            has_elsewhere = self._size > 1 or self._staff.may_grow
            if is_breakage and call.task and has_elsewhere and not is_settled and not call.answer.done():
                call.alike, call.avoids = None, self._blame.avoided(call.task)
                self._queue.push(call)
                return
        call.fail(answer)

    def _turned_away(self, call: Call[Q, A], answer: ServiceBusy, *, running: int) -> None:
        """Have a call wait until the service takes it, unless that would be for too long; nobody is to blame."""
        now = _now()
        until = self._restraint.turned_away(answer.seconds, running=running, now=now)
        log.info("service_busy", line=self.name, seconds=answer.seconds, why=answer.what)
        patience = self.terms.away_seconds if isinstance(answer, ServiceAway) else self.terms.patience_seconds
        if until - call.came > patience:
            call.fail(answer)
        elif not call.answer.done():
            self._queue.push(call)

    def _chore(self, work: Coroutine[object, object, None]) -> None:
        """Run something that outlives its caller's cancellation; should it break by our own fault, all callers hear."""
        chore = asyncio.get_running_loop().create_task(work)
        self._chores.add(chore)

        def done(ended: asyncio.Task[None]) -> None:
            self._chores.discard(ended)
            if not ended.cancelled() and (bug := ended.exception()):
                for call in [*self._queue.empty(), *(call for post in self._staff.posts for call in post.doing)]:
                    call.fail(bug)

        chore.add_done_callback(done)


def _now() -> float:
    return asyncio.get_running_loop().time()
