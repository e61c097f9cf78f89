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


@given(CALLS, st.lists(st.dictionaries(st.integers(0, 19), st.integers(0, 4).map(float)), max_size=3))
def test_after_any_new_urgencies_the_most_urgent_goes_first_and_equals_in_the_order_they_came(
    calls: list[tuple[float, str | None]], words: list[dict[int, float]]
) -> None:
    loop = asyncio.new_event_loop()
    queue, urgency = queue_of(calls, loop), {number: one[0] for number, one in enumerate(calls)}
    for word in words:
        queue.hurry({str(number): value for number, value in word.items()})
        urgency |= {number: value for number, value in word.items() if number in urgency}
    for number in sorted(urgency, key=lambda number: (-urgency[number], number)):
        head = queue.peek()
        assert head is not None
        assert head.urgency == urgency[number]
        assert [call.job.asked for call in queue.pop(1)] == [number]
    assert queue.peek() is None
    loop.close()


def test_what_was_urgent_before_goes_after_what_is_now() -> None:
    loop = asyncio.new_event_loop()
    queue = queue_of([(9.0, "s"), (1.0, "s"), (10.0, "s")], loop)
    queue.hurry({"0": 20.0})
    queue.hurry({"0": 15.5, "1": 17.0})
    assert [call.job.asked for call in queue.pop(3)] == [1, 0, 2]
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
