"""The operators' log: JSON or plain lines on stderr. Business facts go to the journal, never only here."""

import logging
import sys

import structlog


def set_up_log(level: str = "warning") -> None:
    """Send log lines of at least this level to stderr; call once, at a door."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
