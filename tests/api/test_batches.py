"""create-batch-call: checked whole, stored whole, answered exactly."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.world import FROM, OTHER, TO, api, world

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
        body["tasks"] = [{"to_number": "+4930123456", "override_agent_id": "agent_x"}]
        refused = await a.post("/create-batch-call", body, 422)
        assert refused["message"].endswith("agent agent_x. (request/body/tasks/0)")


async def test_a_batch_by_csv_and_its_life() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        text = f"phone number,name\n{TO},Ann\n+14155550198,Bo\n"
        settings = {"from_number": FROM, "redial_policy": '{"max_attempts": 2}', "name": "Spring"}
        files = {"files": ("spring.csv", text.encode(), "text/csv")}
        made = await a.call("POST", "/uponai/v1/batches", None, 201, data=settings, files=files)
        id = made["batch_call_id"]
        assert (made["status"], made["total_task_count"], made["name"]) == ("ongoing", 2, "Spring")
        assert made["redial_policy"] == {"max_attempts": 2}
        assert made["progress"]["waiting"] == 2
        path = f"/uponai/v1/batches/{id}"
        assert (await a.post(f"{path}/pause"))["status"] == "paused"
        assert (await a.post(f"{path}/resume"))["status"] == "ongoing"
        listed = await a.get("/uponai/v1/batches")
        assert [item["batch_call_id"] for item in listed["items"]] == [id]
        assert "progress" not in listed["items"][0]
        page = await a.get(f"{path}/tasks?limit=1")
        assert page["has_more"] and page["items"][0]["to_number"] == TO
        rest = await a.get(f"{path}/tasks?pagination_key={page['pagination_key']}")
        assert [task["position"] for task in rest["items"]] == [1] and not rest["has_more"]
        tasks = await w.storage.batches.tasks(id)
        assert tasks[1].request == {
            "to_number": "+14155550198",
            "retell_llm_dynamic_variables": {"name": "Bo"},
        }
        cancelled = await a.post(f"{path}/cancel")
        assert cancelled["status"] == "cancelled"
        assert cancelled["progress"]["cancelled"] == 2
        assert (await a.post(f"{path}/resume"))["status"] == "cancelled"
        assert (await a.get(f"{path}/tasks"))["items"][0]["state"] == "cancelled"
        await a.get("/uponai/v1/batches/nope", 422)
        async with api(w, OTHER) as stranger:
            await stranger.get(path, 422)
            await stranger.post(f"{path}/pause", None, 422)


async def test_csv_as_the_body_itself() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        headers = {"content-type": "text/csv; charset=utf-8"}
        query = f"/uponai/v1/batches?from_number=%2B{FROM[1:]}&reserved_concurrency=3"
        body = f"\ufeffphone number\n{TO}\n".encode()
        made = await a.call("POST", query, None, 201, content=body, headers=headers)
        assert (made["total_task_count"], made["reserved_concurrency"]) == (1, 3)
        many = f"phone number\n{TO}\n" + "+14155550198\n" * 450 + "5\n"
        refused = await a.call("POST", query, None, 400, content=many.encode(), headers=headers)
        assert "request/body/lines/453/to_number must be an E" in refused["message"]
        none = await a.call("POST", query, None, 400, content=b"phone number\n", headers=headers)
        assert "tasks must NOT have fewer than 1 items" in none["message"]
        await a.post("/uponai/v1/batches", {}, 400)
        assert len((await a.get("/uponai/v1/batches"))["items"]) == 1


async def test_a_refused_single_call_goes_before_the_tasks_of_batches() -> None:
    async with world(cps=1) as w, api(w) as a:
        await a.number(await a.agent())
        await a.post("/create-batch-call", {"from_number": FROM, "tasks": [{"to_number": TO}]}, 201)
        await a.phone_call()
        (waiting,) = await w.storage.batch_work.opened()
        assert waiting.wanted_until_ms == 0
        refused = await a.phone_call(429)
        assert refused["code"] == "rate_limited"
        (waiting,) = await w.storage.batch_work.opened()
        assert 1_500 < waiting.wanted_until_ms - w.now_ms < 2_100
