"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal

from uponai.client.record import Record


class KnowledgeBaseResponse(Record):
    knowledge_base_id: str
    knowledge_base_name: str
    status: Literal["in_progress", "complete", "error", "refreshing_in_progress"]
    knowledge_base_sources: list[KnowledgeSource] | None
    enable_auto_refresh: bool | None
    last_refreshed_timestamp: int | None
    max_chunk_size: int | None
    min_chunk_size: int | None


class KnowledgeSource(Record):
    type: Literal["document", "text", "url"]
    source_id: str
    title: str | None
    content_url: str | None
    filename: str | None
    file_size: float | None
    file_url: str | None
    url: str | None
