"""What an open page hears while others work: over a real server, as server-sent events."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from callsheet.apps.review.guard import Access
from callsheet.graphs import desk

from .conftest import CREW, SETTINGS, bring_in, drive, served

MOST_SECONDS = 0.5
"""Between a commit by another process and the page's hearing of it."""


@asynccontextmanager
async def client_of(access: Access) -> AsyncIterator[httpx.AsyncClient]:
    base = f"http://127.0.0.1:{access.port}"
    async with httpx.AsyncClient(base_url=base, cookies={access.cookie: access.token}, timeout=10) as client:
        yield client


async def revision(client: httpx.AsyncClient, path: str = "/") -> int:
    found = re.search(r'data-revision="(\d+)"', (await client.get(path)).text)
    assert found
    return int(found.group(1))


async def told(lines: AsyncIterator[str], piece: str) -> str:
    """Wait until a piece of the page is told; give its HTML."""
    async with asyncio.timeout(5):
        async for line in lines:
            if line.startswith("data: "):
                pieces = json.loads(line.removeprefix("data: "))
                if piece in pieces:
                    return str(pieces[piece])
    raise AssertionError(f"the stream ended without {piece}")


async def test_a_new_take_is_told_within_half_a_second_to_the_grid_and_its_task(castle: Path) -> None:
    async with served(castle) as access, client_of(access) as client:
        since = await revision(client)
        async with (
            client.stream("GET", "/news", params={"since": since}) as grid,
            client.stream("GET", "/task/keep/news", params={"since": since}) as task,
        ):
            assert grid.headers["content-type"].startswith("text/event-stream")
            of_grid, of_task = grid.aiter_lines(), task.aiter_lines()
            await told(of_grid, "heading")
            digest = await bring_in(castle, "keep")
            began = asyncio.get_running_loop().time()
            assert digest in await told(of_grid, "task-keep")
            assert digest in await told(of_task, "takes")
            assert asyncio.get_running_loop().time() - began < MOST_SECONDS


async def test_a_decision_of_another_person_reaches_an_open_page(castle: Path) -> None:
    async with served(castle) as access, client_of(access) as client:
        since = await revision(client)
        async with client.stream("GET", "/task/keep/news", params={"since": since}) as task:
            await desk.decide(castle, "keep", "retake", by="bob", note="more ruin", settings=SETTINGS)
            lines = task.aiter_lines()
            assert "more ruin" in await told(lines, "remarks")


async def test_what_a_page_missed_is_told_when_it_comes_back(castle: Path) -> None:
    async with served(castle) as access, client_of(access) as client:
        since = await revision(client)
        await bring_in(castle, "keep")
        await client.get("/")
        async with client.stream("GET", "/news", params={"since": 0}, headers={"last-event-id": str(since)}) as grid:
            assert "keep/t02" in await told(grid.aiter_lines(), "task-keep")


async def test_tasks_that_join_the_plan_are_told_as_a_new_grid(castle: Path) -> None:
    async with served(castle) as access, client_of(access) as client:
        since = await revision(client)
        async with client.stream("GET", "/news", params={"since": since}) as grid:
            await desk.add(castle, like="keep", vary={"time": ["dawn"]}, by="ada", crew=CREW, settings=SETTINGS)
            assert 'id="task-keep__dawn"' in await told(grid.aiter_lines(), "grid")


async def test_a_new_package_brings_its_animatic_to_an_open_page(castle: Path) -> None:
    async with served(castle) as access, client_of(access) as client:
        since = await revision(client)
        await desk.decide(castle, "keep", "retake", by="ada", settings=SETTINGS)
        async with client.stream("GET", "/news", params={"since": since}) as grid:
            _, film = await asyncio.gather(drive(castle), told(grid.aiter_lines(), "film"))
        address = re.search(r'src="([^"]+)"', film)
        assert address
        assert (await client.get(address.group(1), headers={"range": "bytes=0-9"})).status_code == 206


async def test_news_needs_the_token_and_a_task_that_is_there(castle: Path) -> None:
    async with served(castle) as access, client_of(access) as client:
        assert (await client.get("/task/none/news", params={"since": 0})).status_code == 404
        client.cookies.clear()
        assert (await client.get("/news", params={"since": 0})).status_code == 401


@pytest.mark.slow
def test_the_command_prints_an_address_on_the_loopback_and_ends_cleanly_when_interrupted(castle: Path) -> None:
    command = [sys.executable, "-m", "callsheet.apps", "review", str(castle), "--no-open", "--json", "--by", "ada"]
    environment = {**os.environ, "CALLSHEET_HOME": "inprocess"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as door:
        assert door.stdout
        assert door.stderr
        opened = json.loads(door.stdout.readline())
        assert opened["url"].startswith(f"http://127.0.0.1:{opened['port']}/?token=")
        with httpx.Client() as client:
            assert client.get(opened["url"]).status_code == 200
            page = client.get(f"http://127.0.0.1:{opened['port']}/")
            assert "you decide as <b>ada</b>" in page.text
            with client.stream("GET", f"http://127.0.0.1:{opened['port']}/news", params={"since": 0}) as news:
                next(news.iter_lines())
                door.send_signal(signal.SIGINT)
                assert door.wait(10) == 0
        assert door.stderr.read() == ""
