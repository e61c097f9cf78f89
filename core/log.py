"""The operators' log: JSON or plain lines on stderr. Business facts go to the journal, never only here."""

import logging
import sys
from collections.abc import Collection, MutableMapping

import structlog

from .secret import blotted


def set_up_log(level: str = "warning", *, secrets: Collection[str] = ()) -> None:
    """Send log lines of at least this level to stderr; call once, at a door.

    Args:
        level: the lowest that is shown.
        secrets: values that are blotted out of every line, as what looks like a key is.
    """

    def without_secrets(_: object, __: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
        for name, value in event.items():
            text = value if isinstance(value, str) else repr(value)
            if (plain := blotted(text, secrets)) != text:
                event[name] = plain
        return event

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_secrets,
            # Not the renderer's own way with tracebacks: it shows every frame's values, keys among them.
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
