"""A director who delegates, at the desk: a real brief, journal and package."""

import asyncio
from pathlib import Path

import pytest

from callsheet.core.canonical import from_json
from callsheet.core.course import Correction, CourseAsked, CourseDecided, Effect
from callsheet.core.delivery import Manifest
from callsheet.core.errors import StaleDecision, UnknownName
from callsheet.core.settings import Settings
from callsheet.graphs.approvals import inbox
from callsheet.graphs.changing import brief_of
from callsheet.graphs.deciding import decide, look
from callsheet.graphs.folder import Folder
from callsheet.graphs.running import produce
from callsheet.tools.clock import SystemClock
from callsheet.tools.fsck import check_production
from callsheet.tools.journal import SqliteJournal

CREW = """
schema = "crew/1"
name = "two"
[[makers]]
name = "draft"
kind = "fake"
makes = ["still"]
usd = 0.002
strength = 1
passes = {existence = 0.9, technical = 1.0}
[[makers]]
name = "fine"
kind = "fake"
makes = ["still"]
usd = 0.0022
strength = 2
passes = {existence = 0.9, technical = 1.0}
[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "technical"]
settings = { pass_rate = 0.0 }
"""
BRIEF = """
title: Castles
quality: {rounds: 0}
departments: {cast: {workers: 1}}
tasks:
  keep: {department: cast, prompt: a castle, vary: {seed: 10}}
deliver: [stills]
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "crew.toml").write_text(CREW)
    return Settings(home="inprocess", crew=tmp_path / "crew.toml", learn=False)


def produced(tmp_path: Path, settings: Settings, delegate: str) -> Path:
    brief, folder = tmp_path / "brief.yaml", tmp_path / "castle"
    brief.write_text(f"{BRIEF}\n{delegate}\n")
    asyncio.run(produce(brief, out=folder, settings=settings))
    return folder


def test_a_correction_is_in_the_manifest_and_on_the_page_with_what_came_of_it(
    tmp_path: Path, settings: Settings
) -> None:
    folder = produced(tmp_path, settings, "delegate: {reroute: true}")
    manifest: Manifest = from_json(Manifest, (folder / "manifest.json").read_bytes())
    decisions = manifest.totals.decisions
    assert decisions is not None
    (one,) = decisions.corrections
    assert (one.by, decisions.by_policy) == ("policy:reroute", {"reroute": 1})
    assert (one.came.takes, one.came.passes) == (one.tasks, 0)
    page = (folder / "index.html").read_text()
    assert "The course was corrected 1 time" in page
    assert "decisions by policy: 1 by reroute" in page
    assert check_production(folder) == ()
    standing = asyncio.run(look(folder))
    assert brief_of(standing).delegate is not None
    assert {task.maker for task in standing.plan.tasks} == {"", "fine"}


def test_a_resumed_production_goes_on_as_it_was_corrected_and_corrects_nothing_twice(
    tmp_path: Path, settings: Settings
) -> None:
    folder = produced(tmp_path, settings, "delegate: {reroute: true}")
    before = asyncio.run(look(folder)).history.corrections
    produced(tmp_path, settings, "delegate: {reroute: true}")
    assert asyncio.run(look(folder)).history.corrections == before


def test_nothing_is_said_about_policies_where_nobody_delegates(tmp_path: Path, settings: Settings) -> None:
    folder = produced(tmp_path, settings, "")
    page = (folder / "index.html").read_text()
    assert "policy" not in page
    assert "The course was corrected" not in page


async def _ask(folder: Path, *tasks: str) -> None:
    nothing = Effect(takes=1, usd=1, passes=1)
    one = Correction(kind="reroute", department="cast", tasks=tasks, to="fine", as_is=nothing, expected=nothing)
    journal = SqliteJournal.open(Folder(folder).journal, clock=SystemClock())
    await journal.take_lease("test")
    await journal.record(CourseAsked(point="tasks:25", question="Shall I?", correction=one, evidence=()))
    await journal.close()


def test_a_question_about_the_course_is_answered_once_by_a_named_person(tmp_path: Path, settings: Settings) -> None:
    folder = produced(tmp_path, settings, "")
    asyncio.run(_ask(folder, "one_that_is_not_begun"))
    (row,) = inbox(asyncio.run(look(folder)).history)
    with pytest.raises(UnknownName, match="approve"):
        asyncio.run(decide(folder, row.about, "retake", by="Ada"))
    asyncio.run(decide(folder, row.about, "approve", by="Ada", note="yes"))
    history = asyncio.run(look(folder)).history
    assert history.course_answers["tasks:25"] == CourseDecided(point="tasks:25", is_agreed=True, by="Ada", note="yes")
    assert not inbox(history)
    with pytest.raises(StaleDecision, match="Ada already agreed"):
        asyncio.run(decide(folder, row.about, "reject", by="Ben"))


def test_a_question_is_gone_once_all_that_it_is_about_has_begun(tmp_path: Path, settings: Settings) -> None:
    folder = produced(tmp_path, settings, "")
    asyncio.run(_ask(folder, *(task.name for task in asyncio.run(look(folder)).plan.tasks)))
    assert not inbox(asyncio.run(look(folder)).history)
    with pytest.raises(StaleDecision, match="has begun by now"):
        asyncio.run(decide(folder, "tasks:25", "approve", by="Ada"))
