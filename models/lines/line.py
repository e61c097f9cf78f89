"""One line of workers of one kind and the calls that wait for them: who gets what, deadlines, answers and blame."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from typing import Final, Generic

import structlog

from ...core.errors import CallsheetError, CrewError, OutOfMemory, WorkerLost, WorldError
from .blame import Blame
from .hand import A, Hand, Job, Place, Q, Reply
from .placement import URGENT, Standing
from .queue import Call, Queue
from .room import Room
from .speeds import leaves_it
from .staff import Post, Staff

log = structlog.get_logger()

GATHER_SECONDS: Final = 0.004
"""How long a call waits for others that can be done in one go with it."""

_SENT_HOME: Final = "the workers were sent home"
_CLEARLY: Final = 1.2
"""A worker counts as faster from here on; less may be chance."""

_SHORTEST_LOOK: Final = 0.05
"""Of a call's time: how soon an idle worker that leaves what waits to others looks again."""

_MEMORY_TRIES: Final = 2


class Line(Generic[Q, A]):
    """Workers of one kind, hired on demand, one go each at a time; the most urgent call is served first.

    Args:
        name: the maker's.
        hire: names a worker and its place; it starts when it is asked to get `ready`.
        room: what it shares with other lines.
        call_seconds, start_seconds: deadlines of one call and of one load.
        at_least, at_most: how many workers; after `idle_seconds` without work those beyond `at_least` go home.
        needs: how much of a place one worker takes up.
        take_seconds, load_seconds: nominal, of one call and of one load.
        batch: how many calls one worker can be given in one go.
    """

    def __init__(
        self,
        *,
        name: str,
        hire: Callable[[str, Place], Hand[Q, A]],
        room: Room,
        call_seconds: float,
        start_seconds: float,
        at_most: int,
        at_least: int = 0,
        idle_seconds: float = 300.0,
        needs: float = 0.0,
        take_seconds: float = 1.0,
        load_seconds: float = 10.0,
        batch: int = 1,
    ) -> None:
        self.name, self.needs = name, needs
        self._room, self._call_seconds, self._take_seconds, self._batch = room, call_seconds, take_seconds, batch
        self._staff = Staff[Q, A](
            name=name,
            hire=hire,
            room=room,
            needs=needs,
            at_most=at_most,
            at_least=at_least,
            load_seconds=load_seconds,
            start_seconds=start_seconds,
            idle_seconds=idle_seconds,
        )
        self._blame = Blame(name)
        self._queue = Queue[Q, A]()
        self._chores: set[asyncio.Task[None]] = set()
        room.join(self)

    @property
    def size(self) -> int:
        """How many workers are up."""
        return len(self._staff.posts)

    async def open(self, at_least: int) -> None:
        """Bring workers up, together, before the first call, as far as there is room; raises what kept one from it."""
        missing = min(at_least, self._staff.at_most) - len(self._staff.posts) - self._staff.loading
        async with asyncio.TaskGroup() as group:
            for _ in range(missing):
                if (place := self._room.free_place(self)) is None:
                    break
                group.create_task(self._staff.start(place, self._staff.expect(place)))
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
        )
        self._queue.push(call)
        self._room.settle()
        try:
            return await call.answer
        finally:
            self._queue.discard(call)

    def hurry(self, urgencies: Mapping[str, float]) -> None:
        """Move calls up that wait, by their tokens."""
        self._queue.hurry(urgencies)
        self._room.settle()

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
    def at_most(self) -> int:
        """How many workers it may have."""
        return self._staff.at_most

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
        nobody = {} if head is None else {"urgency": head.urgency, "waited_seconds": _now() - head.came}
        return Standing(
            line=self.name,
            work_seconds=self._take_seconds * (len(self._queue) + staff.running / 2),
            unmet=self._unmet,
            take_seconds=self._take_seconds,
            load_seconds=staff.load_seconds,
            speed=staff.speed,
            **nobody,
        )

    def speed_at(self, place: Place) -> float | None:
        """Say how fast a worker there would be; None where too much went wrong."""
        return None if self._blame.is_bad(place.name) else self._room.speeds.expected(self.name, place.kind)

    def idle_speeds(self) -> Mapping[Place, Sequence[float]]:
        """Say where it has idle workers, and how fast each is."""
        return self._staff.idle_speeds()

    def take_in(self, place: Place) -> None:
        """Start a worker there."""
        self._chore(self._start(place, self._staff.expect(place)))

    def give_up(self, place: Place) -> None:
        """Send an idle worker there home."""
        self._staff.give_up(place)

    def serve(self) -> bool:
        """Hand the most urgent call, with those like it, to the fastest idle worker; False when it had better wait."""
        head = self._queue.peek()
        post = self._taker(head) if head else None
        if head is None or post is None:
            return False
        calls = self._queue.pop(1 if head.urgency >= URGENT else self._batch)
        self._staff.set_to(post, calls)
        self._room.slots -= 1
        self._chore(self._attend(post, calls))
        return True

    def give_up_hope(self) -> None:
        """Refuse what waits when nobody is here to do it, and no machine that could take a worker is or will be."""
        staff, head = self._staff, self._queue.peek()
        if head is None or staff.posts or staff.loading or self._room.has_place_for(self):
            return
        left = head.came + staff.start_seconds - _now() if self._room.may_grow else 0.0
        if left > 0:
            self._room.look_again(left)
            return
        largest = max((place.size for place in self._room.places), default=0.0)
        if largest < self.needs:
            what = f"a worker takes {self.needs:g} {self._room.of}, and the largest machine has {largest:g}"
            self._refuse(CrewError(f"maker {self.name!r}", what, "lower it, or work where there is such a machine"))
        else:
            what = "on every machine that could hold it three tasks in a row went wrong; the log says how"
            self._refuse(WorkerLost(self.name, what))

    def _refuse(self, error: CallsheetError) -> None:
        for call in self._queue.empty():
            call.fail(error)

    @property
    def _unmet(self) -> int:
        return len(self._queue) - self._batch * (len(self._staff.idle) + self._staff.loading)

    def _taker(self, head: Call[Q, A]) -> Post[Q, A] | None:
        """Choose who takes the most urgent call; nobody, if others like it may come or somebody faster is soon free."""
        staff = self._staff
        has_others = len(staff.posts) + staff.loading > len(head.avoids)
        fit = [post for post in staff.idle if not has_others or post.hand.name not in head.avoids]
        post = max(reversed(fit), key=lambda post: post.speed, default=None)
        if post is None:
            return None
        wait = self._gathering_seconds(head) or self._leaving_seconds(post)
        if wait > 0:
            self._room.look_again(wait)
            return None
        return post

    def _gathering_seconds(self, head: Call[Q, A]) -> float:
        """Say how much longer a call had better wait for others like it."""
        is_full = self._queue.count_alike(head) >= self._batch
        is_alone = self._batch == 1 or head.alike is None or head.urgency >= URGENT
        return 0.0 if is_alone or is_full else max(0.0, head.came + GATHER_SECONDS - _now())

    def _leaving_seconds(self, post: Post[Q, A]) -> float:
        """Say how long a worker had better leave what waits to those who are faster, before it looks again."""
        take, now = self._take_seconds, _now()
        faster = [
            (other.seconds_left(now, take), take / other.speed)
            for other in self._staff.posts
            if other.doing and other.speed > _CLEARLY * post.speed
        ]
        if not leaves_it(take / post.speed, faster, len(self._queue)):
            return 0.0
        return max(_SHORTEST_LOOK * take, min(free_in for free_in, _ in faster))

    async def _start(self, place: Place, expected: float) -> None:
        try:
            await self._staff.start(place, expected)
        except CallsheetError as error:
            log.warning("worker_start_failed", line=self.name, place=place.name, why=str(error))
            self._blame.failed_to_start(place.name)
            if not self._staff.posts and not self._staff.loading:
                self._refuse(error)
        self._room.settle()

    async def _attend(self, post: Post[Q, A], calls: Sequence[Call[Q, A]]) -> None:
        try:
            replies = await self._ask(post.hand, [call.job for call in calls])
        except WorldError as error:
            self._lost(post, calls, error)
        else:
            self._answered(post, calls, [answer for _, answer in replies])
        finally:
            self._room.slots += 1
        self._room.settle()

    async def _ask(self, hand: Hand[Q, A], jobs: Sequence[Job[Q]]) -> Sequence[Reply[A]]:
        deadline = self._call_seconds * len(jobs)
        try:
            async with asyncio.timeout(deadline):
                replies = await hand.do(jobs)
        except TimeoutError:
            raise WorkerLost(hand.name, f"no answer within {deadline:g} s (setting `call_seconds`)") from None
        if [token for token, _ in replies] != [job.token for job in jobs]:
            raise WorkerLost(hand.name, "it answered with another call's token")
        return replies

    def _lost(self, post: Post[Q, A], calls: Sequence[Call[Q, A]], error: WorldError) -> None:
        """Let go of a worker that is gone; when all are, with the cluster, no task is to blame."""
        worker, place = post.hand.name, post.place.name
        log.warning("worker_lost", worker=worker, place=place)
        self._staff.dismiss(post)
        for call in calls:
            if isinstance(error, WorkerLost):
                self._blame.lost(call.task, worker, place)
            call.fail(self._blame.refusal(call.task) or error)

    def _answered(self, post: Post[Q, A], calls: Sequence[Call[Q, A]], answers: Sequence[A | CallsheetError]) -> None:
        if not any(isinstance(answer, CallsheetError) for answer in answers):
            self._staff.note(post, self._take_seconds)
        self._staff.rest(post)
        for call, answer in zip(calls, answers, strict=True):
            if isinstance(answer, OutOfMemory):
                self._find_memory(post, call, answer, together=len(calls))
            elif isinstance(answer, CallsheetError):
                if isinstance(answer, WorldError) and answer.retryable:
                    self._blame.spoilt(call.task, post.hand.name, post.place.name)
                call.fail(answer)
            else:
                self._blame.went_well(post.hand.name, post.place.name)
                call.give(answer)
        if self._blame.is_bad(post.hand.name):
            log.warning("worker_quarantined", worker=post.hand.name, place=post.place.name)
            self._staff.dismiss(post)

    def _find_memory(self, post: Post[Q, A], call: Call[Q, A], error: OutOfMemory, *, together: int) -> None:
        """Try again in a smaller batch, then alone with another worker; then a person must help."""
        if together > 1:
            self._batch = min(self._batch, together // 2)
        else:
            call.refusals += 1
            call.avoids |= {post.hand.name}
        if call.refusals < _MEMORY_TRIES and (together > 1 or self._staff.at_most > 1):
            self._queue.push(call)
            return
        fix = "ask for a smaller picture, or give it a machine with more memory"
        call.fail(OutOfMemory(self.name, f"{error.what}; alone on {' and '.join(sorted(call.avoids))}: {fix}", False))  # noqa: FBT003

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
