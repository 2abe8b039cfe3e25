"""Shared components of conversation flows (retell-api.md section 1.1), and what links to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from uponai.wire.node import Component
from uponai.wire.validate import Json, as_object, check, patched, without_nulls

READ_ONLY = (
    "conversation_flow_component_id",
    "user_modified_timestamp",
    "linked_conversation_flow_ids",
)
ID = "conversation_flow_component_id"


def new_component(body: Any) -> Json:
    """The configuration of a new component. Raises InvalidField."""
    return check(Component, _writable(without_nulls(as_object(body))))


def updated_component(stored: Mapping[str, Any], body: Any) -> Json:
    """The configuration after a PATCH. Raises InvalidField."""
    return check(Component, patched(stored, _writable(as_object(body))))


def _writable(given: Mapping[str, Any]) -> Json:
    return {name: value for name, value in given.items() if name not in READ_ONLY}


def component_json(
    component_id: str, config: Mapping[str, Any], linked: list[str], modified_ms: int
) -> Json:
    """A shared component as the API returns it."""
    tail: Json = {"linked_conversation_flow_ids": linked, "user_modified_timestamp": modified_ms}
    return {ID: component_id, **config, **tail}


def shared_components(flow: Mapping[str, Any]) -> set[str]:
    """The shared components that a flow's nodes name, those inside its own components too."""
    return {str(node["component_id"]) for node in _nodes(flow) if _is_shared(node)}


def localised(flow: Mapping[str, Any], component_id: str, config: Mapping[str, Any]) -> Json:
    """The flow with its own copy of a component that was shared."""

    def local(node: Json) -> Json:
        if _is_shared(node) and node["component_id"] == component_id:
            return {**node, "component_type": "local"}
        return node

    changed = with_nodes(flow, local)
    copy: Json = {ID: component_id, **config}
    return {**changed, "components": [*_listed(changed, "components"), copy]}


def with_nodes(flow: Mapping[str, Any], alter: Callable[[Json], Json | None]) -> Json:
    """The flow with every node replaced by ``alter(node)``, left out where that is None."""
    changed: Json = dict(flow)
    if "nodes" in flow:
        altered = [alter(node) for node in _listed(flow, "nodes")]
        changed["nodes"] = [node for node in altered if node is not None]
    if flow.get("components"):
        changed["components"] = [with_nodes(part, alter) for part in _listed(flow, "components")]
    return changed


def _nodes(flow: Mapping[str, Any]) -> Iterator[Json]:
    yield from _listed(flow, "nodes")
    for part in _listed(flow, "components"):
        yield from _nodes(part)


def _listed(holder: Mapping[str, Any], name: str) -> list[Json]:
    return cast("list[Json]", holder.get(name) or [])


def _is_shared(node: Mapping[str, Any]) -> bool:
    return node.get("type") == "component" and node.get("component_type") == "shared"
