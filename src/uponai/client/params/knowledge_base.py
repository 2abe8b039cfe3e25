"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict

from uponai.client.requests import File


class KnowledgeBaseParams(TypedDict, total=False):
    knowledge_base_name: Required[str]
    knowledge_base_texts: Sequence[KnowledgeText]
    knowledge_base_urls: Sequence[str]
    knowledge_base_files: Sequence[File]
    enable_auto_refresh: bool
    max_chunk_size: int
    min_chunk_size: int


class KnowledgeBaseSourcesParams(TypedDict, total=False):
    knowledge_base_texts: Sequence[KnowledgeText]
    knowledge_base_urls: Sequence[str]
    knowledge_base_files: Sequence[File]


class KnowledgeText(TypedDict, total=False):
    title: Required[str]
    text: Required[str]
