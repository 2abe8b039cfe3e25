"""The filters of ``/v2/list-agents`` (retell-api.md, notes to section 1)."""

from __future__ import annotations

from typing import Any

from uponai.domain.errors import InvalidField
from uponai.wire.filters import Atom, typed_atom
from uponai.wire.validate import Json, as_object


def agent_criteria(body: Any) -> list[Atom]:
    """Conditions on an agent's list item. Raises InvalidField."""
    given = as_object(body).get("filter_criteria")
    if given is None:
        return []
    atoms: list[Atom] = []
    for name, condition in as_object(given, "filter_criteria").items():
        path = f"filter_criteria/{name}"
        match name:
            case "channel":
                atoms.append(typed_atom(lambda item: item["channel"], condition, path))
            case "is_transfer_agent":
                atoms.append(typed_atom(_is_transfer, condition, path))
            case "query":
                if not isinstance(condition, str):
                    raise InvalidField(path, "must be string")
                atoms.append(Atom(_searched, "co", condition.lower()))
            case _:
                rule = f"must NOT have additional properties ('{name}')"
                raise InvalidField("filter_criteria", rule)
    return atoms


def _is_transfer(item: Json) -> bool:
    return bool(item.get("is_transfer_agent"))


def _searched(item: Json) -> str:
    return f"{item.get('agent_name') or ''} {item['agent_id']}".lower()
