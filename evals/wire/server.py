"""The server itself: one thread a connection, the meter, and every way in which an answer can go wrong on the wire."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Final, Protocol, assert_never

from pydantic import ValidationError

from .meter import Meter, Request
from .replies import Bloated, Dripped, Dropped, Good, Hung, Mistyped, Refused, Reply, Truncated

KEY: Final = "wire-key"
"""The key that opens every wire server."""

_MOST_BYTES: Final = 256 * 1024 * 1024

Script = Sequence[Reply] | Callable[[Request], Reply]
"""What is answered: one reply a request, good ones when they are used up; or a function that says."""


class Wrong(Exception):
    """A request that the real service would refuse; says how it would."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused)
        self.refused = refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A good answer as bytes."""

    data: bytes
    content_type: str = "application/json"


class Dialect(Protocol):
    """What tells one API from another."""

    def look_up(self, request: Request) -> Body:
        """Answer a GET."""
        ...

    def work(self, request: Request, good: Good) -> Body:
        """Answer a POST well; raises `Wrong`, or pydantic's `ValidationError`, where the request makes no sense."""
        ...

    def refuse(self, refused: Refused) -> bytes:
        """Say no in this API's words."""
        ...

    def shows(self, request: Request) -> str:
        """Give the key the request came with."""
        ...


_NOTHING: Final = Body(data=b"")


@dataclass(slots=True, kw_only=True, eq=False)
class WireServer:
    """One server on this machine, up between `start` and `stop`."""

    dialect: Dialect
    script: Script = ()
    honours_keys: bool = False
    """Whether a second request with the same `Idempotency-Key` gets the first one's answer and is not charged."""
    meter: Meter = field(default_factory=Meter)
    tell: Callable[[Request], None] = lambda _: None
    """Hears of every request when it is over, however that was."""
    _closing: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _asked: int = 0
    _answers: dict[str, Body | None] = field(default_factory=dict)
    """By idempotency key; None while the work is being done."""
    _http: "_Http" = field(init=False)

    def __post_init__(self) -> None:
        self._http = _Http(self)

    @property
    def base_url(self) -> str:
        """Where clients find it: `http://127.0.0.1:40001`, without a path."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def requests(self) -> Sequence[Request]:
        """All there were, questions about models included."""
        return list(self.meter.requests)

    @property
    def sold(self) -> Sequence[Request]:
        """Those whose work was done: what a real service would charge for."""
        return self.meter.sold

    def start(self) -> None:
        """Begin to listen."""
        Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Hang up on everybody."""
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()

    def attend(self, line: "_Line", request: Request) -> None:
        """Answer one request, by the script."""
        if self.dialect.shows(request) != KEY:
            denied = Refused(
                status=401, kind="authentication_error", code="invalid_api_key", message="Incorrect API key provided."
            )
            return self._refuse(line, request, denied)
        if request.method == "GET":
            return self._answered(line, request, lambda: self.dialect.look_up(request))
        if self.honours_keys and request.key and self._is_known(line, request):
            return None
        try:
            return self._reply(line, request, self._next(request))
        finally:
            self._forget_unworked(request)

    def _reply(self, line: "_Line", request: Request, reply: Reply) -> None:
        match reply:
            case Good():
                self._answered(line, request, lambda: self._worked(request, reply))
            case Refused():
                self._refuse(line, request, reply)
            case Dropped(after_work=after_work):
                if after_work:
                    self._worked(request, Good())
                line.hang_up()
            case Hung(after_work=after_work, seconds=seconds):
                if after_work:
                    self._worked(request, Good())
                self._closing.wait(seconds)
                line.hang_up()
            case Dripped(good=good, bytes_per_second=rate):
                body = self._worked(request, good)
                line.send_slowly(request, 200, body, lambda: self._closing.wait(1 / rate))
            case Truncated(good=good, share=share):
                body = self._worked(request, good)
                cut = Body(data=body.data[: int(len(body.data) * share)], content_type=body.content_type)
                line.send(request, 200, cut)
            case Mistyped(content_type=content_type, body=data):
                line.send(request, 200, Body(data=data, content_type=content_type))
            case Bloated(good=good, size_bytes=size):
                fields = {"padding": "x" * size, **json.loads(self._worked(request, good).data)}
                line.send(request, 200, Body(data=json.dumps(fields).encode()))
            case other:
                assert_never(other)

    def _answered(self, line: "_Line", request: Request, answer: Callable[[], Body]) -> None:
        try:
            body = answer()
        except Wrong as error:
            return self._refuse(line, request, error.refused)
        except ValidationError as error:
            first = error.errors()[0]
            what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            return self._refuse(line, request, Refused(status=400, kind="invalid_request_error", message=what))
        line.send(request, 200, body)
        return None

    def _worked(self, request: Request, good: Good) -> Body:
        body = self.dialect.work(request, good)
        if good.work_seconds:
            self._closing.wait(good.work_seconds)
        request.is_worked = True
        if request.key:
            with self._lock:
                self._answers[request.key] = body
        return body

    def _refuse(self, line: "_Line", request: Request, refused: Refused) -> None:
        headers = {} if refused.retry_after is None else {"retry-after": f"{refused.retry_after:g}"}
        line.send(request, refused.status, Body(data=self.dialect.refuse(refused)), headers)

    def _is_known(self, line: "_Line", request: Request) -> bool:
        """Answer from memory where the same work was asked for before; while it is being done, say so."""
        with self._lock:
            is_new = request.key not in self._answers
            body = self._answers.setdefault(request.key, None)
        if is_new:
            return False
        if body is None:
            busy = "A request with the same idempotency key is being worked on."
            self._refuse(line, request, Refused(status=409, kind="idempotency_error", message=busy))
            return True
        request.is_replayed = True
        line.send(request, 200, body)
        return True

    def _forget_unworked(self, request: Request) -> None:
        with self._lock:
            if self._answers.get(request.key, _NOTHING) is None:
                del self._answers[request.key]

    def _next(self, request: Request) -> Reply:
        if callable(self.script):
            return self.script(request)
        with self._lock:
            place, self._asked = self._asked, self._asked + 1
        return self.script[place] if place < len(self.script) else Good()


@contextmanager
def running(dialect: Dialect, script: Script, *, honours_keys: bool) -> Iterator[WireServer]:
    """Keep a server up for a while."""
    server = WireServer(dialect=dialect, script=script, honours_keys=honours_keys)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, owner: WireServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Line)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever hangs up early meant to."""


class _Line(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: _Http

    def do_GET(self) -> None:
        self._attend()

    def do_POST(self) -> None:
        self._attend()

    def send(self, request: Request, status: int, body: Body, headers: Mapping[str, str] | None = None) -> None:
        """Answer.

        It counts as delivered from before its last byte is on the wire: who has read that byte finds it so.
        """
        request.is_delivered = True
        try:
            self._begin(status, body, headers or {})
            self.wfile.write(body.data)
        except OSError:
            request.is_delivered = False

    def send_slowly(self, request: Request, status: int, body: Body, pause: Callable[[], bool]) -> None:
        """Answer byte by byte until done, hung up on, or told by the pause to end."""
        try:
            self._begin(status, body, {})
            for place in range(len(body.data)):
                request.is_delivered = place + 1 == len(body.data)
                self.wfile.write(body.data[place : place + 1])
                if pause():
                    break
        except OSError:
            request.is_delivered = False

    def hang_up(self) -> None:
        """Break the connection."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Keep quiet: the meter knows."""

    def _attend(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length) if length <= _MOST_BYTES else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        owner = self.server.owner
        request = owner.meter.note(self.command, self.path, headers, body)
        try:
            owner.attend(self, request)
        finally:
            owner.tell(request)

    def _begin(self, status: int, body: Body, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"content-type": body.content_type, "x-request-id": "req_wire", **headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body.data)))
        self.end_headers()
