"""Chat completions: whole or streamed, with tools, schemas, pictures and log-probabilities."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, Field

from .events import Event, plain, streamed
from .made_up import WORDS, instance_of, logprobs_of, tokens_of
from .meter import Request
from .replies import Good, Refused, ToolCall
from .server import Body, Wrong


class Function(BaseModel):
    """A tool as the request names it."""

    name: str
    parameters: dict[str, object] = Field(default_factory=dict)


class Tool(BaseModel):
    """One entry of `tools`."""

    function: Function


class JsonSchema(BaseModel):
    """What an answer must look like."""

    name: str = ""
    schema_: dict[str, object] = Field(default_factory=dict, alias="schema")


class ResponseFormat(BaseModel):
    """`text`, `json_object` or `json_schema`."""

    type: str
    json_schema: JsonSchema | None = None


class StreamOptions(BaseModel):
    """What else a stream tells."""

    include_usage: bool = False


class Message(BaseModel):
    """One message of the conversation."""

    role: str
    content: str | list[dict[str, object]] | None = None


class Asked(BaseModel):
    """The request, as far as it changes the answer."""

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions = Field(default_factory=StreamOptions)
    tools: list[Tool] = Field(default_factory=list)
    tool_choice: str | dict[str, object] | None = None
    response_format: ResponseFormat | None = None
    logprobs: bool = False
    top_logprobs: int = 0


def completed(request: Request, good: Good) -> Body:
    """Answer `POST /v1/chat/completions`."""
    asked = Asked.model_validate_json(request.body)
    for message in asked.messages:
        if isinstance(message.content, list):
            check_pictures(message.content)
    tools = good.tools or _forced(asked)
    text = "" if tools else good.text or _words(asked)
    head = {"id": f"chatcmpl-{request.number}", "created": 1, "model": asked.model}
    used = usage_of(request.body, text)
    reason = "tool_calls" if tools else "stop"
    logprobs = {"content": logprobs_of(text, good, asked.top_logprobs), "refusal": None} if asked.logprobs else None
    if asked.stream:
        head |= {"object": "chat.completion.chunk"}
        chunks = _chunks(head, text, tools, logprobs)
        end: list[Event] = [("", head | {"choices": [_choice({}, reason)]})]
        if asked.stream_options.include_usage:
            end.append(("", head | {"choices": [], "usage": used}))
        return streamed([*chunks, *end], last="data: [DONE]\n\n")
    message_out: dict[str, object] = {"role": "assistant", "content": text or None, "refusal": None}
    if tools:
        message_out["tool_calls"] = [_called(call, place) for place, call in enumerate(tools)]
    choice = {"index": 0, "message": message_out, "finish_reason": reason, "logprobs": logprobs}
    return plain(head | {"object": "chat.completion", "choices": [choice], "usage": used})


def check_pictures(parts: Sequence[Mapping[str, object]]) -> None:
    """Refuse a picture that cannot be read, as the service does."""
    for part in parts:
        given = part.get("image_url")
        url = given.get("url") if isinstance(given, Mapping) else given
        if isinstance(url, str) and url.startswith("data:"):
            check_base64(url.partition(",")[2])


def check_base64(text: str) -> None:
    """Refuse what is not base64."""
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        what = "The image data you provided does not represent a valid image."
        raise Wrong(Refused(status=400, kind="invalid_request_error", code="invalid_image", message=what)) from None


def usage_of(body: bytes, text: str) -> dict[str, object]:
    """Count tokens roughly: four bytes each in, a word each out."""
    taken, given = len(body) // 4, len(tokens_of(text))
    return {"prompt_tokens": taken, "completion_tokens": given, "total_tokens": taken + given}


def _forced(asked: Asked) -> tuple[ToolCall, ...]:
    """Call the tool that the request insists on, with arguments made up from its schema."""
    wanted = asked.tool_choice
    if not asked.tools or wanted in (None, "auto", "none"):
        return ()
    named = wanted.get("function") if isinstance(wanted, Mapping) else None
    name = named.get("name") if isinstance(named, Mapping) else asked.tools[0].function.name
    tool = next((one.function for one in asked.tools if one.function.name == name), asked.tools[0].function)
    arguments = instance_of(tool.parameters)
    return (ToolCall(name=tool.name, arguments=arguments if isinstance(arguments, Mapping) else {}),)


def _words(asked: Asked) -> str:
    wanted = asked.response_format
    if wanted is None or wanted.type == "text":
        return WORDS
    return json.dumps(instance_of(wanted.json_schema.schema_ if wanted.json_schema else {}))


def _called(call: ToolCall, place: int) -> dict[str, object]:
    function = {"name": call.name, "arguments": json.dumps(call.arguments)}
    return {"id": f"call_{place}", "type": "function", "function": function}


def _chunks(
    head: Mapping[str, object], text: str, tools: Sequence[ToolCall], logprobs: Mapping[str, object] | None
) -> Iterator[Event]:
    yield "", {**head, "choices": [_choice({"role": "assistant", "content": "" if text else None})]}
    priced = logprobs.get("content") if logprobs else None
    for place, token in enumerate(tokens_of(text) if text else ()):
        said = {"content": [priced[place]], "refusal": None} if isinstance(priced, list) else None
        yield "", {**head, "choices": [_choice({"content": token}, logprobs=said)]}
    for place, call in enumerate(tools):
        whole = json.dumps(call.arguments)
        begun = _called(call, place) | {"index": place, "function": {"name": call.name, "arguments": ""}}
        yield "", {**head, "choices": [_choice({"tool_calls": [begun]})]}
        for part in (whole[: len(whole) // 2], whole[len(whole) // 2 :]):
            more = {"index": place, "function": {"arguments": part}}
            yield "", {**head, "choices": [_choice({"tool_calls": [more]})]}


def _choice(
    delta: Mapping[str, object], reason: str | None = None, logprobs: Mapping[str, object] | None = None
) -> dict[str, object]:
    return {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": logprobs}
