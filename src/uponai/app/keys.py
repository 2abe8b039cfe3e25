"""API keys of an installation, as the command line makes, shows, rotates and revokes them."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Literal

from uponai.api.auth import key_hash
from uponai.app.install import SIGNING_PURPOSE
from uponai.config import Config, load_secret_key
from uponai.domain import ids
from uponai.seal import Seal
from uponai.storage.base import ApiKey, Storage
from uponai.storage.sql import open_storage
from uponai.tasks import now_ms

_ENTROPY_BYTES = 32

Role = Literal["full", "read_only", "public"]


class KeyProblem(Exception):
    """What was asked for cannot be done; the text says why."""


@dataclass(frozen=True, slots=True)
class KeyWish:
    """A key to make. ``workspace`` may be left out where there is only one."""

    name: str
    role: Role = "full"
    origins: Sequence[str] = ()
    signs_webhooks: bool = False
    workspace: str | None = None


async def create_key(config: Config, wish: KeyWish) -> str:
    """The new key's text, which is kept nowhere. Raises KeyProblem."""
    if wish.role == "public" and not wish.origins:
        raise KeyProblem("a public key needs at least one --origin, such as https://example.com")
    if wish.origins and wish.role != "public":
        raise KeyProblem("--origin is for public keys")
    if wish.signs_webhooks and wish.role != "full":
        raise KeyProblem("only a full key can sign webhooks")
    for origin in wish.origins:
        if not _is_origin(origin):
            raise KeyProblem(f"{origin} is no web origin; write it as https://example.com")
    async with opened_installation(config) as storage:
        workspace_id = await workspace_named(storage, wish.workspace)
        key = ApiKey(
            ids.key_id(os.urandom(_ENTROPY_BYTES)),
            workspace_id,
            "",
            role=wish.role,
            name=wish.name,
            origins=tuple(wish.origins),
            webhook_badge=wish.signs_webhooks,
        )
        return await _add(config, storage, key)


async def list_keys(config: Config, workspace: str | None = None) -> list[ApiKey]:
    """Revoked ones too, oldest first. Raises KeyProblem."""
    async with opened_installation(config) as storage:
        return await storage.accounts.keys(await workspace_named(storage, workspace))


async def rotate_key(config: Config, key_id: str, *, keep_old: bool = False) -> str:
    """A new key with the rights of an old one, which is revoked unless it is to be kept for now.

    The webhook badge goes over at once. Raises KeyProblem.
    """
    async with opened_installation(config) as storage:
        old = await _valid(storage, key_id)
        text = await _add(
            config, storage, replace(old, key_id=ids.key_id(os.urandom(_ENTROPY_BYTES)))
        )
        if not keep_old:
            await storage.accounts.revoke_key(old.workspace_id, old.key_id, now_ms())
        return text


async def revoke_key(config: Config, key_id: str) -> None:
    """Raises KeyProblem, also for the key that signs webhooks: rotate that one."""
    async with opened_installation(config) as storage:
        key = await _valid(storage, key_id)
        if key.webhook_badge:
            raise KeyProblem(f"{key_id} signs webhooks; rotate it, so that another one does")
        await storage.accounts.revoke_key(key.workspace_id, key.key_id, now_ms())


@asynccontextmanager
async def opened_installation(config: Config) -> AsyncGenerator[Storage]:
    storage = await open_storage(config.database_url)
    try:
        yield storage
    finally:
        await storage.aclose()


async def workspace_named(storage: Storage, named: str | None) -> str:
    known = [workspace.workspace_id for workspace in await storage.accounts.workspaces()]
    if not known:
        raise KeyProblem("nothing is set up here yet; run uponai init first")
    if named is None and len(known) == 1:
        return known[0]
    if named not in known:
        raise KeyProblem(f"--workspace must be one of: {', '.join(known)}")
    return named


async def _valid(storage: Storage, key_id: str) -> ApiKey:
    for workspace in await storage.accounts.workspaces():
        for key in await storage.accounts.keys(workspace.workspace_id):
            if key.key_id == key_id and key.revoked_ms is None:
                return key
    raise KeyProblem(f"there is no valid key {key_id}; uponai keys list shows them")


async def _add(config: Config, storage: Storage, key: ApiKey) -> str:
    text = ids.api_key(os.urandom(_ENTROPY_BYTES))
    if key.role == "public":
        text = "public_" + text
    seal = Seal(load_secret_key(config.data_dir), SIGNING_PURPOSE)
    made = replace(
        key,
        hash=key_hash(text),
        sealed=seal.seal(text) if key.webhook_badge else None,
        created_ms=now_ms(),
    )
    await storage.accounts.add_key(made)
    return text


def _is_origin(origin: str) -> bool:
    scheme, found, host = origin.partition("://")
    return (
        bool(found) and scheme in ("http", "https") and host != "" and not set(host) & set("/?#@")
    )
