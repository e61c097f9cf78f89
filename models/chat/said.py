"""What all languages share: keys, messages as LangChain has them, and its messages as answers."""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from math import exp
from typing import Final, Literal

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import SecretStr

from ...core.chat import Answer, Ask, ChatSpec, writable
from ...core.errors import ChatFailed

_STOPS: Final[Mapping[str, Literal["end", "truncated", "refused"]]] = {
    "length": "truncated",
    "max_tokens": "truncated",
    "model_context_window_exceeded": "truncated",
    "content_filter": "refused",
    "refusal": "refused",
}


ONE_OFF: Final[Mapping[str, str]] = {"Connection": "close"}
"""A connection for each question: beside a model's thinking it costs nothing, and none is left open behind us."""


def key_of(spec: ChatSpec, usual: str) -> SecretStr | None:
    """Read a chat's key from the environment; None for a server of one's own that was given none.

    Raises:
        ChatFailed: it needs one, and there is none.
    """
    name = spec.key_env or ("" if spec.base_url else usual)
    if not name:
        return None
    if not (key := os.environ.get(name, "").strip()):
        raise ChatFailed(spec.name, "refused", f"there is no key in {name}: set that variable, and never a file")
    return SecretStr(key)


def messages_of(ask: Ask) -> list[BaseMessage]:
    """Put a question into LangChain's messages, pictures before the first words."""
    messages: list[BaseMessage] = [SystemMessage(ask.system)]
    for number, turn in enumerate(ask.turns):
        if turn.who == "model":
            messages.append(AIMessage(turn.text))
        elif number == 0 and ask.pictures:
            shown: list[str | dict[str, object]] = [_picture(one) for one in ask.pictures]
            messages.append(HumanMessage([*shown, {"type": "text", "text": turn.text}]))
        else:
            messages.append(HumanMessage(turn.text))
    return messages


def answer_of(spec: ChatSpec, ask: Ask, message: BaseMessage) -> Answer:
    """Read an answer out of LangChain's message; what the server did not count is counted from above."""
    text, stop = _text_and_stop(ask, message)
    text = writable(text)
    usage = message.usage_metadata if isinstance(message, AIMessage) else None
    most_in = ask.most_tokens(spec.tokens_per_picture)
    written = min(len(text.encode()), spec.tokens_out_for(ask))
    return Answer(
        text=text,
        stop=stop,
        tokens_in=max(0, usage["input_tokens"]) if usage else most_in,
        tokens_out=max(0, usage["output_tokens"]) if usage else written,
        model=writable(str(message.response_metadata.get("model_name") or spec.model))[:200],
        yes=_yes(message.response_metadata.get("logprobs")) if ask.is_yes_or_no else None,
    )


def _picture(data: bytes) -> dict[str, object]:
    return {"type": "image", "base64": base64.b64encode(data).decode(), "mime_type": "image/png"}


def _text_and_stop(ask: Ask, message: BaseMessage) -> tuple[str, Literal["end", "truncated", "refused", "tool"]]:
    said = message.response_metadata
    stop = _STOPS.get(str(said.get("finish_reason") or said.get("stop_reason") or ""), "end")
    if refusal := message.additional_kwargs.get("refusal"):
        return str(refusal), "refused"
    calls = [*message.tool_calls, *message.invalid_tool_calls] if isinstance(message, AIMessage) else []
    for call in calls:
        if call["name"] != ask.schema_name or not ask.schema:
            return f"{call['name']}({str(call['args'])[:200]})", "tool"
    if calls:
        args = calls[0]["args"]
        return (args if isinstance(args, str) else json.dumps(args)), stop
    return message.text, stop


def _yes(logprobs: object) -> float | None:
    """Weigh yes against no among what the first word of an answer could have been."""
    tokens = logprobs.get("content") if isinstance(logprobs, Mapping) else None
    if not isinstance(tokens, Sequence) or not tokens:
        return None
    odds = {"yes": 0.0, "no": 0.0}
    for one in tokens[0].get("top_logprobs") or [tokens[0]]:
        word = str(one.get("token", "")).strip().strip('."').lower()
        if word in odds:
            odds[word] += exp(min(0.0, float(one.get("logprob", -100.0))))
    total = sum(odds.values())
    return round(odds["yes"] / total, 6) if total else None
