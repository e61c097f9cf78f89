"""The meter: what a server received, worked for and delivered. Tests believe it, and not the client's own books."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from ...core.canonical import digest_of_bytes


@dataclass(slots=True, kw_only=True, eq=False)
class Request:
    """One request, from when it came in."""

    number: int
    """From 1, in the order they came."""
    method: str
    path: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    is_worked: bool = False
    """Whether the work was done: a real service would charge for it."""
    is_delivered: bool = False
    """Whether the whole answer went out before either side hung up."""
    is_replayed: bool = False
    """Whether it was answered from an earlier request with the same key."""

    @property
    def body_digest(self) -> str:
        """Name what was asked; multipart bodies differ by their boundary even when they ask the same."""
        return digest_of_bytes(self.body)

    @property
    def key(self) -> str:
        """The `Idempotency-Key` header; empty where there was none."""
        return self.headers.get("idempotency-key", "")

    @property
    def kind(self) -> str:
        """The media type of the body."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Meter:
    """Every request there was."""

    requests: list[Request] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def note(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Request:
        """Count a request in."""
        with self._lock:
            request = Request(number=len(self.requests) + 1, method=method, path=path, headers=headers, body=body)
            self.requests.append(request)
        return request

    @property
    def sold(self) -> Sequence[Request]:
        """Those whose work was done."""
        return [one for one in self.requests if one.is_worked]


def sold_twice(requests: Sequence[Request]) -> Mapping[str, int]:
    """Say which work was sold more than once, and how often, by its key.

    >>> sold_twice([])
    {}
    """
    sold = Counter(one.key for one in requests if one.is_worked)
    return {key: times for key, times in sold.items() if times > 1}
