"""A journal keeps off disks that another machine may write to."""

from pathlib import Path

import pytest

from callsheet.core.errors import OutputError
from callsheet.tools import disks
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

ROOT = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw"


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of which `tmp_path / "share"` is told to be a mount of another machine."""
    told, share = tmp_path / "mountinfo", tmp_path / "share"
    share.mkdir()
    told.write_text(f"{ROOT}\n40 22 0:35 / {share} rw shared:9 - nfs4 nas:/share rw,vers=4.2\n")
    monkeypatch.setattr(disks, "_MOUNTS", told)
    return share


@pytest.mark.parametrize("mode", ["create", "write"])
def test_a_journal_on_a_network_file_system_is_refused_before_anything_is_made(mounted: Path, mode: str) -> None:
    path = mounted / "film" / ".callsheet" / "journal.db"
    with pytest.raises(OutputError, match=r"network file system \(nfs4\), which cannot hold a journal; name a folder"):
        SqliteJournal.open(path, clock=SystemClock(), mode=mode)  # type: ignore[arg-type]
    assert list(mounted.iterdir()) == []


async def test_beside_it_there_may_be_one(mounted: Path) -> None:
    await SqliteJournal.open(mounted.parent / "film" / "journal.db", clock=SystemClock()).close()


def test_the_innermost_mount_counts_and_of_two_at_one_place_the_newer() -> None:
    mounts = f"{ROOT}\n30 22 0:9 / /mnt rw - nfs nas:/ rw\n31 30 8:2 / /mnt/fast rw - xfs /dev/sdb rw"
    assert disks.kind_among(mounts, Path("/mnt/fast/film")) == "xfs"
    assert disks.kind_among(mounts, Path("/mnt/faster/film")) == "nfs"
    assert disks.kind_among(f"{mounts}\n32 30 0:8 / /mnt rw - cifs //nas/x rw", Path("/mnt/film")) == "cifs"


def test_where_nobody_can_tell_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disks, "_MOUNTS", tmp_path / "nowhere")
    assert disks.network_kind(tmp_path) == ""
