"""Outgoing addresses inside a configuration: everything there that the platform will call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

SOCKET = "llm_websocket_url"
"""The one that is a WebSocket."""

_NAMES = ("webhook_url", "inbound_webhook_url", "inbound_sms_webhook_url", "url", SOCKET)
_OPAQUE = ("parameters", "metadata", "default_dynamic_variables", "headers", "query_params")
"""Places where a user may write anything without the platform calling it."""


def outgoing_urls(config: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """``(path, url)`` of each; an address whose host is a dynamic variable is left for later."""
    if isinstance(config, Mapping):
        for name, value in cast("Mapping[str, Any]", config).items():
            here = f"{path}/{name}".lstrip("/")
            if name in _NAMES and isinstance(value, str):
                if not _host_is_variable(value):
                    yield here, value
            elif name not in _OPAQUE:
                yield from outgoing_urls(value, here)
    elif isinstance(config, list):
        for at, item in enumerate(cast("list[Any]", config)):
            yield from outgoing_urls(item, f"{path}/{at}".lstrip("/"))


def _host_is_variable(url: str) -> bool:
    authority = url.partition("://")[2] or url
    return "{{" in authority.split("/", 1)[0].split("?", 1)[0]
