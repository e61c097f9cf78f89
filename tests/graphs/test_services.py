"""Whole productions whose pictures come from a service: its own meter says what was sold."""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from callsheet.core.errors import CallsheetError
from callsheet.core.fact import TakeMade
from callsheet.core.settings import Settings
from callsheet.evals import wire
from callsheet.graphs.desk import Production, Standing, check_production, decide, look, produce, reconcile

from ..launcher import Launcher

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
settings = {{ base_url = "{url}/v1", quality = "low", sizes = "192x128", deadline_seconds = 5, sells_once = {once} }}

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
    crew.write_text(CREW.format(url=server.base_url, once=str(server.honours_keys).lower()))
    return brief, crew


async def run(folder: Path, server: wire.WireServer, home: Literal["inprocess", "ray"] = "inprocess") -> Production:
    brief, crew = written(folder, server)
    settings = Settings(home=home, learn=False, workers=2)
    return await produce(brief, out=folder / "out", crew=crew, seed=7, settings=settings)


def order(folder: Path, server: wire.WireServer, crash_at: str = "") -> tuple[list[str], dict[str, str]]:
    """Give the command that runs it in a process of its own, and its settings."""
    brief, crew = written(folder, server)
    settings = {
        "CALLSHEET_HOME": "inprocess",
        "CALLSHEET_CREW": str(crew),
        "CALLSHEET_CRASH_AT": crash_at,
        "CALLSHEET_LEARN": "false",
    }
    return ["run", str(brief), "--out", str(folder / "out"), "--yes"], settings


def ended(launcher: Launcher, folder: Path, server: wire.WireServer, crash_at: str = "") -> int:
    arguments, settings = order(folder, server, crash_at)
    return launcher.run(arguments, {**settings, "OPENAI_API_KEY": wire.KEY}, folder / "told")


def begun(folder: Path, server: wire.WireServer) -> subprocess.Popen[bytes]:
    arguments, settings = order(folder, server)
    command = [sys.executable, "-Pm", "callsheet.apps", *arguments]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, env=os.environ | settings, **quiet)


def takes_paid(standing: Standing) -> list[str]:
    facts = [entry.fact for entry in standing.history.entries]
    return [one.take.task for one in facts if isinstance(one, TakeMade) and one.micros == 40_000]


def metered(folder: Path, server: wire.WireServer) -> Path:
    """Write down what the server sold, as a service's own meter has it."""
    place = folder / "meter.jsonl"
    rows = [{"key": one.key, "usd": 0.04, "delivered": one.is_delivered} for one in server.sold]
    place.write_text("\n".join(map(json.dumps, rows)))
    return place


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
    launcher: Launcher, tmp_path: Path, honours_keys: bool
) -> None:
    with wire.openai_server(honours_keys=honours_keys) as server:
        for point in POINTS:
            assert ended(launcher, tmp_path, server, point) == -9
        assert ended(launcher, tmp_path, server) == 0
        standing = asyncio.run(look(tmp_path / "out"))
        assert len(takes_paid(standing)) == len({one.key for one in server.sold}) == STILLS
        twice = wire.sold_twice(server.requests)
        doubts = standing.history.doubts.values()
        assert doubts
        if honours_keys:
            assert not twice
            assert not [one for one in doubts if one.is_open]
        else:  # only what was under way when the process was killed, and the bill says what that may have cost
            assert sum(twice.values()) - len(twice) <= len(doubts)
        assert standing.bill.reserved_usd == pytest.approx(0.04 * len([one for one in doubts if one.is_open]))
    assert not check_production(tmp_path / "out")


def test_a_process_killed_while_the_service_works_gets_that_very_work_afterwards(
    launcher: Launcher, tmp_path: Path
) -> None:
    with wire.openai_server(lambda _: wire.Good(work_seconds=2.0), honours_keys=True) as server:
        process = begun(tmp_path, server)
        while len(server.requests) < STILLS:
            time.sleep(0.05)
            assert process.poll() is None
        process.kill()
        process.wait()
        time.sleep(2.5)
        assert ended(launcher, tmp_path, server) == 0
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
        again = await run(tmp_path, server)
        assert len(server.requests) == STILLS
        for bill in (production.bill, again.bill):  # in the next run, too, it counts until somebody finds out
            assert bill.reserved_usd == bill.unknown_usd == pytest.approx(0.04)
        await decide(tmp_path / "out", "duel", "retake", by="Ada")
        assert (await run(tmp_path, server)).status == "delivered"
        first, second = [one for one in server.requests if b"blood" in one.body]
        assert first.key == second.key
    found = await reconcile(tmp_path / "out", meter=metered(tmp_path, server), is_complete=True, by="Ada")
    bill = (await look(tmp_path / "out")).bill
    assert not found.unknown
    assert not found.differences
    assert bill.settled_usd == pytest.approx(0.04 * len(server.sold) + 0.0005)
    assert bill.reserved_usd == 0
    assert not check_production(tmp_path / "out")


async def test_what_nobody_was_charged_for_is_made_again_once_somebody_finds_out(tmp_path: Path) -> None:
    def fail_once(request: wire.Request) -> wire.Reply:
        is_first = [one for one in server.requests if b"blood" in one.body] == [request]
        return wire.Dropped() if b"blood" in request.body and is_first else wire.Good()

    with wire.openai_server(fail_once) as server:
        await run(tmp_path, server)
        unsaid = await reconcile(tmp_path / "out", meter=metered(tmp_path, server), by="Ada")
        assert [one.call.task for one in unsaid.unknown] == ["duel"]  # what a meter leaves out may be missing in it
        found = await reconcile(tmp_path / "out", voids=["duel"], by="Ada")
        assert [one.micros for one in found.reconciled] == [0]
        assert (await run(tmp_path, server)).status == "delivered"
        assert len(server.sold) == STILLS


async def test_a_service_that_sells_work_once_is_asked_again_for_what_it_may_have_charged(tmp_path: Path) -> None:
    def drop_first(request: wire.Request) -> wire.Reply:
        is_first = [one for one in server.requests if one.key == request.key] == [request]
        return wire.Dropped(after_work=True) if is_first else wire.Good()

    with wire.openai_server(drop_first, honours_keys=True) as server:
        production = await run(tmp_path, server)
        assert production.status == "delivered"
        assert len(server.sold) == STILLS
        assert len(production.history.doubts) == STILLS
        assert production.bill.settled_usd == pytest.approx(0.04 * STILLS + 0.0005)
        assert production.bill.reserved_usd == 0


async def test_a_spoilt_answer_that_a_service_keeps_is_bought_anew_and_both_charges_are_accounted_for(
    tmp_path: Path,
) -> None:
    def spoil_first(request: wire.Request) -> wire.Reply:
        is_first = [one for one in server.requests if b"blood" in one.body] == [request]
        return wire.Good(picture=b"no picture at all") if b"blood" in request.body and is_first else wire.Good()

    with wire.openai_server(spoil_first, honours_keys=True) as server:
        production = await run(tmp_path, server)
        assert production.status == "delivered"
        first, second = [one.key for one in server.requests if b"blood" in one.body]
        assert second == f"{first}/2"
        assert not wire.sold_twice(server.requests)
        assert production.bill.reserved_usd == production.bill.unknown_usd == pytest.approx(0.04)
        found = await reconcile(tmp_path / "out", meter=metered(tmp_path, server), is_complete=True, by="Ada")
    assert (found.unknown, found.differences) == ((), ())
    bill = (await look(tmp_path / "out")).bill
    assert (bill.settled_usd, bill.reserved_usd) == (pytest.approx(0.04 * (STILLS + 1) + 0.0005), 0)
    assert not check_production(tmp_path / "out")


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
