"""The real `openai` client, and LangChain's, against the wire."""

import base64
from collections.abc import Iterator
from io import BytesIO

import openai
import pytest
from langchain_openai import ChatOpenAI
from PIL import Image
from pydantic import BaseModel

from callsheet.evals import wire


class Castle(BaseModel):
    """A castle."""

    towers: int
    colour: str


ASK = [{"role": "user", "content": "Hello?"}]
TOOL = {"type": "function", "function": {"name": "build", "parameters": Castle.model_json_schema()}}


@pytest.fixture
def server() -> Iterator[wire.WireServer]:
    with wire.openai_server() as server:
        yield server


def client(server: wire.WireServer, **more: float) -> openai.OpenAI:
    return openai.OpenAI(base_url=server.base_url + "/v1", api_key=wire.KEY, max_retries=0, **more)


def chat(server: wire.WireServer, **more: object) -> ChatOpenAI:
    return ChatOpenAI(
        base_url=server.base_url + "/v1",
        api_key=wire.KEY,
        model="wire-chat",
        max_retries=0,
        **more,  # type: ignore[arg-type]
    )


def png(mode: str = "RGB", size: tuple[int, int] = (64, 64), colour: object = "red") -> bytes:
    file = BytesIO()
    Image.new(mode, size, colour).save(file, "PNG")  # type: ignore[arg-type]
    return file.getvalue()


def test_a_chat_is_answered_whole(server: wire.WireServer) -> None:
    with client(server) as asks:
        answer = asks.chat.completions.create(model="wire-chat", messages=ASK)  # type: ignore[arg-type]
    assert answer.choices[0].message.content == "This is the wire speaking."
    assert answer.usage is not None
    assert server.sold[0].is_delivered


def test_a_stream_joined_is_the_whole_answer() -> None:
    with wire.openai_server([wire.Good(text="one two three")]) as server, client(server) as asks:
        parts = asks.chat.completions.create(
            model="wire-chat",
            messages=ASK,
            stream=True,
            stream_options={"include_usage": True},  # type: ignore[arg-type]
        )
        chunks = list(parts)
    assert "".join(one.choices[0].delta.content or "" for one in chunks if one.choices) == "one two three"
    assert chunks[-1].usage is not None


def test_log_probabilities_of_the_first_token_are_as_scripted() -> None:
    good = wire.Good(text="Yes", top_logprobs={"Yes": -0.1, "No": -2.3})
    with wire.openai_server([good]) as server, client(server) as asks:
        answer = asks.chat.completions.create(model="m", messages=ASK, logprobs=True, top_logprobs=2)  # type: ignore[arg-type]
    assert answer.choices[0].logprobs is not None
    first = (answer.choices[0].logprobs.content or [])[0]
    assert {one.token: one.logprob for one in first.top_logprobs} == {"Yes": -0.1, "No": -2.3}


@pytest.mark.parametrize("data", ["@@@", base64.b64encode(png()).decode()])
def test_a_picture_in_a_chat_must_be_base64(server: wire.WireServer, data: str) -> None:
    part = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
    with client(server) as asks:
        if data.startswith("@"):
            with pytest.raises(openai.BadRequestError, match="valid image"):
                asks.chat.completions.create(model="m", messages=[{"role": "user", "content": [part]}])  # type: ignore[list-item, misc]
        else:
            asks.chat.completions.create(model="m", messages=[{"role": "user", "content": [part]}])  # type: ignore[list-item, misc]


@pytest.mark.parametrize("is_responses", [False, True])
@pytest.mark.parametrize("is_streaming", [False, True])
def test_langchain_chats(server: wire.WireServer, is_responses: bool, is_streaming: bool) -> None:
    model = chat(server, use_responses_api=is_responses, streaming=is_streaming)
    assert model.invoke("Hello?").text == "This is the wire speaking."


@pytest.mark.parametrize("is_responses", [False, True])
@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_langchain_gets_a_structure_that_fits_its_schema(
    server: wire.WireServer, is_responses: bool, method: str
) -> None:
    model = chat(server, use_responses_api=is_responses).with_structured_output(Castle, method=method)  # type: ignore[arg-type]
    assert isinstance(model.invoke("A castle, please."), Castle)


@pytest.mark.parametrize("is_responses", [False, True])
@pytest.mark.parametrize("is_streaming", [False, True])
def test_langchain_hears_tool_calls(is_responses: bool, is_streaming: bool) -> None:
    good = wire.Good(tools=(wire.ToolCall(name="build", arguments={"towers": 2, "colour": "red"}),))
    with wire.openai_server([good]) as server:
        model = chat(server, use_responses_api=is_responses, streaming=is_streaming).bind_tools([TOOL])
        (call,) = model.invoke("Build!").tool_calls  # type: ignore[attr-defined]
    assert (call["name"], call["args"]) == ("build", {"towers": 2, "colour": "red"})


def test_a_picture_is_generated_in_the_size_asked_for(server: wire.WireServer) -> None:
    with client(server) as asks:
        answer = asks.images.generate(model="wire-image", prompt="a castle", size="1536x1024")
    assert answer.data is not None
    with Image.open(BytesIO(base64.b64decode(answer.data[0].b64_json or ""))) as picture:
        assert picture.size == (1536, 1024)


def test_the_same_prompt_gives_another_picture(server: wire.WireServer) -> None:
    with client(server) as asks:
        both = [asks.images.generate(model="wire-image", prompt="a castle", size="256x256").data for _ in range(2)]
    assert both[0] != both[1]


def test_an_edit_changes_what_the_mask_shows_through_and_nothing_else(server: wire.WireServer) -> None:
    mask = Image.new("RGBA", (64, 64), "black")
    mask.paste((0, 0, 0, 0), (0, 0, 32, 64))
    file = BytesIO()
    mask.save(file, "PNG")
    with client(server) as asks:
        answer = asks.images.edit(
            model="wire-image",
            image=[("a.png", png()), ("b.png", png(colour="blue"))],
            mask=("mask.png", file.getvalue()),
            prompt="a castle",
            size="64x64",
        )
    assert answer.data is not None
    with Image.open(BytesIO(base64.b64decode(answer.data[0].b64_json or ""))) as picture:
        assert picture.getpixel((60, 32)) == (255, 0, 0)
        assert picture.getpixel((2, 40)) != (255, 0, 0)


@pytest.mark.parametrize("mask", [png(), png("RGBA", (32, 32), "black")])
def test_a_mask_without_alpha_or_of_another_size_is_a_bad_request(server: wire.WireServer, mask: bytes) -> None:
    with client(server) as asks, pytest.raises(openai.BadRequestError, match="Invalid mask"):
        asks.images.edit(model="m", image=("a.png", png()), mask=("mask.png", mask), prompt="x", size="64x64")
    assert not server.sold


def test_models_are_listed_and_a_wrong_key_is_denied(server: wire.WireServer) -> None:
    with client(server) as asks:
        assert "wire-image" in [one.id for one in asks.models.list()]
    with pytest.raises(openai.AuthenticationError), client(server).with_options(api_key="other") as asks:
        asks.models.list()


ERRORS = [
    (wire.rate_limited(7), openai.RateLimitError, "rate_limit_exceeded"),
    (wire.spend_cap(), openai.RateLimitError, "insufficient_quota"),
    (wire.moderation_blocked(), openai.BadRequestError, "moderation_blocked"),
    (wire.overloaded(), openai.InternalServerError, None),
    (wire.unavailable(), openai.InternalServerError, None),
]


@pytest.mark.parametrize(("reply", "error", "code"), ERRORS)
def test_errors_reach_the_client_as_its_own(reply: wire.Reply, error: type[openai.APIStatusError], code: str) -> None:
    with wire.openai_server([reply]) as server, client(server) as asks:
        with pytest.raises(error) as told:
            asks.images.generate(model="wire-image", prompt="a castle")
        assert told.value.code == code
        assert told.value.response.headers.get("retry-after") == ("7" if reply == wire.rate_limited(7) else None)
        assert not server.sold


FAULTS = [
    (wire.Dropped(), openai.APIConnectionError, 0),
    (wire.Dropped(after_work=True), openai.APIConnectionError, 1),
    (wire.Hung(), openai.APITimeoutError, 1),
    (wire.Hung(after_work=False), openai.APITimeoutError, 0),
]


@pytest.mark.parametrize(("reply", "error", "sold"), FAULTS)
def test_the_meter_knows_what_a_broken_connection_hides(
    reply: wire.Reply, error: type[openai.APIError], sold: int
) -> None:
    with wire.openai_server([reply]) as server, client(server, timeout=0.3) as asks:
        with pytest.raises(error):
            asks.images.generate(model="wire-image", prompt="a castle")
        assert len(server.sold) == sold
        assert not server.requests[0].is_delivered


def test_a_truncated_answer_is_no_json() -> None:
    with wire.openai_server([wire.Truncated()]) as server, client(server) as asks:
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            asks.images.generate(model="wire-image", prompt="a castle")
        assert len(server.sold) == 1


def test_a_drip_outlasts_a_read_timeout() -> None:
    with wire.openai_server([wire.Dripped(bytes_per_second=50)]) as server, client(server, timeout=0.2) as asks:
        streaming = asks.images.with_streaming_response.generate(model="wire-image", prompt="a castle", size="64x64")
        with streaming as response:
            got = response.iter_bytes(chunk_size=1)
            for _ in range(25):
                next(got)
        assert not server.requests[0].is_delivered


def test_ten_megabytes_nobody_asked_for_arrive(server: wire.WireServer) -> None:
    server.script = [wire.Bloated()]
    with client(server) as asks:
        assert asks.images.generate(model="wire-image", prompt="a castle", size="64x64").data


def test_another_content_type_is_no_answer() -> None:
    with wire.openai_server([wire.Mistyped()]) as server, client(server) as asks:
        answer: object = asks.images.generate(model="wire-image", prompt="a castle")
        assert not isinstance(answer, openai.types.ImagesResponse)


def test_a_key_that_is_honoured_sells_once() -> None:
    with wire.openai_server([wire.Dropped(after_work=True)], honours_keys=True) as server, client(server) as asks:
        named = {"Idempotency-Key": "k1"}
        with pytest.raises(openai.APIConnectionError):
            asks.images.generate(model="m", prompt="a castle", size="64x64", extra_headers=named)
        assert asks.images.generate(model="m", prompt="a castle", size="64x64", extra_headers=named).data
        assert len(server.sold) == 1
        assert server.requests[1].is_replayed
        assert not wire.sold_twice(server.requests)


def test_a_key_that_is_not_honoured_is_metered_twice() -> None:
    with wire.openai_server() as server, client(server) as asks:
        for _ in range(2):
            asks.images.generate(model="m", prompt="a castle", size="64x64", extra_headers={"Idempotency-Key": "k1"})
        assert wire.sold_twice(server.requests) == {"k1": 2}
