"""One example per schema of the OpenAPI document. A test holds that each fits its schema."""

from __future__ import annotations

from uponai.wire.validate import Json
from uponai.wire.voice import DEFAULT_LIBRARY

_AT_MS = 1_767_225_600_000
_AGENT_ID = "agent_1ffdb9717444d0e77346838911"
_LLM_ID = "llm_1ffdb9717444d0e77346838911"
_FLOW_ID = "conversation_flow_1ffdb9717444"
_COMPONENT_ID = "conversation_flow_component_1ffdb9717444"
_CALL_ID = "call_a4441234567890777c4a4a123e6"
_ENGINE = {"type": "retell-llm", "llm_id": _LLM_ID}
_VOICE_ID = "local-hana"
_FROM, _TO = "+14155550100", "+14155550199"
_BOUND = [{"agent_id": _AGENT_ID, "weight": 1}]
_NODES = [
    {
        "id": "start",
        "type": "conversation",
        "instruction": {"type": "prompt", "text": "Greet the caller and ask how you can help."},
    }
]
_LLM: Json = {
    "general_prompt": "You are Ann of Riverside Dental. Greet {{customer_name}} by name.",
    "begin_message": "Hi, this is Ann.",
    "general_tools": [{"type": "end_call", "name": "end_call"}],
}
_CALL: Json = {
    "call_id": _CALL_ID,
    "call_type": "phone_call",
    "agent_id": _AGENT_ID,
    "agent_version": 0,
    "call_status": "registered",
    "direction": "outbound",
    "from_number": _FROM,
    "to_number": _TO,
    "data_storage_setting": "everything",
    "metadata": {"order": 7},
}
_ENDED: Json = {
    **_CALL,
    "call_status": "ended",
    "start_timestamp": _AT_MS,
    "end_timestamp": _AT_MS + 42_000,
    "duration_ms": 42_000,
    "disconnection_reason": "user_hangup",
}
_KNOWLEDGE: Json = {
    "knowledge_base_id": "knowledge_base_a4441234567890777",
    "knowledge_base_name": "Opening hours",
    "status": "complete",
}
_VOICE: Json = {
    "voice_id": _VOICE_ID,
    "voice_name": "Ann",
    "provider": "platform",
    "gender": "female",
}

_DIALECT = {
    "callId": "call_1",
    "callType": "phone_call",
    "status": "registered",
    "agentId": _AGENT_ID,
    "agentVersion": 0,
    "fromNumber": _FROM,
    "toNumber": _TO,
    "optOutSensitiveDataStorage": False,
}

_BATCH = {
    "batch_call_id": "batch_call_dbcc4412483ebfc348abb",
    "name": "Reminders",
    "from_number": _FROM,
    "scheduled_timestamp": _AT_MS,
    "total_task_count": 2,
    "created_timestamp": _AT_MS,
}

EXAMPLES: dict[str, Json] = {
    "Error": {
        "status": "error",
        "message": "request/body/voice_speed must be <= 2",
        "error_message": "request/body/voice_speed must be <= 2",
        "code": "invalid_request",
    },
    "Agent": {"response_engine": _ENGINE, "voice_id": _VOICE_ID, "agent_name": "Ann"},
    "AgentPatch": {"agent_name": "Ann of Riverside", "voice_speed": 1.1},
    "AgentAnswer": {
        "agent_id": _AGENT_ID,
        "version": 0,
        "channel": "voice",
        "is_published": False,
        "last_modification_timestamp": _AT_MS,
        "response_engine": _ENGINE,
        "voice_id": _VOICE_ID,
        "agent_name": "Ann",
        "language": "en-US",
    },
    "AgentItem": {
        "agent_id": _AGENT_ID,
        "agent_name": "Ann",
        "channel": "voice",
        "is_suspended": False,
        "tags": {"prod": {"version": 0}},
        "user_modified_timestamp": _AT_MS,
    },
    "AgentVersionItem": {
        "version": 0,
        "is_published": True,
        "last_modification_timestamp": _AT_MS,
        "version_title": "First",
    },
    "Llm": _LLM,
    "LlmPatch": {"begin_message": "Good morning, this is Ann."},
    "LlmAnswer": {
        "llm_id": _LLM_ID,
        "version": 0,
        "is_published": False,
        **_LLM,
        "last_modification_timestamp": _AT_MS,
    },
    "Flow": {"start_speaker": "agent", "start_node_id": "start", "nodes": _NODES},
    "FlowPatch": {"global_prompt": "Be brief."},
    "FlowAnswer": {
        "conversation_flow_id": _FLOW_ID,
        "version": 0,
        "start_speaker": "agent",
        "start_node_id": "start",
        "nodes": _NODES,
    },
    "ComponentPatch": {"name": "Ask for the day"},
    "ComponentAnswer": {
        "conversation_flow_component_id": _COMPONENT_ID,
        "name": "Ask for the date",
        "nodes": _NODES,
        "user_modified_timestamp": _AT_MS,
    },
    "NumberImport": {
        "phone_number": _FROM,
        "termination_uri": "sip.carrier.example",
        "sip_trunk_auth_username": "ann",
        "sip_trunk_auth_password": "a long password",
        "outbound_agents": _BOUND,
    },
    "NumberPurchase": {
        "area_code": 415,
        "number_provider": "twilio",
        "nickname": "Front desk",
        "inbound_agents": _BOUND,
    },
    "NumberPatch": {"nickname": "Front desk", "inbound_agents": _BOUND},
    "NumberAnswer": {
        "phone_number": _FROM,
        "phone_number_type": "custom",
        "phone_number_pretty": "+1 (415) 555-0100",
        "area_code": 415,
        "inbound_agents": [],
        "outbound_agents": _BOUND,
        "sip_outbound_trunk_config": {"termination_uri": "sip.carrier.example"},
        "last_modification_timestamp": _AT_MS,
    },
    "Initiation": {"agentId": _AGENT_ID, "fromNumber": _FROM, "toNumber": _TO},
    "DialectPatch": {"metadata": {"case": 8}, "optOutSensitiveDataStorage": True},
    "DialectCall": _DIALECT,
    "DialectOne": {"success": True, "call": _DIALECT},
    "DialectInitiated": {
        "success": True,
        "call_sid": "call_1",
        "call": {"success": True, "call": _DIALECT},
    },
    "DialectPage": {
        "success": True,
        "calls": [_DIALECT],
        "pagination": {"page": 1, "limit": 20, "total": 1},
    },
    "PhoneCall": {
        "from_number": _FROM,
        "to_number": _TO,
        "override_agent_id": _AGENT_ID,
        "metadata": {"order": 7},
        "retell_llm_dynamic_variables": {"customer_name": "Ann"},
    },
    "WebCall": {
        "agent_id": _AGENT_ID,
        "retell_llm_dynamic_variables": {"customer_name": "Ann"},
    },
    "RegisteredCall": {
        "agent_id": _AGENT_ID,
        "direction": "inbound",
        "from_number": _TO,
        "to_number": _FROM,
    },
    "BatchCall": {
        "from_number": _FROM,
        "name": "Reminders",
        "tasks": [
            {"to_number": _TO, "retell_llm_dynamic_variables": {"customer_name": "Ann"}},
            {"to_number": "+14155550142", "metadata": {"order": 8}},
        ],
        "call_time_window": {"windows": [{"start": 540, "end": 1020}], "day": ["Monday"]},
    },
    "CallPatch": {"metadata": {"order": 8}},
    "CallAnswer": {**_ENDED, "transcript": "Agent: Hi, this is Ann.\nUser: Hello.\n"},
    "CallItem": _ENDED,
    "WebCallAnswer": {
        "call_id": _CALL_ID,
        "access_token": "eyJhbGciOi...",
        "transport": "gateway",
        "ice_servers": [{"urls": ["stun:stun.example.org"]}],
        "expires_at": _AT_MS + 30_000,
    },
    "BatchCallAnswer": {
        "batch_call_id": "batch_call_dbcc4412483ebfc348abb",
        "name": "Reminders",
        "from_number": _FROM,
        "scheduled_timestamp": _AT_MS,
        "total_task_count": 2,
    },
    "BatchItem": {**_BATCH, "status": "sent"},
    "BatchAnswer": {
        **_BATCH,
        "status": "ongoing",
        "redial_policy": {"max_attempts": 3, "wait_ms": 1_800_000},
        "progress": {
            "waiting": 0,
            "cancelled": 0,
            "calling": 1,
            "done": 1,
            "answered": 1,
            "calls": 3,
            "outcomes": {"user_hangup": 1},
        },
    },
    "BatchTaskItem": {
        "position": 0,
        "to_number": _TO,
        "state": "done",
        "calls": 2,
        "answered": True,
        "call_id": _CALL_ID,
        "outcome": "user_hangup",
    },
    "BatchCsvForm": {
        "from_number": _FROM,
        "files": ["phone number,customer_name\n+14155550142,Ann\n"],
    },
    "KnowledgeForm": {
        "knowledge_base_name": "Opening hours",
        "knowledge_base_texts": '[{"title":"Hours","text":"We open at nine."}]',
    },
    "SourcesForm": {"knowledge_base_urls": '["https://www.example.org/faq"]'},
    "KnowledgeBaseAnswer": _KNOWLEDGE,
    "VoiceAnswer": _VOICE,
    "VoiceMatches": {"voices": [{"name": "Ann", "provider_voice_id": "v1"}]},
    "CloneForm": {"voice_name": "Ann", "voice_provider": "local", "files": []},
    "Component": {"name": "Identify the caller", "nodes": _NODES},
    "VoiceSearch": {"search_query": "warm british", "voice_provider": DEFAULT_LIBRARY},
    "CommunityVoice": {
        "provider_voice_id": "v1",
        "public_user_id": "u1",
        "voice_name": "Ann",
        "voice_provider": DEFAULT_LIBRARY,
    },
    "NewVersion": {"base_version": 0},
    "Publication": {"version": 1, "version_title": "Spring opening hours"},
    "McpToolAnswer": {"name": "book", "inputSchema": {"type": "object", "properties": {}}},
    "ConcurrencyAnswer": {
        "current_concurrency": 3,
        "concurrency_limit": 20,
        "base_concurrency": 20,
        "purchased_concurrency": 0,
        "concurrency_purchase_limit": 0,
        "remaining_purchase_limit": 0,
        "concurrency_burst_enabled": False,
        "concurrency_burst_limit": 0,
        "reserved_inbound_concurrency": 0,
    },
    "CarrierAccountPut": {"account": "AC0123456789abcdef0123456789abcdef", "secret": "..."},
    "CarrierAccountAnswer": {
        "carrier": "acme",
        "source": "workspace",
        "account": "AC0123456789abcdef0123456789abcdef",
        "secret_last4": "9876",
        "last_modification_timestamp": 1_760_000_000_000,
    },
    "LimitsPatch": {"concurrency_limit": 200, "cps": {"custom": 10}},
    "LimitsAnswer": {
        "concurrency_limit": 200,
        "concurrency_burst_enabled": False,
        "concurrency_burst_limit": 0,
        "reserved_inbound_concurrency": 10,
        "current_concurrency": 3,
        "current_outbound": 2,
        "current_inbound": 1,
        "cps": {"custom": {"limit": 10, "maximum": 10}},
    },
    "VariantsAnswer": {
        "phone_number": "+14155550100",
        "variants": [
            {
                "agent_id": "agent_1",
                "agent_version": 0,
                "weight": 0.5,
                "calls": 10,
                "pick_up_rate": {"count": 10, "value": 0.5, "low": 0.24, "high": 0.76},
                "success_rate": {"count": 0, "value": None, "low": None, "high": None},
                "duration_ms": {"count": 1, "value": 42_000, "low": None, "high": None},
            }
        ],
    },
    "IdentityAnswer": {"org_id": "org_1", "org_name": "Riverside Dental", "api_key_name": "main"},
    "ListCalls": {
        "filter_criteria": {
            "call_status": {"type": "enum", "op": "in", "value": ["ended"]},
            "duration_ms": {"type": "number", "op": "gt", "value": 30_000},
        },
        "limit": 100,
        "sort_order": "descending",
    },
    "ListCallsOld": {"filter_criteria": {"call_status": ["ended"]}, "limit": 100},
    "ListAgents": {
        "filter_criteria": {"channel": {"type": "string", "op": "eq", "value": "voice"}}
    },
}
