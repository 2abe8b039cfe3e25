"""Identifiers in the forms that users of Retell's API match by regex (retell-api.md, trap 37).

Randomness comes from the caller as bytes, so that this stays pure; ids are never validated on
input by their form.
"""

from __future__ import annotations

import hashlib


def _hex(entropy: bytes, digits: int) -> str:
    return hashlib.blake2b(entropy, digest_size=20).hexdigest()[:digits]


def call_id(entropy: bytes) -> str:
    """``call_`` and 27 hex digits."""
    return "call_" + _hex(entropy, 27)


def agent_id(entropy: bytes) -> str:
    """``agent_`` and 26 hex digits."""
    return "agent_" + _hex(entropy, 26)


def llm_id(entropy: bytes) -> str:
    """``llm_`` and 26 hex digits."""
    return "llm_" + _hex(entropy, 26)


def conversation_flow_id(entropy: bytes) -> str:
    """``conversation_flow_`` and 12 hex digits."""
    return "conversation_flow_" + _hex(entropy, 12)


def conversation_flow_component_id(entropy: bytes) -> str:
    """``conversation_flow_component_`` and 12 hex digits."""
    return "conversation_flow_component_" + _hex(entropy, 12)


def batch_call_id(entropy: bytes) -> str:
    """``batch_call_`` and 20 hex digits."""
    return "batch_call_" + _hex(entropy, 20)


def knowledge_base_id(entropy: bytes) -> str:
    """``knowledge_base_`` and 16 hex digits."""
    return "knowledge_base_" + _hex(entropy, 16)


def source_id(entropy: bytes) -> str:
    """``source_`` and 16 hex digits: a source of a knowledge base."""
    return "source_" + _hex(entropy, 16)


def workspace_id(entropy: bytes) -> str:
    """``org_`` and 16 hex digits."""
    return "org_" + _hex(entropy, 16)


def key_id(entropy: bytes) -> str:
    """``key_`` and 16 hex digits: what an API key is called, not its text."""
    return "key_" + _hex(entropy, 16)


def api_key(entropy: bytes) -> str:
    """``key_`` and 40 hex digits (160 bits)."""
    return "key_" + _hex(entropy, 40)
