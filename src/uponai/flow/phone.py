"""What an agent does with the phone itself: hands the caller over, presses keys, or as the agent
that talks with whoever answered a transfer, takes the caller or does not.

A node of these types is played as a function of that type, named by the
node's id, so that its result comes back like any function's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

BRIDGE: Final = "bridge_transfer"
CANCEL: Final = "cancel_transfer"
PHONE_KINDS: Final = ("transfer_call", "press_digit", BRIDGE, CANCEL)
NUMBER: Final = "transfer_number"
DIGIT: Final = "digit"
REASON: Final = "reason"
"""Arguments by which a model names a destination, keys, or why a caller is not taken."""

_KEYS = r"(?:\{\{[^{}]+\}\}|[0-9*#])(?:[\s,-]*(?:\{\{[^{}]+\}\}|[0-9*#w]))*"
_PRESSED = re.compile(rf"\b(?:press|dial|enter|type|push)\w*\s+(?:the\s+)?[\"'“]?({_KEYS})", re.I)
_ONLY_KEYS = re.compile(_KEYS)
_NUMBER = re.compile(r"\+[1-9]\d{6,14}|sips?:[^\s,;]+[^\s,;.]")


def node_tool(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The function that a node of the phone stands for; None for other nodes."""
    kind = data.get("type")
    if kind not in PHONE_KINDS:
        return None
    told: dict[str, Any] = {key: data[key] for key in data if key not in ("edges", "edge")}
    told |= {"name": str(data.get("id"))}
    return told | {"parameters": phone_parameters(told)}


def phone_parameters(tool: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a function of ``PHONE_KINDS`` as a JSON schema.

    What can only mean one thing is there as ``const``, so that no model need be asked.
    """
    if tool.get("type") == "press_digit":
        text = _text(tool.get("instruction"), "text")
        meaning = text or "The keys to press: 0-9 * #; w waits half a second"
        return _schema(DIGIT, meaning, _keys(text))
    if tool.get("type") == CANCEL:
        why = {"type": "string", "description": "Why the caller is not taken, in a few words."}
        return {"type": "object", "properties": {REASON: why}}
    destination = tool.get("transfer_destination")
    if _text(destination, "type") != "inferred":
        return {"type": "object", "properties": {}}
    prompt = _text(destination, "prompt")
    found = set(_NUMBER.findall(prompt))
    meaning = f"Where to: a number in E.164 form or a SIP URI. {prompt}".strip()
    return _schema(NUMBER, meaning, found)


def _schema(name: str, meaning: str, found: set[str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"type": "string", "description": meaning}
    if len(found) == 1:
        wanted["const"] = found.pop()
    return {"type": "object", "properties": {name: wanted}, "required": [name]}


def _keys(text: str) -> set[str]:
    bare = text.strip().rstrip(".")
    if _ONLY_KEYS.fullmatch(bare):
        return {bare}
    return {keys.strip() for keys in _PRESSED.findall(text)}


def _text(value: Any, key: str) -> str:
    found = cast("Mapping[str, Any]", value).get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""
