"""Named points at which a test may kill the process, so that every durable step is proven from both sides.

Disarmed, a point is one comparison. A door arms it from the environment: `CALLSHEET_CRASH_AT=after_settle:3` kills
the process with SIGKILL the third time it passes `after_settle`.
"""

import os
import signal
from typing import Literal

from .errors import UnknownName

Point = Literal[
    "before_reserve",
    "after_reserve",
    "after_send",
    "after_receive",
    "before_asset_write",
    "before_asset_fsync",
    "before_asset_rename",
    "after_asset_rename",
    "before_settle",
    "after_settle",
    "after_score",
    "after_judge",
    "after_move",
    "after_publish",
    "after_money_move",
    "after_decision",
    "before_delivery",
    "after_delivery",
    "before_backup",
    "after_backup",
    "before_upgrade",
    "after_upgrade",
    "before_compaction",
    "after_compaction",
]
POINTS: tuple[Point, ...] = Point.__args__  # type: ignore[attr-defined]

_armed: dict[str, int] = {}


def arm(spec: str) -> None:
    """Arm one point: `name` or `name:n`, the n-th passing kills; raises `UnknownName` for a name that is no point."""
    name, _, count = spec.partition(":")
    if name not in POINTS:
        raise UnknownName("crash point", name, POINTS)
    _armed[name] = int(count or 1)


def passing(point: Point) -> None:
    """Say that the process passes this point; it may be its last."""
    if point in _armed:
        _armed[point] -= 1
        if _armed[point] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
