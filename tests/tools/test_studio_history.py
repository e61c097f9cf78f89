"""The studio's history: one file, many productions, and nothing counted twice."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from callsheet.core.canonical import digest_of
from callsheet.core.errors import OutputError
from callsheet.core.track_record import Missed, Paced, Seen, Tally, TrackRecord
from callsheet.tools.studio_history import StudioHistory

EYES = digest_of("critics")
SMALL, LARGE = digest_of("small"), digest_of("large")
CREW = digest_of("crew")


def seen(number: int, *, maker: str = SMALL, kind: str = "existence", score: float = 0.9) -> Seen:
    return Seen(work=digest_of(f"{maker}{number}"), maker=maker, kind=kind, score=score)


@pytest.fixture
def history(tmp_path: Path) -> StudioHistory:
    return StudioHistory(tmp_path / "studio" / "history.sqlite")


def record(history: StudioHistory, *floors: float, critics: str = EYES) -> TrackRecord:
    return history.track_record({"s": SMALL, "l": LARGE}, critics=critics, floors=floors or (0.6,))


def test_a_history_that_is_not_there_is_empty_and_looking_makes_no_file(history: StudioHistory) -> None:
    assert record(history) == TrackRecord()
    assert history.takes() == 0
    assert not history.path.parent.exists()


def test_an_empty_file_is_an_empty_history(history: StudioHistory) -> None:
    history.path.parent.mkdir()
    history.path.touch()
    assert record(history) == TrackRecord()
    history.add([seen(1)], critics=EYES)
    assert history.takes() == 1


def test_a_tally_is_told_by_maker_kind_and_floor(history: StudioHistory) -> None:
    history.add([seen(1, score=0.65), seen(2, score=0.2), seen(3, score=0.6)], critics=EYES)
    history.add([seen(1, kind="time", score=1.0), seen(1, maker=LARGE, score=0.8)], critics=EYES)
    assert record(history, 0.6, 0.7) == TrackRecord(
        takes=4,
        tallies=(
            Tally(maker="s", kind="existence", floor=0.6, seen=3, passed=2),
            Tally(maker="s", kind="existence", floor=0.7, seen=3, passed=0),
            Tally(maker="s", kind="time", floor=0.6, seen=1, passed=1),
            Tally(maker="s", kind="time", floor=0.7, seen=1, passed=1),
            Tally(maker="l", kind="existence", floor=0.6, seen=1, passed=1),
            Tally(maker="l", kind="existence", floor=0.7, seen=1, passed=1),
        ),
    )


def test_the_same_work_counts_once_however_often_it_is_added(history: StudioHistory) -> None:
    for _ in range(3):
        history.add([seen(1), seen(2)], critics=EYES)
    history.add([seen(1, score=0.1)], critics=EYES)
    assert record(history).tallies == (Tally(maker="s", kind="existence", floor=0.6, seen=2, passed=2),)


def test_what_other_critics_saw_or_other_makers_made_does_not_count(history: StudioHistory) -> None:
    history.add([seen(1)], critics=digest_of("others"))
    history.add([seen(1, maker=digest_of("stranger"))], critics=EYES)
    assert record(history) == TrackRecord()
    assert history.takes() == 2


def miss(stretch: float) -> Missed:
    return Missed(start_seconds=2.5, stretch=stretch, noise=0.1)


def missed(history: StudioHistory, crew: str = CREW) -> tuple[Missed, ...]:
    return history.track_record({"s": SMALL}, critics=EYES, floors=(0.6,), crew=crew).missed


def test_what_forecasts_missed_by_is_told_by_crew_the_newest_last(history: StudioHistory) -> None:
    for number in (3, 1, 2):
        history.add([], critics=EYES, missed=miss(number), crew=CREW, production=f"of {number}")
    history.add([], critics=EYES, missed=miss(9), crew=digest_of("others"), production="of 1")
    assert missed(history) == (miss(3), miss(1), miss(2))
    assert missed(history, digest_of("strangers")) == ()


def test_only_so_many_of_the_newest_are_told(history: StudioHistory) -> None:
    for number in range(1, 31):
        history.add([], critics=EYES, missed=miss(number), crew=CREW, production=f"of {number}")
    assert missed(history) == tuple(miss(number) for number in range(11, 31))


def test_the_same_production_that_goes_on_replaces_what_its_forecast_missed_by(history: StudioHistory) -> None:
    for stretch in (1.5, 1.1):
        history.add([], critics=EYES, missed=miss(stretch), crew=CREW, production="of may")
    history.add([seen(1)], critics=EYES, crew=CREW, production="of may")
    assert missed(history) == (miss(1.1),)


def test_a_process_that_loaded_nobody_leaves_the_loads_that_were_timed(history: StudioHistory) -> None:
    for load in (7.0, None):
        paces = [Paced.of(SMALL, [1.0, 3.0], load)]
        history.add([], critics=EYES, paces=paces, production="of may")
    assert [one.load_seconds for one in record(history).paces] == [7.0]


SEEN_OF_1 = """
CREATE TABLE seen (critics TEXT NOT NULL, maker TEXT NOT NULL, kind TEXT NOT NULL, work TEXT NOT NULL,
                   score REAL NOT NULL, PRIMARY KEY (critics, maker, kind, work)) STRICT, WITHOUT ROWID;
INSERT INTO seen VALUES ('{eyes}', '{small}', 'existence', 'work', 0.9);
"""
PACE_OF_2 = """
CREATE TABLE pace (maker TEXT NOT NULL, production TEXT NOT NULL, takes REAL NOT NULL, seconds REAL NOT NULL,
                   squares REAL NOT NULL, load_seconds REAL, PRIMARY KEY (maker, production)) STRICT, WITHOUT ROWID;
INSERT INTO pace VALUES ('{small}', 'of april', 2.0, 4.0, 10.0, 7.0);
"""


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_history_is_upgraded_and_keeps_what_it_knew(history: StudioHistory, version: int) -> None:
    tables = (SEEN_OF_1 + (PACE_OF_2 if version == 2 else "")).format(small=_told(SMALL), eyes=_told(EYES))
    history.path.parent.mkdir()
    history.path.write_bytes(_database(f"{tables} PRAGMA user_version = {version}"))
    before = record(history)
    assert before.tallies == (Tally(maker="s", kind="existence", floor=0.6, seen=1, passed=1),)
    assert [one.load_seconds for one in before.paces] == ([7.0] if version == 2 else [])
    history.add([], critics=EYES, missed=miss(1.2), crew=CREW, production="of may")
    assert missed(history) == (miss(1.2),)
    assert record(history) == before


def _told(digest: str) -> str:
    return digest.removeprefix("sha256:")[:32]


def test_a_file_that_is_damaged_or_something_else_is_refused_and_left_as_it_is(history: StudioHistory) -> None:
    history.path.parent.mkdir()
    for content in (b"not a database" * 100, _database("CREATE TABLE other (x)"), _database("PRAGMA user_version = 9")):
        history.path.write_bytes(content)
        for use in (lambda: record(history), lambda: history.add([seen(1)], critics=EYES), history.takes):
            with pytest.raises(OutputError, match=r"cannot be used .*CALLSHEET_LEARN"):
                use()
        assert history.path.read_bytes() == content


def _database(statement: str) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(statement)
    return connection.serialize()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"history\.sqlite"):
        StudioHistory(tmp_path / "file" / "history.sqlite").add([seen(1)], critics=EYES)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_one_may_only_read_is_read(history: StudioHistory) -> None:
    history.add([seen(1)], critics=EYES)
    history.path.chmod(0o444)
    assert record(history).takes == 1


def test_a_user_without_a_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    with pytest.raises(OutputError, match="no home folder"):
        StudioHistory(Path("~/history.sqlite")).takes()


def _add_many(path: Path, first: int) -> None:
    for number in range(first, first + 20):
        StudioHistory(path).add([seen(number), seen(number, kind="time")], critics=EYES)


ADD_MANY = """
import sys
from pathlib import Path
from callsheet.core.track_record import Seen
from callsheet.tools.studio_history import StudioHistory
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 10):
    seen = Seen(work=str(number), maker="small", kind="existence", score=0.9)
    StudioHistory(Path(sys.argv[1])).add([seen], critics="critics")
"""


@pytest.mark.slow
def test_productions_in_several_processes_add_to_it_at_once(history: StudioHistory) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-Pc", ADD_MANY, str(history.path), str(5 * worker)]) for worker in range(3)
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    assert history.takes() == 20


@pytest.mark.slow
async def test_productions_in_one_process_add_to_it_at_once(history: StudioHistory) -> None:
    async with asyncio.TaskGroup() as group:
        for worker in range(4):
            group.create_task(asyncio.to_thread(_add_many, history.path, 10 * worker))
    assert record(history).takes == 50
