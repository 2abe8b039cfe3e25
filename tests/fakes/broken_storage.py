"""A part of the database that fails as a fault of the server does, not as an absent database."""

from __future__ import annotations

from typing import NoReturn

SECRET = "password=hunter2"


class BrokenKnowledge:
    """``storage.base.KnowledgeBases`` as far as listing goes."""

    async def all(self, workspace_id: str) -> NoReturn:
        raise RuntimeError(f"{workspace_id}: row of another shape, {SECRET}")
