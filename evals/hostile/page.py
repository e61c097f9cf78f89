"""The dailies page as strangers ask for it: raw requests over a socket, with whatever host, origin and path."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from ...core.settings import Settings
from ...graphs.desk import produce
from .outcomes import Outcome, Tally, payloads, throw_all

VERBS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")
_PLACES: Final = ("/picture/", "/thumb/", "/static/", "/task/")
_SECRETS: Final = (b"root:", b"SQLite", b"use strict", b"\x89PNG", b"Traceback")
"""What no answer to a path that leads out may hold: files of this machine, of the production, of the page itself."""

_SECONDS: Final = 20.0
_FILM: Final = """
schema: brief/1
title: Hostile
budget_usd: 1.00
departments: {architecture: {workers: 1}}
tasks: {keep: {department: architecture, make: still, prompt: a castle}}
deliver: [stills]
"""
_CREW: Final = """
schema = "crew/1"
name = "fake"
[[makers]]
name = "small"
kind = "fake"
makes = ["still"]
usd = 0.002
[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "relation", "position", "time", "weather", "shot", "absence", "style"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that is up, with what opens it."""

    port: int
    token: str

    @property
    def host(self) -> str:
        """What it is called here."""
        return f"127.0.0.1:{self.port}"

    def answer(self, verb: str, target: bytes, *lines: tuple[str, str]) -> tuple[int, bytes]:
        """Send one request as it is; give status, and everything else that came. 0 where it hung up.

        Args:
            verb: of HTTP, or none.
            target: path and query, as bytes.
            lines: every header but the length.
        """
        cookie = ("Cookie", f"callsheet_review_{self.port}={self.token}")
        head = b"".join(_bytes(name) + b": " + _bytes(value) + b"\r\n" for name, value in (*lines, cookie))
        asked = verb.encode() + b" " + target + b" HTTP/1.1\r\n" + head
        with socket.create_connection(("127.0.0.1", self.port), timeout=_SECONDS) as line:
            line.sendall(asked + b"Connection: close\r\nContent-Length: 0\r\n\r\n")
            came = b""
            try:
                while part := line.recv(65536):
                    came += part
            except ConnectionResetError:
                pass
        first = came.split(b"\r\n", 1)[0].split()
        return (int(first[1]) if len(first) > 1 and first[1].isdigit() else 0), came

    def by_host(self, host: str, verb: str) -> Outcome:
        """Ask under another name, with cookie and our own origin."""
        host = host.replace("{port}", str(self.port))
        return _refused(*self.answer(verb, b"/", ("Host", host), ("Origin", f"http://{self.host}")))

    def by_origin(self, origin: str, verb: str) -> Outcome:
        """Ask from another page, with the cookie."""
        origin = origin.replace("{port}", str(self.port))
        return _refused(*self.answer(verb, b"/", ("Host", self.host), ("Origin", origin)))

    def by_path(self, path: str) -> Outcome:
        """Ask for what a path leads to, written in three ways, at every address that takes a name."""
        plain = path.encode("utf-8", "surrogatepass")[:8000]
        once = quote(plain, safe="")
        for place in _PLACES:
            for written in (plain, once.encode(), quote(once, safe="").encode()):
                status, came = self.answer("GET", place.encode() + written, ("Host", self.host))
                if status >= 500:
                    raise RuntimeError(f"{status} for {place}{path[:60]!r}")
                if status == 200 and any(secret in came for secret in _SECRETS):
                    return "escaped"
        return "refused"


def _refused(status: int, came: bytes) -> Outcome:
    if status >= 500:
        raise RuntimeError(f"{status}: {came[:200]!r}")
    return (
        "refused" if status in (0, 400, 401, 403, 404, 405, 421) and b"access-control-allow" not in came else "escaped"
    )


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@contextmanager
def opened(folder: Path) -> Iterator[Page]:
    """Make a small production of fakes, and keep its page up by the command a person would give."""
    brief, crew = folder / "film.yaml", folder / "film.toml"
    brief.write_text(_FILM)
    crew.write_text(_CREW)
    asyncio.run(
        produce(brief, out=folder / "film", crew=crew, seed=7, settings=Settings(home="inprocess", learn=False))
    )
    command = [sys.executable, "-m", "callsheet.apps", "review", str(folder / "film"), "--no-open", "--json"]
    environment = {**os.environ, "CALLSHEET_HOME": "inprocess"}
    door = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert door.stdout
        parts = urlsplit(json.loads(door.stdout.readline())["url"])
        yield Page(port=parts.port or 0, token=parse_qs(parts.query)["token"][0])
    finally:
        door.terminate()
        door.wait()
        if door.stdout:
            door.stdout.close()


def throw_requests(tally: Tally, page: Page, *, verbs: tuple[str, ...] = VERBS) -> None:
    """Throw every host and origin by every verb, and every path at every address."""
    # Blanks around a header's value are no part of it, so those that have some are ours by the time they are read.
    hosts, origins = ([one for one in payloads(name) if one == one.strip(" \t")] for name in ("hosts", "origins"))
    for verb in verbs:
        throw_all(tally, "hosts", hosts, lambda host, verb=verb: page.by_host(host, verb))  # type: ignore[misc]
        throw_all(tally, "origins", origins, lambda one, verb=verb: page.by_origin(one, verb))  # type: ignore[misc]
    throw_all(tally, "addresses of the page", payloads("paths"), page.by_path)
