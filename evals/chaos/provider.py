"""A provider of pictures in a process of its own: sells by its meter, and answers as well or badly as its mood says."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from threading import Lock
from typing import Final, Literal

from PIL import Image, ImageDraw

from ..wire import (
    Bloated,
    Dripped,
    Dropped,
    Good,
    Hung,
    Mistyped,
    Refused,
    Reply,
    Request,
    Truncated,
    WireServer,
    overloaded,
    rate_limited,
    unavailable,
)
from ..wire.openai_side import OpenAISide
from ..wire.server import Body
from .meter import PICTURE_MICROS, Line, Meter

Mood = Literal["calm", "busy", "broken", "spoilt"]
"""How a provider answers: well; turning calls away in bursts; in every way in which answers go wrong; or, which no lot
is drawn to, with no picture to whoever first asks for a work."""

_SIDE_PX: Final = (192, 128)
_MOST_FAULTS: Final = 2
"""Of one work, so that it is done in the end."""

_CALM_SECONDS: Final = 0.25
"""The longest that good work takes."""
_HANGS_SECONDS: Final = 3.0
"""Until a provider gives up what it hangs over; while it does not, it says of the same work that it is at it."""

_SPOILT: Final = Good(picture=b"no picture at all")


@dataclass(slots=True, kw_only=True)
class MeteredSide:
    """The OpenAI API, whose work is on the meter before it is answered."""

    meter: Meter
    side: OpenAISide = field(default_factory=OpenAISide)

    def look_up(self, request: Request) -> Body:
        """Answer a GET."""
        return self.side.look_up(request)

    def work(self, request: Request, good: Good) -> Body:
        """Do the work and charge for it."""
        body = self.side.work(request, replace(good, picture=good.picture or drawn(work_of(request.key))))
        self.meter.write(Line(what="sold", call=request.number, key=request.key, micros=PICTURE_MICROS))
        return body

    def refuse(self, refused: Refused) -> bytes:
        """Say no."""
        return self.side.refuse(refused)

    def shows(self, request: Request) -> str:
        """Give the key the request came with."""
        return self.side.shows(request)


@dataclass(slots=True, kw_only=True)
class Temper:
    """Answers by a seed and not by the order in which calls come: the n-th try at a work always fares the same.

    One that honours keys keeps what it sold under each, spoilt or not, and is not asked about that again.
    """

    seed: str
    mood: Mood
    meter: Meter
    _tries: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, request: Request) -> Reply:
        """Say how a request is answered; it is on the meter from here on."""
        self.meter.write(Line(what="asked", call=request.number, key=request.key))
        work = work_of(request.key)
        with self._lock:
            self._tries[work] += 1
            nth = self._tries[work]
        dice = Random(f"{self.seed}/{work}/{nth}")
        good = Good(work_seconds=dice.uniform(0, _CALM_SECONDS))
        if self.mood == "spoilt":
            return _SPOILT if nth == 1 else good
        if self.mood == "calm" or nth > _MOST_FAULTS or dice.random() < 0.6:
            return good
        if self.mood == "busy":
            return _turned_away(dice)
        return dice.choice(_gone_wrong(dice, good))()


def _turned_away(dice: Random) -> Reply:
    wait = round(dice.uniform(0.05, 0.3), 3)
    kinds = [rate_limited(wait), overloaded(), unavailable()]
    return replace(dice.choice(kinds), retry_after=wait)


def _gone_wrong(dice: Random, good: Good) -> list[Callable[[], Reply]]:
    return [
        lambda: Dropped(after_work=True),
        lambda: Dropped(after_work=False),
        lambda: Hung(after_work=dice.random() < 0.5, seconds=_HANGS_SECONDS),
        lambda: Dripped(good=good, bytes_per_second=50),
        lambda: Truncated(good=good, share=dice.uniform(0, 0.99)),
        Mistyped,
        lambda: Mistyped(content_type="application/json", body=b'{"data": []}'),
        lambda: Mistyped(content_type="application/json", body=b'{"data": [{"b64_json": "bm8gcGljdHVyZQ=="}]}'),
        lambda: Bloated(good=good, size_bytes=1024 * 1024),
        lambda: Refused(status=500, kind="server_error", message="Something broke."),
        lambda: Refused(status=504, kind="server_error", message="Gateway timeout."),
        lambda: _SPOILT,
    ]


def work_of(key: str) -> str:
    """Give the work a key is about, whichever purchase of it.

    >>> work_of("sha256:ab/2")
    'sha256:ab'
    """
    return key.partition("/")[0]


def drawn(work: str) -> bytes:
    """Draw what stands for the picture of a work: the same at each purchase, so that every ending can be compared."""
    seed = sha256(work.encode()).digest()
    image = Image.new("RGB", _SIDE_PX, f"hsl({seed[0]}, 55%, 40%)")
    pen = ImageDraw.Draw(image)
    for shape in range(4):
        x, y = seed[1 + 2 * shape] % _SIDE_PX[0], seed[2 + 2 * shape] % _SIDE_PX[1]
        pen.ellipse((x - 24, y - 24, x + 24, y + 24), f"hsl({seed[9 + shape]}, 70%, 60%)")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@contextmanager
def provider_at_work(meter: Path, *, seed: str, mood: Mood, honours_keys: bool) -> Iterator[str]:
    """Keep a provider up in a process of its own; gives its address.

    It ends with the block, and with the process that began it however that ends.
    """
    told, tells = os.pipe()
    alive, holds = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        os.close(holds)
        _serve(Meter(meter), tells, alive, seed=seed, mood=mood, honours_keys=honours_keys)
    os.close(tells)
    os.close(alive)
    try:
        with os.fdopen(told) as news:
            yield news.readline().strip()
    finally:
        os.close(holds)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _serve(meter: Meter, tells: int, alive: int, *, seed: str, mood: Mood, honours_keys: bool) -> None:
    """Serve until the other end of the pipe closes; never returns."""
    try:
        server = WireServer(
            dialect=MeteredSide(meter=meter),
            script=Temper(seed=seed, mood=mood, meter=meter),
            honours_keys=honours_keys,
            tell=lambda request: _write_end(request, meter),
        )
        server.start()
        os.write(tells, f"{server.base_url}\n".encode())
        os.close(tells)
        os.read(alive, 1)
    except BaseException as error:  # noqa: BLE001 - a forked process must not go on as its parent
        print(f"the provider broke: {error!r}", file=sys.stderr)
    finally:
        os._exit(0)


def _write_end(request: Request, meter: Meter) -> None:
    meter.write(
        Line(
            what="answered",
            call=request.number,
            key=request.key,
            is_delivered=request.is_delivered,
            is_replayed=request.is_replayed,
        )
    )
