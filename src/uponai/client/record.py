"""What the server answers: a dictionary whose fields are also attributes."""

from __future__ import annotations

from typing import Any, TypeVar, cast

R = TypeVar("R", bound="Record")


class Record(dict[str, Any]):
    """``call["call_id"]`` and ``call.call_id`` are the same. A field that is not there is None as
    an attribute and a KeyError as an item. The few fields that are named like a dictionary's own
    method (``values``, ``items``) are read as items.

    The classes in ``uponai.client.results`` say for type checkers which fields there are; objects
    inside an answer are plain Records at run time.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(name)


def wrap(value: Any) -> Any:
    """JSON with every object as a Record."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return Record({name: wrap(inner) for name, inner in fields.items()})
    if isinstance(value, list):
        return [wrap(item) for item in cast("list[Any]", value)]
    return value


def record_of(value: Any, kind: type[R]) -> R:
    """An object of the API as ``kind``; anything else as one without fields."""
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    return kind({name: wrap(inner) for name, inner in fields.items()})


def records_of(value: Any, kind: type[R]) -> list[R]:
    """An array of the API's objects."""
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [record_of(item, kind) for item in items]
