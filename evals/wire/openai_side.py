"""The OpenAI API: models, chat completions, responses, images generated and edited."""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from .events import plain
from .meter import Request
from .openai_chat import completed
from .openai_pictures import edited, generated
from .openai_responses import responded
from .replies import Good, Refused
from .server import Body, Script, WireServer, Wrong, running

MODELS: Final = ("wire-chat", "wire-image")


@dataclass(frozen=True, slots=True)
class OpenAISide:
    """Speaks as the `openai` client expects it."""

    def look_up(self, request: Request) -> Body:
        """List the models, or describe one."""
        known = [{"id": name, "object": "model", "created": 1, "owned_by": "wire"} for name in MODELS]
        _, _, name = request.path.partition("/v1/models")
        if not name:
            return plain({"object": "list", "data": known})
        for one in known:
            if one["id"] == name.strip("/"):
                return plain(one)
        raise Wrong(_not_found(request))

    def work(self, request: Request, good: Good) -> Body:
        """Answer well, by the path."""
        match request.path.partition("?")[0]:
            case "/v1/chat/completions":
                return completed(request, good)
            case "/v1/responses":
                return responded(request, good)
            case "/v1/images/generations":
                return generated(request, good)
            case "/v1/images/edits":
                return edited(request, good)
        raise Wrong(_not_found(request))

    def refuse(self, refused: Refused) -> bytes:
        """Put an error as this API does."""
        error = {"message": refused.message, "type": refused.kind, "param": None, "code": refused.code or None}
        return json.dumps({"error": error}).encode()

    def shows(self, request: Request) -> str:
        """Read the bearer token."""
        return request.headers.get("authorization", "").removeprefix("Bearer ")


def openai_server(script: Script = (), *, honours_keys: bool = False) -> AbstractContextManager[WireServer]:
    """Keep an OpenAI server up; clients take `server.base_url + "/v1"` and the key `KEY`.

    Args:
        script: what it answers to requests for work, one reply each, and good answers when they are used up; or a
            function that says.
        honours_keys: whether a repeated `Idempotency-Key` gets the first answer again, and is not charged.
    """
    return running(OpenAISide(), script, honours_keys=honours_keys)


def _not_found(request: Request) -> Refused:
    what = f"Invalid URL ({request.method} {request.path})"
    return Refused(status=404, kind="invalid_request_error", message=what)
