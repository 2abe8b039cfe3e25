"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Required, TypedDict

from uponai.client.params.shared import Mcp


class ComponentParams(TypedDict, total=False):
    name: Required[str]
    nodes: Required[Sequence[Mapping[str, Any]]]
    start_node_id: str | None
    tools: Sequence[Mapping[str, Any]] | None
    mcps: Sequence[Mcp] | None
    flex_mode: bool | None
    notes: Sequence[Mapping[str, Any]] | None
    begin_tag_display_position: Mapping[str, Any] | None


class ComponentUpdateParams(TypedDict, total=False):
    name: str
    nodes: Sequence[Mapping[str, Any]]
    start_node_id: str | None
    tools: Sequence[Mapping[str, Any]] | None
    mcps: Sequence[Mcp] | None
    flex_mode: bool | None
    notes: Sequence[Mapping[str, Any]] | None
    begin_tag_display_position: Mapping[str, Any] | None
