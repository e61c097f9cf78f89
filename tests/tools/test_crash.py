"""What is left when the process is killed at each durable step, or the disk fills up under the journal."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsheet.core.canonical import digest_of_bytes
from callsheet.core.errors import DiskFull, LeaseLost
from callsheet.core.history import History
from callsheet.core.money import to_micros
from callsheet.evals.conformance import PRICE, made, planned, reserved
from callsheet.tools.assets import AssetStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.fsck import check_production
from callsheet.tools.journal import SqliteJournal

CLOCK = SystemClock()

POINTS = (
    "before_reserve:3",
    "after_reserve:3",
    "before_asset_write:2",
    "before_asset_fsync:2",
    "before_asset_rename:2",
    "after_asset_rename:2",
    "before_settle:3",
    "after_settle:3",
)

DRIVER = """
import asyncio, os, shutil, sys
from pathlib import Path
from callsheet.core.crash import arm
from callsheet.evals.conformance import made, planned, reserved, sent
from callsheet.tools.assets import AssetStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

async def drive(inner, told):
    store = AssetStore(inner / "assets")
    journal = SqliteJournal.open(inner / "journal.db", clock=SystemClock())
    await journal.take_lease("driver")
    if journal.history.planned is None:
        await journal.record(planned(1.0))
    for number in range(1, 6):
        call = journal.history.calls.get(f"call{number}")
        if call is None or call.state != "settled":
            token = f"try{len(journal.history.entries)}"
            await journal.record(reserved(number, token=token))
            await journal.record(sent(number, token=token))
            store.put(picture := b"picture %d" % number)
            await journal.record(made(number, token=token, picture=picture))
        print(number, file=told, flush=True)
    await journal.close()

def fork(folder, crash_at=""):
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if crash_at:
        arm(crash_at)
    with (folder / ("told" if crash_at else "told_again")).open("w") as told:
        asyncio.run(drive(folder / ".callsheet", told))
    os._exit(0)

for crash_at in sys.argv[2:]:
    folder = Path(sys.argv[1]) / crash_at
    folder.mkdir()
    crashed = fork(folder, crash_at)
    shutil.copytree(folder, folder.with_suffix(".crashed"))
    print(crashed, fork(folder), flush=True)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For each point two folders, as the kill left it and as the next run did; forked from one interpreter."""
    root = tmp_path_factory.mktemp("killed")
    command = [sys.executable, "-c", DRIVER, str(root), *POINTS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.splitlines() == [f"{-signal.SIGKILL} 0"] * len(POINTS), done.stderr
    return root


@pytest.mark.slow
@pytest.mark.parametrize("crash_at", POINTS)
async def test_a_killed_driver_left_everything_it_acknowledged_and_nothing_half_done(
    killed: Path, crash_at: str
) -> None:
    left = (killed / crash_at).with_suffix(".crashed")
    assert check_production(left) == ()
    told = (left / "told").read_text().split()
    settled = [key for key, call in (await history_of(left)).calls.items() if call.state == "settled"]
    assert settled[: len(told)] == [f"call{number}" for number in told]
    assert len(settled) <= len(told) + 1


@pytest.mark.slow
@pytest.mark.parametrize("crash_at", POINTS)
async def test_the_next_run_finishes_and_every_take_is_charged_once(killed: Path, crash_at: str) -> None:
    folder = killed / crash_at
    assert check_production(folder) == ()
    assert (folder / "told_again").read_text().split() == ["1", "2", "3", "4", "5"]
    history = await history_of(folder)
    assert {key: (call.state, call.micros) for key, call in history.calls.items()} == {
        f"call{number}": ("settled", PRICE) for number in range(1, 6)
    }
    assert [len(record.takes) for record in history.tasks.values()] == [1] * 5
    store = AssetStore(folder / ".callsheet" / "assets")
    assert store.get(digest_of_bytes(b"picture 3")) == b"picture 3"


async def history_of(folder: Path) -> History:
    journal = SqliteJournal.open(folder / ".callsheet" / "journal.db", clock=CLOCK, mode="read")
    await journal.close()
    return journal.history


HOLDER = """
import asyncio, sys, time
from pathlib import Path
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

async def main():
    journal = SqliteJournal.open(Path(sys.argv[1]), clock=SystemClock())
    await journal.take_lease("the other process")
    print("driving", flush=True)
    time.sleep(600)

asyncio.run(main())
"""


@pytest.mark.slow
async def test_a_living_driver_keeps_others_out_and_a_killed_one_does_not(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"driving\n"
    journal = SqliteJournal.open(path, clock=CLOCK)
    with pytest.raises(LeaseLost, match="the other process"):
        await journal.take_lease("me")
    with pytest.raises(LeaseLost, match="the other process"):
        await journal.record(planned(1.0), reserved(1))
    assert journal.history.planned is None
    other.kill()
    await other.wait()
    assert await journal.take_lease("me") == 2
    await journal.record(planned(1.0), reserved(1))
    await journal.close()


async def test_a_driver_whose_lease_was_taken_over_can_write_no_more_work(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    zombie, heir = SqliteJournal.open(path, clock=CLOCK), SqliteJournal.open(path, clock=CLOCK)
    await zombie.take_lease("zombie")
    await zombie.record(planned(1.0), reserved(1))
    path.with_suffix(".lease").unlink()  # as a restored backup would
    await heir.take_lease("heir")
    with pytest.raises(LeaseLost, match="heir"):
        await zombie.record(made(1))
    await heir.record(reserved(1, token="second"), made(1, token="second"))
    await zombie.refresh()
    assert zombie.bill() == heir.bill()
    await zombie.close()
    await heir.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


async def _fill(journal: SqliteJournal) -> int:
    """Reserve until the disk refuses, and say how often it did not."""
    for number in range(5000):
        try:
            await journal.record(reserved(number))
        except DiskFull:
            return number
    raise AssertionError("the disk never filled up")


async def test_a_disk_filling_up_under_the_journal_loses_nothing_it_acknowledged(small_disk: Path) -> None:
    path, ballast = small_disk / "inner" / "journal.db", small_disk / "ballast"
    ballast.write_bytes(bytes(64 * 1024))
    journal = SqliteJournal.open(path, clock=CLOCK)
    await journal.take_lease("me")
    await journal.record(planned(100.0))
    acknowledged = await _fill(journal)
    assert acknowledged > 10
    assert len(journal.history.calls) == acknowledged
    with pytest.raises(DiskFull, match="full"):
        await journal.record(reserved(5001), reserved(5002))

    ballast.unlink()
    await journal.record(reserved(6000))
    await journal.close()
    again = SqliteJournal.open(path, clock=CLOCK, mode="read")
    assert set(again.history.calls) == {f"call{number}" for number in (*range(acknowledged), 6000)}
    assert to_micros(again.bill().reserved_usd) == (acknowledged + 1) * PRICE
    await again.close()


async def test_a_full_disk_refuses_a_burst_and_everybody_in_it_is_told(small_disk: Path) -> None:
    journal = SqliteJournal.open(small_disk / "journal.db", clock=CLOCK)
    await journal.take_lease("me")
    await journal.record(planned(100.0))
    long = "x" * 100_000
    burst = [journal.record(reserved(number, token=long)) for number in range(20)]
    outcomes = await asyncio.gather(*burst, return_exceptions=True)
    assert any(isinstance(one, DiskFull) for one in outcomes)
    assert all(isinstance(one, DiskFull | tuple) for one in outcomes)
    assert len(journal.history.calls) == sum(isinstance(one, tuple) for one in outcomes)
    await journal.close()
