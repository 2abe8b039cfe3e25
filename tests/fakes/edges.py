"""Edges on loopback for tests, each with its listening dialer."""

from __future__ import annotations

from contextlib import asynccontextmanager

from tests.fakes.brain import FakeBrain
from tests.fakes.edge_control import ControlEar

from uponai.edge.main import Edge
from uponai.edge.settings import EdgeConfig
from uponai.link import control

_next_ports = iter(range(36_000, 60_000, 40))


def edge_config(data, **changes):
    """An edge on 127.0.0.1 with ports of its own."""
    first = next(_next_ports)
    values = {
        "data": data,
        "token": "secret",
        "sip_port": 0,
        "rtp_first": first,
        "rtp_last": first + 39,
        "port_quarantine_s": 0.2,
    }
    return EdgeConfig(**(values | changes))


@asynccontextmanager
async def an_edge(data, *, acknowledge=True, **changes):
    """``(edge, ear)`` of a running edge; closed at the end."""
    edge = Edge(edge_config(data, **changes))
    await edge.start()
    try:
        yield edge, ControlEar(edge, acknowledge=acknowledge)
    finally:
        await edge.aclose()


def dial(target, brains=(), *, call_id="call_1", attempt=1, trunk=None, **changes):
    """A ``Dial`` of ``target`` (a port of 127.0.0.1, or a trunk URI)."""
    uri = f"127.0.0.1:{target}" if isinstance(target, int) else target
    return control.Dial(
        call_id,
        attempt,
        7,
        "+15550001",
        "+15550002",
        trunk or control.Trunk(uri),
        tuple(brains),
        **changes,
    )


async def connected(caller, callee, caller_brains, callee_brain, **changes):
    """Have ``caller`` call ``callee``; both are answered."""
    (edge, ear), (other, other_ear) = caller, callee
    number = len(other_ear.of(control.Incoming)) + 1
    edge.command(dial(other.sip_port, caller_brains, **changes))
    incoming = await other_ear.wait_for(control.Incoming, number)
    brains = (callee_brain.url,) if callee_brain else ()
    other.command(control.Accept(incoming.line_key, f"callee_{number}", 2, brains))
    return await ear.wait_for(control.Answered, number)


@asynccontextmanager
async def a_call(folder):
    """``(near, far, brain, far_brain)``: two edges with a brain each, the first has called."""
    async with (
        FakeBrain() as brain,
        FakeBrain() as far_brain,
        an_edge(folder / "a") as near,
        an_edge(folder / "b") as far,
    ):
        await connected(near, far, [brain.url], far_brain)
        yield near, far, brain, far_brain
