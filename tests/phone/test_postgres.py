"""The whole platform on PostgreSQL: a call that is refused and one that is held."""

from __future__ import annotations

import pytest
from tests.fakes.platforms import a_platform
from tests.fakes.sipp import AVAILABLE, sipp
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
        ):
            targets = tuple(f"127.0.0.1:{far.port}" for far in (busy, hangs_up))
            async with a_platform(tmp_path / "data", targets=targets, DATABASE_URL=url) as platform:
                agent = await platform.add_flow_agent(FLOW)
                bound = {"outbound_agents": [{"agent_id": agent, "weight": 1}]}
                reasons = {}
                for index, target in enumerate(targets):
                    number = f"+1415555010{index}"
                    await platform.import_number(number, target, **bound)
                    call_id = await platform.call(number, "+14155550199")
                    call = await platform.until_analyzed(call_id)
                    reasons[index] = call["disconnection_reason"]
                assert reasons == {0: "dial_busy", 1: "user_hangup"}
                assert not (tmp_path / "data" / "uponai.db").exists()
