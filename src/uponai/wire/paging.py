"""Cursors of the paged lists: opaque to clients, strict when they come back."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from uponai.domain.errors import InvalidField
from uponai.wire.validate import Json

DEFAULT_LIMIT = 50
MAX_LIMIT = 1000


class Page(NamedTuple):
    """What of a list is wanted. ``after`` is exclusive: (time in ms, id)."""

    limit: int
    ascending: bool
    after: tuple[int, str] | None


def encode_cursor(at_ms: int, id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([at_ms, id]).encode()).decode().rstrip("=")


def decode_cursor(key: str, *, where: Literal["query", "body"]) -> tuple[int, str]:
    """Raises InvalidField for a key that no list gave out."""
    try:
        read = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        at_ms, id = cast("tuple[Any, Any]", read)
        if isinstance(at_ms, int) and abs(at_ms) < 2**53 and isinstance(id, str):
            return at_ms, id
    except (binascii.Error, ValueError, TypeError, RecursionError):
        pass
    raise InvalidField("pagination_key", "must be a key from a former page", where=where)


def page_of(
    given: Mapping[str, Any], *, where: Literal["query", "body"], descending: bool = True
) -> Page:
    """``limit``, ``sort_order`` and ``pagination_key``. Raises InvalidField."""
    order = given.get("sort_order")
    if order not in (None, "ascending", "descending"):
        allowed = "must be equal to one of the allowed values: 'ascending', 'descending'"
        raise InvalidField("sort_order", allowed, where=where)
    key = given.get("pagination_key")
    if key is not None and not isinstance(key, str):
        raise InvalidField("pagination_key", "must be string", where=where)
    ascending = order == "ascending" if order else not descending
    after = decode_cursor(key, where=where) if key else None
    return Page(limit_of(given.get("limit"), where=where), ascending, after)


def limit_of(given: Any, *, where: Literal["query", "body"], default: int = DEFAULT_LIMIT) -> int:
    """A page's size, 1 to 1000. Raises InvalidField."""
    if given is None:
        return default
    text = given if isinstance(given, str) and where == "query" else None
    number = int(text[:20]) if text is not None and text.isascii() and text.isdigit() else given
    if isinstance(number, bool) or not isinstance(number, int):
        raise InvalidField("limit", "must be integer", where=where)
    if not 1 <= number <= MAX_LIMIT:
        raise InvalidField("limit", f"must be >= 1 and <= {MAX_LIMIT}", where=where)
    return number


def wrapped(items: Sequence[Json], key: str | None, total: int | None = None) -> Json:
    """``{items, has_more, pagination_key?, total?}``."""
    page: Json = {"items": list(items), "has_more": key is not None}
    if key is not None:
        page["pagination_key"] = key
    if total is not None:
        page["total"] = total
    return page
