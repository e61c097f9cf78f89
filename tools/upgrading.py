"""Brings a journal of an older version up to this one: a backup first, then every step in one transaction.

Killed anywhere it is as it was, and the next opening does it again. There is no way back but the backup.
"""

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ..core.crash import passing
from ..core.errors import DiskFull, LeaseLost
from . import tables
from .assets import sync_folder
from .posting import Standing, newest_lease, post
from .turns import is_free, lock_file, turn


def _file_again(connection: Connection, path: Path) -> None:
    """Make the tables the journal decides by anew, from its entries: whatever they look like now, that is in them."""
    entries = tables.read_entries(connection, after=0, path=path)
    tables.empty(connection)
    for one in entries:
        post(connection, (one.fact,), after=one.seq - 1, at=one.at, standing=_STANDING)


_STANDING: Final = Standing(drives=True, production="an older journal")

_STEPS: Final[Mapping[int, Callable[[Connection, Path], None]]] = {1: _file_again}
"""By version, what makes the next one of it. A step that remakes all tables replaces those before it."""


def bring_up_to_date(connection: Connection, path: Path) -> None:
    """Give a journal this version's tables; nothing is done to one that has them.

    Raises:
        LeaseLost: somebody drives it, with the Callsheet that knows the tables as they are.
        DiskFull: no room for the backup or the change; it is as it was.
    """
    with connection.begin():
        if tables.version_of(connection) == tables.VERSION:
            return
        _, holder = newest_lease(connection)
    with lock_file(path, ".lease") as lease, lock_file(path, ".turn") as turns, turn(turns, path):
        if not is_free(lease):
            raise LeaseLost(tables.production_of(path), f"{holder} with an older Callsheet")
        try:
            with connection.begin():
                _bring_up(connection, path)
        except DBAPIError as error:
            raise tables.named_fault(error, path) from error
    passing("after_upgrade")


def backup_of(path: Path, version: int) -> Path:
    """Name the file that keeps a journal as it was in an older version.

    >>> backup_of(Path("film/.callsheet/journal.db"), 1).name
    'journal.v1.backup.db'
    """
    return path.with_name(f"{path.stem}.v{version}.backup.db")


def _bring_up(connection: Connection, path: Path) -> None:
    found = tables.version_of(connection)
    if found == tables.VERSION:  # another process was quicker
        return
    passing("before_backup")
    _back_up(path, backup_of(path, found))
    passing("after_backup")
    for version in range(found, tables.VERSION):
        _STEPS[version](connection, path)
    tables.set_version(connection)
    passing("before_upgrade")


def _back_up(path: Path, backup: Path) -> None:
    """Copy a journal, whole and durably; the caller holds the write lock, so that nothing is written meanwhile."""
    draft = backup.with_suffix(".draft")
    try:
        with suppress(FileNotFoundError):
            draft.unlink()
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as raw, closing(sqlite3.connect(draft)) as copy:
            raw.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, whatever the journal itself is kept in
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(backup)
        sync_folder(backup.parent)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise DiskFull(str(backup), f"no backup of the journal could be made ({error})") from error
