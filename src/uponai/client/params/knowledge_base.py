"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict

from uponai.client.requests import File


class KnowledgeFormParams(TypedDict, total=False):
    """Multipart: the arrays come as one JSON text each, files as parts of their own."""

    knowledge_base_name: Required[str]
    knowledge_base_texts: str | None
    knowledge_base_urls: str | None
    knowledge_base_files: Sequence[File] | None
    enable_auto_refresh: bool | None
    max_chunk_size: int | None
    min_chunk_size: int | None


class SourcesFormParams(TypedDict, total=False):
    knowledge_base_texts: str | None
    knowledge_base_urls: str | None
    knowledge_base_files: Sequence[File] | None
