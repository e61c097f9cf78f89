"""Blows that need to know where to hit: a file of the store, a process of the cluster."""

import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, assert_never

from .blows import Damage, Part

_NAMES: Final = {"worker": "ray::", "node": "raylet/raylet", "head": "gcs_server"}
"""What the command line of each part of a cluster has in it."""


def spoil(path: Path, blow: Damage) -> None:
    """Harm a file."""
    sound = path.read_bytes()
    match blow.how:
        case "flipped":
            place = int(blow.which * len(sound))
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        case "cut":
            path.write_bytes(sound[: int(blow.which * len(sound))])
        case "gone":
            path.unlink()
        case other:
            assert_never(other)


def kill_part(driver: int, part: Part, which: float) -> int:
    """Kill one process of a driver's cluster; give how many were hit, which is none where none is there."""
    found = sorted(pid for pid, command in descendants(driver) if _NAMES[part] in command)
    if not found:
        return 0
    with suppress(ProcessLookupError):
        os.kill(found[int(which * 997) % len(found)], signal.SIGKILL)
    return 1


def descendants(pid: int) -> Iterator[tuple[int, str]]:
    """Give every process that a process began, with its command line, however far down."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = entry.read_text().rpartition(")")[2].split()[1]
            children[int(parent)].append(int(entry.parent.name))
    waiting = [pid]
    while waiting:
        for child in children[waiting.pop()]:
            waiting.append(child)
            with suppress(OSError):
                yield child, (Path("/proc") / str(child) / "cmdline").read_text().replace("\0", " ")
