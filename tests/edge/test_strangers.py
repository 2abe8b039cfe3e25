"""Connections of strangers at the SIP port: they shut out nobody, and their loss is no accident."""

import asyncio
import socket
import struct

import pytest
import uvloop
from tests.fakes.edges import an_edge
from tests.patience import patience

from uponai.edge.sip_sockets import MAX_FLOWS_OF_ONE

pytestmark = pytest.mark.realtime

ASKS = (
    "OPTIONS sip:edge SIP/2.0\r\nVia: SIP/2.0/TCP far.example;branch=z9hG4bK{0}\r\n"
    "From: <sip:a@far.example>;tag=1\r\nTo: <sip:edge@far.example>\r\nCall-ID: {0}\r\n"
    "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)


async def asks(port, name, source="127.0.0.1"):
    """A connection that speaks; the first words of the answer, "" where it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    writer.write(ASKS.format(name).encode())
    try:
        async with patience():
            said = await reader.read(11)
    except ConnectionResetError:
        said = b""
    return said.decode(), writer


async def test_one_address_cannot_take_every_connection(tmp_path):
    async with an_edge(tmp_path / "edge") as (edge, _):
        held = [await asks(edge.sip_port, f"one{n}") for n in range(MAX_FLOWS_OF_ONE)]
        assert {said for said, _ in held} == {"SIP/2.0 200"}
        more, _ = await asks(edge.sip_port, "more")
        other, _ = await asks(edge.sip_port, "other", "127.0.0.2")
        assert (more, other) == ("", "SIP/2.0 200")
        held.pop()[1].close()
        async with patience():
            while (await asks(edge.sip_port, "again"))[0] != "SIP/2.0 200":
                await asyncio.sleep(0.01)


def test_a_connection_that_is_reset_at_once_is_no_error(tmp_path):
    errors = []

    async def served():
        asyncio.get_running_loop().set_exception_handler(lambda _, told: errors.append(told))
        async with an_edge(tmp_path / "edge") as (edge, _):
            for _ in range(20):
                with socket.create_connection(("127.0.0.1", edge.sip_port)) as far:
                    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            assert (await asks(edge.sip_port, "after"))[0] == "SIP/2.0 200"

    # Of a connection that is gone it does not know the far side, as the served edge.
    uvloop.run(served())
    assert errors == []
