"""Which idle worker takes the most urgent call, and how long that call had better wait."""

from collections.abc import Sequence
from typing import Final

from .hand import A, Q
from .placement import URGENT
from .queue import Call
from .speeds import leaves_it
from .staff import Post, Staff

GATHER_SECONDS: Final = 0.004
"""How long a call waits for others that can be done in one go with it."""

_CLEARLY: Final = 1.2
"""A worker counts as faster from here on; less may be chance."""

_SHORTEST_LOOK: Final = 0.05
"""Of a call's time: how soon an idle worker that leaves what waits to others looks again."""


def fittest(
    idle: Sequence[Post[Q, A]], head: Call[Q, A], *, workers: int, others: Sequence[Post[Q, A]]
) -> Post[Q, A] | None:
    """Choose the fastest, among equals who fell idle last, so that the others may go home.

    Args:
        idle: who could take it, by when they fell idle.
        head: the call.
        workers: how many there are or will soon be.
        others: everybody who is up; where the call avoids them all and nobody else comes, one of them tries again.
    """
    avoids_all = len(others) == workers and all(_avoids(head, post) for post in others)
    fit = [post for post in idle if avoids_all or not _avoids(head, post)]
    return max(reversed(fit), key=lambda post: post.speed, default=None)


def _avoids(head: Call[Q, A], post: Post[Q, A]) -> bool:
    return post.hand.name in head.avoids or post.place.name in head.avoids


def gathering_seconds(head: Call[Q, A], alike: int, most: int, now: float) -> float:
    """Say how much longer a call had better wait for others like it: not at all once the batch is full.

    Args:
        head: the call.
        alike: how many wait that could go with it, itself counted in.
        most: how many can go together.
        now: by the loop's clock.
    """
    goes_alone = head.alike is None or head.urgency >= URGENT
    return 0.0 if goes_alone or alike >= most else max(0.0, head.came + GATHER_SECONDS - now)


def leaving_seconds(post: Post[Q, A], staff: Staff[Q, A], *, waiting: int, take_seconds: float, now: float) -> float:
    """Say how long a worker had better leave what waits to those who are faster, before it looks again.

    Args:
        post: the idle worker.
        staff: everybody.
        waiting: how many calls wait.
        take_seconds: nominal, of one call.
        now: by the loop's clock.
    """
    if waiting * post.speed > staff.speed:  # more than everybody together does in that time
        return 0.0
    faster = [
        (other.seconds_left(now, take_seconds), take_seconds / other.speed)
        for other in staff.posts
        if other.doing and other.speed > _CLEARLY * post.speed
    ]
    if not leaves_it(take_seconds / post.speed, faster, waiting):
        return 0.0
    return max(_SHORTEST_LOOK * take_seconds, min(free_in for free_in, _ in faster))
