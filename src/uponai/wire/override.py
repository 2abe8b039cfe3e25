"""``agent_override``: changes for one call (retell-api.md section 2.2), and the call's snapshot.

Applied after agent and version are resolved, never stored. There is no override of prompts, tools,
states or nodes (trap 30); naming one is an error rather than being passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Field

from uponai.domain.errors import InvalidField
from uponai.wire.agent import updated_agent
from uponai.wire.common import (
    BackupModel,
    KnowledgeConfig,
    Milliseconds,
    ModelChoice,
    ModelConfig,
    Speaker,
    Unit,
)
from uponai.wire.llm import merged_engine
from uponai.wire.validate import Closed, Json

PATH = "agent_override"
ENGINES = {"retell-llm": "retell_llm", "conversation-flow": "conversation_flow"}


class _EngineOverride(Closed):
    model_choices: Annotated[ModelConfig | None, Field(alias="model_config")] = None
    model_temperature: Unit | None = None
    backup_model: BackupModel | None = None
    tool_call_strict_mode: bool | None = None
    knowledge_base_ids: list[str] | None = None
    kb_config: KnowledgeConfig | None = None
    start_speaker: Speaker | None = None
    begin_after_user_silence_ms: Milliseconds | None = None


class LlmOverride(_EngineOverride):
    model: str | None = None
    s2s_model: str | None = None
    model_high_priority: bool | None = None
    model_ultrafast: bool | None = None
    begin_message: str | None = None


class FlowOverride(_EngineOverride):
    model_choice: ModelChoice | None = None


class AgentOverride(Closed):
    """The shape; ``agent`` is checked as the agent that it would give."""

    agent: dict[str, Any] | None = None
    retell_llm: LlmOverride | None = None
    conversation_flow: FlowOverride | None = None


def overridden_agent(config: Mapping[str, Any], override: Any) -> Json:
    """The agent for this call. Raises InvalidField."""
    change = _part(override, "agent")
    if not change:
        return dict(config)
    return updated_agent(config, change, within=f"{PATH}/agent")


def overridden_engine(kind: str, config: Mapping[str, Any], override: Any) -> Json:
    """The response engine's configuration for this call. Raises InvalidField.

    ``kind`` is the agent's ``response_engine.type``.
    """
    own = ENGINES.get(kind)
    for name in ENGINES.values():
        if name != own and _part(override, name):
            raise InvalidField(f"{PATH}/{name}", f"must fit the agent's response engine ({kind})")
    change = _part(override, own) if own else {}
    if not change:
        return dict(config)
    return merged_engine(config, change, within=f"{PATH}/{own}")


def _part(override: Any, name: str | None) -> Json:
    if not isinstance(override, Mapping) or name is None:
        return {}
    return dict(cast("Mapping[str, Any]", override).get(name) or {})


def call_agent(config: Mapping[str, Any], workspace_webhook_url: str | None) -> Json:
    """The agent as a call keeps it, independent of later edits; its webhook URL made final.

    An agent's own URL replaces the workspace's (section 4.3).
    """
    url = config.get("webhook_url") or workspace_webhook_url
    kept = {name: value for name, value in config.items() if name != "webhook_url"}
    return {**kept, "webhook_url": url} if url else kept
