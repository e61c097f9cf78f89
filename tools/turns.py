"""One writer at a time among processes, by locks on files that the system lets go when their holder dies."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..core.errors import OutputError

_TURN_SECONDS = 30.0


def lock_file(path: Path, suffix: str) -> IO[bytes]:
    """Open the file beside a journal that a lock is put on; raises `OutputError`."""
    try:
        return path.with_suffix(suffix).open("ab")
    except OSError as error:
        raise OutputError(str(path.parent), f"cannot be written ({error.strerror})", "make it writable") from error


def is_free(lock: IO[bytes]) -> bool:
    """Take a lock until its file is closed, or say that another process has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def turn(lock: IO[bytes] | None, path: Path | None) -> Iterator[None]:
    """Wait until no other process writes; nothing to wait for without a lock.

    SQLite before 3.51.3 can damage a database when two connections write and reset the write-ahead log in the same
    instant (https://sqlite.org/wal.html#walresetbug). Remove this when no supported Python ships an older one.

    Raises:
        OutputError: another process keeps it too long.
    """
    if not lock:
        yield
        return
    give_up = time.monotonic() + _TURN_SECONDS
    while not is_free(lock):
        if time.monotonic() > give_up:
            fix = "stop that process and try again"
            raise OutputError(str(path), "another process has kept it busy too long", fix)
        time.sleep(0.002)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)
