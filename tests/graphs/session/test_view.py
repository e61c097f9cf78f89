"""A production as a session sees it: it stands still for as long as somebody looks."""

import asyncio
import threading
from pathlib import Path

from .test_session import begun, session


async def test_nothing_new_is_read_while_somebody_looks(tmp_path: Path) -> None:
    looked = threading.Event()
    async with session(tmp_path / "film", *begun()) as held:
        view = held.view
        assert view
        async with asyncio.TaskGroup() as group:
            look = group.create_task(view.aside(looked.wait))
            await asyncio.sleep(0)
            read_on = group.create_task(view.catch_up())
            await asyncio.sleep(0.05)
            assert not read_on.done()
            looked.set()
        assert look.result()
        assert read_on.done()
