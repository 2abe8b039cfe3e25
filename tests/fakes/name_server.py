"""A DNS server of our own on loopback: answers from a table, by UDP."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset


class _Server(asyncio.DatagramProtocol):
    def __init__(self, records, asked):
        self._records = records
        self._asked = asked

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, addr):
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = str(question.name).rstrip("."), dns.rdatatype.to_text(question.rdtype)
        self._asked.append((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        texts = self._records.get((name, kind))
        if texts:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
        self._transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def name_server(records):
    """``(address, asked)``: ``records`` is {(name, type): [text, ...]}; asked grows."""
    asked = []
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Server(records, asked), local_addr=("127.0.0.1", 0)
    )
    host, port = transport.get_extra_info("sockname")
    try:
        yield f"{host}:{port}", asked
    finally:
        transport.close()
