"""``uponai keys`` on a fresh data directory, and what the API makes of its keys."""

from __future__ import annotations

import asyncio
from pathlib import Path

from typer.testing import CliRunner, Result

from uponai.api.auth import key_hash
from uponai.app.platform import Keys
from uponai.cli.main import app
from uponai.config import Config, load, load_secret_key
from uponai.storage.base import ApiKey
from uponai.storage.sql import open_storage


def _run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(data)])


def _keys(config: Config) -> list[ApiKey]:
    async def read() -> list[ApiKey]:
        storage = await open_storage(config.database_url)
        try:
            (workspace,) = await storage.accounts.workspaces()
            return await storage.accounts.keys(workspace.workspace_id)
        finally:
            await storage.aclose()

    return asyncio.run(read())


def test_keys_are_made_shown_rotated_and_revoked(tmp_path: Path) -> None:
    config = load({"data_dir": str(tmp_path)}, environment={})
    assert "uponai init" in _run(tmp_path, "keys", "create", "x").output
    assert _run(tmp_path, "init").exit_code == 0
    (first,) = _keys(config)

    made = _run(tmp_path, "keys", "create", "reports", "--role", "read_only")
    text = made.stdout.strip().splitlines()[-1]
    reader = _keys(config)[-1]
    assert (reader.name, reader.role, reader.hash) == ("reports", "read_only", key_hash(text))
    assert reader.sealed is None and not reader.webhook_badge

    rotated = _run(tmp_path, "keys", "rotate", first.key_id)
    fresh = rotated.stdout.strip().splitlines()[-1]
    keys = {key.hash: key for key in _keys(config)}
    signing = keys[key_hash(fresh)]
    assert signing.webhook_badge and signing.sealed and signing.name == "first"
    assert keys[first.hash].revoked_ms is not None

    assert _run(tmp_path, "keys", "revoke", reader.key_id).exit_code == 0
    assert _run(tmp_path, "keys", "revoke", reader.key_id).exit_code == 1
    refused = _run(tmp_path, "keys", "revoke", signing.key_id)
    assert refused.exit_code == 1 and "rotate it" in refused.output
    listed = _run(tmp_path, "keys", "list")
    assert reader.key_id[:8] in listed.output and fresh not in listed.output


def test_a_key_can_be_kept_while_the_new_one_is_rolled_out(tmp_path: Path) -> None:
    config = load({"data_dir": str(tmp_path)}, environment={})
    _run(tmp_path, "init")
    (first,) = _keys(config)
    assert _run(tmp_path, "keys", "rotate", first.key_id, "--keep-old").exit_code == 0
    old, new = sorted(_keys(config), key=lambda key: key.webhook_badge)
    assert old.key_id == first.key_id and old.revoked_ms is None
    assert new.webhook_badge and not old.webhook_badge


def test_trap_19_webhooks_are_signed_with_an_api_key_and_follow_its_rotation(
    tmp_path: Path,
) -> None:
    config = load({"data_dir": str(tmp_path)}, environment={})
    _run(tmp_path, "init")
    (first,) = _keys(config)
    before = _signing(config, first.workspace_id)
    assert before is not None and key_hash(before) == first.hash
    rotated = _run(tmp_path, "keys", "rotate", first.key_id)
    fresh = rotated.stdout.strip().splitlines()[-1]
    assert _signing(config, first.workspace_id) == fresh != before


def _signing(config: Config, workspace_id: str) -> str | None:
    """What the platform signs this workspace's webhooks with."""

    async def read() -> str | None:
        storage = await open_storage(config.database_url)
        try:
            keys = Keys(load_secret_key(config.data_dir), storage)
            return await keys.signing_key(workspace_id)
        finally:
            await storage.aclose()

    return asyncio.run(read())


def test_public_keys_need_origins(tmp_path: Path) -> None:
    config = load({"data_dir": str(tmp_path)}, environment={})
    _run(tmp_path, "init")
    base = ("keys", "create", "shop", "--role", "public")
    for words, text in [
        (base, "at least one --origin"),
        ((*base, "--origin", "shop.example.com"), "no web origin"),
        ((*base, "--origin", "https://shop.example.com/page"), "no web origin"),
        ((*base, "--origin", "https://a.example", "--signs-webhooks"), "only a full key"),
        (("keys", "create", "x", "--origin", "https://a.example"), "for public keys"),
    ]:
        refused = _run(tmp_path, *words)
        assert refused.exit_code == 1 and text in " ".join(refused.output.split()), refused.output
    made = _run(tmp_path, *base, "--origin", "https://a.example", "--origin", "http://b.example:8")
    assert made.stdout.strip().startswith("public_key_")
    assert _keys(config)[-1].origins == ("https://a.example", "http://b.example:8")
