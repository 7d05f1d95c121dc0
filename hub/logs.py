"""Structured logs: one JSON object a line, never a person.

No query string, no body, no local variable, no address: an exception is told by its type and its places in the code,
since the messages of databases and parsers quote what they choke on. What is left of e-mail addresses or long numbers
in any text is masked.
"""

from __future__ import annotations

import re
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
LONG_NUMBER = re.compile(r"(?<![\w-])(?:\d[ .]?){9,}(?![\w-])")  # telephone, NIR, SIRET; not the groups of a UUID
# What opens a door by itself: an invitation, an answer without an account, a forgotten password, an e-mail to confirm.
SECRET = re.compile(r"(/(?:invitation|reponse|reset/key|confirm-email)/)[^/\s\"']+")
QUERY = re.compile(r"\?[^\s\"']*")
TASKS = "celery.app.trace"  # says after a colon what the exception said, or what the task returned
DROPPED = ("ip", "user_agent", "stack_info", "_logger", "_name")


def told(exception: BaseException) -> dict[str, Any]:
    """An exception without what it says: its type, the chain of its causes, and where."""
    frames = traceback.extract_tb(exception.__traceback__)
    cause = exception.__cause__ or exception.__context__
    account: dict[str, Any] = {
        "type": type(exception).__qualname__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if cause is not None:
        account["cause"] = type(cause).__qualname__
    return account


def without_people(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Last processor before rendering: drops, shortens and masks."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    exception = info[1] if isinstance(info, tuple) else info
    for name in DROPPED:
        event.pop(name, None)
    if isinstance(exception, BaseException):
        event["exception"] = told(exception)
    if event.get("logger") == TASKS:
        event["event"] = event["event"].partition(": ")[0]
    return {name: _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _masked(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    if not isinstance(value, str):
        return value
    return LONG_NUMBER.sub("[number]", EMAIL.sub("[address]", SECRET.sub(r"\1[secret]", QUERY.sub("", value))))


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure() -> None:
    """Send structlog's own loggers through the standard ones, where everything is rendered alike."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """The formatter of every handler (`settings.LOGGING`)."""
    configure()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            without_people,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=lambda value: type(value).__name__),
        ],
    )
