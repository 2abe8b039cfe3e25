"""Arguments of a function found without a model, and variables read out of its response."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from uponai.flow.graph import Json, Variable, VariableKind, as_list, as_object
from uponai.flow.slots import Exchange, extract
from uponai.flow.variables import substitute

_KINDS: Mapping[str, VariableKind] = {
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
}
_STEP = re.compile(r"\[(?:'([^']*)'|\"([^\"]*)\"|(\d+))\]|([^.\[\]]+)")


def known_arguments(
    tool: Json, variables: Mapping[str, str], exchanges: Sequence[Exchange], now: datetime
) -> dict[str, Any]:
    """Values for the properties of the tool's schema.

    For each property in this order: its ``const``, the variable of the same name, what the caller
    said (by name, description and enum), its ``default``. Others are left out.
    """
    properties = as_object(as_object(tool.get("parameters")).get("properties"))
    found: dict[str, Any] = {}
    for name in properties:
        schema = as_object(properties[name])
        value = _argument(name, schema, variables, exchanges, now)
        if value is not None:
            found[name] = value
    return found


def _argument(
    name: str,
    schema: Json,
    variables: Mapping[str, str],
    exchanges: Sequence[Exchange],
    now: datetime,
) -> Any:
    kind = str(schema.get("type", "string"))
    if "const" in schema:
        return filled(schema["const"], variables)
    given = variables.get(name)
    if given is None:
        given = extract(_wanted(name, schema, kind), exchanges, now)
    typed = None if given is None else _typed(given, kind)
    return filled(schema.get("default"), variables) if typed is None else typed


def _wanted(name: str, schema: Json, kind: str) -> Variable:
    choices = tuple(str(choice) for choice in as_list(schema.get("enum")))
    examples = tuple(str(example) for example in as_list(schema.get("examples")))
    found: VariableKind = "enum" if choices else _KINDS.get(kind, "string")
    return Variable(name, found, str(schema.get("description", "")), choices, examples)


def _typed(value: str, kind: str) -> Any:
    """``value`` in the schema's own type, None if it cannot be one."""
    if kind == "boolean":
        return {"true": True, "false": False, "yes": True, "no": False}.get(value.strip().lower())
    if kind not in ("integer", "number"):
        return value
    try:
        number = float(value)
        return int(number) if number.is_integer() else (None if kind == "integer" else number)
    except (ValueError, OverflowError):
        return None


def missing_arguments(tool: Json, known: Mapping[str, Any]) -> tuple[str, ...]:
    """Required properties without a value."""
    required = as_list(as_object(tool.get("parameters")).get("required"))
    return tuple(str(name) for name in required if str(name) not in known)


def filled(value: Any, variables: Mapping[str, str]) -> Any:
    """JSON with dynamic variables replaced in every string value. Code is left as written."""
    if isinstance(value, str):
        return substitute(value, variables)
    if isinstance(value, Mapping):
        data = as_object(value)
        return {key: data[key] if key == "code" else filled(data[key], variables) for key in data}
    if isinstance(value, list | tuple):
        return [filled(item, variables) for item in as_list(value)]
    return value


def response_variables(tool: Json, content: str) -> dict[str, str]:
    """The tool's ``response_variables`` (name -> JSON path) found in a response.

    A path that leads nowhere, or a response that is not JSON, sets nothing.
    """
    wanted = as_object(tool.get("response_variables"))
    try:
        body = json.loads(content) if wanted else None
    except (ValueError, RecursionError):
        return {}
    found = {name: at_path(body, str(wanted[name])) for name in wanted}
    return {name: _as_text(value) for name, value in found.items() if value is not None}


def at_path(body: Any, path: str) -> Any:
    """The value at ``$.data.items[0].id`` (the ``$.`` may be missing), None if there is none."""
    for step in _STEP.finditer(path.removeprefix("$")):
        key = next(group for group in step.groups() if group is not None)
        if isinstance(body, list):
            items = as_list(body)
            body = items[int(key)] if key.isdigit() and int(key) < len(items) else None
        else:
            body = as_object(body).get(key)
    return body


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
