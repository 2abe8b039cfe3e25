"""What must be on disk before an INVITE leaves, so that a restarted edge can end the call.

``DialogJournal`` is plain data; the functions build from it the INVITE (hence the CANCEL) of a
call that was never answered and the dialog (hence the BYE) of one that was.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, cast

from uponai.sip.dialog import Dialog
from uponai.sip.headers import Headers, parse_name_addr, parse_via
from uponai.sip.hop import Hop, Transport
from uponai.sip.message import Request
from uponai.sip.uri import Address

Phase = Literal["inviting", "early", "confirmed"]
# The in-dialog requests sent after the last journal entry are fewer; gaps are legal (§12.2.2).
_CSEQ_MARGIN = 10_000


@dataclass(frozen=True, slots=True)
class DialogJournal:
    """One dialog of ours as strings and numbers.

    ``target`` is the Request-URI of the INVITE; ``local`` our party with tag; ``remote`` theirs,
    with a tag once known; ``via`` the INVITE's top Via; ``route`` its Route values, from
    "confirmed" on the route set; ``host``, ``port``, ``transport`` the hop it left by, and
    ``server_name`` what the certificate there proved, "" without TLS. For a call that came in
    (``role`` "callee") only the confirmed phase is written, and ``cseq`` is 0.
    """

    call_key: str
    call_id: str
    role: Literal["caller", "callee"]
    phase: Phase
    target: str
    local: str
    remote: str
    via: str
    cseq: int
    route: tuple[str, ...]
    remote_target: str
    host: str
    port: int
    transport: str
    server_name: str = ""

    @property
    def branch(self) -> str:
        """The INVITE's branch."""
        return parse_via(self.via).branch

    @property
    def hop(self) -> Hop:
        """Where the INVITE went."""
        return Hop(Address(self.host, self.port), Transport(self.transport))

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return asdict(self) | {"route": list(self.route)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DialogJournal:
        """The inverse of ``to_dict``; raises ValueError naming the field that is wrong."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            # A journal of an earlier release does not have it.
            value = data.get(field.name, "" if field.name == "server_name" else None)
            if field.name == "route":
                items = cast("list[Any]", value) if isinstance(value, list | tuple) else [None]
                if not all(isinstance(item, str) for item in items):
                    raise ValueError("dialog journal: route must be a list of strings")
                value = tuple(items)
            elif not isinstance(value, int if field.name in {"cseq", "port"} else str):
                raise ValueError(f"dialog journal: {field.name} is missing or of the wrong type")
            values[field.name] = value
        return cls(**values)


def invite_from(journal: DialogJournal) -> Request:
    """The INVITE that left, without body: enough to CANCEL it and to ACK its refusal."""
    items = [("Via", journal.via), ("Max-Forwards", "70")]
    items += [("Route", route) for route in journal.route]
    items += [
        ("From", journal.local),
        ("To", str(parse_name_addr(journal.remote).without_tag())),
        ("Call-ID", journal.call_id),
        ("CSeq", f"{journal.cseq} INVITE"),
    ]
    return Request("INVITE", journal.target, Headers(items))


def dialog_from(journal: DialogJournal) -> Dialog:
    """The dialog of a confirmed call, ready to build further requests."""
    return Dialog(
        journal.call_id,
        parse_name_addr(journal.local),
        parse_name_addr(journal.remote),
        journal.remote_target or journal.target,
        journal.route,
        journal.cseq + _CSEQ_MARGIN,
        None,
    )
