"""One question over the wire in some library's language: what comes back is an answer or `ChatFailed`."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from ...core.chat import Answer, Ask, ChatSpec
from ...core.errors import ChatFailed
from ...core.secret import blotted
from .faults import fault_of_body, fault_of_connection, fault_of_status
from .said import answer_of, key_of, messages_of

if TYPE_CHECKING:  # whoever asks one provider loads no other's library
    import anthropic
    import openai

_NO_KEY: Final = SecretStr("none")
"""What a server is sent that needs no key: without a word of ours its library would send it the provider's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What one provider's library differs in from the others."""

    home: str
    """The provider's own address."""
    key_env: str
    """Where the provider's own key lies, unless a chat names another place."""
    model_of: Callable[[ChatSpec, Mapping[str, object]], BaseChatModel]
    """Gives LangChain's model of these settings, which must follow no redirect: that would take the key elsewhere."""
    wishes_of: Callable[[ChatSpec, Ask], Mapping[str, object]]
    """Says what an answer must be like, as that model's arguments."""
    refused: "type[openai.APIStatusError] | type[anthropic.APIStatusError]"
    unreachable: "type[openai.APIConnectionError] | type[anthropic.APIConnectionError]"


class Wire:
    """Sends one request and reads one answer; connects with the first question."""

    def __init__(self, spec: ChatSpec, language: Language) -> None:
        self._spec, self._language = spec, language
        self._model: BaseChatModel | None = None

    async def send(self, ask: Ask) -> Answer:
        """Ask once; raises `ChatFailed`."""
        spec, language = self._spec, self._language
        key = key_of(spec, language.key_env)
        if self._model is None:  # off the event loop, for it reads certificates
            self._model = await asyncio.to_thread(language.model_of, spec, _settings(spec, language.home, key))
        try:
            message = await self._model.bind(**language.wishes_of(spec, ask)).ainvoke(messages_of(ask))
            return _without_key(answer_of(spec, ask, message), key)
        except language.refused as error:
            raise fault_of_status(spec, error.status_code, error.response.headers, error.body, key) from None
        except language.unreachable as error:
            raise fault_of_connection(spec, error, key) from None
        except ChatFailed:
            raise
        except Exception as error:  # noqa: BLE001 - what two libraries raise over a body they do not understand
            raise fault_of_body(spec, error, key) from None


def _without_key(answer: Answer, key: SecretStr | None) -> Answer:
    """Blot out the key where a server repeats it."""
    secrets = [key.get_secret_value()] if key else []
    return replace(answer, text=blotted(answer.text, secrets), model=blotted(answer.model, secrets))


def _settings(spec: ChatSpec, home: str, key: SecretStr | None) -> dict[str, object]:
    """Give what every model is set to, beside its name: no tries of its own, no cache."""
    return {
        **dict(spec.settings.items()),
        "api_key": key or _NO_KEY,
        "base_url": spec.base_url or home,
        "max_retries": 0,
        "timeout": spec.seconds,
        "cache": False,
    }
