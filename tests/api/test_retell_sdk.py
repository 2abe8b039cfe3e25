"""The official Python SDK, unmodified, against our server: the guide's way and the traps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import retell
from retell import Retell
from tests.api.server import Server, serving
from tests.api.world import FROM, KEY, TO, VOICE

pytestmark = pytest.mark.realtime


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[Retell]:
    with Retell(api_key=KEY, base_url=server.base_url + "/") as made:
        yield made


@pytest.fixture(scope="module")
def agent_id(client: Retell) -> str:
    llm = client.llm.create(
        general_prompt="Be kind to {{name}}.",
        begin_message="Hello!",
        general_tools=[{"type": "end_call", "name": "end_call"}],
    )
    assert llm.version == 0 and llm.general_tools[0].type == "end_call"
    agent = client.agent.create(
        response_engine={"type": "retell-llm", "llm_id": llm.llm_id},
        voice_id=VOICE["voice_id"],
        agent_name="Ann",
        webhook_url="https://hooks.example.org/x",
    )
    number = client.phone_number.import_(
        phone_number=FROM,
        termination_uri="sip.carrier.example",
        sip_trunk_auth_username="u",
        sip_trunk_auth_password="p",
        outbound_agents=[{"agent_id": agent.agent_id, "weight": 1}],
    )
    assert number.phone_number == FROM
    assert number.sip_outbound_trunk_config.auth_username == "u"
    return agent.agent_id


def test_the_guides_call_from_creation_to_analysis(
    server: Server, client: Retell, agent_id: str
) -> None:
    call = client.call.create_phone_call(
        from_number=FROM,
        to_number=TO,
        override_agent_id=agent_id,
        override_agent_version=0,
        metadata={"crm": 7},
        retell_llm_dynamic_variables={"name": "José"},
        custom_sip_headers={"X-Trace": "1"},
    )
    assert call.call_type == "phone_call" and type(call).__name__ == "PhoneCallResponse"
    assert call.call_status == "registered" and call.agent_version == 0
    assert call.retell_llm_dynamic_variables == {"name": "José"}

    async def live(w):
        said = [
            {"role": "agent", "content": "Hello!", "words": []},
            {
                "role": "tool_call_invocation",
                "tool_call_id": "t",
                "name": "end_call",
                "arguments": "{}",
            },
            {"role": "tool_call_result", "tool_call_id": "t", "content": "ok"},
        ]
        await w.finish(await w.answer(call.call_id), transcript_with_tool_calls=said)
        await w.analyse(call.call_id)

    server.run(live)
    ended = client.call.retrieve(call.call_id)
    assert ended.call_status == "ended" and ended.disconnection_reason == "user_hangup"
    assert ended.transcript == "Agent: Hello!\n"
    kinds = [type(item).__name__ for item in ended.transcript_with_tool_calls]
    assert [kind.removeprefix("TranscriptWithToolCall") for kind in kinds] == [
        "Utterance",
        "ToolCallInvocationUtterance",
        "ToolCallResultUtterance",
    ]
    assert ended.call_analysis.call_successful is True
    assert ended.duration_ms == 12_345 and isinstance(ended.start_timestamp, int)
    updated = client.call.update(call.call_id, metadata={"crm": 8})
    assert updated.metadata == {"crm": 8}
    page = client.call.list(limit=10, filter_criteria={"direction": {
        "type": "enum", "op": "in", "value": ["outbound"]}})  # fmt: skip
    assert page.has_more is False and page.items[0].call_id == call.call_id


def test_trap_7_and_trap_8_stop_and_delete_without_a_body(client: Retell, agent_id: str) -> None:
    call = client.call.create_phone_call(from_number=FROM, to_number=TO)
    assert client.call.stop(call.call_id) is None
    assert client.call.retrieve(call.call_id).disconnection_reason == "manual_stopped"
    assert client.call.delete(call.call_id) is None
    with pytest.raises(retell.UnprocessableEntityError):
        client.call.retrieve(call.call_id)


def test_trap_4_and_trap_6_errors_have_their_classes_and_bodies(
    server: Server, client: Retell, agent_id: str
) -> None:
    with pytest.raises(retell.BadRequestError) as bad:
        client.call.create_phone_call(
            from_number=FROM,
            to_number=TO,
            retell_llm_dynamic_variables={"empresa": 5},  # type: ignore[dict-item]
        )
    assert bad.value.body["error_message"] == (
        "request/body/retell_llm_dynamic_variables/empresa must be string"
    )
    assert bad.value.body["status"] == "error"
    with pytest.raises(retell.UnprocessableEntityError):
        client.agent.retrieve("agent_none")
    with pytest.raises(retell.NotFoundError):
        client.conversation_flow.retrieve("conversation_flow_none")
    with Retell(api_key="key_wrong", base_url=server.base_url) as stranger:
        with pytest.raises(retell.AuthenticationError):
            stranger.voice.list()


def test_trap_9_and_traps_10_12_16_through_the_sdk(client: Retell, agent_id: str) -> None:
    voices = client.voice.list()
    assert voices[0].voice_id == VOICE["voice_id"]
    assert client.phone_number.retrieve(FROM).phone_number_pretty == "+1 (415) 555-0100"
    client.phone_number.import_(phone_number="sip/334 #a", termination_uri="x.example")
    assert client.phone_number.retrieve("sip/334 #a").phone_number == "sip/334 #a"
    client.phone_number.delete("sip/334 #a")
    assert client.phone_number.update(FROM, nickname="Desk").nickname == "Desk"
    assert [item.agent_id for item in client.agent.list(limit=5).items] == [agent_id]
    assert client.agent.retrieve(agent_id, version="latest").agent_id == agent_id
    assert client.agent.retrieve(agent_id, version=0).version == 0
    assert client.agent.update(agent_id, voice_speed=1.2).voice_speed == 1.2
    assert client.agent.list_versions(agent_id).items[0].version == 0
    assert client.llm.list().items[0].general_prompt == "Be kind to {{name}}."
    assert client.concurrency.retrieve().concurrency_limit == 20
    assert client.identity.retrieve().org_id == "org_1"


def test_flows_through_the_sdk(client: Retell) -> None:
    flow = client.conversation_flow.create(
        start_speaker="agent",
        start_node_id="end",
        nodes=[
            {"id": "end", "type": "end", "instruction": {"type": "static_text", "text": "Bye."}}
        ],
    )
    assert flow.nodes[0].type == "end"
    changed = client.conversation_flow.update(flow.conversation_flow_id, global_prompt="Be brief.")
    assert changed.global_prompt == "Be brief." and changed.version == 0
    assert client.conversation_flow.list().items[0].conversation_flow_id
    client.conversation_flow.delete(flow.conversation_flow_id)
