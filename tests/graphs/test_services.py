"""Whole productions whose pictures come from a service: its own meter says what was sold."""

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from callsheet.core.call import CallVoided
from callsheet.core.errors import CallsheetError
from callsheet.core.fact import TakeMade
from callsheet.core.settings import Settings
from callsheet.evals import wire
from callsheet.graphs.desk import Production, Standing, check_production, decide, look, produce

pytestmark = pytest.mark.slow

BRIEF = """
schema: brief/1
title: Far Castle
budget_usd: 5.00
departments: {architecture: {workers: 4}, post: {workers: 2}}
tasks:
  keep: {department: architecture, make: still, prompt: one large red castle, vary: {time: [dawn, dusk, night]}}
  duel: {department: architecture, make: still, prompt: a knight in blood}
  grade: {department: post, make: grade, input: keep__dusk, shot: sq010_sh010}
shots: {sq010_sh010: {from: grade, seconds: 1}}
deliver: [contact_sheet, stills]
"""
CREW = """
schema = "crew/1"
name = "far"

[[makers]]
name = "gpt-image"
kind = "openai"
source = "wire-image"
makes = ["still"]
usd = 0.04
replicas_max = 8
width = 192
height = 128
settings = {{ base_url = "{url}/v1", quality = "low", sizes = "192x128", deadline_seconds = 5 }}

[[makers]]
name = "post"
kind = "post"
makes = ["grade"]
usd = 0.0005

[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "relation", "position", "time", "weather", "shot", "absence", "style"]
"""
STILLS = 4


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", wire.KEY)


def written(folder: Path, server: wire.WireServer) -> tuple[Path, Path]:
    brief, crew = folder / "brief.yaml", folder / "crew.toml"
    brief.write_text(BRIEF)
    crew.write_text(CREW.format(url=server.base_url))
    return brief, crew


async def run(folder: Path, server: wire.WireServer, home: Literal["inprocess", "ray"] = "inprocess") -> Production:
    brief, crew = written(folder, server)
    settings = Settings(home=home, learn=False, workers=2)
    return await produce(brief, out=folder / "out", crew=crew, seed=7, settings=settings)


def begun(folder: Path, server: wire.WireServer, crash_at: str = "") -> subprocess.Popen[bytes]:
    brief, crew = written(folder, server)
    environment = os.environ | {
        "CALLSHEET_HOME": "inprocess",
        "CALLSHEET_CREW": str(crew),
        "CALLSHEET_CRASH_AT": crash_at,
        "CALLSHEET_LEARN": "false",
    }
    command = [sys.executable, "-Pm", "callsheet.apps", "run", str(brief), "--out", str(folder / "out"), "--yes"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def takes_paid(standing: Standing) -> list[str]:
    facts = [entry.fact for entry in standing.history.entries]
    return [one.take.task for one in facts if isinstance(one, TakeMade) and one.micros == 40_000]


def why(production: Production, task: str) -> str:
    unfinished = production.history.tasks[task].unfinished
    assert unfinished is not None
    return unfinished.why


@pytest.mark.parametrize("home", ["inprocess", "ray"])
async def test_every_picture_is_sold_once_and_nothing_else(tmp_path: Path, home: Literal["inprocess", "ray"]) -> None:
    with wire.openai_server() as server:
        production = await run(tmp_path, server, home)
        assert production.status == "delivered"
        assert len(server.requests) == len(server.sold) == STILLS
        assert not wire.sold_twice(server.requests)
        await run(tmp_path, server)
        assert len(server.requests) == STILLS
    assert not check_production(tmp_path / "out")


POINTS = ["after_send", "after_receive:2", "before_settle", "after_judge:3"]


@pytest.mark.parametrize("honours_keys", [True, False])
def test_a_production_killed_again_and_again_buys_nothing_twice_that_had_arrived(
    tmp_path: Path, honours_keys: bool
) -> None:
    with wire.openai_server(honours_keys=honours_keys) as server:
        for point in POINTS:
            begun(tmp_path, server, point).wait(60)
        assert begun(tmp_path, server).wait(60) == 0
        standing = asyncio.run(look(tmp_path / "out"))
        assert len(takes_paid(standing)) == len({one.key for one in server.sold}) == STILLS
        twice = wire.sold_twice(server.requests)
        if honours_keys:
            assert not twice
        else:  # only what was under way when the process was killed, and the journal says what that may have cost
            voided = [one.fact for one in standing.history.entries if isinstance(one.fact, CallVoided)]
            assert sum(twice.values()) - len(twice) <= len([one for one in voided if "may have charged" in one.why])
    assert standing.bill.reserved_usd == 0
    assert not check_production(tmp_path / "out")


def test_a_process_killed_while_the_service_works_gets_that_very_work_afterwards(tmp_path: Path) -> None:
    with wire.openai_server(lambda _: wire.Good(work_seconds=2.0), honours_keys=True) as server:
        process = begun(tmp_path, server)
        while len(server.requests) < STILLS:
            time.sleep(0.05)
            assert process.poll() is None
        process.kill()
        process.wait()
        time.sleep(2.5)
        assert begun(tmp_path, server).wait(60) == 0
        assert len(server.sold) == STILLS
        assert len([one for one in server.requests if one.is_replayed]) == STILLS
        assert not wire.sold_twice(server.requests)


async def test_a_refusal_is_readable_and_stops_its_task_alone(tmp_path: Path) -> None:
    def moderate(request: wire.Request) -> wire.Reply:
        return wire.moderation_blocked("gore") if b"blood" in request.body else wire.Good()

    with wire.openai_server(moderate) as server:
        production = await run(tmp_path, server)
        assert production.status == "unfinished"
        assert "will not draw this" in why(production, "duel")
        assert "[gore]" in why(production, "duel")
        assert "reword the task" in why(production, "duel")
        assert len([one for one in server.requests if b"blood" in one.body]) == 1
        assert len(server.sold) == STILLS - 1
    shown = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-Pm", "callsheet.apps", "takes", str(tmp_path / "out"), "duel"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "400"},
    )
    assert "will not draw this" in shown.stdout + shown.stderr


async def test_rate_limits_and_overloads_are_waited_out(tmp_path: Path) -> None:
    busy = [wire.rate_limited(0.2), wire.rate_limited(0.2), replace(wire.overloaded(), retry_after=0.0)]
    with wire.openai_server(busy) as server:
        production = await run(tmp_path, server)
        assert production.status == "delivered"
        assert len(server.sold) == STILLS
        assert len(server.requests) == STILLS + 3
        assert production.bill.settled_usd == pytest.approx(STILLS * 0.04 + 0.0005)


@pytest.mark.parametrize("fault", [wire.Dropped(after_work=True), wire.Truncated(), wire.Dripped(bytes_per_second=9)])
async def test_what_may_have_been_charged_is_shown_and_not_bought_again_unasked(
    tmp_path: Path, fault: wire.Reply
) -> None:
    def fail_once(request: wire.Request) -> wire.Reply:
        is_first = [one for one in server.requests if b"blood" in one.body] == [request]
        return fault if b"blood" in request.body and is_first else wire.Good()

    with wire.openai_server(fail_once) as server:
        production = await run(tmp_path, server)
        assert production.status == "unfinished"
        assert "may have been charged" in why(production, "duel")
        assert len(server.requests) == len(server.sold) == STILLS
        assert production.bill.reserved_usd == pytest.approx(0.04)  # as long as this process drives, it counts as spent
        await run(tmp_path, server)
        assert len(server.requests) == STILLS
        await decide(tmp_path / "out", "duel", "retake", by="Ada")
        assert (await run(tmp_path, server)).status == "delivered"
        first, again = [one for one in server.requests if b"blood" in one.body]
        assert first.key == again.key


async def test_a_spending_limit_is_met_once_and_the_next_run_asks_again(tmp_path: Path) -> None:
    def capped(request: wire.Request) -> wire.Reply:
        return wire.spend_cap() if is_capped else wire.Good()

    is_capped = True
    with wire.openai_server(capped) as server:
        production = await run(tmp_path, server)
        assert "may spend no more" in why(production, "duel")
        assert "raise the limit" in why(production, "duel")
        assert len(server.requests) == STILLS
        is_capped = False
        assert (await run(tmp_path, server)).status == "delivered"
        assert len(server.sold) == STILLS


async def test_without_a_key_nothing_is_asked_and_the_message_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with wire.openai_server() as server:
        with pytest.raises(CallsheetError, match="the environment has no OPENAI_API_KEY"):
            await run(tmp_path, server)
        assert not server.requests


def test_the_doctor_says_whether_a_service_could_be_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with wire.openai_server() as server:
        _, crew = written(tmp_path, server)
        assert "calls a service for wire-image, at most 8 times" in examined(crew)
        monkeypatch.delenv("OPENAI_API_KEY")
        assert "the environment has no OPENAI_API_KEY" in examined(crew)
        assert not server.requests


def examined(crew: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-Pm", "callsheet.apps", "doctor", "--crew", str(crew)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "400"},
    )
    return done.stdout + done.stderr
