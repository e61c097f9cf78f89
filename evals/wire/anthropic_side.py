"""The Anthropic API: models and messages, whole or streamed, with tools, schemas and pictures."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, Field

from .events import Event, plain, streamed
from .made_up import WORDS, instance_of, tokens_of
from .meter import Request
from .openai_chat import check_base64
from .replies import Good, Refused, ToolCall
from .server import Body, Script, WireServer, Wrong, running

MODELS: Final = ("wire-claude",)

_KINDS: Final[Mapping[int, str]] = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class Tool(BaseModel):
    """A tool as the request names it."""

    name: str
    input_schema: dict[str, object] = Field(default_factory=dict)


class Choice(BaseModel):
    """Which tool must be used."""

    type: str = "auto"
    name: str = ""


class Format(BaseModel):
    """What the text must look like."""

    type: str = "json_schema"
    schema_: dict[str, object] = Field(default_factory=dict, alias="schema")


class OutputConfig(BaseModel):
    """How the output is to be."""

    format: Format | None = None


class Message(BaseModel):
    """One message of the conversation."""

    role: str
    content: str | list[dict[str, object]]


class Asked(BaseModel):
    """The request, as far as it changes the answer."""

    model: str
    max_tokens: int = Field(ge=1)
    messages: list[Message] = Field(min_length=1)
    stream: bool = False
    tools: list[Tool] = Field(default_factory=list)
    tool_choice: Choice = Field(default_factory=Choice)
    output_config: OutputConfig = Field(default_factory=OutputConfig)


@dataclass(frozen=True, slots=True)
class AnthropicSide:
    """Speaks as the `anthropic` client expects it."""

    def look_up(self, request: Request) -> Body:
        """List the models."""
        known = [
            {"id": one, "type": "model", "display_name": one, "created_at": "2026-01-01T00:00:00Z"} for one in MODELS
        ]
        if not request.path.startswith("/v1/models"):
            raise Wrong(Refused(status=404, kind="not_found_error", message=f"Not found: {request.path}"))
        return plain({"data": known, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]})

    def work(self, request: Request, good: Good) -> Body:
        """Answer well, by the path."""
        if request.path.partition("?")[0] != "/v1/messages":
            raise Wrong(Refused(status=404, kind="not_found_error", message=f"Not found: {request.path}"))
        return _answered(request, good)

    def refuse(self, refused: Refused) -> bytes:
        """Put an error as this API does."""
        kind = _KINDS.get(refused.status, "api_error")
        error = {"type": kind, "message": refused.message}
        return json.dumps({"type": "error", "error": error, "request_id": "req_wire"}).encode()

    def shows(self, request: Request) -> str:
        """Read the key; clients before 2.0 have a header of their own for it."""
        return request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")


def anthropic_server(script: Script = (), *, honours_keys: bool = False) -> AbstractContextManager[WireServer]:
    """Keep an Anthropic server up; clients take `server.base_url` and the key `KEY`. Arguments: see `openai_server`."""
    return running(AnthropicSide(), script, honours_keys=honours_keys)


def _answered(request: Request, good: Good) -> Body:
    asked = Asked.model_validate_json(request.body)
    for message in asked.messages:
        _check(message)
    tools = good.tools or _forced(asked)
    blocks: list[dict[str, object]] = [_used(call, place) for place, call in enumerate(tools)]
    blocks = blocks or [{"type": "text", "text": good.text or _words(asked), "citations": None}]
    whole: dict[str, object] = {
        "id": f"msg_{request.number}",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": blocks,
        "stop_reason": "tool_use" if tools else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": len(request.body) // 4, "output_tokens": len(json.dumps(blocks)) // 4},
    }
    return streamed(_events(whole, blocks)) if asked.stream else plain(whole)


def _check(message: Message) -> None:
    for part in message.content if isinstance(message.content, list) else ():
        source = part.get("source")
        if isinstance(source, Mapping) and source.get("type") == "base64":
            check_base64(str(source.get("data", "")))


def _words(asked: Asked) -> str:
    wanted = asked.output_config.format
    return json.dumps(instance_of(wanted.schema_)) if wanted else WORDS


def _forced(asked: Asked) -> tuple[ToolCall, ...]:
    if not asked.tools or asked.tool_choice.type not in ("tool", "any"):
        return ()
    tool = next((one for one in asked.tools if one.name == asked.tool_choice.name), asked.tools[0])
    arguments = instance_of(tool.input_schema)
    return (ToolCall(name=tool.name, arguments=arguments if isinstance(arguments, Mapping) else {}),)


def _used(call: ToolCall, place: int) -> dict[str, object]:
    return {"type": "tool_use", "id": f"toolu_{place}", "name": call.name, "input": dict(call.arguments)}


def _events(whole: Mapping[str, object], blocks: Sequence[Mapping[str, object]]) -> Iterator[Event]:
    usage = whole["usage"]
    begun = {**whole, "content": [], "stop_reason": None}
    yield "message_start", {"type": "message_start", "message": begun}
    yield "ping", {"type": "ping"}
    for place, block in enumerate(blocks):
        is_text = block["type"] == "text"
        empty: dict[str, object] = {"text": ""} if is_text else {"input": {}}
        start = {"type": "content_block_start", "index": place, "content_block": {**block, **empty}}
        yield "content_block_start", start
        for delta in _deltas(block):
            yield "content_block_delta", {"type": "content_block_delta", "index": place, "delta": delta}
        yield "content_block_stop", {"type": "content_block_stop", "index": place}
    ended = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": ended, "usage": usage}
    yield "message_stop", {"type": "message_stop"}


def _deltas(block: Mapping[str, object]) -> Iterator[dict[str, object]]:
    if block["type"] == "text":
        for token in tokens_of(str(block["text"])):
            yield {"type": "text_delta", "text": token}
    else:
        whole = json.dumps(block["input"])
        for part in (whole[: len(whole) // 2], whole[len(whole) // 2 :]):
            yield {"type": "input_json_delta", "partial_json": part}
