"""The open sessions of a process, one for a folder: what graphs, which come and go with every run, talk to."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ...core.errors import OutputError
from ...core.settings import Settings
from ..offstage import Offstage
from .news import News
from .session import Session

T = TypeVar("T")

_MOST_NEWS = 1000
"""Of one production, kept for who has not asked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chair:
    """Who directs what."""

    folder: Path
    by: str
    seed: int = 0

    @property
    def place(self) -> Path:
        """The folder however it is spelled."""
        return self.folder.resolve()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What happened since somebody last asked."""

    news: Sequence[News]
    is_busy: bool
    """Whether the crew is still at work."""


@dataclass(slots=True, kw_only=True)
class _Room:
    session: Session
    by: str
    news: list[News] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by who looks at what is proposed and answers it."""
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there is news."""
    ear: asyncio.Task[None] | None = None

    async def hear(self) -> None:
        """Keep what the session tells until somebody asks."""
        async for one in self.session.news():
            self.news = [*self.news[1 - _MOST_NEWS :], one]
            self.stirred.set()

    async def end(self) -> None:
        """Close the session, and have heard all of it."""
        await self.session.__aexit__(None, None, None)
        if self.ear:
            await self.ear


class Rooms:
    """Opens a session when somebody first talks in a folder, and keeps it and its crew until it is left.

    All of them close with the loop that first asked for one, or by `close`.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        """Prepare; nothing is opened yet.

        Args:
            settings: as in `Session`.
        """
        self._settings = settings
        self._offstage = Offstage(self._close)
        self._rooms: dict[Path, _Room] = {}
        self._door = asyncio.Lock()

    async def talk(self, chair: Chair, turn: Callable[[Session], Awaitable[T]]) -> T:
        """Have a turn with the session of a folder; it is finished even where nobody waits for the answer any more.

        Raises:
            SetupError: the folder cannot be used, or somebody else directs it here.
        """
        return await self._offstage.run(lambda: self._talk(chair, turn), to_the_end=True)

    async def listen(self, chair: Chair, *, seconds: float = 0.0) -> Heard:
        """Give what happened since this was last asked; nothing where no session is open.

        Args:
            chair: whose production.
            seconds: how long to wait for something to happen while the crew is at work.
        """
        return await self._offstage.run(lambda: self._listen(chair, seconds))

    async def leave(self, chair: Chair) -> None:
        """Close the session of a folder, where one is open."""
        await self._offstage.run(lambda: self._leave(chair))

    def close(self) -> None:
        """Close all sessions and send their crews home. Blocking."""
        self._offstage.close()

    async def _talk(self, chair: Chair, turn: Callable[[Session], Awaitable[T]]) -> T:
        room = await self._room(chair)
        async with room.turn:
            return await turn(room.session)

    async def _listen(self, chair: Chair, seconds: float) -> Heard:
        room = self._rooms.get(chair.place)
        if room is None:
            return Heard(news=(), is_busy=False)
        if room.session.is_busy and not room.news:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await room.stirred.wait()
        if not (is_busy := room.session.is_busy):
            await room.session.heard()
        room.stirred.clear()
        news, room.news = room.news, []
        return Heard(news=news, is_busy=is_busy)

    async def _room(self, chair: Chair) -> _Room:
        async with self._door:
            room = self._rooms.get(chair.place)
            if room is None:
                room = self._rooms[chair.place] = await self._open(chair)
            if room.by != chair.by:
                fix = f"talk as {room.by}, or let them say `bye` first"
                raise OutputError(str(chair.folder), f"is directed by {room.by} here", fix)
            return room

    async def _open(self, chair: Chair) -> _Room:
        session = await asyncio.to_thread(self._session, chair)
        await session.__aenter__()
        room = _Room(session=session, by=chair.by)
        room.ear = asyncio.get_running_loop().create_task(room.hear())
        return room

    def _session(self, chair: Chair) -> Session:
        return Session(chair.folder, by=chair.by, seed=chair.seed, settings=self._settings)

    async def _leave(self, chair: Chair) -> None:
        async with self._door:
            room = self._rooms.pop(chair.place, None)
        if room:
            await room.end()

    async def _close(self) -> None:
        while self._rooms:
            await self._rooms.popitem()[1].end()
        self._door = asyncio.Lock()  # the next thread has another loop
