"""Finds a language model for a prompt agent: what is configured, else a local Ollama."""

from __future__ import annotations

from typing import Any, cast

import aiohttp

from uponai.config import Config

OLLAMA_URL = "http://127.0.0.1:11434"
_PATIENCE_S = 2.0

NONE_FOUND = (
    "a prompt agent needs a language model, and there is none: set OPENAI_API_KEY, or"
    " OPENAI_BASE_URL for a server that speaks the same protocol, or start Ollama with a model"
    " on this machine"
)


async def find_language_model(config: Config) -> dict[str, str] | None:
    """Settings (dotted names) by which the platform has a language model; None: there is none."""
    access = config.provider("openai")
    if config.models.llm or access.api_key or access.base_url:
        return {}
    name = await _local_model()
    if name is None:
        return None
    return {"openai.base_url": f"{OLLAMA_URL}/v1", "models.llm": f"openai/{name}"}


async def _local_model() -> str | None:
    timeout = aiohttp.ClientTimeout(total=_PATIENCE_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session,
            session.get(f"{OLLAMA_URL}/api/tags") as response,
        ):
            answer = cast(dict[str, Any], await response.json(content_type=None))
        models = cast(list[dict[str, Any]], answer.get("models") or [])
        return str(models[0]["name"]) if models else None
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, AttributeError):
        return None
