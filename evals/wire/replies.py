"""What a wire server can be told to answer: well, with an error, or in one of the ways in which answers go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool the model wants called."""

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """A good answer. What is left empty is made up to fit the request: words, an instance of its schema, a picture."""

    text: str = ""
    tools: tuple[ToolCall, ...] = ()
    top_logprobs: Mapping[str, float] = field(default_factory=dict)
    """What the first token might have been, with its log-probability, where the request asks for them."""
    picture: bytes = b""
    """PNG; empty draws a card from the prompt and the number of the request."""
    revised_prompt: str = ""
    work_seconds: float = 0.0
    """How long the work takes before the first byte is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An error of the service; no work is done."""

    status: int
    kind: str
    code: str = ""
    message: str
    retry_after: float | None = None
    """Seconds, in the header of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """The connection breaks without an answer."""

    after_work: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dripped:
    """A good answer, a little at a time: every read succeeds and none of them ends it."""

    good: Good = field(default_factory=Good)
    bytes_per_second: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncated:
    """A good answer whose body ends early, by its own length complete."""

    good: Good = field(default_factory=Good)
    share: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistyped:
    """Something else altogether, with status 200: a gateway's page, a captive portal."""

    content_type: str = "text/html"
    body: bytes = b"<html><body>Please sign in.</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bloated:
    """A good answer with a field nobody asked for, of so many bytes."""

    good: Good = field(default_factory=Good)
    size_bytes: int = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """Nothing is answered, and the connection stays open until the service gives it up."""

    after_work: bool = True
    seconds: float | None = None
    """How long the service takes to; None never does."""


Reply = Good | Refused | Dropped | Dripped | Truncated | Mistyped | Bloated | Hung


def rate_limited(retry_after: float | None = 1.0) -> Refused:
    """Refuse because too much was asked at once."""
    return Refused(
        status=429,
        kind="rate_limit_error",
        code="rate_limit_exceeded",
        message="Rate limit reached for images per minute.",
        retry_after=retry_after,
    )


def spend_cap() -> Refused:
    """Refuse because the account may spend no more; waiting does not help, so no header says how long."""
    return Refused(
        status=429,
        kind="insufficient_quota",
        code="insufficient_quota",
        message="You exceeded your current quota, please check your plan and billing details.",
    )


def moderation_blocked(what: str = "violence") -> Refused:
    """Refuse because of what the prompt asks for."""
    message = f"Your request was rejected by the safety system. safety_violations=[{what}]."
    return Refused(status=400, kind="image_generation_user_error", code="moderation_blocked", message=message)


def overloaded() -> Refused:
    """Refuse because everybody asks: status 529."""
    return Refused(status=529, kind="overloaded_error", message="Overloaded")


def unavailable() -> Refused:
    """Refuse because the service is down: status 503."""
    return Refused(status=503, kind="server_error", message="The server is overloaded or not ready yet.")
