"""The first start: workspace, first API key, database."""

from __future__ import annotations

import os

from uponai.api.auth import key_hash
from uponai.config import Config, load_secret_key
from uponai.domain import ids
from uponai.seal import Seal
from uponai.storage.base import ApiKey, Storage, Workspace
from uponai.storage.sql import open_storage
from uponai.tasks import now_ms

_ENTROPY_BYTES = 32
SIGNING_PURPOSE = "webhook signing key"
CREDENTIALS_PURPOSE = "trunk credentials"
LINKS_PURPOSE = "recording links"
TICKETS_PURPOSE = "carrier tickets"


async def prepare_installation(config: Config) -> str | None:
    """Make database, workspace and first key where they are missing; the key, once.

    The key is ``config.api_key`` where that is set. It bears the webhook badge: it signs webhooks,
    and so its text is also kept, sealed.
    """
    config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = load_secret_key(config.data_dir)
    storage = await open_storage(config.database_url)
    try:
        if await storage.accounts.workspaces():
            return None
        return await _first_key(storage, config, Seal(secret, SIGNING_PURPOSE))
    finally:
        await storage.aclose()


async def _first_key(storage: Storage, config: Config, seal: Seal) -> str:
    workspace = ids.workspace_id(os.urandom(_ENTROPY_BYTES))
    await storage.accounts.add_workspace(
        Workspace(workspace, "default", webhook_url=config.webhook_url)
    )
    key = config.api_key or ids.api_key(os.urandom(_ENTROPY_BYTES))
    await storage.accounts.add_key(
        ApiKey(
            key_id=ids.key_id(os.urandom(_ENTROPY_BYTES)),
            workspace_id=workspace,
            hash=key_hash(key),
            webhook_badge=True,
            sealed=seal.seal(key),
            name="first",
            created_ms=now_ms(),
        )
    )
    return key
