"""When a call is tried again, when not, and that all of it ends: no network, no waiting."""

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.core.chat import Answer, Ask, ChatSpec, Turn
from callsheet.core.errors import ChatFailed, ChatFault
from callsheet.models.chat.faults import fault_of_status, wait_seconds_of
from callsheet.models.chat.patience import FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, PatientChat

SPEC = ChatSpec(name="openai:m", usd_per_million_in=1.0, usd_per_million_out=1.0, seconds=5.0)
ASK = Ask(agent="notes", prompt="", system="", turns=(Turn(who="we", text="?"),))


class Server:
    """Fails as told, then answers; notes when it was asked."""

    def __init__(self, *faults: ChatFailed, seconds: float = 0.0) -> None:
        self._faults, self._seconds = list(faults), seconds
        self.asked: list[float] = []
        self.most_at_once = self._at_once = 0

    async def send(self, ask: Ask) -> Answer:
        self.asked.append(time.monotonic())
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(self._seconds)
            if self._faults:
                raise self._faults.pop(0)
            return Answer(text="yes", tokens_in=1, tokens_out=1)
        finally:
            self._at_once -= 1


def fault(kind: ChatFault, wait_seconds: float = 0.0, *, may_have_run: bool = False) -> ChatFailed:
    return ChatFailed(SPEC.name, kind, "told so", may_have_run, wait_seconds)


@pytest.mark.parametrize("kind", ["refused", "truncated", "malformed", "spend_cap"])
async def test_what_another_try_does_not_mend_is_not_tried_again(kind: ChatFault) -> None:
    server = Server(fault(kind))
    with pytest.raises(ChatFailed):
        await PatientChat(SPEC, server.send).ask(ASK)
    assert len(server.asked) == 1


async def test_what_may_have_run_is_not_tried_again() -> None:
    server = Server(fault("unreachable", may_have_run=True))
    with pytest.raises(ChatFailed):
        await PatientChat(SPEC, server.send).ask(ASK)
    assert len(server.asked) == 1


async def test_everybody_who_asks_waits_when_one_is_told_to() -> None:
    server = Server(fault("rate_limited", 0.5))
    chat = PatientChat(SPEC, server.send)
    first = asyncio.create_task(chat.ask(ASK))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await asyncio.gather(first, *(chat.ask(ASK) for _ in range(3)))
    assert all(at - began >= 0.4 for at in server.asked[1:])


async def test_no_more_calls_are_out_at_once_than_allowed() -> None:
    server = Server(seconds=0.02)
    chat = PatientChat(SPEC, server.send)
    await asyncio.gather(*(chat.ask(ASK) for _ in range(20)))
    assert server.most_at_once == SPEC.at_once


async def test_waiting_in_line_is_not_being_out() -> None:
    server = Server(seconds=60.0)
    chat = PatientChat(ChatSpec(name="openai:m", seconds=0.2, at_once=1), server.send)
    out, in_line = await asyncio.gather(chat.ask(ASK), chat.ask(ASK), return_exceptions=True)
    assert isinstance(out, ChatFailed)
    assert isinstance(in_line, ChatFailed)
    assert (out.may_have_run, in_line.may_have_run) == (True, False)


@given(tried=st.integers(1, 40), chance=st.floats(0, 1))
def test_waits_grow_and_stay_within_bounds(tried: int, chance: float) -> None:
    async def never(ask: Ask) -> Answer:
        raise AssertionError

    wait = PatientChat(SPEC, never, chance=lambda: chance)._backoff_seconds(tried)
    assert FIRST_WAIT_SECONDS / 2 <= wait <= LONGEST_WAIT_SECONDS


@given(said=st.text(max_size=30))
@settings(max_examples=50)
def test_any_header_gives_a_wait_that_is_none_or_bounded(said: str) -> None:
    assert 0.0 <= wait_seconds_of({"retry-after": said}) <= 24 * 3600


def test_a_date_may_say_how_long_to_wait() -> None:
    assert wait_seconds_of({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0
    assert wait_seconds_of({"retry-after": "Wed, 21 Oct 2115 07:28:00 GMT"}) == 24 * 3600


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (429, {}, {"error": {"message": "slow down"}}, "rate_limited"),
        (429, {"x-should-retry": "false"}, {"error": {"message": "no"}}, "refused"),
        (429, {}, {"error": {"details": {"error_code": "enforced_spend_limit_reached"}}}, "spend_cap"),
        (400, {}, {"error": {"message": "Your credit balance is too low"}}, "spend_cap"),
        (402, {}, None, "spend_cap"),
        (401, {}, {"error": {"message": "bad key sk-abcdefghijklmnopqrst"}}, "refused"),
        (404, {}, "no such model", "refused"),
        (302, {"location": "https://elsewhere"}, None, "refused"),
        (500, {}, None, "overloaded"),
        (529, {}, {"error": {"type": "overloaded_error"}}, "overloaded"),
        (503, {"retry-after": "3"}, "<html>", "overloaded"),
    ],
)
def test_a_status_means_what_the_services_mean_by_it(
    status: int, headers: dict[str, str], body: object, kind: str
) -> None:
    found = fault_of_status(SPEC, status, headers, body, None)
    assert found.kind == kind
    assert "sk-abc" not in str(found)
    assert len(found.what) <= 200
