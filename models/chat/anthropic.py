"""Anthropic's language."""

import asyncio
import json
from functools import cached_property

import anthropic
from langchain_anthropic import ChatAnthropic
from pydantic import SecretStr

from ...core.chat import Answer, Ask, Chat, ChatSpec
from ...core.errors import ChatFailed
from .faults import fault_of_body, fault_of_connection, fault_of_status
from .patience import PatientChat
from .said import ONE_OFF, answer_of, key_of, messages_of

_HOME = "https://api.anthropic.com"
_KEY = "ANTHROPIC_API_KEY"
_NO_KEY = SecretStr("none")


def anthropic_chat(spec: ChatSpec) -> Chat:
    """Give a chat that speaks Anthropic's language; connects with the first question."""
    return PatientChat(spec, AnthropicWire(spec).send)


class AnthropicWire:
    """Sends one request and reads one answer."""

    def __init__(self, spec: ChatSpec) -> None:
        self._spec = spec
        self._model: ChatAnthropic | None = None

    async def send(self, ask: Ask) -> Answer:
        """Ask once; raises `ChatFailed`."""
        spec, key = self._spec, key_of(self._spec, _KEY)
        if self._model is None:  # off the event loop, for it reads certificates
            self._model = await asyncio.to_thread(_model_of, spec, key or _NO_KEY)
        try:
            message = await self._model.bind(**self._wishes(ask)).ainvoke(messages_of(ask))
            return answer_of(spec, ask, message)
        except anthropic.APIStatusError as error:
            raise fault_of_status(spec, error.status_code, error.response.headers, error.body, key) from None
        except anthropic.APIConnectionError as error:
            raise fault_of_connection(spec, error, key) from None
        except ChatFailed:
            raise
        except Exception as error:  # noqa: BLE001 - what two libraries raise over a body they do not understand
            raise fault_of_body(spec, error, key) from None

    def _wishes(self, ask: Ask) -> dict[str, object]:
        """Say what this answer must be like: where it must fit a schema, a call of the one tool that has it."""
        wishes: dict[str, object] = {"max_tokens": self._spec.tokens_out_for(ask)}
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


def _model_of(spec: ChatSpec, key: SecretStr) -> ChatAnthropic:
    """Give LangChain's model: no tries of its own, no cache, no redirects."""
    return _StayingChatAnthropic.model_validate(
        {
            **spec.settings,
            "model_name": spec.model,
            "api_key": key,
            "base_url": spec.base_url or _HOME,
            "max_retries": 0,
            "timeout": spec.seconds,
            "max_tokens_to_sample": spec.tokens_out,
            "cache": False,
        }
    )
