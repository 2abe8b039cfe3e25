"""SIPp as the caller: reliable ringing, session timers, late offers, callers who give up."""

import asyncio

import pytest
from tests.fakes.edges import an_edge
from tests.fakes.sipp import AVAILABLE, sipp_calling
from tests.fakes.sipp_script import call, hears, scenario

from uponai.link import control

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]

TRYING = hears(100, optional=True)
CALLERS = {
    "reliable": (
        call("reliable", "INVITE", 1, "Require: 100rel", "X-Campaign: spring",
             "Diversion: <sip:+15550009@pbx>", "User-To-User: 00abcd", "Supported: timer",
             "History-Info: <sip:a@pbx>;index=1", "History-Info: <sip:b@pbx>;index=1.1",
             "P-Asserted-Identity: <sip:+15550008@pbx>",
             "Session-Expires: 600", sdp="sendrecv", inside=False),
        TRYING, hears(180, "RSeq: 1", "Require: 100rel", routes=True),
        call("reliable", "PRACK", 2, "RAck: 1 1 INVITE"), hears(200),
        hears(200, "Session-Expires: 600;refresher=uac", "m=audio", routes=True),
        call("reliable", "ACK", 1),
        call("reliable", "UPDATE", 3, "Session-Expires: 600;refresher=uac", "Supported: timer"),
        hears(200, "Session-Expires: 600"),
        call("reliable", "BYE", 4), hears(200),
    ),
    "late_offer": (
        call("late_offer", "INVITE", 1, inside=False), TRYING, hears(180, optional=True),
        hears(200, "m=audio", routes=True), call("late_offer", "ACK", 1, sdp="sendrecv"),
        call("late_offer", "BYE", 2), hears(200),
    ),
    "gives_up": (
        call("gives_up", "INVITE", 1, sdp="sendrecv", inside=False), TRYING, hears(180),
        call("gives_up", "CANCEL", 1, inside=False).replace("[branch]", "[branch-3]"),
        hears(200), hears(487),
        call("gives_up", "ACK", 1, inside=False).replace("[branch]", "[branch-6]"),
    ),
    "too_short": (
        call("too_short", "INVITE", 1, "Supported: timer", "Session-Expires: 30",
             sdp="sendrecv", inside=False),
        TRYING, hears(422, "Min-SE: 90"),
        call("too_short", "ACK", 1, inside=False).replace("[branch]", "[branch-3]"),
    ),
}  # fmt: skip


async def one(folder, edge, name, steps, transport):
    async with sipp_calling(folder, scenario(*steps), edge.sip_port, transport=transport) as far:
        passed, output = await far.passed()
    return [] if passed else [f"{name} {transport}: {output[-1800:]}"]


class Desk:
    """Takes every call but those of callers who will give up."""

    def __init__(self, edge, ear):
        self.incoming = {}
        self._edge = edge
        edge.listen(self._hear)

    def _hear(self, envelope):
        event = envelope.event
        if not isinstance(event, control.Incoming):
            return
        self.incoming[event.from_number, event.transport] = event
        self._edge.command(control.Ring(event.line_key, 60_000))
        if event.from_number != "gives_up":
            number = len(self.incoming)
            self._edge.command(control.Accept(event.line_key, f"callee_{number}", 2, ()))


async def test_callers_of_all_kinds_over_udp_and_tcp(tmp_path):
    async with an_edge(tmp_path / "edge") as (edge, ear):
        desk = Desk(edge, ear)
        found = await asyncio.gather(
            *(
                one(tmp_path / f"{name}-{transport}", edge, name, steps, transport)
                for name, steps in CALLERS.items()
                for transport in ("u1", "t1")
            )
        )
        await ear.wait_for(control.IncomingGone, 2)
        await ear.wait_for(control.Ended, 4)
    problems = sum(found, [])
    assert not problems, "\n".join(problems)
    told = desk.incoming["reliable", "UDP"].headers
    assert told["X-Campaign"] == "spring" and told["User-To-User"] == "00abcd"
    assert told["Diversion"] == "<sip:+15550009@pbx>"
    assert told["History-Info"] == "<sip:a@pbx>;index=1, <sip:b@pbx>;index=1.1"
    assert told["P-Asserted-Identity"] == "<sip:+15550008@pbx>"
    assert {event.cause for event in ear.of(control.Ended)} == {"remote_hangup"}
