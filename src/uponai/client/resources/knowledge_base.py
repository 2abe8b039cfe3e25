"""The knowledge base methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

import builtins
from typing import Unpack

from uponai.client.params import KnowledgeBaseParams, KnowledgeBaseSourcesParams
from uponai.client.requests import Request, path_of
from uponai.client.results import KnowledgeBaseResponse
from uponai.client.sending import AsyncResource, Resource


class KnowledgeBase(Resource):
    """``client.knowledge_base``."""

    def create(self, **body: Unpack[KnowledgeBaseParams]) -> KnowledgeBaseResponse:
        """Create a knowledge base from texts, web pages and files."""
        return self._one(
            Request(
                "POST", "/create-knowledge-base", body=body, timeout_s=300.0, once=True, form=True
            ),
            KnowledgeBaseResponse,
        )

    def retrieve(self, knowledge_base_id: str) -> KnowledgeBaseResponse:
        """A knowledge base."""
        return self._one(
            Request(
                "GET",
                path_of(
                    "/get-knowledge-base/{knowledge_base_id}", knowledge_base_id=knowledge_base_id
                ),
            ),
            KnowledgeBaseResponse,
        )

    def list(self) -> builtins.list[KnowledgeBaseResponse]:
        """The knowledge bases."""
        return self._many(Request("GET", "/list-knowledge-bases"), KnowledgeBaseResponse)

    def delete(self, knowledge_base_id: str) -> None:
        """Delete a knowledge base."""
        return self._nothing(
            Request(
                "DELETE",
                path_of(
                    "/delete-knowledge-base/{knowledge_base_id}",
                    knowledge_base_id=knowledge_base_id,
                ),
            )
        )

    def add_sources(
        self, knowledge_base_id: str, **body: Unpack[KnowledgeBaseSourcesParams]
    ) -> KnowledgeBaseResponse:
        """Add texts, web pages and files."""
        return self._one(
            Request(
                "POST",
                path_of(
                    "/add-knowledge-base-sources/{knowledge_base_id}",
                    knowledge_base_id=knowledge_base_id,
                ),
                body=body,
                timeout_s=300.0,
                once=True,
                form=True,
            ),
            KnowledgeBaseResponse,
        )

    def delete_source(self, source_id: str, *, knowledge_base_id: str) -> KnowledgeBaseResponse:
        """Delete one source; the answer is the knowledge base without it."""
        return self._one(
            Request(
                "DELETE",
                path_of(
                    "/delete-knowledge-base-source/{knowledge_base_id}/source/{source_id}",
                    knowledge_base_id=knowledge_base_id,
                    source_id=source_id,
                ),
            ),
            KnowledgeBaseResponse,
        )


class AsyncKnowledgeBase(AsyncResource):
    """``client.knowledge_base``, to be awaited."""

    async def create(self, **body: Unpack[KnowledgeBaseParams]) -> KnowledgeBaseResponse:
        """Create a knowledge base from texts, web pages and files."""
        return await self._one(
            Request(
                "POST", "/create-knowledge-base", body=body, timeout_s=300.0, once=True, form=True
            ),
            KnowledgeBaseResponse,
        )

    async def retrieve(self, knowledge_base_id: str) -> KnowledgeBaseResponse:
        """A knowledge base."""
        return await self._one(
            Request(
                "GET",
                path_of(
                    "/get-knowledge-base/{knowledge_base_id}", knowledge_base_id=knowledge_base_id
                ),
            ),
            KnowledgeBaseResponse,
        )

    async def list(self) -> builtins.list[KnowledgeBaseResponse]:
        """The knowledge bases."""
        return await self._many(Request("GET", "/list-knowledge-bases"), KnowledgeBaseResponse)

    async def delete(self, knowledge_base_id: str) -> None:
        """Delete a knowledge base."""
        return await self._nothing(
            Request(
                "DELETE",
                path_of(
                    "/delete-knowledge-base/{knowledge_base_id}",
                    knowledge_base_id=knowledge_base_id,
                ),
            )
        )

    async def add_sources(
        self, knowledge_base_id: str, **body: Unpack[KnowledgeBaseSourcesParams]
    ) -> KnowledgeBaseResponse:
        """Add texts, web pages and files."""
        return await self._one(
            Request(
                "POST",
                path_of(
                    "/add-knowledge-base-sources/{knowledge_base_id}",
                    knowledge_base_id=knowledge_base_id,
                ),
                body=body,
                timeout_s=300.0,
                once=True,
                form=True,
            ),
            KnowledgeBaseResponse,
        )

    async def delete_source(
        self, source_id: str, *, knowledge_base_id: str
    ) -> KnowledgeBaseResponse:
        """Delete one source; the answer is the knowledge base without it."""
        return await self._one(
            Request(
                "DELETE",
                path_of(
                    "/delete-knowledge-base-source/{knowledge_base_id}/source/{source_id}",
                    knowledge_base_id=knowledge_base_id,
                    source_id=source_id,
                ),
            ),
            KnowledgeBaseResponse,
        )
