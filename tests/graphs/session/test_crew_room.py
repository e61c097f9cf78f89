"""The crew room: whose crew is shut out by another tries anew, and is not called shut out until it is."""

from pathlib import Path

from callsheet.graphs.planning import read_brief
from callsheet.graphs.session.crew_room import CrewRoom

from .test_session import SETTINGS, TESTS, made, session


async def test_what_stopped_a_run_is_known_until_the_crew_works_again(tmp_path: Path) -> None:
    async def nothing() -> bool:
        return False

    brief = read_brief(TESTS / "small_brief.yaml")
    async with session(tmp_path / "film", *made()):
        pass
    room = CrewRoom(tmp_path / "film", brief, 8, by="Bob", settings=SETTINGS, has_work=nothing, tell=lambda _: None)
    assert not room.fault
    room.work()
    await room.idle()
    assert "made from another seed" in room.fault
    room.work()
    assert not room.fault
    await room.close()


async def test_a_crew_that_was_shut_out_is_not_any_more_once_it_works_again(tmp_path: Path) -> None:
    told: list[str] = []

    async def nothing() -> bool:
        return False

    brief = read_brief(TESTS / "small_brief.yaml")
    room = CrewRoom(tmp_path / "film", brief, 0, by="Bob", settings=SETTINGS, has_work=nothing, tell=told.append)
    async with session(tmp_path / "film", *made()):
        room.work()
        await room.idle()
        assert room.is_shut_out
        assert told == ["another process drives this production: what you decide is carried out there"]
    room.work()
    assert not room.is_shut_out
    await room.idle()
    assert not room.is_shut_out
    await room.close()
