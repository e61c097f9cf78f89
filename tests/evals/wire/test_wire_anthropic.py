"""The real `anthropic` client, and LangChain's, against the wire."""

from collections.abc import Iterator

import anthropic
import pytest
from langchain_anthropic import ChatAnthropic
from pydantic import BaseModel

from callsheet.evals import wire


class Castle(BaseModel):
    """A castle."""

    towers: int
    colour: str


ASK = [{"role": "user", "content": "Hello?"}]


@pytest.fixture
def server() -> Iterator[wire.WireServer]:
    with wire.anthropic_server() as server:
        yield server


def client(server: wire.WireServer) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=server.base_url, api_key=wire.KEY, max_retries=0, timeout=0.5)


def chat(server: wire.WireServer, **more: bool) -> ChatAnthropic:
    return ChatAnthropic(base_url=server.base_url, api_key=wire.KEY, model="wire-claude", max_retries=0, **more)  # type: ignore[arg-type, call-arg]


def test_a_message_is_answered_whole(server: wire.WireServer) -> None:
    with client(server) as asks:
        answer = asks.messages.create(model="wire-claude", max_tokens=9, messages=ASK)  # type: ignore[arg-type]
    assert [one.text for one in answer.content if one.type == "text"] == ["This is the wire speaking."]


def test_a_stream_joined_is_the_whole_answer() -> None:
    with (
        wire.anthropic_server([wire.Good(text="one two three")]) as server,
        client(server) as asks,
        asks.messages.stream(model="m", max_tokens=9, messages=ASK) as stream,  # type: ignore[arg-type]
    ):
        assert "".join(stream.text_stream) == "one two three"
        assert stream.get_final_message().stop_reason == "end_turn"


@pytest.mark.parametrize(("data", "is_good"), [("@@@", False), ("aGVsbG8=", True)])
def test_a_picture_must_be_base64(server: wire.WireServer, data: str, is_good: bool) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": data}
    ask = [{"role": "user", "content": [{"type": "image", "source": source}]}]
    with client(server) as asks:
        if is_good:
            asks.messages.create(model="m", max_tokens=9, messages=ask)  # type: ignore[arg-type]
        else:
            with pytest.raises(anthropic.BadRequestError):
                asks.messages.create(model="m", max_tokens=9, messages=ask)  # type: ignore[arg-type]


@pytest.mark.parametrize("is_streaming", [False, True])
def test_langchain_chats(server: wire.WireServer, is_streaming: bool) -> None:
    assert chat(server, streaming=is_streaming).invoke("Hello?").text == "This is the wire speaking."


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_langchain_gets_a_structure_that_fits_its_schema(server: wire.WireServer, method: str) -> None:
    model = chat(server).with_structured_output(Castle, method=method)  # type: ignore[arg-type]
    assert isinstance(model.invoke("A castle, please."), Castle)


@pytest.mark.parametrize("is_streaming", [False, True])
def test_langchain_hears_tool_calls(is_streaming: bool) -> None:
    good = wire.Good(tools=(wire.ToolCall(name="Castle", arguments={"towers": 2, "colour": "red"}),))
    with wire.anthropic_server([good]) as server:
        (call,) = chat(server, streaming=is_streaming).bind_tools([Castle]).invoke("Build!").tool_calls  # type: ignore[attr-defined]
    assert (call["name"], call["args"]) == ("Castle", {"towers": 2, "colour": "red"})


ERRORS = [
    (wire.rate_limited(7), anthropic.RateLimitError),
    (wire.overloaded(), anthropic.APIStatusError),
    (wire.unavailable(), anthropic.APIStatusError),
    (wire.Dropped(), anthropic.APIConnectionError),
    (wire.Hung(), anthropic.APITimeoutError),
]


@pytest.mark.parametrize(("reply", "error"), ERRORS)
def test_errors_reach_the_client_as_its_own(reply: wire.Reply, error: type[Exception]) -> None:
    with wire.anthropic_server([reply]) as server, client(server) as asks, pytest.raises(error) as told:
        asks.messages.create(model="m", max_tokens=9, messages=ASK)  # type: ignore[arg-type]
    if isinstance(told.value, anthropic.APIStatusError) and isinstance(reply, wire.Refused):
        assert told.value.status_code == reply.status


def test_models_are_listed_and_a_wrong_key_is_denied(server: wire.WireServer) -> None:
    with client(server) as asks:
        assert [one.id for one in asks.models.list()] == ["wire-claude"]
    with pytest.raises(anthropic.AuthenticationError), client(server).with_options(api_key="other") as asks:
        asks.models.list()
