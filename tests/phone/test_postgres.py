"""The whole platform on PostgreSQL: a call that is refused and one that is held."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from tests.fakes.platforms import a_platform
from tests.fakes.sipp import AVAILABLE, sipp
from tests.fakes.webhook_receiver import webhook_receiver
from tests.fixtures_postgres import running_postgres
from tests.phone.test_outcomes import FLOW

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]


async def test_calls_on_postgresql(tmp_path):
    with running_postgres() as server:
        url = server.new_database()
        async with (
            sipp(tmp_path, "final", CODE=486, PHRASE="Busy Here") as busy,
            sipp(tmp_path, "hang_up") as hangs_up,
            webhook_receiver() as hook,
        ):
            targets = tuple(f"127.0.0.1:{far.port}" for far in (busy, hangs_up))
            allowed = (*targets, hook.authority)
            async with a_platform(tmp_path / "data", targets=allowed, DATABASE_URL=url) as platform:
                agent = await platform.add_flow_agent(FLOW, webhook_url=hook.url("/hook"))
                bound = {"outbound_agents": [{"agent_id": agent, "weight": 1}]}
                reasons = {}
                for index, target in enumerate(targets):
                    number = f"+1415555010{index}"
                    await platform.import_number(number, target, **bound)
                    call_id = await platform.call(number, "+14155550199")
                    call = await platform.until_analyzed(call_id)
                    reasons[index] = call["disconnection_reason"]
                assert reasons == {0: "dial_busy", 1: "user_hangup"}
                events = Counter(json.loads(got.body)["event"] for got in await hook.until(5))
                assert events == {"call_started": 1, "call_ended": 2, "call_analyzed": 2}
                assert not (tmp_path / "data" / "uponai.db").exists()
