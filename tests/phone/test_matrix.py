"""A matrix of SIPp scenarios against one edge, all at the same time.

The far side hangs up once it has seen all it wants to see, or the edge once it is told of it: a
scenario passes by what it lists, and nobody waits for time to pass.
"""

import asyncio
from contextlib import asynccontextmanager

import pytest
from tests.fakes.edges import an_edge, dial
from tests.fakes.relay import lossy_relay
from tests.fakes.sipp import AVAILABLE, sipp
from tests.fakes.sipp_script import (
    ANSWERED,
    ANSWERED_LATE,
    HUNG_UP,
    answer,
    ask,
    invited,
    noted,
    pause,
    recv,
    refer_told,
    scenario,
    told,
    without_keys,
)

from uponai.carriers.base import SIP_DISPOSITIONS
from uponai.link import control

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="sipp (Debian: sip-tester) is not installed"),
]

ACCOUNT = {"username": "alice", "password": "wonderland"}
NONCES = ("47364c23432d2e131a", "5c1f0a77d2b19e4403")


def digest(field, nonce=NONCES[0], algorithm="MD5", *, stale=False):
    stale_now = ", stale=true" if stale else ""
    what = f'realm="r", nonce="{nonce}", qop="auth", algorithm={algorithm}{stale_now}'
    return f"{field}: Digest {what}"


def hangs_up(cseq):
    """The far side ends the call."""
    return ask("BYE", cseq) + told(200)


class Case:
    """One scenario, and what is ordered of the edge meanwhile."""

    cause = "local_hangup"
    changes: dict = {}

    def __init__(self, name, *steps, transport="UDP", account=None):
        self.name = name
        self.text = scenario(*steps)
        self.transport = transport
        self.account = account or {}

    async def run(self, folder, edge, ear):
        kind = {"UDP": "u1", "TCP": "t1"}[self.transport]
        async with (
            sipp(folder / self.name, self.text, transport=kind) as far,
            self.way(far.port) as port,
        ):
            trunk = control.Trunk(f"127.0.0.1:{port}", self.transport, **self.account)
            edge.command(dial(0, trunk=trunk, call_id=self.name, **self.changes))
            try:
                problem = await self.orders(edge, ear)
                passed, output = await far.passed()
            except (TimeoutError, AssertionError) as error:
                if far.process.returncode is None:
                    far.process.terminate()
                passed, problem, output = False, repr(error), (await far.passed())[1]
        if passed and not problem:
            return []
        news = [event for event in ear.events if getattr(event, "call_id", "") == self.name]
        return [f"{self.name}: {problem} {news} {output[-2000:]}"]

    @asynccontextmanager
    async def way(self, port):
        """Where the edge is to call for ``port`` to be reached."""
        yield port

    async def orders(self, edge, ear):
        await ear.wait_of(self.name, control.Answered)
        await self.meanwhile(edge, ear)
        if self.cause == "local_hangup":
            edge.command(control.End(self.name, "enough"))
        ended = await ear.wait_of(self.name, control.Ended)
        return "" if ended.cause == self.cause else "another end"

    async def meanwhile(self, edge, ear):
        pass


class Left(Case):
    """The far side hangs up."""

    cause = "remote_hangup"


class Transferred(Case):
    state = "done"

    async def meanwhile(self, edge, ear):
        headers = {"X-Why": "vip"}
        edge.command(control.Refer(self.name, "+15550009", headers=headers))
        end = await ear.wait_of(self.name, control.Referred, lambda e: e.state != "progress")
        assert end.state == self.state, end
        assert [e.code for e in ear.of(control.Referred) if e.call_id == self.name][0] == 180


class NotTransferred(Transferred):
    state = "failed"


class HeldByUs(Left):
    """Held, a key pressed, taken back: one after the other, however fast they are ordered."""

    async def meanwhile(self, edge, ear):
        edge.command(control.Hold(self.name, True))
        edge.command(control.SendDtmf(self.name, "5"))
        edge.command(control.Hold(self.name, False))


class Unrefreshed(Case):
    async def orders(self, edge, ear):
        ended = await ear.wait_of(self.name, control.Ended)
        return "" if ended.answered and ended.cause == "protocol" else "another end"


class GivenUp(Case):
    changes = {"ring_timeout_ms": 400}

    async def orders(self, edge, ear):
        ended = await ear.wait_of(self.name, control.Ended)
        good = not ended.answered and ended.cause == "ring_timeout"
        return "" if good else "another end"


class Refused(Case):
    def __init__(self, code, name=""):
        reason = 'Reason: Q.850;cause=21;text="said no"'
        final = answer(f"{code} No", reason, retrans=True)
        super().__init__(name or f"code_{code}", invited(), final, recv("ACK"))
        self.code = code

    async def orders(self, edge, ear):
        ended = await ear.wait_of(self.name, control.Ended)
        said = (ended.cause, ended.sip_code, ended.text)
        return "" if said == ("code", self.code, "said no") else "another end"


class Lossy(Case):
    """Before the answer every datagram is lost once and then comes twice."""

    def way(self, port):
        return lossy_relay(port)


class LossyRefused(Lossy, Refused):
    pass


CODES = sorted({*SIP_DISPOSITIONS, 400, 405, 420, 488, 500, 502, 503, 504, 606})
CASES = [
    Case(
        "proxied", invited(), answer("407 Asks", digest("Proxy-Authenticate")), recv("ACK"),
        recv("INVITE", f'Proxy-Authorization: Digest .*nonce=.{NONCES[0]}'), ANSWERED, HUNG_UP,
        account=ACCOUNT,
    ),
    Case(
        "hashed", invited(),
        answer("401 Asks", digest("WWW-Authenticate", algorithm="SHA-256")), recv("ACK"),
        recv("INVITE", "Authorization: Digest .*algorithm=SHA-256"), ANSWERED, HUNG_UP,
        account=ACCOUNT,
    ),
    Case(
        "stale", invited(), answer("401 Asks", digest("WWW-Authenticate")), recv("ACK"),
        recv("INVITE", NONCES[0]),
        answer("401 Asks", digest("WWW-Authenticate", NONCES[1], stale=True)), recv("ACK"),
        recv("INVITE", NONCES[1]), ANSWERED, HUNG_UP,
        account=ACCOUNT,
    ),
    Transferred(
        "referred", invited(), ANSWERED,
        recv("REFER", "Refer-To: .sip:.15550009@127.0.0.1", "X-Why: vip"), answer("202 Accepted"),
        refer_told(1, "SIP/2.0 180 Ringing"), told(200),
        refer_told(2, "SIP/2.0 200 OK", last=True), told(200), HUNG_UP,
    ),
    NotTransferred(
        "refer_busy", invited(), ANSWERED, recv("REFER"), answer("202 Accepted"),
        refer_told(1, "SIP/2.0 180 Ringing"), told(200),
        refer_told(2, "SIP/2.0 486 Busy Here", last=True), told(200), HUNG_UP,
        transport="TCP",
    ),
    HeldByUs(
        "held", invited(), without_keys(ANSWERED),
        recv("INVITE", "a=sendonly"), without_keys(answer("200 OK", sdp="recvonly", retrans=True)),
        recv("ACK"),
        recv("INFO", "Signal=5", "application/dtmf-relay"), answer("200 OK"),
        recv("INVITE", "a=sendrecv"), without_keys(answer("200 OK", sdp="sendrecv", retrans=True)),
        recv("ACK"), hangs_up(1),
    ),
    Left(
        "reoffered", invited(), ANSWERED,
        ask("INVITE", 1, sdp="inactive"), told(200, "a=inactive"), ask("ACK", 1),
        # Without an offer of its own: ours is in the 200, its answer in the ACK.
        ask("INVITE", 2), told(200, "a=sendrecv"), ask("ACK", 2, sdp="sendrecv"), hangs_up(3),
    ),
    Case(
        "reliable", invited("Supported: .*100rel"),
        answer("183 Session Progress", "Require: 100rel", "RSeq: 42", sdp="sendrecv"),
        recv("PRACK", "RAck: 42 1 INVITE"), answer("200 OK"), ANSWERED_LATE, HUNG_UP,
    ),
    Left(
        "refreshed", invited("Session-Expires: 1800", "Supported: .*timer"),
        answer("200 OK", "Allow: INVITE, ACK, BYE, UPDATE", "Require: timer",
               "Session-Expires: 2;refresher=uac", sdp="sendrecv", retrans=True), recv("ACK"),
        recv("UPDATE", "Session-Expires: 90;refresher=uac"),
        answer("200 OK", "Session-Expires: 90;refresher=uac"), hangs_up(1),
    ),
    Unrefreshed(
        "unrefreshed", invited(),
        answer("200 OK", "Require: timer", "Session-Expires: 2;refresher=uas",
               sdp="sendrecv", retrans=True), recv("ACK"), HUNG_UP,
    ),
    Case(
        "too_brief", invited("Session-Expires: 1800"),
        answer("422 Too Brief", "Min-SE: 3600"), recv("ACK"),
        recv("INVITE", "Session-Expires: 3600", "Min-SE: 3600"), ANSWERED, HUNG_UP,
    ),
    GivenUp(
        "crossed", invited(), answer("180 Ringing"), recv("CANCEL"), answer("200 OK"),
        # The answer crosses the CANCEL: it is acknowledged and hung up (RFC 3261 §9.1).
        answer("200 OK", "CSeq: 1 INVITE", sdp="sendrecv").replace("[last_CSeq:]\n", ""),
        recv("ACK"), HUNG_UP, transport="TCP",
    ),
    GivenUp(
        "refusal_crosses", invited(), answer("180 Ringing"), recv("CANCEL"), answer("200 OK"),
        answer("486 Busy Here", "CSeq: 1 INVITE").replace("[last_CSeq:]\n", ""), recv("ACK"),
    ),
    GivenUp(
        # A CANCEL may only follow a first answer (§9.1): until then it waits.
        "waits", invited(), pause(700), answer("180 Ringing"), recv("CANCEL"),
        answer("200 OK"),
        answer("487 Request Terminated", "CSeq: 1 INVITE").replace("[last_CSeq:]\n", ""),
        recv("ACK"),
    ),
    Left("options", invited(), ANSWERED, ask("OPTIONS", 1), told(200, "Allow: .*NOTIFY"),
         ask("UPDATE", 2, "Supported: timer", "Session-Expires: 600;refresher=uac"),
         told(200, "Session-Expires: 600;refresher=uac"), hangs_up(3)),
    Lossy("lossy", invited(), answer("180 Ringing"), ANSWERED, HUNG_UP),
    LossyRefused(486, "lossy_busy"),
]  # fmt: skip
REFUSALS = [Refused(code) for code in CODES]


@pytest.mark.parametrize(
    "cases", [CASES, REFUSALS[::2], REFUSALS[1::2]], ids=["calls", "codes", "other codes"]
)
async def test_the_matrix(tmp_path, cases):
    async with an_edge(tmp_path / "edge") as (edge, ear):
        found = await asyncio.gather(*(case.run(tmp_path, edge, ear) for case in cases))
    problems = sum(found, [])
    assert not problems, "\n".join(problems)


async def test_an_account_is_registered_with_its_password_refreshed_and_given_up(tmp_path):
    good = '<verifyauth assign_to="ok" username="alice" password="wonder land"/>'
    registered = recv("REGISTER").replace("</action>", f"{good}</action>")
    steps = (
        recv("REGISTER", "Expires: 300"),
        answer("401 Unauthorized", digest("WWW-Authenticate")),
        registered,
        '<nop hide="true" test="ok" next="good"/>',
        answer("403 Forbidden"),
        '<label id="good"/>',
        answer("200 OK", "Expires: 1"),
        recv("REGISTER", "Expires: 300"),
        answer("200 OK", "Expires: 300"),
        noted("refreshed"),
        recv("REGISTER", "Expires: 0"),
        answer("200 OK"),
    )
    async with sipp(tmp_path, scenario(*steps)) as far:
        account = f"sip:alice:wonder%20land@127.0.0.1:{far.port}"
        async with an_edge(tmp_path / "edge", registrations=(account,)):
            await far.notes("refreshed")
        passed, output = await far.passed()
    assert passed, output
