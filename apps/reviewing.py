"""`callsheet review`: serves the dailies page of one production on this machine until it is interrupted."""

import asyncio
import secrets
import socket
import webbrowser
from pathlib import Path
from threading import Event
from types import FrameType

from ..core.errors import MissingExtra, OutputError
from ..core.settings import read_settings
from ..graphs.desk import look_on
from .door import OK, say

try:
    import uvicorn

    from .review.app import Review, review_app
    from .review.guard import Access
except ModuleNotFoundError as missing:
    if missing.name not in ("fastapi", "starlette", "uvicorn"):
        raise
    raise MissingExtra("the dailies page", "review") from missing


class _Server(uvicorn.Server):
    """A server whose open pages are told to leave before it waits for them."""

    def __init__(self, config: uvicorn.Config, ended: Event) -> None:
        super().__init__(config)
        self._ended = ended

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Hear that it is time."""
        self._ended.set()
        super().handle_exit(sig, frame)


def review_production(folder: Path, *, port: int, is_opened: bool, by: str, as_json: bool) -> int:
    """Serve the page until Ctrl-C."""
    listener = listen(port)
    access = Access(port=listener.getsockname()[1], token=secrets.token_urlsafe(32))
    try:
        asyncio.run(_serve(folder, listener, access, is_opened=is_opened, by=by, as_json=as_json))
    except KeyboardInterrupt:  # how a review ends
        pass
    finally:
        listener.close()
    return OK


async def _serve(
    folder: Path, listener: socket.socket, access: Access, *, is_opened: bool, by: str, as_json: bool
) -> None:
    settings, ended = read_settings(), Event()
    async with look_on(folder, settings) as onlooker:
        app = review_app(Review(onlooker=onlooker, access=access, by=by, settings=settings, is_over=ended.is_set))
        config = uvicorn.Config(
            app, log_level="error", access_log=False, ws="none", server_header=False, timeout_graceful_shutdown=2
        )
        _announce(onlooker.standing.plan.title, access, as_json=as_json)
        if is_opened:
            await asyncio.to_thread(webbrowser.open, access.url)
        await _Server(config, ended).serve(sockets=[listener])


def listen(port: int) -> socket.socket:
    """Take a port on the loopback; 0 takes any that is free."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        why = f"port {port} cannot be used ({error.strerror})"
        raise OutputError("127.0.0.1", why, "name another with --port, or none") from None
    listener.listen(64)
    return listener


def _announce(title: str, access: Access, *, as_json: bool) -> None:
    if as_json:
        say({"event": "review_opened", "title": title, "port": access.port, "url": access.url})
    else:
        print(f"dailies of {title}: {access.url}\nwhoever has that address may decide; Ctrl-C ends it", flush=True)
