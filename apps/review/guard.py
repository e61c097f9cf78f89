"""Who may ask the dailies page anything: this machine, this page, whoever has the token. All others are refused."""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE_METHODS: Final = ("GET", "HEAD")
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_EVERY_ANSWER: Final[Mapping[str, str]] = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    # Not `no-referrer`: with it browsers call the page's own forms' origin `null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_ENTRANCE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta http-equiv="refresh" content="0; url=/"><link rel="icon" href="/static/icon.svg">
<title>Callsheet</title>
<p><a href="/">To the dailies</a></p>
</html>
"""
"""A page and not a redirect: one that began at another site would leave the new cookie behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What opens one review: its port and its token."""

    port: int
    token: str

    @property
    def url(self) -> str:
        """The address a person opens; whoever has it may look and decide."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a browser may call this machine."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    @property
    def cookie(self) -> str:
        """The cookie's name; with the port, for cookies know none, and two reviews may be open."""
        return f"callsheet_review_{self.port}"

    def is_opened_by(self, token: str) -> bool:
        """Say whether that is the token, in a time that tells nothing."""
        return hmac.compare_digest(token.encode("utf-8", "surrogateescape"), self.token.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as far as it decides who may ask."""

    method: str
    path: str
    token: str = ""
    """Of the address."""
    headers: Sequence[tuple[str, str]] = ()
    """With names in lower case."""

    def all(self, name: str) -> list[str]:
        """Give every value of a header."""
        return [value for key, value in self.headers if key == name]

    @property
    def is_entrance(self) -> bool:
        """Whether somebody comes with a token in the address."""
        return self.method == "GET" and self.path == "/" and bool(self.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why nobody answers."""

    status: int
    why: str


def refusal(asked: Asked, access: Access) -> Refusal | None:
    """Say why a request is refused; None lets it in.

    >>> access = Access(port=8000, token="secret")
    >>> refusal(Asked(method="GET", path="/", headers=[("host", "evil.example")]), access).status
    421
    >>> come_in = Asked(method="GET", path="/", token="secret", headers=[("host", "127.0.0.1:8000")])
    >>> refusal(come_in, access) is None
    True
    """
    hosts, origins = asked.all("host"), asked.all("origin")
    if len(hosts) != 1 or hosts[0].lower() not in access.hosts:
        why = f"this is not {' or '.join(hosts)}; open it as {access.hosts[0]}, behind a tunnel with the same port"
        return Refusal(status=421, why=why)
    own = {f"http://{host}" for host in access.hosts}
    if any(origin not in own for origin in origins):
        return Refusal(status=403, why="another page asked for this; only the review's own may")
    if asked.method not in _SAFE_METHODS and len(origins) != 1:
        return Refusal(status=403, why="nobody says which page asked for this; only the review's own may")
    if not asked.is_entrance and any(site not in ("same-origin", "none") for site in asked.all("sec-fetch-site")):
        return Refusal(status=403, why="another page asked for this; only the review's own may")
    token = asked.token if asked.is_entrance else _cookie(asked, access.cookie)
    if not access.is_opened_by(token):
        return Refusal(status=401, why="open the address `callsheet review` printed; each review has its own token")
    return None


def _cookie(asked: Asked, name: str) -> str:
    pairs = (pair.strip().partition("=") for line in asked.all("cookie") for pair in line.split(";"))
    return next((value for key, _, value in pairs if key == name), "")


class Guard:
    """Stands before the whole application: refuses, lets in by token once and by cookie ever after, adds headers."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse or pass on."""
        match scope["type"]:
            case "http":
                await self._serve(scope, receive, send)
            case "lifespan":
                await self._app(scope, receive, send)
            case _:
                await send({"type": "websocket.close", "code": 1008})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_EVERY_ANSWER)
            await send(message)

        answer = self._answer(_asked(scope))
        await (answer or self._app)(scope, receive, send_guarded)

    def _answer(self, asked: Asked) -> Response | None:
        refused = refusal(asked, self._access)
        if refused:
            return PlainTextResponse(f"callsheet: {refused.why}\n", refused.status)
        if not asked.is_entrance:
            return None
        entrance = HTMLResponse(_ENTRANCE)
        entrance.set_cookie(self._access.cookie, self._access.token, httponly=True, samesite="strict", path="/")
        return entrance


def _asked(scope: Scope) -> Asked:
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return Asked(
        method=scope["method"],
        path=scope["path"],
        token=query.get("token", [""])[0],
        headers=[(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]],
    )


_HEX: Final = re.compile(r"[0-9a-f]{64}")


def is_name_of_picture(text: str) -> bool:
    """Say whether a text may name a picture: 64 hex digits and nothing else.

    >>> is_name_of_picture("ab" * 32), is_name_of_picture("../" + "ab" * 32)
    (True, False)
    """
    return _HEX.fullmatch(text) is not None
