"""Our models name every field that the official SDK can send, and take its enumerations."""

from __future__ import annotations

import typing
from typing import Any

import pytest
from pydantic import BaseModel
from retell import types
from retell.types import agent_create_params as sdk_agent
from retell.types import call_create_phone_call_params as sdk_call
from retell.types import conversation_flow_create_params as sdk_flow

from uponai.wire import node
from uponai.wire.agent import (
    LOCALES,
    Agent,
    CallEvent,
    GuardrailConfig,
    PiiConfig,
    UserDtmfOptions,
    VoicemailOption,
)
from uponai.wire.create_call import CallPatch, PhoneCall
from uponai.wire.flow import Flow
from uponai.wire.llm import Llm, State
from uponai.wire.number import NumberImport, NumberPatch
from uponai.wire.override import AgentOverride, FlowOverride, LlmOverride
from uponai.wire.tool import CustomTool

NODES = {
    "ConversationNode": "NodeConversationNode",
    "SubagentNode": "NodeSubagentNode",
    "EndNode": "NodeEndNode",
    "FunctionNode": "NodeFunctionNode",
    "CodeNode": "NodeCodeNode",
    "TransferCallNode": "NodeTransferCallNode",
    "PressDigitNode": "NodePressDigitNode",
    "BranchNode": "NodeBranchNode",
    "SmsNode": "NodeSMSNode",
    "ExtractNode": "NodeExtractDynamicVariablesNode",
    "AgentSwapNode": "NodeAgentSwapNode",
    "McpNode": "NodeMcpNode",
    "ComponentNode": "NodeComponentNode",
    "TransferOutcomeNode": "NodeBridgeTransferNode",
    "FlowCustomTool": "ToolCustomTool",
    "FlowAppTool": "ToolAppTool",
}


def _fields(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Agent, types.AgentCreateParams),
        (Llm, types.LlmCreateParams),
        (Flow, types.ConversationFlowCreateParams),
        (NumberImport, types.PhoneNumberImportParams),
        (NumberPatch, types.PhoneNumberUpdateParams),
        (PhoneCall, types.CallCreatePhoneCallParams),
        (CallPatch, types.CallUpdateParams),
        (AgentOverride, sdk_call.AgentOverride),
        (LlmOverride, sdk_call.AgentOverrideRetellLlm),
        (FlowOverride, sdk_call.AgentOverrideConversationFlow),
        (State, types.llm_create_params.State),
        (CustomTool, types.llm_create_params.GeneralToolCustomTool),
        *((getattr(node, ours), getattr(sdk_flow, theirs)) for ours, theirs in NODES.items()),
        (node.Component, types.ConversationFlowComponentCreateParams),
        (node.Note, sdk_flow.Note),
        (UserDtmfOptions, sdk_agent.UserDtmfOptions),
        (VoicemailOption, sdk_agent.VoicemailOption),
        (GuardrailConfig, sdk_agent.GuardrailConfig),
        (PiiConfig, sdk_agent.PiiConfig),
    ],
)
def test_every_field_of_the_sdk_is_validated(ours: type[BaseModel], theirs: Any) -> None:
    ignored = {"begin_tag_display_position"}
    assert set(theirs.__annotations__) - _fields(ours) - ignored == set()


def _words(hint: Any) -> set[str]:
    """Every literal text inside a type."""
    if typing.get_origin(hint) is typing.Literal:
        return {word for word in typing.get_args(hint) if isinstance(word, str)}
    return set().union(*(_words(inner) for inner in typing.get_args(hint)))


def test_enumerations_of_the_sdk_are_taken() -> None:
    hints = typing.get_type_hints(sdk_agent.AgentCreateParams)
    assert _words(hints["language"]) == set(LOCALES)
    assert set(typing.get_args(CallEvent)) - _words(hints["webhook_events"]) == {"call_failed"}
    for name in (
        "ambient_sound",
        "denoising_mode",
        "stt_mode",
        "vocab_specialization",
        "data_storage_setting",
    ):
        assert _words(hints[name]) == _words(typing.get_type_hints(Agent)[name]), name
    for ours, theirs in (
        (PiiConfig, sdk_agent.PiiConfig),
        (GuardrailConfig, sdk_agent.GuardrailConfig),
    ):
        mine, yours = typing.get_type_hints(ours), typing.get_type_hints(theirs)
        for name in yours:
            assert _words(yours[name]) == _words(mine[name]), name
