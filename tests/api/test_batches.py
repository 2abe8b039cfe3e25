"""create-batch-call: checked whole, stored whole, answered exactly."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.world import FROM, TO, api, world

WINDOW = {
    "windows": [{"start": 540, "end": 1440}],
    "day": ["Monday", "Friday"],
    "timezone": "Europe/Berlin",
}


async def test_a_batch_is_stored_and_returned() -> None:
    async with world() as w, api(w) as a:
        agent_id = await a.agent()
        await a.number(agent_id)
        tasks = [
            {"to_number": TO, "metadata": {"n": 1}, "retell_llm_dynamic_variables": {"a": "b"}},
            {
                "to_number": "+14155550198",
                "override_agent_id": agent_id,
                "override_agent_version": 0,
                "agent_override": {"agent": {"voice_speed": 1.5}},
                "custom_sip_headers": {"X-A": "1"},
            },
        ]
        body = {
            "from_number": FROM,
            "name": "Spring",
            "tasks": tasks,
            "trigger_timestamp": 1_900_000_000_000,
            "reserved_concurrency": 3,
            "call_time_window": WINDOW,
        }
        made = await a.post("/create-batch-call", body, 201)
        id = made.pop("batch_call_id")
        assert id.startswith("batch_call_") and len(id) == 31
        assert made == {
            "name": "Spring",
            "from_number": FROM,
            "scheduled_timestamp": 1_900_000_000_000,
            "total_task_count": 2,
            "call_time_window": WINDOW,
        }
        stored_tasks = await w.storage.batches.tasks(id)
        assert [task.request for task in stored_tasks] == tasks
        stored = await w.storage.batches.get("org_1", id)
        assert stored is not None and stored.settings["reserved_concurrency"] == 3


async def test_without_a_time_it_is_due_now() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        body = {"from_number": FROM, "tasks": [{"to_number": TO}]}
        made = await a.post("/create-batch-call", body, 201)
        assert 0 <= w.now_ms - made["scheduled_timestamp"] < 100
        assert made["name"] and "call_time_window" not in made


def _window(**fields: Any) -> dict[str, Any]:
    return {"call_time_window": {**WINDOW, **fields}}


@pytest.mark.parametrize(
    ("change", "status", "text"),
    [
        ({"tasks": []}, 400, "tasks must NOT have fewer than 1 items"),
        ({"tasks": [{"to_number": TO}, {"to_number": "5"}]}, 400, "tasks/1/to_number must be an E"),
        ({"tasks": [{"to_number": TO, "metadata": 1}]}, 400, "tasks/0/metadata must be object"),
        (
            {"tasks": [{"to_number": TO, "agent_override": {"agent": {"voice_speed": 9}}}]},
            400,
            "tasks/0/agent_override/agent/voice_speed must be <= 2",
        ),
        ({"tasks": [{"to_number": TO, "override_agent_id": "x"}]}, 422, "agent x"),
        ({"from_number": "+14155550777"}, 422, "phone number +14155550777"),
        (_window(windows=[{"start": 600, "end": 60}]), 400, "do not cross midnight"),
        (_window(windows=[]), 400, "windows must NOT have fewer than 1"),
        (_window(timezone="Mars/Base"), 400, "timezone must be an IANA time zone"),
        (_window(timezone="../etc"), 400, "timezone must be an IANA time zone"),
        (_window(day=["Mon"]), 400, "day/0 must be equal to one of"),
        ({"reserved_concurrency": 20}, 400, "reserved_concurrency must be < the concurrency"),
        ({"trigger_timestamp": -1}, 400, "trigger_timestamp must be >= 0"),
    ],
)
async def test_a_bad_batch_is_refused_whole(change: dict[str, Any], status: int, text: str) -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        body = {"from_number": FROM, "tasks": [{"to_number": TO}], **change}
        refused = await a.post("/create-batch-call", body, status)
        assert text in refused["message"], refused


async def test_countries_and_agents_are_asked_for_each_task() -> None:
    async with world() as w, api(w) as a:
        await a.number(allowed_outbound_country_list=["DE"])
        body = {"from_number": FROM, "tasks": [{"to_number": "+4930123456"}]}
        refused = await a.post("/create-batch-call", body, 400)
        assert refused["code"] == "no_agent"
        body["tasks"] = [{"to_number": TO}]
        refused = await a.post("/create-batch-call", body, 400)
        assert "request/body/tasks/0/to_number must be in an allowed" in refused["message"]
