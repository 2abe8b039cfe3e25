"""Conversation flows as the API takes them, put together from nodes."""

from __future__ import annotations

from typing import Any

_WORDS = {"always_edge": "Always", "skip_response_edge": "Skip response"}
END = {"id": "end", "type": "end", "speak_during_execution": False}
"""The node ``end``: hangs up without a word."""


def flow(*nodes: dict[str, Any], start_speaker: str = "agent") -> dict[str, Any]:
    """A flow that begins with the first of its nodes."""
    return {
        "start_speaker": start_speaker,
        "start_node_id": nodes[0]["id"],
        "nodes": list(nodes),
    }


def edge(to: str, words: str = "Else") -> dict[str, Any]:
    condition = {"type": "prompt", "prompt": words}
    return {"id": f"to {to}", "destination_node_id": to, "transition_condition": condition}


def says(name: str, text: str, **edges: str) -> dict[str, Any]:
    """A node that says ``text``; ``edges``: where it leads on, by the kind of edge."""
    return {
        "id": name,
        "type": "conversation",
        "instruction": {"type": "static_text", "text": text},
        **{kind: edge(to, _WORDS[kind]) for kind, to in edges.items()},
    }


def transfers(number: str, option: dict[str, Any], failed: str, **more: Any) -> dict[str, Any]:
    """The node ``sales``: hands the caller on; ``failed`` is the node for when that fails."""
    return {
        "id": "sales",
        "type": "transfer_call",
        "transfer_destination": {"type": "predefined", "number": number},
        "transfer_option": option,
        "edge": edge(failed, "Transfer failed"),
        **more,
    }
