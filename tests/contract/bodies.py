"""Bodies with every field that the official SDKs know, for reading back field by field."""

from __future__ import annotations

from typing import Any

VOICE_ID = "embedded-hibari"
WEB = "https://hooks.example.org"

CUSTOM_TOOL: dict[str, Any] = {
    "type": "custom",
    "name": "book",
    "description": "Books a visit.",
    "url": f"{WEB}/book",
    "method": "POST",
    "headers": {"X-Token": "t"},
    "query_params": {"q": "1"},
    "parameters": {"type": "object", "properties": {"day": {"type": "string"}}},
    "args_at_root": True,
    "timeout_ms": 5_000,
    "max_retry": 2,
    "speak_during_execution": True,
    "speak_after_execution": True,
    "execution_message_description": "One moment.",
    "execution_message_type": "static_text",
    "response_variables": {"reference": "$.reference"},
}
ANALYSIS: list[dict[str, Any]] = [
    {"type": "string", "name": "day", "description": "The day.", "examples": ["Monday"]},
    {"type": "enum", "name": "mood", "description": "The mood.", "choices": ["good", "bad"]},
    {"type": "boolean", "name": "booked", "description": "Booked?", "required": True},
    {"type": "number", "name": "age", "description": "The age.", "conditional_prompt": "If said."},
    {"type": "system-presets", "name": "call_summary", "description": "Short."},
]
AGENT: dict[str, Any] = {
    "voice_id": VOICE_ID,
    "agent_name": "Ann",
    "version_title": "First",
    "version_description": "The first version.",
    "language": "en-GB",
    "timezone": "Europe/London",
    "voice_model": "eleven_v3",
    "voice_speed": 1.25,
    "voice_temperature": 0.5,
    "volume": 1.5,
    "enable_dynamic_voice_speed": True,
    "enable_expressive_mode": True,
    "expressive_emotion_tags": ["happy", "long pause"],
    "expressive_mode_prompt": "Be warm.",
    "pronunciation_dictionary": [{"word": "Ann", "alphabet": "ipa", "phoneme": "æn"}],
    "ambient_sound": "call-center",
    "ambient_sound_volume": 0.5,
    "responsiveness": 0.9,
    "enable_dynamic_responsiveness": True,
    "interruption_sensitivity": 0.8,
    "enable_backchannel": True,
    "backchannel_frequency": 0.7,
    "backchannel_words": ["yeah", "uh-huh"],
    "begin_message_delay_ms": 500,
    "reminder_trigger_ms": 8_000,
    "reminder_max_count": 2,
    "end_call_after_silence_ms": 30_000,
    "max_call_duration_ms": 600_000,
    "ring_duration_ms": 20_000,
    "voicemail_option": {"action": {"type": "static_text", "text": "Please call back."}},
    "ivr_option": {"action": {"type": "hangup"}},
    "call_screening_option": {"agent_identity": "Ann", "call_purpose": "Your visit."},
    "allow_user_dtmf": True,
    "allow_dtmf_interruption": True,
    "user_dtmf_options": {"digit_limit": 4, "termination_key": "#", "timeout_ms": 3_000},
    "stt_mode": "custom",
    "custom_stt_config": {"provider": "deepgram", "endpointing_ms": 300},
    "vocab_specialization": "medical",
    "boosted_keywords": ["Riverside", "{{customer_name}}"],
    "denoising_mode": "noise-and-background-speech-cancellation",
    "denoising_enhancement_level": 0.4,
    "webhook_url": f"{WEB}/agent",
    "webhook_events": ["call_started", "call_ended", "call_analyzed", "transcript_updated"],
    "webhook_timeout_ms": 4_000,
    "post_call_analysis_data": ANALYSIS,
    "post_call_analysis_model": "gpt-4.1-mini",
    "data_storage_setting": "everything_except_pii",
    "data_storage_retention_days": 90,
    "opt_in_signed_url": True,
    "signed_url_expiration_ms": 3_600_000,
    "pii_config": {"mode": "post_call", "categories": ["email", "ssn"]},
    "guardrail_config": {
        "output_topics": ["violence", "gambling"],
        "input_topics": ["platform_integrity_jailbreaking"],
    },
    "handbook_config": {"ai_disclosure": True, "high_empathy": False},
    "enable_dnc_detection": True,
    "contact_memory_config": {"enable_read": True, "enable_update": False},
    "pre_session_tools": [{**CUSTOM_TOOL, "name": "look_up"}],
}
TOOLS: list[dict[str, Any]] = [
    {
        "type": "end_call",
        "name": "end_call",
        "description": "Ends.",
        "custom_sip_headers": {"X-A": "1"},
    },
    {
        "type": "transfer_call",
        "name": "transfer",
        "transfer_destination": {"type": "predefined", "number": "+14155550111", "extension": "12"},
        "transfer_option": {"type": "cold_transfer", "cold_transfer_mode": "sip_refer"},
    },
    {
        "type": "transfer_call",
        "name": "transfer_warm",
        "transfer_destination": {"type": "inferred", "prompt": "Who fits."},
        "transfer_option": {"type": "warm_transfer", "on_hold_music": "ringtone"},
    },
    {"type": "press_digit", "name": "press", "delay_ms": 1_000},
    CUSTOM_TOOL,
    {"type": "code", "name": "sum", "code": "return 1", "timeout_ms": 5_000},
    {
        "type": "extract_dynamic_variable",
        "name": "extract",
        "description": "What was said.",
        "variables": [{"type": "string", "name": "city", "description": "The city."}],
    },
    {
        "type": "send_sms",
        "name": "sms",
        "sms_content": {"type": "predefined", "text": "Hello."},
    },
]
LLM: dict[str, Any] = {
    "general_prompt": "You are Ann. Greet {{customer_name}}.",
    "begin_message": "Hi {{customer_name}}!",
    "start_speaker": "agent",
    "begin_after_user_silence_ms": 2_000,
    "default_dynamic_variables": {"customer_name": "friend"},
    "model_config": {
        "type": "cascading",
        "primary": {"model": "gpt-4.1", "tier": "fast"},
        "backup": {"model": "gpt-4.1-mini", "kick_in_timeout_ms": 1_500},
        "temperature": 0.3,
    },
    "model_temperature": 0.2,
    "model_high_priority": True,
    "tool_call_strict_mode": True,
    "general_tools": TOOLS,
    "starting_state": "greet",
    "states": [
        {
            "name": "greet",
            "state_prompt": "Greet.",
            "edges": [{"destination_state_name": "book", "description": "Wants a visit."}],
        },
        {"name": "book", "tools": [{"type": "end_call", "name": "bye"}]},
    ],
    "mcps": [{"name": "crm", "url": f"{WEB}/mcp", "headers": {"X-T": "1"}, "timeout_ms": 9_000}],
    "kb_config": {"top_k": 3, "filter_score": 0.6},
}
NODES: list[dict[str, Any]] = [
    {
        "id": "hello",
        "type": "conversation",
        "name": "Hello",
        "instruction": {"type": "static_text", "text": "Hello!"},
        "edges": [
            {
                "id": "e1",
                "destination_node_id": "bye",
                "transition_condition": {"type": "prompt", "prompt": "The caller says goodbye."},
            }
        ],
    },
    {"id": "bye", "type": "end", "name": "Bye"},
]
FLOW: dict[str, Any] = {
    "start_speaker": "agent",
    "start_node_id": "hello",
    "global_prompt": "Be brief.",
    "nodes": NODES,
    "model_choice": {"type": "cascading", "model": "gpt-4.1", "high_priority": True},
    "model_temperature": 0.2,
    "tool_call_strict_mode": True,
    "kb_config": {"top_k": 5, "filter_score": 0.5},
    "default_dynamic_variables": {"city": "Berlin"},
    "begin_after_user_silence_ms": 3_000,
    "tools": [{**CUSTOM_TOOL, "tool_id": "tool_1"}],
}
COMPONENT: dict[str, Any] = {
    "name": "Ask the date",
    "start_node_id": "hello",
    "nodes": NODES,
    "tools": [{**CUSTOM_TOOL, "tool_id": "tool_1"}],
}
NUMBER: dict[str, Any] = {
    "nickname": "Front desk",
    "inbound_webhook_url": f"{WEB}/inbound",
    "allowed_inbound_country_list": ["US"],
    "allowed_outbound_country_list": ["US", "CA"],
}
CALL: dict[str, Any] = {
    "metadata": {"order": 7, "tags": ["a", {"b": None}]},
    "retell_llm_dynamic_variables": {"customer_name": "José 🙂"},
    "custom_sip_headers": {"X-Trace": "1"},
}
