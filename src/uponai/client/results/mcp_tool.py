"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any

from uponai.client.record import Record


class McpToolResponse(Record):
    name: str
    description: str | None
    inputSchema: dict[str, Any] | None
