"""SIPp scenarios put together from steps."""

from __future__ import annotations

_HEAD = """[last_Via:]
[last_From:]
[last_To:];tag=[pid]uas[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:uas@[local_ip]:[local_port];transport=[transport]>
"""
_OF_THEIRS = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:uas@[local_ip]:[local_port]>;tag=[pid]uas[call_number]
To: [$peer]
[last_Call-ID:]
CSeq: {cseq} {method}
Max-Forwards: 70
Contact: <sip:uas@[local_ip]:[local_port];transport=[transport]>
"""
SDP = """v=0
o=uas 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a={direction}"""


def scenario(*steps: str) -> str:
    """A whole scenario."""
    body = "\n".join(steps)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'
        f'<scenario name="made">\n{body}\n</scenario>\n'
    )


def invited(*wanted: str) -> str:
    """Take the INVITE; ``wanted``: regular expressions that it must match."""
    checks = "".join(
        f'<ereg regexp="{regexp}" search_in="msg" check_it="true" assign_to="w{n}"/>'
        for n, regexp in enumerate(wanted)
    )
    names = "".join(f'<Reference variables="w{n}"/>' for n in range(len(wanted)))
    return (
        '<recv request="INVITE" crlf="true" rrs="true"><action>'
        '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="peer"/>'
        '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="callee"/>'
        '<ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/>'
        f'{checks}</action></recv><Reference variables="peer,callee,via"/>{names}'
    )


_counter = iter(range(100_000))


def recv(method: str, *wanted: str) -> str:
    """Take a request of the edge's that must match each of ``wanted``."""
    names = [f"r{next(_counter)}" for _ in wanted]
    checks = "".join(
        f'<ereg regexp="{regexp}" search_in="msg" check_it="true" assign_to="{name}"/>'
        for name, regexp in zip(names, wanted, strict=True)
    )
    used = "".join(f'<Reference variables="{name}"/>' for name in names)
    return f'<recv request="{method}"><action>{checks}</action></recv>{used}'


def answer(status: str, *fields: str, sdp: str = "", retrans: bool = False, extra: str = "") -> str:
    """Answer the last request. ``sdp``: a direction, to send audio's description along."""
    body = SDP.format(direction=sdp) if sdp else extra
    kind = ["Content-Type: application/sdp"] if sdp else []
    lines = "".join(f"{field}\n" for field in (*fields, *kind))
    again = ' retrans="500"' if retrans else ""
    return (
        f"<send{again}><![CDATA[\nSIP/2.0 {status}\n{_HEAD}{lines}"
        f"Content-Length: [len]\n\n{body}\n]]></send>"
    )


def ask(method: str, cseq: int, *fields: str, body: str = "", sdp: str = "") -> str:
    """A request of the far side, retransmitted until its answer; ``sdp``: a direction."""
    body = SDP.format(direction=sdp) if sdp else body
    kind = ["Content-Type: application/sdp"] if sdp else []
    lines = "".join(f"{field}\n" for field in (*fields, *kind))
    again = "" if method == "ACK" else ' retrans="500"'
    return (
        f"<send{again}><![CDATA[\n{method} [next_url] SIP/2.0\n"
        f"{_OF_THEIRS.format(cseq=cseq, method=method)}{lines}"
        f"Content-Length: [len]\n\n{body}\n]]></send>"
    )


def refer_told(cseq: int, status: str, *, last: bool = False) -> str:
    """A NOTIFY of how a transfer goes (RFC 3515); ``last``: no more will come."""
    state = "terminated;reason=noresource" if last else "active;expires=60"
    fields = (
        "Event: refer",
        f"Subscription-State: {state}",
        "Content-Type: message/sipfrag;version=2.0",
    )
    return ask("NOTIFY", cseq, *fields, body=status)


def told(code: int, *wanted: str) -> str:
    """Take a response of the edge's."""
    names = [f"r{next(_counter)}" for _ in wanted]
    checks = "".join(
        f'<ereg regexp="{regexp}" search_in="msg" check_it="true" assign_to="{name}"/>'
        for name, regexp in zip(names, wanted, strict=True)
    )
    used = "".join(f'<Reference variables="{name}"/>' for name in names)
    return f'<recv response="{code}"><action>{checks}</action></recv>{used}'


def noted(text: str) -> str:
    """Say ``text`` to who waits for it (``Sipp.notes``)."""
    return f'<nop hide="true"><action><log message="{text}"/></action></nop>'


def pause(ms: int) -> str:
    return f'<pause milliseconds="{ms}"/>'


ANSWERED = answer("200 OK", "Allow: INVITE, ACK, BYE, UPDATE, INFO, REFER", sdp="sendrecv",
                  retrans=True) + recv("ACK")  # fmt: skip
ANSWERED_LATE = (
    ANSWERED.replace("[last_Via:]", "Via:[$via]")
    .replace("[last_From:]", "From:[$peer]")
    .replace("[last_To:]", "To:[$callee]")
    .replace("[last_CSeq:]", "CSeq: 1 INVITE")
)
"""The answer when other requests came in between."""

CUED = recv("INFO")
"""Wait for ``Sipp.cue``."""

HUNG_UP = recv("BYE") + answer("200 OK")


def without_keys(step: str) -> str:
    """The same without telephone events in its SDP."""
    return step.replace("AVP 0 101", "AVP 0").replace("a=rtpmap:101 telephone-event/8000\n", "")


_OURS = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:{who}@[local_ip]:[local_port]>;tag=[pid]uac[call_number]
To: <sip:+15550002@[remote_ip]:[remote_port]>{tag}
Call-ID: [call_id]
CSeq: {cseq} {method}
Contact: <sip:{who}@[local_ip]:[local_port];transport=[transport]>
"""


def call(who: str, method: str, cseq: int, *fields: str, sdp: str = "", inside: bool = True) -> str:
    """A request of a calling scenario; ``inside``: within the dialog."""
    target = "[next_url]" if inside else "sip:+15550002@[remote_ip]:[remote_port]"
    tag = "[peer_tag_param]" if inside else ""
    head = _OURS.format(who=who, cseq=cseq, method=method, tag=tag)
    body = SDP.format(direction=sdp) if sdp else ""
    kind = ["Content-Type: application/sdp"] if sdp else []
    lines = "".join(f"{field}\n" for field in (*fields, *kind))
    again = "" if method == "ACK" else ' retrans="500"'
    return (
        f"<send{again}><![CDATA[\n{method} {target} SIP/2.0\n{head}{lines}"
        f"Content-Length: [len]\n\n{body}\n]]></send>"
    )


def hears(code: int, *wanted: str, routes: bool = False, optional: bool = False) -> str:
    """Take a response in a calling scenario; ``routes``: its Contact is where to go on."""
    step = told(code, *wanted)
    kept = ' rrs="true"' if routes else ""
    may = ' optional="true"' if optional else ""
    return step.replace(f'<recv response="{code}"', f'<recv response="{code}"{kept}{may}', 1)


def played(step: str) -> str:
    """The same with SDP that names the port which ``plays`` sends from."""
    return step.replace("[media_port]", "[rtpstream_audio_port]")


def plays_on(path: object) -> str:
    """Send a file of PCMU without a head over and over, and go on."""
    return f'<nop><action><exec rtp_stream="{path},-1,0,PCMU/8000"/></action></nop>'


SILENT = '<nop><action><exec rtp_stream="pause"/></action></nop>'
"""Send no more of what is being played."""


def plays(path: object, seconds: float, times: int = 1) -> str:
    """Send a file of PCMU without a head so often, and wait for so long."""
    file = f'<exec rtp_stream="{path},{times},0,PCMU/8000"/>'
    return f"<nop><action>{file}</action></nop>{pause(round(1_000 * seconds))}"
