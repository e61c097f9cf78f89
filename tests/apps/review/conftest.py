"""Productions of shipped fakes, finished or waiting for a person, and reviews of them."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from io import BytesIO
from pathlib import Path

import httpx
import pytest
import uvicorn
from PIL import Image
from starlette.types import ASGIApp, Message

from callsheet.apps.review.app import Review, review_app
from callsheet.apps.review.guard import Access
from callsheet.apps.reviewing import listen
from callsheet.core.settings import Settings
from callsheet.graphs import desk

HERE = Path(__file__).parents[2]
BRIEF, CREW = HERE / "small_brief.yaml", HERE / "fake_crew.toml"
SETTINGS = Settings(home="inprocess", learn=False)
PORT = 8321
ORIGIN = f"http://127.0.0.1:{PORT}"

Folder = Callable[[], Path]


async def drive(folder: Path, brief: Path = BRIEF, crew: Path = CREW) -> None:
    """Run a production, or go on with it."""
    await desk.produce(brief, out=folder, crew=crew, seed=7, settings=SETTINGS)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished production, for copying."""
    folder = tmp_path_factory.mktemp("finished") / "castle"
    asyncio.run(drive(folder))
    return folder


@pytest.fixture
def castle(finished: Path, tmp_path: Path) -> Path:
    """A finished production of one's own."""
    return Path(shutil.copytree(finished, tmp_path / "castle"))


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A production whose keep waits for a person, after two takes that were refused; for copying."""
    place = tmp_path_factory.mktemp("held")
    brief, crew = place / "brief.yaml", place / "crew.toml"
    brief.write_text(BRIEF.read_text() + "quality: {rounds: 1, when_spent: ask}\n")
    crew.write_text(CREW.read_text().replace("pass_rate = 0.97", 'fail_on = "castle"'))
    asyncio.run(drive(place / "castle", brief, crew))
    return place


@pytest.fixture
def asking(held: Path, tmp_path: Path) -> Path:
    """A production of one's own that waits for a person."""
    return Path(shutil.copytree(held / "castle", tmp_path / "asking"))


def picture(colour: str = "teal") -> bytes:
    """A picture a person might bring in."""
    buffer = BytesIO()
    Image.new("RGB", (64, 64), colour).save(buffer, "PNG")
    return buffer.getvalue()


async def bring_in(folder: Path, task: str, colour: str = "teal") -> str:
    """Have another process's take appear; give its digest's hex digits."""
    file = folder.parent / f"{colour}.png"
    file.write_bytes(picture(colour))
    take = await desk.ingest(folder, file, task, settings=SETTINGS)
    return take.digest.removeprefix("sha256:")


ACCESS = Access(port=PORT, token="its-token")


@asynccontextmanager
async def opened(folder: Path, by: str = "ada") -> AsyncIterator[ASGIApp]:
    """Open a review without a server."""
    async with desk.look_on(folder, SETTINGS) as onlooker:
        yield review_app(Review(onlooker=onlooker, access=ACCESS, by=by, settings=SETTINGS))


@asynccontextmanager
async def reviewed(folder: Path, by: str = "ada") -> AsyncIterator[httpx.AsyncClient]:
    """Open a review for a client that has the cookie."""
    async with opened(folder, by) as app:
        transport, cookies = httpx.ASGITransport(app=app), {ACCESS.cookie: ACCESS.token}
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies) as client:
            yield client


async def answer_to(app: ASGIApp, path: str) -> tuple[int, bytes]:
    """Ask for a path exactly as it is, without the tidying a client does; give status and body."""
    headers = [(b"host", f"127.0.0.1:{PORT}".encode()), (b"cookie", f"{ACCESS.cookie}={ACCESS.token}".encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "server": ("127.0.0.1", PORT),
        "client": ("127.0.0.1", 1),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:])


@asynccontextmanager
async def served(folder: Path, by: str = "ada") -> AsyncIterator[Access]:
    """Serve a review on a free port."""
    ended = asyncio.Event()
    with closing(listen(0)) as listener:
        access = Access(port=listener.getsockname()[1], token="its-token")
        async with desk.look_on(folder, SETTINGS) as onlooker:
            review = Review(onlooker=onlooker, access=access, by=by, settings=SETTINGS, is_over=ended.is_set)
            config = uvicorn.Config(review_app(review), log_level="error", ws="none", timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            serving = asyncio.ensure_future(server.serve(sockets=[listener]))
            try:
                yield access
            finally:
                ended.set()
                server.should_exit = True
                await serving
