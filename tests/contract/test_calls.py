"""Calls by the official Python SDK, its response validation on."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import retell
from retell import Retell
from tests.api.server import Server
from tests.contract import bodies
from tests.contract.sdk import as_sent, assert_kept, proves
from tests.contract.test_configs import an_agent, paged

TO = "+14155550199"
_numbers = itertools.count(2000)


@pytest.fixture
def from_number(sdk: Retell) -> str:
    agent_id = an_agent(sdk)
    number = f"+1415555{next(_numbers)}"
    sdk.phone_number.import_(
        phone_number=number,
        termination_uri="sip.carrier.example",
        outbound_agents=[{"agent_id": agent_id, "weight": 1}],
    )
    return number


def end(server: Server, call_id: str, **report: Any) -> None:
    async def live(world: Any) -> None:
        await world.finish(await world.answer(call_id), **report)
        await world.analyse(call_id)

    server.run(live)


SAID: list[dict[str, Any]] = [
    {"role": "agent", "content": "Hi!", "words": [{"word": "Hi!", "start": 0.1, "end": 0.4}]},
    {"role": "user", "content": "Bye.", "words": [{"word": "Bye.", "start": 0.9, "end": 1.2}]},
    {
        "role": "tool_call_invocation",
        "tool_call_id": "t1",
        "name": "end_call",
        "type": "end_call",
        "arguments": "{}",
    },
    {"role": "tool_call_result", "tool_call_id": "t1", "content": "ok", "successful": True},
    {
        "role": "node_transition",
        "former_node_id": "a",
        "former_node_name": "A",
        "new_node_id": "b",
        "new_node_name": "B",
    },
    {"role": "dtmf", "digit": "1"},
]


@proves("call.create_phone_call", "call.retrieve", "call.update", "call.delete")
def test_a_phone_call_from_creation_to_deletion(
    sdk: Retell, server: Server, from_number: str
) -> None:
    placed = sdk.call.create_phone_call(from_number=from_number, to_number=TO, **bodies.CALL)
    assert type(placed).__name__ == "PhoneCallResponse"
    assert placed.call_status == "registered" and placed.direction == "outbound"
    assert (placed.from_number, placed.to_number) == (from_number, TO)
    assert_kept(placed, bodies.CALL)
    assert as_sent(sdk.call.retrieve(placed.call_id)) == as_sent(placed)
    latency = {"e2e": {"p50": 800, "p90": 900, "max": 1000, "min": 700, "num": 3, "values": [1]}}
    end(server, placed.call_id, transcript_with_tool_calls=SAID, latency=latency)
    ended = sdk.call.retrieve(placed.call_id)
    assert ended.call_status == "ended" and ended.disconnection_reason == "user_hangup"
    assert ended.transcript == "Agent: Hi!\nUser: Bye.\n"
    assert [item.role for item in ended.transcript_with_tool_calls] == [i["role"] for i in SAID]
    assert ended.transcript_object[0].words[0].word == "Hi!"
    assert ended.call_analysis.call_summary == "Booked."
    assert ended.latency.e2e.p50 == 800 and ended.call_cost.combined_cost == 0
    changed = sdk.call.update(
        placed.call_id,
        metadata={"order": 8},
        data_storage_setting="everything_except_pii",
        custom_attributes={"vip": True},
    )
    assert_kept(
        changed, {"metadata": {"order": 8}, "data_storage_setting": "everything_except_pii"}
    )
    assert sdk.call.delete(placed.call_id) is None
    with pytest.raises(retell.UnprocessableEntityError):
        sdk.call.retrieve(placed.call_id)


@proves("call.list")
def test_calls_are_listed_by_pages_skips_and_filters(
    sdk: Retell, server: Server, from_number: str
) -> None:
    def place(n: int) -> str:
        return sdk.call.create_phone_call(
            from_number=from_number, to_number=TO, metadata={"n": str(n)}
        ).call_id

    made = [place(n) for n in range(5)]
    end(server, made[4], transcript_with_tool_calls=SAID)
    mine = {"from_number": {"type": "string", "op": "eq", "value": from_number}}
    assert [c.call_id for c in paged(sdk.call.list, filter_criteria=mine)] == made[::-1]
    upwards = paged(sdk.call.list, filter_criteria=mine, sort_order="ascending")
    assert [c.call_id for c in upwards] == made
    page = sdk.call.list(filter_criteria=mine, skip=3, include_total=True)
    assert page.total == 5 and [c.call_id for c in page.items] == made[1::-1]
    third = {**mine, "metadata": [{"key": "n", "type": "string", "op": "eq", "value": "3"}]}
    assert [c.call_id for c in sdk.call.list(filter_criteria=third).items] == [made[3]]
    ended = {**mine, "call_status": {"type": "enum", "op": "in", "value": ["ended"]}}
    (call,) = sdk.call.list(filter_criteria=ended).items
    assert call.call_id == made[4] and "transcript" not in as_sent(call)


@proves("call.stop")
def test_a_waiting_call_is_stopped_once(sdk: Retell, from_number: str) -> None:
    placed = sdk.call.create_phone_call(from_number=from_number, to_number=TO)
    assert sdk.call.stop(placed.call_id) is None
    stopped = sdk.call.retrieve(placed.call_id)
    assert stopped.disconnection_reason == "manual_stopped"
    with pytest.raises(retell.BadRequestError):
        sdk.call.stop(placed.call_id)


def test_a_call_with_an_override_and_a_version(sdk: Retell, from_number: str) -> None:
    agent_id = an_agent(sdk, agent_name="Other")
    placed = sdk.call.create_phone_call(
        from_number=from_number,
        to_number=TO,
        override_agent_id=agent_id,
        override_agent_version=0,
        agent_override={
            "agent": {"agent_name": "Once", "voice_speed": 1.5},
            "retell_llm": {"begin_message": "Only now.", "model_temperature": 0.9},
        },
    )
    assert (placed.agent_id, placed.agent_version, placed.agent_name) == (agent_id, 0, "Once")
    assert sdk.agent.retrieve(agent_id).agent_name == "Other"


def test_an_idempotency_key_places_one_call(sdk: Retell, from_number: str) -> None:
    body = {"from_number": from_number, "to_number": TO, "idempotency_key": f"k-{from_number}"}
    first, second = (sdk.call.create_phone_call(**body) for _ in range(2))
    assert first.call_id == second.call_id
    with pytest.raises(retell.UnprocessableEntityError):
        sdk.call.create_phone_call(**{**body, "to_number": "+14155550177"})


@proves("call.create_web_call", "call.register_phone_call")
def test_calls_that_somebody_joins(sdk: Retell, from_number: str) -> None:
    agent_id = an_agent(sdk)
    given = {name: bodies.CALL[name] for name in ("metadata", "retell_llm_dynamic_variables")}
    web = sdk.call.create_web_call(agent_id=agent_id, agent_version=0, **given)
    assert web.access_token and web.transport == "gateway" and web.expires_at > 0
    call = sdk.call.retrieve(web.call_id)
    assert type(call).__name__ == "WebCallResponse" and call.access_token
    assert_kept(call, given)
    registered = sdk.call.register_phone_call(
        agent_id=agent_id, direction="inbound", from_number=TO, to_number=from_number, **given
    )
    assert registered.call_type == "phone_call" and registered.call_status == "registered"
    assert_kept(registered, {**given, "direction": "inbound", "from_number": TO})


@proves("batch_call.create_batch_call")
def test_a_batch_with_every_field(sdk: Retell, from_number: str) -> None:
    window = {"windows": [{"start": 540, "end": 1020}], "day": ["Monday"], "timezone": "UTC"}
    batch = sdk.batch_call.create_batch_call(
        from_number=from_number,
        name="Reminders",
        tasks=[{"to_number": TO, **bodies.CALL}, {"to_number": "+14155550142"}],
        trigger_timestamp=1_900_000_000_000,
        reserved_concurrency=2,
        call_time_window=window,
    )
    assert batch.batch_call_id.startswith("batch_call_")
    assert (batch.name, batch.from_number) == ("Reminders", from_number)
    assert (batch.total_task_count, batch.scheduled_timestamp) == (2, 1_900_000_000_000)
    assert_kept(batch, {"call_time_window": window})


@proves("call.rerun_analysis")
def test_an_ended_call_is_analysed_again(sdk: Retell, server: Server, from_number: str) -> None:
    placed = sdk.call.create_phone_call(from_number=from_number, to_number=TO)
    end(server, placed.call_id, transcript_with_tool_calls=SAID)
    assert sdk.call.rerun_analysis(placed.call_id).call_id == placed.call_id
