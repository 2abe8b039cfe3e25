"""Dataclass messages as strict JSON text: ``{"type": "start", ...}``.

A frame that is not JSON, names no known message, lacks a field or has one of the wrong type is a
``LinkError`` that says which; unknown extra fields are ignored, so that either side may be newer.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Mapping
from typing import Any, cast


class LinkError(ValueError):
    """A frame that the protocol does not allow; the text names the field and what was expected."""


class Registry:
    """The messages of one direction by their ``type`` word (the class name in snake case)."""

    def __init__(self, *messages: type[Any]) -> None:
        self._by_word = {_word(message): message for message in messages}

    def decode(self, text: str | bytes) -> Any:
        """The message in ``text``. Raises LinkError."""
        try:
            raw: Any = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise LinkError("frame is not JSON") from error
        if not isinstance(raw, dict):
            raise LinkError("frame is not a JSON object")
        fields = cast(dict[str, Any], raw)
        message = self._by_word.get(str(fields.get("type")))
        if message is None:
            raise LinkError(f"type: unknown message {fields.get('type')!r}")
        return _build(message, _hints(message), fields, _word(message))


def encode(message: Any) -> str:
    """``message`` as one JSON text frame."""
    fields = {"type": _word(cast(type[Any], type(message))), **dataclasses.asdict(message)}
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False)


@functools.cache
def _word(message: type[Any]) -> str:
    letters: list[str] = []
    for index, letter in enumerate(message.__name__):
        if letter.isupper() and index:
            letters.append("_")
        letters.append(letter.lower())
    return "".join(letters)


@functools.cache
def _hints(message: type[Any]) -> Mapping[str, Any]:
    return typing.get_type_hints(message)


def _build(
    message: type[Any], hints: Mapping[str, Any], fields: Mapping[str, Any], where: str
) -> Any:
    values: dict[str, Any] = {}
    for slot in dataclasses.fields(message):
        if slot.name in fields:
            name = f"{where}.{slot.name}"
            values[slot.name] = _read(hints[slot.name], fields[slot.name], name)
        elif slot.default is dataclasses.MISSING and slot.default_factory is dataclasses.MISSING:
            raise LinkError(f"{where}.{slot.name}: missing")
    return message(**values)


def _read(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _read_union(hint, value, where)
    if origin is typing.Literal:
        if value in typing.get_args(hint):
            return value
        raise LinkError(f"{where}: expected one of {typing.get_args(hint)}, got {value!r}")
    if origin is tuple:
        return _read_tuple(typing.get_args(hint)[0], value, where)
    if origin in (dict, Mapping):
        return _read_mapping(typing.get_args(hint)[1], value, where)
    return _read_plain(hint, value, where)


def _read_plain(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise LinkError(f"{where}: expected an object")
        fields = cast(dict[str, Any], value)
        return _build(cast(type[Any], hint), _hints(hint), fields, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        raise LinkError(f"{where}: expected {hint.__name__}, got {type(value).__name__}")
    return value


def _read_union(hint: Any, value: Any, where: str) -> Any:
    options = typing.get_args(hint)
    if value is None and type(None) in options:
        return None
    for option in options:
        if option is not type(None):
            return _read(option, value, where)
    raise LinkError(f"{where}: expected {hint}")


def _read_tuple(item: Any, value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise LinkError(f"{where}: expected a list")
    items = cast(list[Any], value)
    return tuple(_read(item, entry, f"{where}[{index}]") for index, entry in enumerate(items))


def _read_mapping(item: Any, value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise LinkError(f"{where}: expected an object")
    entries = cast(dict[str, Any], value)
    return {key: _read(item, entry, f"{where}.{key}") for key, entry in entries.items()}
