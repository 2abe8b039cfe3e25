"""A short run of the soak: broken SIP and RTP at an edge that holds a call."""

import pytest
from tests.soak.edge import attack

pytestmark = pytest.mark.realtime


async def test_a_call_does_not_notice_broken_messages_and_packets(tmp_path):
    outcome = await attack(tmp_path, sip=600, rtp=600)
    assert outcome.problems == []
