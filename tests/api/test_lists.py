"""Both list-calls, and recordings over signed links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.api.world import LINK_KEY, Api, World, api, world

from uponai.wire.links import path_signer


async def _three_calls(w: World, a: Api) -> list[str]:
    """One finished with success, one busy, one waiting; oldest first."""
    await a.number(await a.agent())
    first = (await a.phone_call(metadata={"city": "Rome"}))["call_id"]
    said = [{"role": "agent", "content": "Hello.", "words": []}]
    latency = {"e2e": {"p50": 640}}
    await w.finish(await w.answer(first), transcript_with_tool_calls=said, latency=latency)
    await w.analyse(first)
    second = (await a.phone_call(to_number="+4930123456", metadata={"city": "Berlin"}))["call_id"]
    await w.finish(await w.answer(second), "dial_busy")
    third = (await a.phone_call())["call_id"]
    return [first, second, third]


async def test_trap_23_new_items_are_slim_and_old_ones_whole() -> None:
    async with world() as w, api(w) as a:
        ids = await _three_calls(w, a)
        page = await a.post("/v3/list-calls", {"limit": 2, "include_total": True})
        assert [item["call_id"] for item in page["items"]] == ids[:0:-1]
        assert page["has_more"] is True and page["total"] == 3
        rest = await a.post(
            "/v3/list-calls", {"limit": 2, "pagination_key": page["pagination_key"]}
        )
        assert [item["call_id"] for item in rest["items"]] == ids[:1]
        assert rest["has_more"] is False and "total" not in rest
        assert "transcript" not in rest["items"][0]
        assert "transcript_object" not in rest["items"][0]
        assert rest["items"][0]["recording_url"]
        old = await a.post("/v2/list-calls", {})
        assert [call["call_id"] for call in old] == ids[::-1]
        assert old[-1]["transcript"] == "Agent: Hello.\n"
        after = await a.post("/v2/list-calls", {"pagination_key": ids[1], "limit": 5})
        assert [call["call_id"] for call in after] == ids[:1]
        oldest = await a.post("/v3/list-calls", {"sort_order": "ascending", "skip": 1})
        assert [item["call_id"] for item in oldest["items"]] == ids[1:]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"call_status": {"type": "enum", "op": "in", "value": ["ended"]}}, [0]),
        ({"call_status": {"type": "enum", "op": "in", "value": ["not_connected"]}}, [1]),
        ({"to_number": {"type": "string", "op": "sw", "value": "+49"}}, [1]),
        ({"metadata": [{"key": "city", "type": "string", "op": "co", "value": "om"}]}, [0]),
        ({"metadata": [{"key": "city", "type": "present", "op": "np"}]}, [2]),
        ({"call_successful": {"type": "boolean", "op": "eq", "value": True}}, [0]),
        ({"duration_ms": {"type": "range", "op": "bt", "value": [12_000, 13_000]}}, [1, 0]),
        ({"e2e_latency_p50": {"type": "number", "op": "lt", "value": 700}}, [0]),
        ({"e2e_latency_p50": {"type": "number", "op": "gt", "value": 700}}, []),
        ({"disconnection_reason": {"type": "enum", "op": "in", "value": ["dial_busy"]}}, [1]),
        ({"from_number": {"type": "string", "op": "eq", "value": "+14155550100"}}, [2, 1, 0]),
        ({"to_number": {"type": "string", "op": "eq", "value": "+4930123456"}}, [1]),
        ({"to_number": {"type": "string", "op": "ne", "value": "+4930123456"}}, [2, 0]),
        ({"start_timestamp": {"type": "number", "op": "gt", "value": 0.5}}, [1, 0]),
        ({"start_timestamp": {"type": "range", "op": "bt", "value": [1, 2]}}, []),
        ({"start_timestamp": {"type": "number", "op": "lt", "value": 10**30}}, [1, 0]),
        ({"direction": {"type": "enum", "op": "in", "value": ["inbound"]}}, []),
        ({"agent": [{"agent_id": "agent_else"}]}, []),
        ({"tool_calls": [{"name": "book"}]}, []),
        (
            {
                "call_type": {"type": "enum", "op": "in", "value": ["phone_call"]},
                "call_status": {"type": "enum", "op": "in", "value": ["registered"]},
            },
            [2],
        ),
    ],
)
async def test_filters(criteria: dict[str, Any], expected: list[int]) -> None:
    async with world() as w, api(w) as a:
        ids = await _three_calls(w, a)
        page = await a.post("/v3/list-calls", {"filter_criteria": criteria, "include_total": True})
        assert [ids.index(item["call_id"]) for item in page["items"]] == expected
        assert page["total"] == len(expected)


async def test_the_older_filters() -> None:
    async with world() as w, api(w) as a:
        ids = await _three_calls(w, a)
        (found,) = await a.post("/v2/list-calls", {"filter_criteria": {"call_status": ["ended"]}})
        assert found["call_id"] == ids[0]
        start = found["start_timestamp"]
        both = {"start_timestamp": {"lower_threshold": start, "upper_threshold": start}}
        (same,) = await a.post("/v2/list-calls", {"filter_criteria": both})
        assert same["call_id"] == ids[0]
        agents = {"agent_id": [found["agent_id"]]}
        assert len(await a.post("/v2/list-calls", {"filter_criteria": agents})) == 3


async def test_a_filter_that_is_not_known_is_an_error_not_ignored() -> None:
    async with world() as w, api(w) as a:
        for criteria, text in [
            ({"colour": {}}, "must NOT have additional properties ('colour')"),
            ({"to_number": {"type": "string", "op": "like", "value": "x"}}, "to_number/op must be"),
            ({"to_number": {"type": "string", "op": "eq", "value": 5}}, "to_number/value must be"),
            ({"duration_ms": {"type": "range", "op": "bt", "value": [1]}}, "duration_ms/value"),
            ({"metadata": [{"type": "present", "op": "pr"}]}, "must have required property 'key'"),
        ]:
            refused = await a.post("/v3/list-calls", {"filter_criteria": criteria}, 400)
            assert text in refused["message"]
        await a.post("/v2/list-calls", {"filter_criteria": {"colour": ["red"]}}, 400)
        allowed = "'registered', 'not_connected', 'ongoing', 'ended', 'error'"
        rule = f"must be equal to one of the allowed values: {allowed}"
        enum = {"type": "enum", "op": "in", "value": ["ended", "finished"]}
        for path, given, field in (
            ("/v2/list-calls", ["finished"], "filter_criteria/call_status/0"),
            ("/v3/list-calls", enum, "filter_criteria/call_status/value/1"),
        ):
            refused = await a.post(path, {"filter_criteria": {"call_status": given}}, 400)
            assert (refused["field"], refused["rule"]) == (field, rule)
        await a.post("/v2/list-calls", {"pagination_key": "call_none"}, 400)
        await a.post("/v3/list-calls", {"limit": 1001}, 400)


async def test_recordings_play_from_the_signed_link_alone(tmp_path: Path) -> None:
    wav = tmp_path / "recording.wav"
    wav.write_bytes(bytes(range(200)))
    async with world() as w, api(w) as a:
        await a.number(await a.agent())
        call_id = (await a.phone_call())["call_id"]
        await w.finish(await w.answer(call_id))
        call = await a.get(f"/v2/get-call/{call_id}")
        link = call["recording_url"].removeprefix("https://phone.example.org")
        async with api(w, None) as anybody:
            await anybody.get(link, 404)
            w.files[(call_id, "recording.wav")] = wav
            whole = await anybody.client.get(link)
            assert whole.status_code == 200
            assert whole.headers["content-type"] == "audio/wav"
            assert whole.content == wav.read_bytes()
            part = await anybody.client.get(link, headers={"Range": "bytes=10-19"})
            assert part.status_code == 206 and part.content == bytes(range(10, 20))
            assert (await anybody.client.head(link)).headers["content-length"] == "200"
            forged = link.replace("recording.wav", "recording_multichannel.wav")
            assert (await anybody.get(forged, 403))["code"] == "link_expired"
            await anybody.get(link.replace("expires=1", "expires=2"), 403)
            await anybody.get(link.split("?")[0], 403)
            stranger = path_signer(b"x" * 32)("/recordings/a/recording.wav", w.now_ms + 10)
            await anybody.get(f"/recordings/a/recording.wav?{stranger}", 403)
            odd = path_signer(LINK_KEY)("/recordings/a/secret.key", w.now_ms + 10_000)
            await anybody.get(f"/recordings/a/secret.key?{odd}", 404)
            w.now_ms += 90_000_000
            await anybody.get(link, 403)


async def test_a_link_lives_as_long_as_the_agent_says() -> None:
    async with world() as w, api(w) as a:
        await a.number(await a.agent(signed_url_expiration_ms=1000))
        call_id = (await a.phone_call())["call_id"]
        await w.finish(await w.answer(call_id))
        call = await a.get(f"/v2/get-call/{call_id}")
        expires = int(call["recording_url"].split("expires=")[1].split("&")[0])
        assert 0 < expires - w.now_ms <= 1000
