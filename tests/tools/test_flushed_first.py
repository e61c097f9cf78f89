"""What has a name is on the disk: bytes before their name, the name before anybody hears of it."""

import errno
import os
import stat
from pathlib import Path

import pytest

from callsheet.core.errors import DiskBroken, OutputError
from callsheet.evals.conformance import planned
from callsheet.tools.assets import AssetStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Write down, in order, which file or folder is flushed and which file gets another name, by inode."""
    steps: list[tuple[str, int]] = []
    fsync, replace = os.fsync, os.replace

    def flushed(handle: int) -> None:
        fsync(handle)
        found = os.fstat(handle)
        steps.append(("folder" if stat.S_ISDIR(found.st_mode) else "bytes", found.st_ino))

    def named(source: Path, home: Path) -> None:
        replace(source, home)
        steps.append(("name", home.stat().st_ino))

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", named)
    return steps


def test_a_pictures_bytes_are_on_the_disk_before_its_name_and_its_name_before_anybody_hears_of_it(
    tmp_path: Path, told: list[tuple[str, int]]
) -> None:
    store = AssetStore(tmp_path / "assets")
    home = store.path_of(store.put(b"a picture"))
    last = [("bytes", home.stat().st_ino), ("name", home.stat().st_ino), ("folder", home.parent.stat().st_ino)]
    assert told[-3:] == last
    made = [home.parent.parent.parent, home.parent.parent, home.parent]
    assert told[:-3] == [("folder", one.parent.stat().st_ino) for one in made]


def test_a_picture_that_is_there_already_is_heard_of_once_its_name_is_on_the_disk(
    tmp_path: Path, told: list[tuple[str, int]]
) -> None:
    store = AssetStore(tmp_path / "assets")
    home = store.path_of(store.put(b"a picture"))
    told.clear()
    store.put(b"a picture")
    assert told == [("folder", home.parent.stat().st_ino)]


async def test_every_commit_of_the_journal_waits_for_the_disk(tmp_path: Path) -> None:
    journal = SqliteJournal.open(tmp_path / "journal.db", clock=SystemClock())
    await journal.take_lease("me")
    await journal.record(planned(1.0))
    raw = journal._connection.connection.driver_connection
    assert raw is not None
    assert raw.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    await journal.close()


def test_a_folder_that_cannot_be_flushed_is_told_as_a_broken_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(DiskBroken, match="Input/output error"):
        SqliteJournal.open(tmp_path / "journal.db", clock=SystemClock())


def test_an_emptied_journal_beside_its_pictures_is_not_begun_again(tmp_path: Path) -> None:
    AssetStore(tmp_path / "assets").put(b"a picture")
    (tmp_path / "journal.db").touch()
    with pytest.raises(OutputError, match="is empty or was cut short"):
        SqliteJournal.open(tmp_path / "journal.db", clock=SystemClock())


async def test_an_empty_journal_without_pictures_is_begun(tmp_path: Path) -> None:
    (tmp_path / "journal.db").touch()
    await SqliteJournal.open(tmp_path / "journal.db", clock=SystemClock()).close()
