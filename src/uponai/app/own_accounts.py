"""Accounts of workspaces with carriers, as the command line sets, shows and removes them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import aiohttp

from uponai.api.carriers import Registrar, account_json
from uponai.app.carrier_kinds import KnownCarriers, kinds
from uponai.app.install import CREDENTIALS_PURPOSE
from uponai.app.keys import opened_installation, workspace_named
from uponai.config import Config, load_secret_key
from uponai.seal import Seal
from uponai.tasks import now_ms
from uponai.wire.validate import Json


async def list_accounts(config: Config, workspace: str | None = None) -> list[Json]:
    """One row per carrier. Raises KeyProblem."""
    async with _opened(config, workspace) as (registrar, workspace_id):
        return await registrar.shown(workspace_id, lambda name: bool(config.carrier(name).secret))


async def set_account(
    config: Config, carrier: str, words: Mapping[str, str], workspace: str | None = None
) -> Json:
    """Verified with the carrier, then stored. Raises KeyProblem, UserError."""
    async with _opened(config, workspace) as (registrar, workspace_id):
        return account_json(await registrar.put(workspace_id, carrier, dict(words)))


async def remove_account(config: Config, carrier: str, workspace: str | None = None) -> None:
    """Raises KeyProblem, UserError."""
    async with _opened(config, workspace) as (registrar, workspace_id):
        await registrar.remove(workspace_id, carrier)


@asynccontextmanager
async def _opened(config: Config, workspace: str | None) -> AsyncGenerator[tuple[Registrar, str]]:
    seal = Seal(load_secret_key(config.data_dir), CREDENTIALS_PURPOSE)
    async with opened_installation(config) as storage, aiohttp.ClientSession() as session:
        own = KnownCarriers(kinds(config, session))
        registrar = Registrar(storage, own, seal.seal, now_ms)
        yield registrar, await workspace_named(storage, workspace)
