"""Looking on while others work, and decisions that are bound to what the person was shown."""

import asyncio
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from callsheet.core.errors import NothingToDo, OutputError, StaleDecision, UnknownName
from callsheet.core.settings import Settings
from callsheet.graphs import desk

HERE = Path(__file__).parents[1]
CREW = HERE / "fake_crew.toml"
SETTINGS = Settings(home="inprocess", learn=False)


async def bring_in(folder: Path, task: str) -> str:
    buffer = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(buffer, "PNG")
    file = folder.parent / "teal.png"
    file.write_bytes(buffer.getvalue())
    return (await desk.ingest(folder, file, task, settings=SETTINGS)).digest


async def test_an_onlooker_is_told_which_tasks_changed_and_those_that_follow_from_them(castle: Path) -> None:
    async with desk.look_on(castle, SETTINGS) as onlooker:
        since = onlooker.revision
        await onlooker.refresh()
        assert (onlooker.revision, onlooker.changed_since(since)) == (since, [])
        await desk.decide(castle, "keep", "retake", by="ada", settings=SETTINGS)
        await onlooker.refresh()
        assert onlooker.changed_since(since) == ["keep", "comp"]
        assert onlooker.board.cards["comp"].state == "blocked"
        assert onlooker.changed_since(onlooker.revision) == []


async def test_a_note_is_news_about_its_task_and_of_no_other(castle: Path) -> None:
    async with desk.look_on(castle, SETTINGS) as onlooker:
        since = onlooker.revision
        await desk.note(castle, "keep", "more ruin", by="ada", settings=SETTINGS)
        await onlooker.refresh()
        assert onlooker.changed_since(since) == ["keep"]


async def test_tasks_that_join_the_plan_join_the_board(castle: Path) -> None:
    async with desk.look_on(castle, SETTINGS) as onlooker:
        since = onlooker.revision
        await desk.add(castle, like="keep", vary={"time": ["dawn"]}, by="ada", crew=CREW, settings=SETTINGS)
        await onlooker.refresh()
        assert onlooker.planned_at > since
        assert "keep__dawn" in onlooker.board.cards
        assert onlooker.standing.task("keep__dawn")


async def test_any_number_of_readers_share_an_onlooker(castle: Path) -> None:
    async with desk.look_on(castle, SETTINGS) as onlooker:
        since = onlooker.revision
        await bring_in(castle, "keep")
        await asyncio.gather(*(onlooker.refresh() for _ in range(8)))
        assert "keep" in onlooker.changed_since(since)


async def test_looking_on_writes_nothing_and_wants_a_production(castle: Path, tmp_path: Path) -> None:
    before = (await desk.look(castle, SETTINGS)).history.entries
    async with desk.look_on(castle, SETTINGS) as onlooker:
        await onlooker.refresh()
    assert (await desk.look(castle, SETTINGS)).history.entries == before
    with pytest.raises(OutputError):
        async with desk.look_on(tmp_path / "none", SETTINGS):
            pass


async def test_a_decision_about_what_still_stands_is_recorded(castle: Path) -> None:
    record = (await desk.look(castle, SETTINGS)).history.tasks["keep"]
    assert record.standing_take
    digest = record.standing_take.digest
    taken = await desk.decide(castle, "keep", "approve", by="ada", digest=digest, round=0, settings=SETTINGS)
    assert (taken.digest, taken.round) == (digest, 0)


async def test_a_decision_after_another_says_who_decided_what_and_when(castle: Path) -> None:
    await desk.decide(castle, "keep", "reject", by="bob", note="too dark", settings=SETTINGS)
    said = r"bob decided 'reject' about keep/t01 at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(too dark\)"
    with pytest.raises(StaleDecision, match=said):
        await desk.decide(castle, "keep", "retake", by="ada", round=0, settings=SETTINGS)


async def test_a_decision_about_a_picture_that_was_replaced_says_what_stands_and_since_when(castle: Path) -> None:
    record = (await desk.look(castle, SETTINGS)).history.tasks["keep"]
    shown = record.takes[0].digest
    await bring_in(castle, "keep")
    with pytest.raises(StaleDecision, match=r"you were shown keep/t01, and keep/t02 stands now at 20"):
        await desk.decide(castle, "keep", "approve", by="ada", digest=shown, round=0, settings=SETTINGS)
    assert not (await desk.look(castle, SETTINGS)).history.tasks["keep"].decisions


async def test_a_decision_about_no_picture_is_refused_once_there_is_one_and_the_other_way_round(castle: Path) -> None:
    with pytest.raises(StaleDecision, match="you were shown no take, and keep/t01 stands now, accepted by gate at 20"):
        await desk.decide(castle, "keep", "omit", by="ada", digest="", settings=SETTINGS)
    shown = (await desk.look(castle, SETTINGS)).history.tasks["keep"].takes[0].digest
    await desk.decide(castle, "keep", "retake", by="bob", settings=SETTINGS)
    with pytest.raises(StaleDecision, match="no take of it stands now"):
        await desk.decide(castle, "keep", "approve", by="ada", digest=shown, settings=SETTINGS)


async def test_a_note_needs_words_and_something_it_is_about(castle: Path) -> None:
    with pytest.raises(NothingToDo):
        await desk.note(castle, "keep", "  ", by="ada", settings=SETTINGS)
    with pytest.raises(UnknownName, match="did you mean keep"):
        await desk.note(castle, "kep", "nice", by="ada", settings=SETTINGS)
    for about in ("", "post", "sq010_sh010", "plate"):
        assert (await desk.note(castle, about, "nice", by="ada", settings=SETTINGS)).about == about
