"""Who waits, and who goes together."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from callsheet.models.lines.hand import Job
from callsheet.models.lines.queue import Call, Queue

CALLS = st.lists(st.tuples(st.integers(0, 3).map(float), st.sampled_from([None, "s", "l"])), max_size=20)


def queue_of(calls: list[tuple[float, str | None]], loop: asyncio.AbstractEventLoop) -> Queue[int, int]:
    queue = Queue[int, int]()
    for number, (urgency, alike) in enumerate(calls):
        job = Job(str(number), number)
        queue.push(Call(job=job, urgency=urgency, task="", alike=alike, came=0.0, answer=loop.create_future()))
    return queue


@given(CALLS, st.integers(1, 4))
def test_each_batch_starts_with_the_most_urgent_and_holds_only_what_is_alike(
    calls: list[tuple[float, str | None]], most: int
) -> None:
    loop = asyncio.new_event_loop()
    queue, left = queue_of(calls, loop), dict(enumerate(calls))
    while batch := [call.job.asked for call in queue.pop(most)]:
        first = min(left, key=lambda number: (-left[number][0], number))
        same = [number for number in left if left[number][1] == left[first][1] is not None] or [first]
        expected = sorted(same, key=lambda number: (-left[number][0], number))[:most]
        assert batch == expected
        for number in batch:
            del left[number]
    assert not left
    assert len(queue) == 0
    loop.close()


@given(CALLS, st.sets(st.integers(0, 19)))
def test_who_gave_up_is_never_served(calls: list[tuple[float, str | None]], gone: set[int]) -> None:
    loop = asyncio.new_event_loop()
    queue = queue_of(calls, loop)
    for call in queue.withdraw({str(number) for number in gone}):
        queue.discard(call)
    served = list[int]()
    while batch := queue.pop(3):
        served += [call.job.asked for call in batch]
    assert set(served) == set(range(len(calls))) - gone
    assert len(served) == len(set(served))
    loop.close()
