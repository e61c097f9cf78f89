"""Anthropic's language."""

import json
from collections.abc import Mapping
from functools import cached_property

import anthropic
from langchain_anthropic import ChatAnthropic

from ...core.chat import Ask, Chat, ChatSpec
from .patience import PatientChat
from .said import ONE_OFF
from .wire import Language, Wire


def anthropic_chat(spec: ChatSpec) -> Chat:
    """Give a chat that speaks Anthropic's language; connects with the first question."""
    return PatientChat(spec, Wire(spec, _LANGUAGE).send)


def _wishes_of(spec: ChatSpec, ask: Ask) -> dict[str, object]:
    """Say what this answer must be like: where it must fit a schema, a call of the one tool that has it."""
    wishes: dict[str, object] = {"max_tokens": spec.tokens_out_for(ask)}
    if ask.schema:
        tool = {"name": ask.schema_name, "description": "The answer.", "input_schema": json.loads(ask.schema)}
        wishes |= {"tools": [tool], "tool_choice": {"type": "tool", "name": ask.schema_name}}
    return wishes


class _StayingChatAnthropic(ChatAnthropic):
    """Follows no redirect: its key is a header of its own, which would be sent along to wherever that leads."""

    @cached_property
    def _async_client(self) -> anthropic.AsyncClient:
        client = anthropic.DefaultAsyncHttpxClient(
            follow_redirects=False, timeout=self.default_request_timeout, headers=ONE_OFF
        )
        return anthropic.AsyncClient(**{**self._client_params, "http_client": client})


def _model_of(spec: ChatSpec, settings: Mapping[str, object]) -> ChatAnthropic:
    return _StayingChatAnthropic.model_validate(
        {**settings, "model_name": spec.model, "max_tokens_to_sample": spec.tokens_out}
    )


_LANGUAGE = Language(
    home="https://api.anthropic.com",
    key_env="ANTHROPIC_API_KEY",
    model_of=_model_of,
    wishes_of=_wishes_of,
    refused=anthropic.APIStatusError,
    unreachable=anthropic.APIConnectionError,
)
