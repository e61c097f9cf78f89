"""Journals of older versions are brought up behind a backup, wherever it is killed; newer ones are refused."""

import asyncio
import fcntl
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from callsheet.core.errors import LeaseLost, OutputError
from callsheet.core.history import History
from callsheet.evals.conformance import made, reserved
from callsheet.tools import tables
from callsheet.tools.clock import SystemClock
from callsheet.tools.fsck import check_production
from callsheet.tools.journal import SqliteJournal
from callsheet.tools.tables import Mode
from callsheet.tools.upgrading import backup_of

OLD = Path(__file__).parent / "journals" / "v1.sql"
"""As Callsheet 0.1 wrote it: a call paid for, one that failed, one that was out when its driver ended, a decision."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A journal of version 1."""
    path = tmp_path / ".callsheet" / "journal.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(OLD.read_text())
        raw.execute("PRAGMA journal_mode = WAL")
    return path


async def opened(path: Path, mode: Mode = "create") -> SqliteJournal:
    return SqliteJournal.open(path, clock=SystemClock(), mode=mode)


async def history_of(path: Path, mode: Mode = "read") -> History:
    journal = await opened(path, mode)
    await journal.close()
    return journal.history


def schema_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()[0])


async def test_an_old_journal_tells_the_same_before_and_after_and_goes_on(old: Path) -> None:
    before = await history_of(old)
    assert schema_of(old) == "journal/1"  # who only reads changes nothing
    journal = await opened(old)
    assert journal.history == before
    assert schema_of(old) == f"journal/{tables.VERSION}"
    await journal.take_lease("me")
    await journal.record(reserved(3, token="second"), made(3, token="second"))
    await journal.close()
    assert [one for one in check_production(old.parents[1]) if one.where.startswith(("entry", "table"))] == []


async def test_the_backup_is_the_journal_as_it_was(old: Path) -> None:
    before = await history_of(old)
    await history_of(old, "write")
    backup = backup_of(old, 1)
    assert schema_of(backup) == "journal/1"
    assert await history_of(backup) == before
    assert sorted(one.name for one in old.parent.glob("*.backup*")) == [backup.name]


async def test_a_second_opening_finds_nothing_to_do(old: Path) -> None:
    await history_of(old, "write")
    at = backup_of(old, 1).stat().st_mtime_ns
    await history_of(old, "write")
    assert backup_of(old, 1).stat().st_mtime_ns == at


OPEN = """
import sys
from pathlib import Path
from callsheet.core.crash import arm
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

arm(sys.argv[2])
SqliteJournal.open(Path(sys.argv[1]), clock=SystemClock())
"""


@pytest.mark.slow
@pytest.mark.parametrize("point", ["before_backup", "after_backup", "before_upgrade", "after_upgrade"])
async def test_killed_anywhere_it_is_whole_and_the_next_opening_finishes(old: Path, point: str) -> None:
    before = await history_of(old)
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", OPEN, str(old), point], check=False)
    assert done.returncode == -signal.SIGKILL
    assert schema_of(old) == ("journal/1" if point != "after_upgrade" else f"journal/{tables.VERSION}")
    assert await history_of(old) == before
    assert await history_of(old, "write") == before
    assert schema_of(old) == f"journal/{tables.VERSION}"
    assert await history_of(backup_of(old, 1)) == before


async def test_a_journal_an_older_callsheet_drives_is_left_to_it(old: Path) -> None:
    with old.with_suffix(".lease").open("ab") as lease:
        fcntl.flock(lease, fcntl.LOCK_EX)
        with pytest.raises(LeaseLost, match="process 1 on studio with an older Callsheet"):
            await opened(old)
    assert schema_of(old) == "journal/1"
    assert await history_of(old, "write")


async def test_without_room_for_the_backup_nothing_is_changed(old: Path) -> None:
    backup_of(old, 1).with_suffix(".draft").mkdir()  # where the copy would go
    with pytest.raises(Exception, match="no backup of the journal could be made"):
        await opened(old)
    assert schema_of(old) == "journal/1"


@pytest.mark.parametrize("mode", ["create", "write", "read"])
async def test_a_journal_of_a_newer_version_is_refused_and_left_alone(old: Path, mode: Mode) -> None:
    with closing(sqlite3.connect(old)) as raw, raw:
        raw.execute("UPDATE meta SET value = 'journal/9' WHERE name = 'schema'")
    says = f"holds journal/9, written by a newer Callsheet; this one reads up to journal/{tables.VERSION}"
    with pytest.raises(OutputError, match=says):
        await opened(old, mode)
    assert schema_of(old) == "journal/9"
    assert not list(old.parent.glob("*.backup*"))


async def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE songs (name TEXT)")
    with pytest.raises(OutputError, match="no journal"):
        await opened(path)
