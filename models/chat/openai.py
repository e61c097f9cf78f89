"""OpenAI's language, as its own servers and many others speak it."""

import json
from collections.abc import Mapping

import openai
from langchain_openai import ChatOpenAI

from ...core.chat import Ask, Chat, ChatSpec
from .patience import PatientChat
from .said import ONE_OFF
from .wire import Language, Wire

_LIKELIEST = 5


def openai_chat(spec: ChatSpec) -> Chat:
    """Give a chat that speaks OpenAI's language; connects with the first question."""
    return PatientChat(spec, Wire(spec, _LANGUAGE).send)


def _wishes_of(spec: ChatSpec, ask: Ask) -> dict[str, object]:
    """Say what this answer must be like; in the body's own words, for the library acts on some that it knows."""
    body: dict[str, object] = {}
    most = "max_tokens" if spec.base_url else "max_completion_tokens"
    body[most] = spec.tokens_out_for(ask)
    if ask.schema:
        wanted = {"name": ask.schema_name, "schema": json.loads(ask.schema), "strict": False}
        body["response_format"] = {"type": "json_schema", "json_schema": wanted}
    if ask.is_yes_or_no and spec.logprobs:
        body |= {"logprobs": True, "top_logprobs": _LIKELIEST}
    return {"extra_body": body}


def _model_of(spec: ChatSpec, settings: Mapping[str, object]) -> ChatOpenAI:
    return ChatOpenAI.model_validate(
        {
            **settings,
            "model": spec.model,
            "use_responses_api": False,
            "http_async_client": openai.DefaultAsyncHttpxClient(
                follow_redirects=False, timeout=spec.seconds, headers=ONE_OFF
            ),
        }
    )


_LANGUAGE = Language(
    home="https://api.openai.com/v1",
    key_env="OPENAI_API_KEY",
    model_of=_model_of,
    wishes_of=_wishes_of,
    refused=openai.APIStatusError,
    unreachable=openai.APIConnectionError,
)
