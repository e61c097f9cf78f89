"""The responses API: whole or streamed, with function tools and schemas."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from pydantic import BaseModel, Field

from .events import Event, plain, streamed
from .made_up import WORDS, instance_of, tokens_of
from .meter import Request
from .openai_chat import check_pictures
from .replies import Good, ToolCall
from .server import Body

Item = dict[str, object]


class MakeEvent(Protocol):
    """Makes the next event of a stream, numbered."""

    def __call__(self, kind: str, **more: object) -> Event:
        """Make one of a kind."""
        ...


class FunctionTool(BaseModel):
    """A function among the tools; others have no parameters of their own."""

    type: str = "function"
    name: str = ""
    parameters: dict[str, object] | None = None


class Format(BaseModel):
    """What the text must look like."""

    type: str = "text"
    schema_: dict[str, object] = Field(default_factory=dict, alias="schema")


class Text(BaseModel):
    """Settings of the text."""

    format: Format = Field(default_factory=Format)


class Asked(BaseModel):
    """The request, as far as it changes the answer."""

    model: str
    input: str | list[dict[str, object]]
    stream: bool = False
    tools: list[FunctionTool] = Field(default_factory=list)
    tool_choice: str | dict[str, object] | None = None
    text: Text = Field(default_factory=Text)


def responded(request: Request, good: Good) -> Body:
    """Answer `POST /v1/responses`."""
    asked = Asked.model_validate_json(request.body)
    for message in asked.input if isinstance(asked.input, list) else ():
        if isinstance(parts := message.get("content"), list):
            check_pictures([part for part in parts if isinstance(part, Mapping)])
    tools = good.tools or _forced(asked)
    items = [_called(call, place) for place, call in enumerate(tools)] if tools else [_message(_words(asked, good))]
    whole = _response(request, asked, items)
    return streamed(_events(whole, items)) if asked.stream else plain(whole)


def _response(request: Request, asked: Asked, items: Sequence[Item]) -> dict[str, object]:
    taken, given = len(request.body) // 4, len(json.dumps(items)) // 4
    return {
        "id": f"resp_{request.number}",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": asked.model,
        "output": items,
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": taken,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": given,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": taken + given,
        },
    }


def _words(asked: Asked, good: Good) -> str:
    made_up = WORDS if asked.text.format.type == "text" else json.dumps(instance_of(asked.text.format.schema_))
    return good.text or made_up


def _forced(asked: Asked) -> tuple[ToolCall, ...]:
    functions = [tool for tool in asked.tools if tool.type == "function"]
    if not functions or asked.tool_choice in (None, "auto", "none"):
        return ()
    name = asked.tool_choice.get("name") if isinstance(asked.tool_choice, Mapping) else ""
    tool = next((one for one in functions if one.name == name), functions[0])
    arguments = instance_of(tool.parameters or {})
    return (ToolCall(name=tool.name, arguments=arguments if isinstance(arguments, Mapping) else {}),)


def _message(text: str) -> Item:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"id": "msg_0", "type": "message", "role": "assistant", "status": "completed", "content": [part]}


def _called(call: ToolCall, place: int) -> Item:
    return {
        "id": f"fc_{place}",
        "type": "function_call",
        "call_id": f"call_{place}",
        "name": call.name,
        "arguments": json.dumps(call.arguments),
        "status": "completed",
    }


def _events(whole: Mapping[str, object], items: Sequence[Item]) -> Iterator[Event]:
    number = 0

    def event(kind: str, **more: object) -> Event:
        nonlocal number
        number += 1
        return kind, {"type": kind, "sequence_number": number - 1, **more}

    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    yield event("response.created", response=begun)
    yield event("response.in_progress", response=begun)
    for place, item in enumerate(items):
        at = {"output_index": place, "item_id": item["id"]}
        empty: Item = {"content": []} if item["type"] == "message" else {"arguments": ""}
        yield event("response.output_item.added", output_index=place, item=item | empty | {"status": "in_progress"})
        if isinstance(parts := item.get("content"), list):
            yield from _text_events(event, parts[0], {**at, "content_index": 0})
        else:
            name = "response.function_call_arguments"
            yield event(f"{name}.delta", delta=item["arguments"], **at)
            yield event(f"{name}.done", arguments=item["arguments"], name=item["name"], **at)
        yield event("response.output_item.done", output_index=place, item=item)
    yield event("response.completed", response=whole)


def _text_events(event: MakeEvent, part: Mapping[str, str], at: Mapping[str, object]) -> Iterator[Event]:
    yield event("response.content_part.added", part={**part, "text": ""}, **at)
    for token in tokens_of(part["text"]):
        yield event("response.output_text.delta", delta=token, logprobs=[], **at)
    yield event("response.output_text.done", text=part["text"], logprobs=[], **at)
    yield event("response.content_part.done", part=part, **at)
