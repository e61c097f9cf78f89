"""Chats over the wire, against servers on this machine that speak both languages, well and badly."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import pytest

from callsheet.core.chat import Answer, Ask, Chat, ChatSpec, Turn
from callsheet.core.errors import ChatFailed
from callsheet.evals import wire
from callsheet.models.chat.anthropic import anthropic_chat
from callsheet.models.chat.openai import openai_chat

ASK = Ask(agent="notes", prompt="sha256:0", system="Be short.", turns=(Turn(who="we", text="Hello?"),))
SCHEMA = '{"type":"object","properties":{"towers":{"type":"integer"}},"required":["towers"]}'
PICTURE = b"\x89PNG not looked at by the wire"


@dataclass(frozen=True)
class Language:
    name: str
    path: str
    server: Callable[[Sequence[wire.Reply]], AbstractContextManager[wire.WireServer]]
    chat: Callable[[ChatSpec], Chat]

    def spec(self, server: wire.WireServer, **more: object) -> ChatSpec:
        spec = ChatSpec(
            name=f"{self.name}:wire-model",
            base_url=server.base_url + self.path,
            key_env="WIRE_KEY",
            usd_per_million_in=1.0,
            usd_per_million_out=2.0,
            seconds=10.0,
        )
        return replace(spec, **more)

    async def ask(self, replies: Sequence[wire.Reply], ask: Ask = ASK, **more: object) -> tuple[Answer, list[str]]:
        with self.server(replies) as server:
            answer = await self.chat(self.spec(server, **more)).ask(ask)
            return answer, [one.body.decode() for one in server.requests]

    async def fault(self, replies: Sequence[wire.Reply], **more: object) -> tuple[ChatFailed, int]:
        with self.server(replies) as server:
            with pytest.raises(ChatFailed) as caught:
                await self.chat(self.spec(server, **more)).ask(ASK)
            return caught.value, len(server.requests)


@pytest.fixture(params=["openai", "anthropic"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Language:
    monkeypatch.setenv("WIRE_KEY", wire.KEY)
    if request.param == "openai":
        return Language("openai", "/v1", wire.openai_server, openai_chat)
    return Language("anthropic", "", wire.anthropic_server, anthropic_chat)


async def test_words_come_back_with_what_they_took(language: Language) -> None:
    answer, _ = await language.ask([wire.Good(text="Good evening.")])
    assert (answer.text, answer.stop, answer.model) == ("Good evening.", "end", "wire-model")
    assert answer.tokens_in > 0
    assert answer.tokens_out > 0


async def test_a_schema_is_sent_and_its_instance_comes_back(language: Language) -> None:
    answer, bodies = await language.ask([], replace(ASK, schema=SCHEMA, schema_name="castle"))
    assert (answer.text.replace(" ", ""), answer.stop) == ('{"towers":0}', "end")
    assert '"castle"' in bodies[0]


async def test_a_picture_is_shown(language: Language) -> None:
    answer, bodies = await language.ask([wire.Good(text="yes")], replace(ASK, pictures=(PICTURE,)))
    assert answer.text == "yes"
    assert "iVBORyBub3Q" in bodies[0]


async def test_a_tool_nobody_offered_is_told_apart(language: Language) -> None:
    answer, _ = await language.ask([wire.Good(tools=(wire.ToolCall(name="approve", arguments={"take": "a"}),))])
    assert answer.stop == "tool"
    assert answer.text.startswith("approve(")


async def test_a_busy_server_is_asked_again(language: Language) -> None:
    answer, bodies = await language.ask([wire.overloaded(), wire.unavailable(), wire.Good(text="Now.")])
    assert (answer.text, len(bodies)) == ("Now.", 3)


async def test_who_says_how_long_to_wait_is_left_alone_that_long(language: Language) -> None:
    began = time.monotonic()
    answer, bodies = await language.ask([wire.rate_limited(0.8), wire.Good(text="Now.")])
    assert time.monotonic() - began >= 0.8
    assert (answer.text, len(bodies)) == ("Now.", 2)


async def test_a_wait_longer_than_there_is_time_is_not_begun(language: Language) -> None:
    began = time.monotonic()
    fault, asked = await language.fault([wire.rate_limited(3600)])
    assert (fault.kind, fault.wait_seconds, asked) == ("rate_limited", 3600.0, 1)
    assert time.monotonic() - began < 5


async def test_all_tries_of_all_layers_together_are_as_many_as_allowed(language: Language) -> None:
    fault, asked = await language.fault([wire.overloaded()] * 9, tries=3)
    assert (fault.kind, asked) == ("overloaded", 3)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (wire.spend_cap(), "spend_cap"),
        (wire.moderation_blocked(), "refused"),
        (wire.Refused(status=400, kind="invalid_request_error", message="bad schema"), "refused"),
        (wire.Refused(status=400, kind="x", message="Your credit balance is too low to use the API."), "spend_cap"),
        (wire.Refused(status=429, kind="x", message="enforced_spend_limit_reached"), "spend_cap"),
        (wire.Refused(status=307, kind="x", message="elsewhere"), "refused"),
    ],
)
async def test_what_waiting_does_not_mend_is_asked_once(language: Language, reply: wire.Reply, kind: str) -> None:
    fault, asked = await language.fault([reply] * 3)
    assert (fault.kind, fault.retryable, fault.may_have_run, asked) == (kind, False, False, 1)


async def test_an_answer_that_never_ends_is_given_up_and_may_cost(language: Language) -> None:
    began = time.monotonic()
    fault, asked = await language.fault([wire.Dripped(bytes_per_second=20)], seconds=1.0)
    assert (fault.kind, fault.may_have_run, asked) == ("unreachable", True, 1)
    assert time.monotonic() - began < 4


async def test_work_that_may_have_been_done_is_not_asked_for_twice(language: Language) -> None:
    fault, asked = await language.fault([wire.Dropped(after_work=True)] * 3)
    assert (fault.kind, fault.may_have_run, asked) == ("unreachable", True, 1)


async def test_a_page_of_somebody_else_is_no_answer(language: Language) -> None:
    fault, asked = await language.fault([wire.Mistyped()] * 3)
    assert (fault.kind, asked) == ("malformed", 1)


async def test_half_a_body_is_no_answer(language: Language) -> None:
    fault, _ = await language.fault([wire.Truncated()] * 3)
    assert fault.kind == "malformed"


async def test_nobody_at_the_address_is_no_charge(language: Language) -> None:
    with language.server([]) as server:
        spec = language.spec(server, tries=1)
    with pytest.raises(ChatFailed) as caught:
        await language.chat(spec).ask(ASK)
    assert (caught.value.kind, caught.value.may_have_run) == ("unreachable", False)


async def test_without_its_key_nothing_is_sent(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WIRE_KEY")
    fault, asked = await language.fault([])
    assert "WIRE_KEY" in str(fault)
    assert asked == 0


async def test_a_key_is_never_repeated(language: Language) -> None:
    fault, _ = await language.fault([wire.Refused(status=400, kind="x", message=f"bad key {wire.KEY} given")])
    assert wire.KEY not in str(fault)
    assert "[secret]" in str(fault)


async def test_a_server_of_ones_own_never_gets_the_providers_key(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{language.name.upper()}_API_KEY", "the-providers-own-key")
    with language.server([]) as server:
        with pytest.raises(ChatFailed):
            await language.chat(language.spec(server, key_env="")).ask(ASK)
        assert "the-providers-own-key" not in str([one.headers for one in server.requests])
        assert len(server.requests) == 1


async def test_how_sure_a_yes_is_comes_back_where_the_server_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIRE_KEY", wire.KEY)
    openai = Language("openai", "/v1", wire.openai_server, openai_chat)
    good = wire.Good(text="yes", top_logprobs={"yes": -0.1, " No": -2.4})
    answer, _ = await openai.ask([good], replace(ASK, is_yes_or_no=True), logprobs=True)
    assert answer.yes == pytest.approx(0.909, abs=0.01)
