"""The folder of a Ray we start: private to us, locked while we live, removed at the latest by who starts the next."""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

PREFIX: Final = "callsheet-cluster-"
_REMOVALS: Final = 10
_REST_SECONDS: Final = 0.2
"""Between two of them: processes that are just ending may still write."""


@dataclass(frozen=True, slots=True)
class RayFolder:
    """A folder with a lock on it that the system lets go when we die; nothing that we start inherits it."""

    path: Path
    _lock: int

    @classmethod
    def make(cls, place: Path) -> Self:
        """Make one; those in this place whose owners are dead are removed first."""
        sweep(place)
        while True:
            path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
            lock = os.open(path, os.O_RDONLY)
            # Somebody who sweeps may have come between the two lines above.
            if _take(lock) and path.exists():
                return cls(path, lock)
            os.close(lock)

    @property
    def for_ray(self) -> Path:
        """Where Ray may keep its files: it opens its folder to everybody, so ours is around it."""
        return self.path / "r"

    def remove(self) -> None:
        """Remove it with all that is in it, and let go of the lock.

        A start that failed midway leaves processes behind that Ray ends only with us; they are ended first.
        """
        for child in _children():
            with suppress(OSError):
                if bytes(self.path) in (Path("/proc") / child / "cmdline").read_bytes():
                    os.kill(int(child), signal.SIGKILL)
        _clear(self.path)
        os.close(self._lock)


def short_place() -> Path:
    """Give where they lie: Ray's sockets are below its folder, and a socket's path may have 107 characters at most."""
    short = Path("/tmp")  # noqa: S108 - mkdtemp makes it private
    return short if short.is_dir() else Path(tempfile.gettempdir())


def sweep(place: Path) -> int:
    """Remove the folders of ours in a place whose owners are dead; say how many."""
    return sum(_is_swept(path) for path in place.glob(f"{PREFIX}*"))


def _children() -> Iterator[str]:
    """Give the process ids of our children, where the system tells."""
    for told in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # that thread has just ended
            yield from told.read_text().split()


def _is_swept(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # another's, a link, or gone by now
        return False
    try:
        is_dead = os.fstat(lock).st_uid == os.getuid() and _take(lock)
        if is_dead:
            _clear(path)
        return is_dead
    finally:
        os.close(lock)


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _clear(path: Path) -> None:
    """Remove a folder; what cannot be removed now is left to the next who sweeps."""
    for _ in range(_REMOVALS):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
        time.sleep(_REST_SECONDS)
