"""The log: what it is made of, and what never gets into it."""

import logging
import sys
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_TOLD_OF_EXCEPTIONS = ("exc_type", "is_cause", "frames")


def _what_and_where(exc_info: Any) -> list[dict[str, Any]]:
    """The types of an exception and its causes, and where they were raised. Not their messages, which quote what a
    reader sent, nor the frames' variables: among them are tokens, readers' ids and our secrets."""
    stacks = ExceptionDictTransformer(show_locals=False)(exc_info)
    return [{name: stack[name] for name in _TOLD_OF_EXCEPTIONS} for stack in stacks]


def configure_logging(level: str) -> None:
    """One JSON line for each event, on standard error."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_what_and_where),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        processors,
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        # A line is written when something changes, not for every request; a logger that is looked up anew each time
        # can be listened to by tests.
        cache_logger_on_first_use=False,
    )
    # They write down what is asked of whom: customers are found by their e-mail address.
    for library in ("stripe", "urllib3.connectionpool"):
        logging.getLogger(library).disabled = True
