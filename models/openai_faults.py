"""What an image service's no means: wait, mend the account, reword the task, or look at the bill."""

from email.utils import parsedate_to_datetime
from time import time
from typing import Final

import openai

from ..core.errors import ChargeUnknown, MakerFailed, ServiceAway, ServiceBusy, ServiceRefused

_BUSY: Final = frozenset({409, 429, 502, 503, 521, 522, 523, 529})
"""Statuses that say the service takes no calls now, whatever they ask for."""

_IN_DOUBT: Final = frozenset({408, 504, 520, 524})
"""Statuses of a gateway that stopped waiting: what stands behind it may have done the work."""

_MODERATED: Final = frozenset({"moderation_blocked", "content_policy_violation"})
_SPENT: Final = ("quota", "billing", "spend", "credit")
"""What a code, or the kind of an error, says when the account may spend no more."""

_UNTOLD_SECONDS: Final = 10.0
"""How long to wait where the service does not say."""

_LONGEST_WAIT_SECONDS: Final = 3600.0
_NEVER_SENT: Final = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"})
"""Names of the transport's errors that come before the request."""


def fault_of(maker: str, error: openai.APIError) -> MakerFailed:
    """Say what a client's error means for the task and for the money."""
    if isinstance(error, openai.APIStatusError):
        said = _words(error)
        return fault(maker, error.status_code, f"{error.code or ''} {error.type or ''}", said, _wait_seconds(error))
    if type(error.__cause__).__name__ in _NEVER_SENT:
        return ServiceAway(maker, str(error.__cause__) or type(error.__cause__).__name__, _UNTOLD_SECONDS)
    cause = error.__cause__ or error
    return ChargeUnknown(maker, f"the connection broke before the answer came ({type(cause).__name__}: {cause})"[:300])


def fault(maker: str, status: int, code: str, said: str, wait_seconds: float | None = None) -> MakerFailed:  # noqa: PLR0911 - one line per case is clearest
    """Say what an answer with an error status means.

    Args:
        maker: its name.
        status: of HTTP.
        code: the error's code and kind, as the service names them.
        said: its message.
        wait_seconds: what the service asks to wait; None where it does not say.

    >>> type(fault("m", 429, "rate_limit_exceeded", "slow down", 7.0)).__name__
    'ServiceBusy'
    >>> type(fault("m", 429, "insufficient_quota", "over quota")).__name__
    'ServiceRefused'
    >>> print(fault("m", 400, "moderation_blocked", "no violence"))
    maker 'm' failed: its service will not draw this: no violence; reword the task, or have another maker do it
    >>> type(fault("m", 400, "billing_hard_limit_reached", "billing limit")).__name__
    'ServiceRefused'
    >>> type(fault("m", 504, "", "gateway timeout")).__name__
    'ChargeUnknown'
    """
    words = set(code.split())
    if words & _MODERATED:
        what = f"its service will not draw this: {said}"
        return MakerFailed(maker, f"{what}; reword the task, or have another maker do it")
    if status == 402 or (status < 500 and any(sign in code for sign in _SPENT)):
        what = f"its account may spend no more ({said}); raise the limit at the service, then run the same command"
        return ServiceRefused(maker, what)
    if status in (401, 403):
        return ServiceRefused(maker, f"{status}: {said}; mend its key or what it may do, then run the same command")
    if status in _IN_DOUBT:
        return ChargeUnknown(maker, f"{status}: {said}")
    if wait_seconds is not None and wait_seconds > _LONGEST_WAIT_SECONDS:
        return ServiceRefused(maker, f"{status}: {said}; it asks to wait {wait_seconds:.0f} s: run the command then")
    if status in _BUSY:
        return ServiceBusy(maker, f"{status}: {said}", _UNTOLD_SECONDS if wait_seconds is None else wait_seconds)
    if status >= 500:  # it may be this work that the service breaks on: the others need not wait for it
        return MakerFailed(maker, f"its service broke on it ({status}: {said})", True)  # noqa: FBT003 - by position
    return MakerFailed(
        maker, f"its service cannot read the request ({status}: {said}); mend its block in the crew file"
    )


def _words(error: openai.APIStatusError) -> str:
    """Give the service's own message, which the client may have wrapped, on one line."""
    body = error.body
    told = body.get("message") if isinstance(body, dict) else None
    return " ".join(str(told or error.message).split())[:300]


def _wait_seconds(error: openai.APIStatusError) -> float | None:
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        if (text := headers.get(name)) is None:
            continue
        try:
            return max(0.0, float(text) * unit)
        except ValueError:
            return _until(text)
    return None


def _until(date: str) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time())
    except ValueError:
        return None
