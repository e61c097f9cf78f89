"""Server-sent events, as both APIs stream them."""

import json
from collections.abc import Iterable, Mapping

from .server import Body

Event = tuple[str, Mapping[str, object]]
"""Its name, empty where the API names none, and its data."""


def streamed(events: Iterable[Event], *, last: str = "") -> Body:
    """Write events one after another.

    >>> streamed([("ping", {"type": "ping"})]).data
    b'event: ping\\ndata: {"type": "ping"}\\n\\n'
    """
    lines = [f"{f'event: {name}' + chr(10) if name else ''}data: {json.dumps(data)}\n\n" for name, data in events]
    return Body(data="".join([*lines, last]).encode(), content_type="text/event-stream")


def plain(answer: Mapping[str, object]) -> Body:
    """Write an answer in one piece."""
    return Body(data=json.dumps(answer).encode())
