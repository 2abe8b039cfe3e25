"""Entries as JSON and back, for checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from uponai.domain.transcript import (
    Digit,
    Entry,
    NodeTransition,
    Role,
    SpokenWord,
    ToolInvocation,
    ToolResult,
    Utterance,
)

Json = dict[str, Any]


def words_to_json(words: Iterable[SpokenWord]) -> list[list[Any]]:
    """``[word, start, end]`` each."""
    return [[word.word, word.start, word.end] for word in words]


def words_from_json(data: Any) -> tuple[SpokenWord, ...]:
    """The inverse of ``words_to_json``."""
    rows = cast(list[list[Any]], data or [])
    return tuple(SpokenWord(str(row[0]), float(row[1]), float(row[2])) for row in rows)


def entry_to_json(entry: Entry) -> Json:
    """One entry; ``type`` tells which."""
    match entry:
        case Utterance():
            return {
                "type": "utterance",
                "role": entry.role,
                "content": entry.content,
                "words": words_to_json(entry.words),
                "metadata": dict(entry.metadata),
            }
        case ToolInvocation():
            return {
                "type": "tool_invocation",
                "tool_call_id": entry.tool_call_id,
                "name": entry.name,
                "arguments": entry.arguments,
                "kind": entry.kind,
                "at_s": entry.at_s,
            }
        case ToolResult():
            return {
                "type": "tool_result",
                "tool_call_id": entry.tool_call_id,
                "content": entry.content,
                "successful": entry.successful,
                "at_s": entry.at_s,
            }
        case NodeTransition():
            return {
                "type": "node_transition",
                "former_node_id": entry.former_node_id,
                "former_node_name": entry.former_node_name,
                "new_node_id": entry.new_node_id,
                "new_node_name": entry.new_node_name,
                "transition_type": entry.transition_type,
            }
        case Digit():
            return {"type": "digit", "digit": entry.digit}


def entry_from_json(data: Mapping[str, Any]) -> Entry:
    """The inverse of ``entry_to_json``. Raises ValueError for an unknown type."""
    fields = {key: value for key, value in data.items() if key != "type"}
    match data.get("type"):
        case "utterance":
            return Utterance(
                cast(Role, fields["role"]),
                str(fields["content"]),
                words_from_json(fields.get("words")),
                cast(Mapping[str, Any], fields.get("metadata") or {}),
            )
        case "tool_invocation":
            return ToolInvocation(**fields)
        case "tool_result":
            return ToolResult(**fields)
        case "node_transition":
            return NodeTransition(**fields)
        case "digit":
            return Digit(str(fields["digit"]))
        case other:
            raise ValueError(f"unknown entry type {other!r}")


def entries_from_snapshot(snapshot: Mapping[str, Any]) -> tuple[Entry, ...]:
    """The entries of a checkpoint, as the record of a call that nobody could finish."""
    rows = cast(list[Mapping[str, Any]], snapshot.get("entries") or [])
    return tuple(entry_from_json(row) for row in rows)
