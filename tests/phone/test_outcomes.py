"""The whole platform on PostgreSQL against SIPp: what each answer of a trunk makes of a call, and
calls in, which an agent takes, or which are refused where a number has none."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack

import pytest
from tests.fakes.flows import flow, says, transfers
from tests.fakes.platforms import PATIENT, a_platform
from tests.fakes.sipp import AVAILABLE, SCENARIOS, free_port, media_port_option, sipp
from tests.fakes.sipp_script import (
    ANSWERED,
    HUNG_UP,
    answer,
    ask,
    invited,
    recv,
    refer_told,
    scenario,
    told,
    without_keys,
)
from tests.fakes.webhook_receiver import webhook_receiver
from tests.fixtures_postgres import running_postgres
from tests.patience import patience

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]

FLOW = flow(
    says(
        "hello",
        "Hello, this is a test of the telephone line. Please stay with me while I "
        "count slowly to ten. One, two, three, four, five, six, seven, eight, nine, ten.",
    )
)
ANSWERS = [
    (404, "Not Found", "invalid_destination"),
    (486, "Busy Here", "dial_busy"),
    (503, "Service Unavailable", "telephony_provider_unavailable"),
    (603, "Decline", "user_declined"),
]
TO_SALES = flow(
    says("hello", "Hello.", skip_response_edge="sales"),
    transfers(
        "+14155550177",
        {"type": "cold_transfer", "cold_transfer_mode": "sip_refer"},
        "menu",
        custom_sip_headers={"X-Why": "vip"},
    ),
    {
        "id": "menu",
        "type": "press_digit",
        "instruction": {"type": "prompt", "text": "Press 5 for the front desk."},
        "delay_ms": 0,
    },
)
"""Hands the caller over; where that fails it presses a key."""

TRANSFERS = (
    "transfer_started",
    "transfer_bridged",
    "transfer_cancelled",
    "transfer_ended",
    "call_ended",
)
REFERRED = (
    invited(), without_keys(ANSWERED),
    recv("REFER", "Refer-To: .sip:.14155550177@127.0.0.1", "X-Why: vip"), answer("202 Accepted"),
    refer_told(1, "SIP/2.0 180 Ringing"), told(200),
)  # fmt: skip
GOES = scenario(*REFERRED, refer_told(2, "SIP/2.0 200 OK", last=True), told(200), HUNG_UP)
COMES_BACK = scenario(
    *REFERRED, refer_told(2, "SIP/2.0 486 Busy Here", last=True), told(200),
    recv("INFO", "Signal=5", "application/dtmf-relay"), answer("200 OK"),
    ask("BYE", 3), told(200),
)  # fmt: skip
TAKEN, NOT_TAKEN, ASKED = "+14155550100", "+14155550101", "+14155550102"


async def call_in(folder, sip_port, number, scenario="call_in"):
    """One call that was played as written."""
    process = await asyncio.create_subprocess_exec(
        "sipp", f"127.0.0.1:{sip_port}", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-s", number,
        "-i", "127.0.0.1", "-p", str(free_port()), media_port_option(), str(free_port()), "-m", "1",
        "-nostdin", "-timeout", "240", "-timeout_error", "-au", "pbx", "-ap", "let me in",
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode(errors="replace")[-2_000:]


async def calls_come_in(folder, platform, hook):
    """All kinds are on record; webhooks tell of what an agent took, and of nothing else."""
    agent = await platform.add_flow_agent(FLOW, webhook_url=hook.url("/hook"))
    bound = {"inbound_agents": [{"agent_id": agent, "weight": 1}]}
    await platform.import_number(TAKEN, "sip.example.com", **bound)
    await platform.import_number(NOT_TAKEN, "sip.example.com")
    port = platform.sip_port()

    by_webhook = await platform.add_flow_agent(FLOW)
    trunk = {"sip_trunk_auth_username": "pbx", "sip_trunk_auth_password": "let me in"}
    await platform.import_number(
        ASKED,
        "sip.example.com",
        **trunk,
        inbound_auth_required=True,
        inbound_webhook_url=hook.url("/inbound"),
    )
    said = {"override_agent_id": by_webhook, "dynamic_variables": {"name": "Ann"}}
    hook.replies["/inbound"] = {"call_inbound": said}
    body = {"agent_id": by_webhook, "to_number": "sales"}
    registered = (await platform.request("POST", "/v2/register-phone-call", body))["call_id"]

    await asyncio.gather(
        *(call_in(folder, port, to) for to in (TAKEN, NOT_TAKEN, registered)),
        call_in(folder, port, ASKED, "call_in_proven"),
    )
    joined = await platform.until_over(registered)
    assert (joined["to_number"], joined["disconnection_reason"]) == ("sales", "user_hangup")
    assert 0 < joined["duration_ms"] < 10_000  # 1.5 s, unless the machine stalls
    listed = await platform.request("POST", "/v3/list-calls", {})
    ids = {call["to_number"]: call["call_id"] for call in listed["items"]}
    taken = await platform.until_analyzed(ids[TAKEN])
    refused = await platform.until_analyzed(ids[NOT_TAKEN])
    asked = await platform.until_over(ids[ASKED])
    told = [event(got) for got in await hook.until(4) if got.path == "/hook"]

    assert (asked["agent_id"], asked["disconnection_reason"]) == (by_webhook, "user_hangup")
    assert asked["retell_llm_dynamic_variables"] == {"name": "Ann"}
    assert (taken["direction"], taken["from_number"]) == ("inbound", "+14155550199")
    assert (taken["call_status"], taken["disconnection_reason"]) == ("ended", "user_hangup")
    assert taken["agent_id"] == agent
    assert 0 < taken["duration_ms"] < 10_000
    assert (refused["call_status"], refused["sip_status_code"]) == ("not_connected", 480)
    assert "no inbound agent" in refused["disconnection_detail"]
    assert "start_timestamp" not in refused
    assert told == ["call_started", "call_ended", "call_analyzed"]


async def callers_are_handed_over(platform, trunks, hook):
    """One trunk takes the transfer, the other says that nobody was reached."""
    agent = await platform.add_flow_agent(
        TO_SALES, webhook_url=hook.url("/hook"), webhook_events=TRANSFERS
    )
    bound = {"outbound_agents": [{"agent_id": agent, "weight": 1}]}
    calls = []
    for index, trunk in enumerate(trunks):
        await platform.import_number(f"+1415555003{index}", trunk, **bound)
        calls.append(await platform.call(f"+1415555003{index}", "+14155550199"))
    gone, back = [await platform.until_over(one) for one in calls]
    assert (gone["call_status"], gone["disconnection_reason"]) == ("ended", "call_transfer")
    assert gone["transfer_destination"] == "+14155550177"
    assert back["disconnection_reason"] == "user_hangup"
    assert "transfer_destination" not in back
    results = [e for e in back["transcript_with_tool_calls"] if e["role"] == "tool_call_result"]
    assert "Busy Here (486)" in results[0]["content"]
    assert results[1]["content"] == "Pressed 5."
    told = await hook.until(6)
    by_call = {one: [event(got) for got in told if call_of(got) == one] for one in calls}
    # Each is delivered by itself: which arrives first is chance.
    assert sorted(by_call[calls[0]]) == ["call_ended", "transfer_bridged", "transfer_started"]
    assert sorted(by_call[calls[1]]) == ["call_ended", "transfer_cancelled", "transfer_started"]
    started = [got for got in told if event(got) == "transfer_started"]
    body = json.loads(started[0].body)
    assert body["transfer_destination"] == {"number": "+14155550177"}
    option = {"type": "cold_transfer", "coldTransferMode": "sip_refer"}
    assert body["transfer_option"] == option
    assert body["call"]["call_status"] == "ongoing"


async def test_every_outcome_of_a_trunk_has_its_status_and_reason(tmp_path):
    """One installation, one call per outcome; webhooks tell of each."""
    closed = free_port()
    # What a carrier refuses as too fast is put back, four times.
    codes = [sipp(tmp_path / str(code), "final", calls=5 if code == 503 else 1,
                  CODE=code, PHRASE=phrase)
             for code, phrase, _ in ANSWERS]  # fmt: skip
    for code, _, _ in ANSWERS:
        (tmp_path / str(code)).mkdir()
    async with (
        AsyncExitStack() as stack,
        webhook_receiver() as hook, webhook_receiver() as inbound_hook,
        codes[0] as far_404, codes[1] as far_486, codes[2] as far_503, codes[3] as far_603,
        sipp(tmp_path, "ring") as ringing,
        sipp(tmp_path, "hang_up") as hangs_up,
        sipp(tmp_path, "digest") as wants_password,
        sipp(tmp_path / "busy", "final", calls=4, CODE=486, PHRASE="Busy Here") as always_busy,
        sipp(tmp_path / "goes", GOES) as goes, sipp(tmp_path / "back", COMES_BACK) as comes_back,
        webhook_receiver() as transfer_hook,
    ):  # fmt: skip
        fars = [far_404, far_486, far_503, far_603, ringing, hangs_up, wants_password]
        targets = [f"127.0.0.1:{far.port}" for far in fars]
        targets += [f"127.0.0.1:{closed}", hook.authority, f"127.0.0.1:{always_busy.port}"]
        handing_over = [f"127.0.0.1:{far.port}" for far in (goes, comes_back)]
        hooks = (inbound_hook.authority, transfer_hook.authority)
        allowed = (*targets, *handing_over, *hooks)
        database = stack.enter_context(running_postgres()).new_database()
        env = {**PATIENT, "DATABASE_URL": database}
        async with a_platform(tmp_path / "data", targets=allowed, **env) as platform:
            agent = await platform.add_flow_agent(
                FLOW,
                webhook_url=hook.url("/hook"),
                webhook_events=["call_started", "call_ended", "call_analyzed", "call_failed"],
                ring_duration_ms=5000,
            )
            bound = {"outbound_agents": [{"agent_id": agent, "weight": 1}]}

            async def placed(number: int, uri: str, **more: str) -> str:
                name = f"+1415555{number:04}"
                await platform.import_number(name, uri, **bound, **more)
                headers = {"custom_sip_headers": {"X-Campaign": "spring"}}
                return await platform.call(name, "+14155550199", **headers)

            expected = {}
            for index, (code, _, reason) in enumerate(ANSWERS):
                call_id = await placed(index, targets[index])
                expected[call_id] = ("not_connected", reason, code)
            expected[await placed(10, targets[4])] = ("not_connected", "dial_no_answer", 487)
            expected[await placed(11, targets[5])] = ("ended", "user_hangup", None)
            call_id = await placed(
                12,
                targets[6],
                sip_trunk_auth_username="alice",
                sip_trunk_auth_password="wonderland",
            )
            await platform.import_number("+14155550020", targets[9], **bound)
            batch = await platform.request(
                "POST",
                "/create-batch-call",
                {
                    "from_number": "+14155550020",
                    "tasks": [{"to_number": f"+1415555019{n}"} for n in range(2)],
                    "redial_policy": {"max_attempts": 2, "wait_ms": 0},
                },
            )
            gone = ("not_connected", "telephony_provider_unavailable", None)
            expected[await placed(13, targets[7], transport="TCP")] = gone
            expected[await placed(14, "no-such-trunk.invalid")] = gone
            with pytest.raises(AssertionError, match="target_not_allowed"):
                await placed(15, f"127.0.0.1:{free_port()}")

            await callers_are_handed_over(platform, handing_over, transfer_hook)
            for far in (goes, comes_back):
                passed, output = await far.passed()
                assert passed, output
            await calls_come_in(tmp_path, platform, inbound_hook)
            for wanted_id, (status, reason, code) in expected.items():
                call = await platform.until_over(wanted_id)
                assert (call["call_status"], call["disconnection_reason"]) == (status, reason), call
                assert call.get("sip_status_code") == code
                assert ("start_timestamp" in call) is (status == "ended")
            # The trunk that wants a password lets the call through; the platform's user ends it.
            await platform.until(call_id, "ongoing")
            await platform.request("POST", f"/v2/stop-call/{call_id}")
            stopped = await platform.until_over(call_id)
            assert stopped["disconnection_reason"] == "manual_stopped"

            # The batch called both, and both once more, and is over.
            path = f"/uponai/v1/batches/{batch['batch_call_id']}"
            async with patience():
                while (batch := await platform.request("GET", path))["status"] != "sent":
                    await asyncio.sleep(0.1)
            assert batch["progress"]["calls"] == 4
            assert batch["progress"]["outcomes"] == {"dial_busy": 2}
            assert (await always_busy.passed())[0]
            filter_ = {
                "batch_call_id": {"type": "string", "op": "eq", "value": batch["batch_call_id"]}
            }
            listed = await platform.request("POST", "/v3/list-calls", {"filter_criteria": filter_})
            assert len(listed["items"]) == 4

            failed = [one for one, (status, *_) in expected.items() if status == "not_connected"]
            told = await hook.until(3 * (len(failed) + 4) + 3 * 2)
            events = {(event(got), call_of(got)) for got in told}
            for one in failed:
                assert {("call_ended", one), ("call_failed", one), ("call_analyzed", one)} <= events
                assert ("call_started", one) not in events
            for one in (stopped["call_id"],):
                assert {("call_started", one), ("call_ended", one)} <= events
                assert ("call_failed", one) not in events
            assert not (tmp_path / "data" / "uponai.db").exists()


def event(got):
    return got.body.split('"event":"')[1].split('"')[0]


def call_of(got):
    return got.body.split('"call_id":"')[1].split('"')[0]
