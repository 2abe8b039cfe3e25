"""A function of the wire as a chat model sees it: name, description, schema of its arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from uponai.flow.graph import Json, as_object, objects
from uponai.flow.phone import BRIDGE, CANCEL, PHONE_KINDS, phone_parameters
from uponai.flow.variables import substitute
from uponai.live.tools import parse_arguments
from uponai.providers.base import ToolSpec

MESSAGE_PARAMETER = "execution_message"
"""The argument that is no argument: what the agent says while the function runs."""


def tool_spec(tool: Json, scope: Mapping[str, str]) -> ToolSpec:
    """A tool of the wire as the model sees it."""
    kind = tool.get("type")
    if kind == "extract_dynamic_variable":
        parameters = _extraction_schema(tool)
    elif kind in PHONE_KINDS:
        parameters = phone_parameters(tool)
    elif kind == "mcp":
        parameters = _mcp_schema(tool)
    else:
        parameters = dict(as_object(tool.get("parameters"))) or _empty_schema()
    parameters.setdefault("type", "object")
    wants_message = tool.get("speak_during_execution") is True or kind == "end_call"
    if wants_message and tool.get("execution_message_type") != "static_text":
        hint = str(tool.get("execution_message_description") or "")
        default = "What to say as a goodbye" if kind == "end_call" else "What to say meanwhile"
        properties = dict(as_object(parameters.get("properties")))
        properties[MESSAGE_PARAMETER] = {"type": "string", "description": hint or default}
        parameters["properties"] = properties
    description = substitute(str(tool.get("description") or ""), scope)
    if kind == "end_call" and not description:
        description = "End the call, once the matter is settled or the caller wants to go."
    description = description or _MEANING.get(str(kind), "")
    return ToolSpec(str(tool.get("name")), description, parameters)


def _empty_schema() -> dict[str, Any]:
    return {"type": "object", "properties": {}}


def _mcp_schema(tool: Json) -> dict[str, Any]:
    """``input_schema`` has texts for values: JSON of a schema, else descriptions."""
    given = {name: _unfolded(text) for name, text in as_object(tool.get("input_schema")).items()}
    if isinstance(given.get("properties"), dict):
        return given
    properties = {
        name: {"type": "string", "description": str(told)} for name, told in given.items()
    }
    return {"type": "object", "properties": properties}


def _unfolded(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


_MEANING = {
    "transfer_call": "Hand the caller over to somebody else.",
    "press_digit": "Press keys on the phone, as a phone menu asks for.",
    BRIDGE: "They take the caller: connect the two.",
    CANCEL: "They do not take the caller: hang up, and go back to the caller.",
}


def _extraction_schema(tool: Json) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    for wanted in objects(tool.get("variables")):
        name = str(wanted.get("name"))
        kind = wanted.get("type")
        schema: dict[str, Any] = {
            "type": kind if kind in ("boolean", "number") else "string",
            "description": str(wanted.get("description") or ""),
        }
        if kind == "enum":
            schema["enum"] = list(wanted.get("choices") or [])
        properties[name] = schema
        if wanted.get("required") is True:
            required.append(name)
    return {"type": "object", "properties": properties, "required": required}


def without_message(arguments: str) -> tuple[str, str]:
    """The arguments without the spoken message that ``tool_spec`` asked for, and that message."""
    values = parse_arguments(arguments)
    if values is None or MESSAGE_PARAMETER not in values:
        return arguments or "{}", ""
    message = values.pop(MESSAGE_PARAMETER)
    return json.dumps(values, ensure_ascii=False), str(message or "")
