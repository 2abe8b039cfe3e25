"""Agents, LLMs, flows and numbers by the official Python SDK, its response validation on."""

from __future__ import annotations

from typing import Any

import pytest
import retell
from retell import Retell
from tests.contract import bodies
from tests.contract.sdk import as_sent, assert_kept, proves


def an_llm(sdk: Retell, **fields: Any) -> str:
    return sdk.llm.create(**{"general_prompt": "Be kind.", **fields}).llm_id


def an_agent(sdk: Retell, **fields: Any) -> str:
    engine = {"type": "retell-llm", "llm_id": an_llm(sdk)}
    given = {"response_engine": engine, "voice_id": bodies.VOICE_ID, "agent_name": "A", **fields}
    return sdk.agent.create(**given).agent_id


def paged(list_page: Any, **more: Any) -> list[Any]:
    """Every item, two at a time."""
    items: list[Any] = []
    key: dict[str, str] = {}
    while True:
        page = list_page(limit=2, **key, **more)
        assert len(page.items) <= 2
        items += page.items
        if not page.has_more:
            assert page.pagination_key is None
            return items
        key = {"pagination_key": page.pagination_key}


@proves("agent.create", "agent.retrieve", "agent.update", "agent.delete")
def test_an_agent_with_every_field_is_read_back_changed_cleared_and_deleted(sdk: Retell) -> None:
    sent = {"response_engine": {"type": "retell-llm", "llm_id": an_llm(sdk)}, **bodies.AGENT}
    created = sdk.agent.create(**sent)
    assert created.version == 0 and created.is_published is False
    assert_kept(created, sent)
    assert as_sent(sdk.agent.retrieve(created.agent_id)) == as_sent(created)
    change = {"agent_name": "Bea", "voice_speed": 0.5, "language": ["en-US", "de-DE"]}
    changed = sdk.agent.update(created.agent_id, **change)
    assert_kept(changed, {**sent, **change})
    cleared = sdk.agent.update(created.agent_id, webhook_url=None, ambient_sound=None)
    assert not {"webhook_url", "ambient_sound"} & as_sent(cleared).keys()
    assert sdk.agent.delete(created.agent_id) is None
    with pytest.raises(retell.UnprocessableEntityError):
        sdk.agent.retrieve(created.agent_id)


@proves("agent.list")
def test_agents_are_listed_by_pages_and_filters(sdk: Retell) -> None:
    made = [an_agent(sdk, agent_name=f"paged {n}") for n in range(5)]
    found = [item.agent_id for item in paged(sdk.agent.list)]
    assert [one for one in found if one in made] == made[::-1]
    oldest = [item.agent_id for item in paged(sdk.agent.list, sort_order="ascending")]
    assert oldest == found[::-1]
    voice = {"channel": {"type": "string", "op": "eq", "value": "voice"}}
    assert sdk.agent.list(filter_criteria=voice, limit=100).items
    chat = {"channel": {"type": "string", "op": "eq", "value": "chat"}}
    assert not sdk.agent.list(filter_criteria=chat).items


def test_an_agent_without_a_name_is_listed_too(sdk: Retell) -> None:
    engine = {"type": "retell-llm", "llm_id": an_llm(sdk)}
    made = sdk.agent.create(response_engine=engine, voice_id=bodies.VOICE_ID)
    assert made.agent_id in [item.agent_id for item in sdk.agent.list(limit=1000).items]


@proves("llm.create", "llm.retrieve", "llm.update", "llm.list", "llm.delete")
def test_an_llm_with_every_field(sdk: Retell) -> None:
    created = sdk.llm.create(**bodies.LLM)
    assert_kept(created, bodies.LLM)
    assert as_sent(sdk.llm.retrieve(created.llm_id)) == as_sent(created)
    changed = sdk.llm.update(created.llm_id, begin_message="Hello.", model_config={"backup": None})
    assert changed.begin_message == "Hello."
    assert "backup" not in as_sent(changed)["model_config"]
    assert as_sent(changed)["model_config"]["primary"]["model"] == "gpt-4.1"
    made = [an_llm(sdk) for _ in range(3)]
    listed = [item.llm_id for item in paged(sdk.llm.list)]
    assert [one for one in listed if one in made] == made[::-1]
    assert sdk.llm.delete(created.llm_id) is None
    with pytest.raises(retell.UnprocessableEntityError):
        sdk.llm.retrieve(created.llm_id)


@proves(
    "conversation_flow.create",
    "conversation_flow.retrieve",
    "conversation_flow.update",
    "conversation_flow.list",
    "conversation_flow.delete",
)
def test_a_flow_with_every_field(sdk: Retell) -> None:
    flows = sdk.conversation_flow
    created = flows.create(**bodies.FLOW)
    assert_kept(created, bodies.FLOW)
    assert as_sent(flows.retrieve(created.conversation_flow_id)) == as_sent(created)
    changed = flows.update(created.conversation_flow_id, global_prompt="Be briefer.")
    assert_kept(changed, {**bodies.FLOW, "global_prompt": "Be briefer."})
    made = [flows.create(**bodies.FLOW).conversation_flow_id for _ in range(3)]
    listed = [item.conversation_flow_id for item in paged(flows.list)]
    assert [one for one in listed if one in made] == made[::-1]
    engine = {"type": "conversation-flow", "conversation_flow_id": made[0]}
    agent = sdk.agent.create(response_engine=engine, voice_id=bodies.VOICE_ID)
    assert agent.response_engine.conversation_flow_id == made[0]
    assert flows.delete(created.conversation_flow_id) is None
    with pytest.raises(retell.NotFoundError):
        flows.retrieve(created.conversation_flow_id)


@proves(
    "phone_number.import_",
    "phone_number.retrieve",
    "phone_number.update",
    "phone_number.list",
    "phone_number.delete",
)
def test_an_imported_number_with_every_field(sdk: Retell) -> None:
    numbers, agent_id = sdk.phone_number, an_agent(sdk)
    bound = [{"agent_id": agent_id, "weight": 0.25}, {"agent_id": agent_id, "weight": 0.75}]
    lists = {"inbound_agents": bound, "outbound_agents": bound}
    made = [f"+1415555{n}" for n in range(1100, 1105)]
    created = numbers.import_(
        phone_number=made[0],
        termination_uri="sip.carrier.example",
        sip_trunk_auth_username="ann",
        sip_trunk_auth_password="secret",
        transport="TLS",
        codecs=["PCMU", "PCMA"],
        extra_body={"media_encryption": "require"},
        **bodies.NUMBER,
        **lists,
    )
    assert_kept(created, {**bodies.NUMBER, **lists, "phone_number_type": "custom"})
    trunk = {"termination_uri": "sip.carrier.example", "auth_username": "ann", "transport": "TLS"}
    trunk |= {"codecs": ["PCMU", "PCMA"], "media_encryption": "require"}
    assert_kept(created, {"sip_outbound_trunk_config": trunk})
    assert "secret" not in created.model_dump_json()
    assert as_sent(numbers.retrieve(made[0])) == as_sent(created)
    changed = numbers.update(made[0], auth_username="bea", nickname=None, inbound_agents=None)
    assert changed.sip_outbound_trunk_config.auth_username == "bea"
    assert changed.nickname is None and not changed.inbound_agents
    for number in made[1:]:
        numbers.import_(phone_number=number, termination_uri="sip.carrier.example")
    listed = [item.phone_number for item in paged(numbers.list)]
    assert [one for one in listed if one in made[1:]] == made[:0:-1]
    for number in made:
        assert numbers.delete(number) is None
    with pytest.raises(retell.UnprocessableEntityError):
        numbers.retrieve(made[0])


@proves("phone_number.create")
def test_a_bought_number(sdk: Retell) -> None:
    bound = [{"agent_id": an_agent(sdk), "weight": 1}]
    bought = sdk.phone_number.create(
        area_code=415, country_code="US", number_provider="twilio", outbound_agents=bound
    )
    assert bought.phone_number_type == "retell-twilio" and bought.area_code == 415
    assert_kept(bought, {"outbound_agents": bound})
    assert sdk.phone_number.delete(bought.phone_number) is None


@proves("agent.create_version", "agent.list_versions", "agent.publish", "agent.delete_version")
def test_versions_are_made_published_listed_and_deleted(sdk: Retell) -> None:
    agent_id = an_agent(sdk, agent_name="First")
    assert sdk.agent.publish(agent_id, version=0, version_title="One") is None
    with pytest.raises(retell.BadRequestError):
        sdk.agent.update(agent_id, version=0, agent_name="Second")
    drafts = [sdk.agent.create_version(agent_id, base_version=0) for _ in range(2)]
    assert [(d.version, d.base_version, d.is_published) for d in drafts] == [
        (1, 0, False),
        (2, 0, False),
    ]
    assert sdk.agent.update(agent_id, version=1, agent_name="Second").version == 1
    assert sdk.agent.update(agent_id, agent_name="Third").version == 2
    named = [sdk.agent.retrieve(agent_id, version=n).agent_name for n in (0, 1, 2)]
    assert named == ["First", "Second", "Third"]
    assert sdk.agent.retrieve(agent_id, version="latest").version == 2
    assert sdk.agent.retrieve(agent_id, version="latest_published").version == 0

    def versions(**query: Any) -> Any:
        return sdk.agent.list_versions(agent_id, **query)

    listed = paged(versions)
    assert [(item.version, item.is_published) for item in listed] == [
        (2, False),
        (1, False),
        (0, True),
    ]
    assert listed[2].version_title == "One"
    assert sdk.agent.delete_version(agent_id, version=1) is None
    assert [item.version for item in paged(versions)] == [2, 0]


@proves(
    "conversation_flow_component.create",
    "conversation_flow_component.retrieve",
    "conversation_flow_component.update",
    "conversation_flow_component.list",
    "conversation_flow_component.delete",
)
def test_a_shared_component_with_every_field(sdk: Retell) -> None:
    components = sdk.conversation_flow_component
    created = components.create(**bodies.COMPONENT)
    assert_kept(created, bodies.COMPONENT)
    id = created.conversation_flow_component_id
    assert as_sent(components.retrieve(id)) == as_sent(created)
    assert components.update(id, name="Ask the day").name == "Ask the day"
    made = [components.create(**bodies.COMPONENT) for _ in range(3)]
    listed = [item.conversation_flow_component_id for item in paged(components.list)]
    wanted = [one.conversation_flow_component_id for one in made]
    assert [one for one in listed if one in wanted] == wanted[::-1]
    assert components.delete(id) is None
    with pytest.raises(retell.NotFoundError):
        components.retrieve(id)


@proves("agent.repair")
def test_an_agent_in_order_is_not_changed_by_a_repair(sdk: Retell) -> None:
    agent_id = an_agent(sdk, agent_name="Sound")
    before = as_sent(sdk.agent.retrieve(agent_id))
    after = as_sent(sdk.agent.repair(agent_id))
    moment = "last_modification_timestamp"
    assert {**after, moment: 0} == {**before, moment: 0}
