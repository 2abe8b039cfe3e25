"""The one logger: constant text, values in fields, the call id on every line.

Fields named ``pii.*`` hold personal data and are left out unless asked for; fields whose name says
secret are never written. The standard library's logging is shown the same way.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

Format = Literal["json", "console"]

_SECRET_WORDS = ("password", "authorization", "api_key", "secret", "token", "signature")
_HIDDEN = "***"


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for one part of the platform: ``log.info("constant text", field=value)``."""
    return structlog.stdlib.get_logger(name)


def for_call(call_id: str) -> AbstractContextManager[None]:
    """Within it, every line of this task bears ``call_id``."""
    return structlog.contextvars.bound_contextvars(call_id=call_id)


def for_request(request_id: str) -> AbstractContextManager[None]:
    """Within it, every line of this task bears ``request_id``."""
    return structlog.contextvars.bound_contextvars(request_id=request_id)


def hide_secrets(logger: Any, method: str, event: EventDict) -> EventDict:
    """Blank every field whose name says that its value is secret."""
    del logger, method
    _blank(event)
    return event


def _blank(fields: MutableMapping[str, Any]) -> None:
    for name in fields:
        if name == "event":
            continue
        if any(word in name.lower() for word in _SECRET_WORDS):
            fields[name] = _HIDDEN


def drop_personal(logger: Any, method: str, event: EventDict) -> EventDict:
    """Leave out ``pii.*`` fields."""
    del logger, method
    for name in [name for name in event if name.startswith("pii.")]:
        del event[name]
    return event


def configure(
    level: str = "info",
    *,
    form: Format = "console",
    personal_data: bool = False,
    stream: TextIO | None = None,
) -> None:
    """Set up logging of the whole process, to ``stream`` (standard error). May be repeated."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    if not personal_data:
        shared.append(drop_personal)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(form, colors=out.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(noisy)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_without_upgrades)


def _without_upgrades(record: logging.LogRecord) -> bool:
    """A WebSocket's address may hold the ticket that opens it."""
    return '"WebSocket %s"' not in str(record.msg)


def _renderers(form: Format, *, colors: bool) -> list[Processor]:
    if form == "console":
        # Not the one with the variables of every frame: they hold keys and what people said.
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
