"""What a server's refusal means: whether waiting helps, whether it may have worked all the same."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from pydantic import SecretStr

from ...core.chat import ChatSpec, writable
from ...core.errors import ChatFailed, ChatFault
from ...core.secret import blotted

_SPENT: Final = re.compile(
    r"insufficient_quota|exceeded your current quota|spend_?limit|spending limit|spend cap"
    r"|billing_hard_limit|credit balance|billing_not_active",
    re.IGNORECASE,
)
_BUSY: Final = frozenset({408, 409, 500, 502, 503, 504, 520, 521, 522, 524, 529})
_MOST_SAID: Final = 200
_LONGEST_SECONDS: Final = 24 * 3600.0
_NEVER_SENT: Final = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "ProxyError"})


def fault_of_status(
    spec: ChatSpec, status: int, headers: Mapping[str, str], body: object, key: SecretStr | None
) -> ChatFailed:
    """Say what an HTTP status other than success means.

    Args:
        spec: who was asked.
        status: the answer's.
        headers: the answer's, by lower-case names.
        body: the answer's, as far as it was understood.
        key: what must not be repeated.
    """
    said = f"HTTP {status}: {_said(body)}"
    if status == 402 or (status < 500 and _SPENT.search(_all_of(body))):
        return _failed(spec, "spend_cap", said, key)
    if headers.get("x-should-retry") == "false" or 300 <= status < 400:
        return _failed(spec, "refused", said, key)
    wait = wait_seconds_of(headers)
    if status == 429:
        return _failed(spec, "rate_limited", said, key, wait_seconds=wait)
    if status in _BUSY:
        return _failed(spec, "overloaded", said, key, wait_seconds=wait)
    return _failed(spec, "refused", said, key)


def fault_of_connection(spec: ChatSpec, error: Exception, key: SecretStr | None) -> ChatFailed:
    """Say what a broken connection means: before anything was sent, another try is harmless."""
    chain = _chain(error)
    was_sent = not _NEVER_SENT.intersection(type(one).__name__ for one in chain)
    return _failed(spec, "unreachable", str(chain[-1]) or type(chain[-1]).__name__, key, may_have_run=was_sent)


def fault_of_body(spec: ChatSpec, error: Exception, key: SecretStr | None) -> ChatFailed:
    """Say that what came back is no answer of this language at all."""
    return _failed(spec, "malformed", f"{type(error).__name__}: {error}", key, may_have_run=True)


def wait_seconds_of(headers: Mapping[str, str]) -> float:
    """Read how long a server wants to be left alone; 0 where it does not say.

    >>> wait_seconds_of({"retry-after": "20"}), wait_seconds_of({"retry-after-ms": "1500"})
    (20.0, 1.5)
    """
    said = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", in_ms := headers.get("retry-after-ms", "").strip()):
        return min(float(in_ms) / 1000, _LONGEST_SECONDS)
    if re.fullmatch(r"\d+(\.\d+)?", said):
        return min(float(said), _LONGEST_SECONDS)
    try:
        left = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return min(max(0.0, left), _LONGEST_SECONDS)


def _chain(error: BaseException) -> list[BaseException]:
    """List an error and what stands behind it: of two libraries' wrappings the innermost says what happened."""
    chain = [error]
    while (behind := chain[-1].__cause__ or chain[-1].__context__) and len(chain) < 10:
        chain.append(behind)
    return chain


def _failed(
    spec: ChatSpec,
    kind: ChatFault,
    what: str,
    key: SecretStr | None,
    *,
    may_have_run: bool = False,
    wait_seconds: float = 0.0,
) -> ChatFailed:
    secrets = [key.get_secret_value()] if key else []
    what = " ".join(writable(blotted(what, secrets)).split())[:_MOST_SAID]
    return ChatFailed(spec.name, kind, what, may_have_run, wait_seconds)


def _said(body: object) -> str:
    """Give the one sentence of an error's body that is meant for people."""
    inner = body.get("error", body) if isinstance(body, Mapping) else body
    message = inner.get("message") if isinstance(inner, Mapping) else inner
    return str(message or _all_of(body))


def _all_of(body: object) -> str:
    try:
        return json.dumps(body)[:10_000]
    except (TypeError, ValueError):
        return str(body)[:10_000]
