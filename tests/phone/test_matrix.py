"""A matrix of SIPp scenarios against one edge, all at the same time."""

import asyncio

import pytest
from tests.fakes.edges import an_edge, dial
from tests.fakes.sipp import AVAILABLE, sipp
from tests.fakes.sipp_script import (
    ANSWERED,
    ANSWERED_LATE,
    HUNG_UP,
    answer,
    ask,
    invited,
    pause,
    recv,
    scenario,
    told,
    without_keys,
)

from uponai.link import control

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]

SIPFRAG = (
    "Event: refer",
    "Subscription-State: active;expires=60",
    "Content-Type: message/sipfrag;version=2.0",
)
OVER = (SIPFRAG[0], "Subscription-State: terminated;reason=noresource", SIPFRAG[2])


async def until(ear, kind, call_id, wanted=lambda event: True):
    """The first such event of this call."""
    async with asyncio.timeout(10):
        while True:
            for event in ear.of(kind):
                if event.call_id == call_id and wanted(event):
                    return event
            await asyncio.sleep(0.02)


class Case:
    """One scenario, and what is ordered of the edge meanwhile."""

    def __init__(self, name, *steps, transport="UDP"):
        self.name = name
        self.text = scenario(*steps)
        self.transport = transport

    async def run(self, folder, edge, ear):
        kind = {"UDP": "u1", "TCP": "t1"}[self.transport]
        async with sipp(folder / self.name, self.text, transport=kind) as far:
            trunk = control.Trunk(f"127.0.0.1:{far.port}", self.transport)
            edge.command(dial(0, trunk=trunk, call_id=self.name, **self.changes))
            try:
                ended = await self.orders(edge, ear)
                passed, output = await far.passed(5)
            except (TimeoutError, AssertionError) as error:
                if far.process.returncode is None:
                    far.process.terminate()
                passed, output = False, f"{error!r} {(await far.passed())[1]}"
        if passed and ended:
            return []
        news = [event for event in ear.events if getattr(event, "call_id", "") == self.name]
        return [f"{self.name}: {news} {output[-2000:]}"]

    changes: dict = {}

    async def orders(self, edge, ear):
        await until(ear, control.Answered, self.name)
        await self.meanwhile(edge, ear)
        edge.command(control.End(self.name, "enough"))
        ended = await until(ear, control.Ended, self.name)
        return ended.cause == "local_hangup"

    async def meanwhile(self, edge, ear):
        pass


class Transferred(Case):
    state = "done"

    async def meanwhile(self, edge, ear):
        headers = {"X-Why": "vip"}
        edge.command(control.Refer(self.name, "+15550009", headers=headers))
        end = await until(ear, control.Referred, self.name, lambda e: e.state != "progress")
        assert end.state == self.state, end
        assert [e.code for e in ear.of(control.Referred) if e.call_id == self.name][0] == 180


class NotTransferred(Transferred):
    state = "failed"


class HeldByUs(Case):
    async def meanwhile(self, edge, ear):
        edge.command(control.Hold(self.name, True))
        edge.command(control.SendDtmf(self.name, "5"))
        await asyncio.sleep(0.3)
        edge.command(control.Hold(self.name, False))
        await asyncio.sleep(0.3)


class Asked(Case):
    async def meanwhile(self, edge, ear):
        await asyncio.sleep(0.5)


class Refreshed(Case):
    async def meanwhile(self, edge, ear):
        await asyncio.sleep(1.6)


class Unrefreshed(Case):
    async def orders(self, edge, ear):
        ended = await until(ear, control.Ended, self.name)
        return ended.answered and ended.cause == "protocol"


class GivenUp(Case):
    changes = {"ring_timeout_ms": 400}

    async def orders(self, edge, ear):
        ended = await until(ear, control.Ended, self.name)
        return not ended.answered and ended.cause == "ring_timeout"


class Refused(Case):
    def __init__(self, code, phrase):
        final = answer(f"{code} {phrase}", 'Reason: Q.850;cause=21;text="said no"', retrans=True)
        super().__init__(f"code_{code}", invited(), final, recv("ACK"))
        self.code = code

    async def orders(self, edge, ear):
        ended = await until(ear, control.Ended, self.name)
        return (ended.cause, ended.sip_code, ended.text) == ("code", self.code, "said no")


CASES = [
    Transferred(
        "referred", invited(), ANSWERED,
        recv("REFER", "Refer-To: .sip:.15550009@127.0.0.1", "X-Why: vip"), answer("202 Accepted"),
        ask("NOTIFY", 1, *SIPFRAG, body="SIP/2.0 180 Ringing"), told(200),
        ask("NOTIFY", 2, *OVER, body="SIP/2.0 200 OK"), told(200), HUNG_UP,
    ),
    NotTransferred(
        "refer_busy", invited(), ANSWERED, recv("REFER"), answer("202 Accepted"),
        ask("NOTIFY", 1, *SIPFRAG, body="SIP/2.0 180 Ringing"), told(200),
        ask("NOTIFY", 2, *OVER, body="SIP/2.0 486 Busy Here"), told(200), HUNG_UP,
        transport="TCP",
    ),
    HeldByUs(
        "held", invited(), without_keys(ANSWERED),
        recv("INVITE", "a=sendonly"), without_keys(answer("200 OK", sdp="recvonly", retrans=True)),
        recv("ACK"),
        recv("INFO", "Signal=5", "application/dtmf-relay"), answer("200 OK"),
        recv("INVITE", "a=sendrecv"), without_keys(answer("200 OK", sdp="sendrecv", retrans=True)),
        recv("ACK"),
        HUNG_UP,
    ),
    Case(
        "reliable", invited("Supported: .*100rel"),
        answer("183 Session Progress", "Require: 100rel", "RSeq: 42", sdp="sendrecv"),
        recv("PRACK", "RAck: 42 1 INVITE"), answer("200 OK"), ANSWERED_LATE, HUNG_UP,
    ),
    Refreshed(
        "refreshed", invited("Session-Expires: 1800", "Supported: .*timer"),
        answer("200 OK", "Allow: INVITE, ACK, BYE, UPDATE", "Require: timer",
               "Session-Expires: 2;refresher=uac", sdp="sendrecv", retrans=True), recv("ACK"),
        recv("UPDATE", "Session-Expires: 90;refresher=uac"),
        answer("200 OK", "Session-Expires: 90;refresher=uac"), HUNG_UP,
    ),
    Unrefreshed(
        "unrefreshed", invited(),
        answer("200 OK", "Require: timer", "Session-Expires: 2;refresher=uas",
               sdp="sendrecv", retrans=True), recv("ACK"), HUNG_UP,
    ),
    GivenUp(
        "crossed", invited(), answer("180 Ringing"), recv("CANCEL"), answer("200 OK"),
        # The answer crosses the CANCEL: it is acknowledged and hung up (RFC 3261 §9.1).
        answer("200 OK", "CSeq: 1 INVITE", sdp="sendrecv").replace("[last_CSeq:]\n", ""),
        recv("ACK"), HUNG_UP, transport="TCP",
    ),
    Asked("options", invited(), ANSWERED, ask("OPTIONS", 1), told(200, "Allow: .*NOTIFY"),
         ask("UPDATE", 2, "Supported: timer", "Session-Expires: 600;refresher=uac"),
         told(200, "Session-Expires: 600;refresher=uac"), pause(50), HUNG_UP),
    *(Refused(code, phrase) for code, phrase in [
        (404, "Not Found"), (480, "Unavailable"), (486, "Busy Here"), (488, "Not Acceptable Here"),
        (500, "Error"), (503, "Unavailable"), (600, "Busy"), (603, "Decline"),
    ]),
]  # fmt: skip


async def test_the_matrix(tmp_path):
    async with an_edge(tmp_path / "edge") as (edge, ear):
        found = await asyncio.gather(*(case.run(tmp_path, edge, ear) for case in CASES))
    problems = sum(found, [])
    assert not problems, "\n".join(problems)


async def test_an_account_is_registered_with_its_password_refreshed_and_given_up(tmp_path):
    challenge = 'WWW-Authenticate: Digest realm="r", nonce="47364c23432d2e131a", qop="auth"'
    good = '<verifyauth assign_to="ok" username="alice" password="wonder land"/>'
    registered = recv("REGISTER").replace("</action>", f"{good}</action>")
    steps = (
        recv("REGISTER", "Expires: 300"),
        answer("401 Unauthorized", challenge),
        registered,
        '<nop hide="true" test="ok" next="good"/>',
        answer("403 Forbidden"),
        '<label id="good"/>',
        answer("200 OK", "Expires: 1"),
        recv("REGISTER", "Expires: 300"),
        answer("200 OK", "Expires: 300"),
        recv("REGISTER", "Expires: 0"),
        answer("200 OK"),
    )
    async with sipp(tmp_path, scenario(*steps)) as far:
        account = f"sip:alice:wonder%20land@127.0.0.1:{far.port}"
        async with an_edge(tmp_path / "edge", registrations=(account,)):
            await asyncio.sleep(1.6)
        passed, output = await far.passed(5)
    assert passed, output
