"""Knowledge bases by the official Python SDK: multipart in, objects and arrays out."""

from __future__ import annotations

import pytest
import retell
from retell import Retell
from tests.contract.sdk import proves

HOURS = {"title": "Hours", "text": "We open at nine."}


@proves(
    "knowledge_base.create",
    "knowledge_base.retrieve",
    "knowledge_base.list",
    "knowledge_base.add_sources",
    "knowledge_base.delete_source",
    "knowledge_base.delete",
)
def test_a_knowledge_base_of_texts_urls_and_files(sdk: Retell) -> None:
    bases = sdk.knowledge_base
    created = bases.create(
        knowledge_base_name="Opening hours",
        knowledge_base_texts=[HOURS],
        knowledge_base_urls=["https://www.example.org/faq"],
        knowledge_base_files=[("prices.txt", b"A check-up is 80.")],
        enable_auto_refresh=True,
        max_chunk_size=1500,
        min_chunk_size=300,
    )
    assert created.knowledge_base_name == "Opening hours"
    assert (created.max_chunk_size, created.min_chunk_size) == (1500, 300)
    assert created.enable_auto_refresh is True
    read = bases.retrieve(created.knowledge_base_id)
    assert read.status == "complete"
    text, url, file = sorted(
        read.knowledge_base_sources, key=lambda s: ("text", "url", "document").index(s.type)
    )
    assert text.title == "Hours" and url.url == "https://www.example.org/faq"
    assert (file.filename, file.file_size) == ("prices.txt", 17)
    assert created.knowledge_base_id in [base.knowledge_base_id for base in bases.list()]
    more = bases.add_sources(
        created.knowledge_base_id, knowledge_base_texts=[{"title": "More", "text": "Yes."}]
    )
    assert len(more.knowledge_base_sources) == 4
    fewer = bases.delete_source(url.source_id, knowledge_base_id=created.knowledge_base_id)
    assert url.source_id not in [source.source_id for source in fewer.knowledge_base_sources]
    assert bases.delete(created.knowledge_base_id) is None
    with pytest.raises(retell.UnprocessableEntityError):
        bases.retrieve(created.knowledge_base_id)
