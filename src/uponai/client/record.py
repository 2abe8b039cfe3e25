"""What the server answers: a dictionary whose fields are also attributes."""

from __future__ import annotations

from typing import Any, cast


class Record(dict[str, Any]):
    """``call["call_id"]`` and ``call.call_id`` are the same. A field that is not there is None as
    an attribute and a KeyError as an item.
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
