"""One question, however often it takes: the only place where a call to a language model is tried again."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from ...core.chat import Answer, Ask, ChatSpec
from ...core.errors import ChatFailed

log = structlog.get_logger()

FIRST_WAIT_SECONDS: Final = 0.5
LONGEST_WAIT_SECONDS: Final = 20.0
"""Between two tries at a busy server that does not say how long to wait."""

Send = Callable[[Ask], Awaitable[Answer]]
"""One request, one answer; raises `ChatFailed` and tries nothing again."""


class PatientChat:
    """A `Chat` over one that gives up at once.

    A busy server is asked again after a growing, jittered wait; one that says how long to wait is not asked earlier, by
    nobody who asks through this object. What may have been done already is never asked for twice, and neither is what
    was refused. All of it ends after the chat's `seconds`, however slowly an answer drips in.
    """

    def __init__(self, spec: ChatSpec, send: Send, *, chance: Callable[[], float] = random.random) -> None:
        self._spec, self._send, self._chance = spec, send, chance
        self._slots = asyncio.Semaphore(spec.at_once)
        self._not_before = 0.0

    async def ask(self, ask: Ask) -> Answer:
        """Have it answer, waiting and trying again as long as that may help."""
        out = _Out()
        ends_at = time.monotonic() + self._spec.seconds
        try:
            async with asyncio.timeout(self._spec.seconds), self._slots:
                return await self._tried(ask, out, ends_at)
        except TimeoutError:
            what = f"no whole answer within {self._spec.seconds:g} s{out.last}"
            raise ChatFailed(self._spec.name, "unreachable", what, out.is_out) from None

    async def _tried(self, ask: Ask, out: "_Out", ends_at: float) -> Answer:
        tried = 0
        while True:
            await asyncio.sleep(self._not_before - time.monotonic())
            out.is_out, tried = True, tried + 1
            try:
                return await self._send(ask)
            except ChatFailed as error:
                out.is_out, out.last = False, f", last: {error.what}"
                if not error.retryable or error.may_have_run or tried >= self._spec.tries:
                    raise
                wait = max(error.wait_seconds, self._backoff_seconds(tried))
                if time.monotonic() + wait >= ends_at:
                    raise
                log.info("chat_waits", chat=self._spec.name, seconds=round(wait, 2), why=error.kind)
                if error.wait_seconds:
                    self._not_before = max(self._not_before, time.monotonic() + error.wait_seconds)
                await asyncio.sleep(wait)

    def _backoff_seconds(self, tried: int) -> float:
        """Give a wait between half of and the whole of what doubles with every try."""
        longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** (tried - 1))
        return longest * (0.5 + 0.5 * self._chance())


class _Out:
    """Whether a request is with the server, and what the last one came to."""

    is_out = False
    last = ""
