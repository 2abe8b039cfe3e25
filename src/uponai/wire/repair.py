"""References that lead nowhere any more, taken out of a configuration (repair-agent)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

from uponai.wire.component import with_nodes
from uponai.wire.validate import Json

_EDGES = ("else_edge", "always_edge", "skip_response_edge", "edge", "success_edge", "failed_edge")
_SESSION_TOOLS = ("pre_session_tools", "post_session_tools")


@dataclass(frozen=True, slots=True)
class Known:
    """What a workspace has, by id. ``voice`` says whether a voice can be used."""

    knowledge_bases: Collection[str]
    components: Collection[str]
    apps: Collection[str]
    voice: Callable[[str], bool]


def repaired_agent(config: Mapping[str, Any], known: Known, default_voice: str | None) -> Json:
    """The agent without tools of missing apps; a lost voice becomes ``default_voice``."""
    fixed: Json = dict(config)
    for name in _SESSION_TOOLS:
        if name in fixed:
            fixed[name] = _kept_tools(fixed[name], known)
    if default_voice is not None and not known.voice(str(fixed["voice_id"])):
        fixed["voice_id"] = default_voice
    fallbacks = cast("list[str] | None", fixed.get("fallback_voice_ids"))
    if fallbacks is not None:
        fixed["fallback_voice_ids"] = [voice for voice in fallbacks if known.voice(voice)]
    return fixed


def repaired_engine(config: Mapping[str, Any], known: Known) -> Json:
    """An LLM or a flow without missing knowledge bases, components and tools of missing apps."""
    fixed = _repaired_part(config, known)
    if "states" in fixed:
        fixed["states"] = [_repaired_part(state, known) for state in fixed["states"]]
    if "nodes" not in fixed:
        return fixed
    fixed = with_nodes(fixed, lambda node: _repaired_node(node, known))
    if fixed.get("components"):
        fixed["components"] = [_without_lost_ends(part) for part in fixed["components"]]
    return _without_lost_ends(fixed)


def _repaired_part(part: Mapping[str, Any], known: Known) -> Json:
    fixed: Json = dict(part)
    for name in ("general_tools", "tools"):
        if fixed.get(name):
            fixed[name] = _kept_tools(fixed[name], known)
    bases = cast("list[str] | None", fixed.get("knowledge_base_ids"))
    if bases:
        fixed["knowledge_base_ids"] = [id for id in bases if id in known.knowledge_bases]
    return fixed


def _kept_tools(tools: Any, known: Known) -> list[Json]:
    listed = cast("list[Json]", tools or [])
    return [
        tool
        for tool in listed
        if tool.get("type") != "integration_app" or tool.get("app_id") in known.apps
    ]


def _repaired_node(node: Json, known: Known) -> Json | None:
    shared = node.get("type") == "component" and node.get("component_type") == "shared"
    if shared and node["component_id"] not in known.components:
        return None
    return _repaired_part(node, known)


def _without_lost_ends(part: Json) -> Json:
    """Edges to nodes that are gone lead nowhere; a lost start is the first node."""
    nodes = cast("list[Json]", part["nodes"])
    ids = {node["id"] for node in nodes}
    kept: Json = {**part, "nodes": [_node_with_ends(node, ids) for node in nodes]}
    if kept.get("start_node_id") not in (None, *ids):
        del kept["start_node_id"]
    return kept


def _node_with_ends(node: Json, ids: Collection[str]) -> Json:
    fixed = dict(node)
    if fixed.get("edges"):
        fixed["edges"] = [_edge_with_end(edge, ids) for edge in fixed["edges"]]
    for name in _EDGES:
        if fixed.get(name):
            fixed[name] = _edge_with_end(fixed[name], ids)
    return fixed


def _edge_with_end(edge: Json, ids: Collection[str]) -> Json:
    if edge.get("destination_node_id") in (None, *ids):
        return edge
    return {name: value for name, value in edge.items() if name != "destination_node_id"}
