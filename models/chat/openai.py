"""OpenAI's language, as its own servers and many others speak it."""

import asyncio
import json

import openai
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from ...core.chat import Answer, Ask, Chat, ChatSpec
from ...core.errors import ChatFailed
from .faults import fault_of_body, fault_of_connection, fault_of_status
from .patience import PatientChat
from .said import ONE_OFF, answer_of, key_of, messages_of

_HOME = "https://api.openai.com/v1"
_KEY = "OPENAI_API_KEY"
_NO_KEY = SecretStr("none")
"""What a server is sent that needs no key: without a word of ours the library would send it OpenAI's."""

_LIKELIEST = 5


def openai_chat(spec: ChatSpec) -> Chat:
    """Give a chat that speaks OpenAI's language; connects with the first question."""
    return PatientChat(spec, OpenAIWire(spec).send)


class OpenAIWire:
    """Sends one request and reads one answer."""

    def __init__(self, spec: ChatSpec) -> None:
        self._spec = spec
        self._model: ChatOpenAI | None = None

    async def send(self, ask: Ask) -> Answer:
        """Ask once; raises `ChatFailed`."""
        spec, key = self._spec, key_of(self._spec, _KEY)
        if self._model is None:  # off the event loop, for it reads certificates
            self._model = await asyncio.to_thread(_model_of, spec, key or _NO_KEY)
        try:
            message = await self._model.bind(**self._wishes(ask)).ainvoke(messages_of(ask))
            return answer_of(spec, ask, message)
        except openai.APIStatusError as error:
            raise fault_of_status(spec, error.status_code, error.response.headers, error.body, key) from None
        except openai.APIConnectionError as error:
            raise fault_of_connection(spec, error, key) from None
        except ChatFailed:
            raise
        except Exception as error:  # noqa: BLE001 - what two libraries raise over a body they do not understand
            raise fault_of_body(spec, error, key) from None

    def _wishes(self, ask: Ask) -> dict[str, object]:
        """Say what this answer must be like; in the body's own words, for the library acts on some that it knows."""
        body: dict[str, object] = {}
        most = "max_tokens" if self._spec.base_url else "max_completion_tokens"
        body[most] = self._spec.tokens_out_for(ask)
        if ask.schema:
            wanted = {"name": ask.schema_name, "schema": json.loads(ask.schema), "strict": False}
            body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        if ask.is_yes_or_no and self._spec.logprobs:
            body |= {"logprobs": True, "top_logprobs": _LIKELIEST}
        return {"extra_body": body}


def _model_of(spec: ChatSpec, key: SecretStr) -> ChatOpenAI:
    """Give LangChain's model: no tries of its own, no cache, and no redirect, which would take the key elsewhere."""
    return ChatOpenAI.model_validate(
        {
            **spec.settings,
            "model": spec.model,
            "api_key": key,
            "base_url": spec.base_url or _HOME,
            "max_retries": 0,
            "timeout": spec.seconds,
            "cache": False,
            "use_responses_api": False,
            "http_async_client": openai.DefaultAsyncHttpxClient(
                follow_redirects=False, timeout=spec.seconds, headers=ONE_OFF
            ),
        }
    )
