"""What is left when the process is killed at each durable step, or the disk fills up under the journal."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsheet.core.canonical import digest_of_bytes
from callsheet.core.errors import DiskFull
from callsheet.core.money import to_micros
from callsheet.evals.conformance import PRICE, planned, reserved
from callsheet.tools.assets import AssetStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.fsck import check_production
from callsheet.tools.journal import SqliteJournal

CLOCK = SystemClock()

DRIVER = """
import asyncio, sys
from pathlib import Path
from callsheet.core.crash import arm
from callsheet.evals.conformance import made, planned, reserved, sent
from callsheet.tools.assets import AssetStore
from callsheet.tools.clock import SystemClock
from callsheet.tools.journal import SqliteJournal

async def main(inner):
    store = AssetStore(inner / "assets")
    for document in (b"brief", b"plan"):
        store.put(document)
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
        print("settled", number, flush=True)
    await journal.close()

if len(sys.argv) > 2:
    arm(sys.argv[2])
asyncio.run(main(Path(sys.argv[1])))
"""


def drive(folder: Path, crash_at: str = "") -> tuple[int, list[str]]:
    command = [sys.executable, "-c", DRIVER, str(folder / ".callsheet"), *([crash_at] if crash_at else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, done.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize(
    "crash_at",
    [
        "before_reserve:3",
        "after_reserve:3",
        "before_asset_write:4",
        "before_asset_fsync:4",
        "before_asset_rename:4",
        "after_asset_rename:4",
        "before_settle:3",
        "after_settle:3",
    ],
)
async def test_a_killed_driver_goes_on_where_it_was(tmp_path: Path, crash_at: str) -> None:
    code, told = drive(tmp_path, crash_at)
    assert code == -signal.SIGKILL
    assert check_production(tmp_path) == ()

    journal = SqliteJournal.open(tmp_path / ".callsheet" / "journal.db", clock=CLOCK, mode="read")
    settled = [key for key, call in journal.history.calls.items() if call.state == "settled"]
    await journal.close()
    assert len(settled) >= len(told), "what was acknowledged is there"
    assert len(settled) <= len(told) + 1

    assert drive(tmp_path) == (0, [f"settled {number}" for number in range(1, 6)])
    assert check_production(tmp_path) == ()
    journal = SqliteJournal.open(tmp_path / ".callsheet" / "journal.db", clock=CLOCK, mode="read")
    bill = journal.bill()
    assert (to_micros(bill.settled_usd), to_micros(bill.reserved_usd), bill.calls) == (5 * PRICE, 0, 5)
    assert set(settled) <= set(journal.history.calls)
    store = AssetStore(tmp_path / ".callsheet" / "assets")
    assert store.get(digest_of_bytes(b"picture 3")) == b"picture 3"
    await journal.close()


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
