"""How fast the API answers: create-phone-call and get-call, on SQLite and PostgreSQL.

Run: ``python -m bench api [REQUESTS]``. The server has one process of its own, as in
``uponai serve``, with no dialer; a bare FastAPI endpoint in the same kind of process, measured in
the same run, is what the ratios are against. Wanted: create-phone-call under 10 ms median, and 300
get-calls a second on one core: "a second of CPU" divides by the server's own CPU time.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import socket
import statistics
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
import uvloop
from fastapi import FastAPI
from tests.api.world import FROM, KEY, TO, VOICE, World
from tests.fixtures_postgres import running_postgres

from uponai import log
from uponai.api.auth import key_hash
from uponai.storage.base import ApiKey, Workspace
from uponai.storage.sql import open_storage

LIMIT = 10_000_000
TOGETHER = 16


async def _serve(app: Any, listener: socket.socket) -> None:
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    await uvicorn.Server(config).serve([listener])


def bare(listener: socket.socket, pipe: Connection) -> None:
    """The least that FastAPI can do."""
    app = FastAPI()

    @app.post("/bare", status_code=201)
    @app.get("/bare")
    async def answer() -> dict[str, str]:
        return {"status": "ok"}

    _told(app, pipe)
    uvloop.run(_serve(app, listener))


def api(listener: socket.socket, pipe: Connection, url: str) -> None:
    """The whole API on a database of its own."""

    log.configure(form="json", stream=Path(os.devnull).open("w"))

    async def run() -> None:
        storage = await open_storage(url)
        await storage.accounts.add_workspace(Workspace("org_1", "First"))
        await storage.accounts.add_key(ApiKey("k1", "org_1", key_hash(KEY)))
        app = World(storage, limit=LIMIT).app()
        _told(app, pipe)
        await _serve(app, listener)

    uvloop.run(run())


def _told(app: FastAPI, pipe: Connection) -> None:
    @app.get("/cpu")
    async def cpu() -> float:
        return time.process_time()

    pipe.send("ready")


class Client:
    """Plain HTTP/1.1 over one connection, so that the client costs little."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> Client:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        content = json.dumps(body).encode() if body is not None else b""
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {KEY}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        self._writer.write(head.encode() + content)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        lines = answer.decode().lower().split("\r\n")
        length = next(int(x.split(":")[1]) for x in lines if x.startswith("content-length"))
        got = await self._reader.readexactly(length)
        assert status < 300, got
        return json.loads(got) if got else None

    def close(self) -> None:
        self._writer.close()


class Found(NamedTuple):
    create_ms: float
    create_cpu_ms: float
    reads_per_s: float
    reads_per_cpu_s: float


async def median_ms(client: Client, count: int, method: str, path: str, body: Any) -> float:
    took: list[float] = []
    for _ in range(count):
        began = time.perf_counter()
        await client.ask(method, path, body)
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


async def rate(port: int, count: int, path: str) -> tuple[float, float]:
    """Requests a second by the clock, and per second of the server's CPU."""
    clients = [await Client(port).open() for _ in range(TOGETHER)]
    before = await clients[0].ask("GET", "/cpu")
    began = time.perf_counter()

    async def many(client: Client) -> None:
        for _ in range(count // TOGETHER):
            await client.ask("GET", path)

    await asyncio.gather(*map(many, clients))
    wall = time.perf_counter() - began
    cpu = await clients[0].ask("GET", "/cpu") - before
    for client in clients:
        client.close()
    done = count // TOGETHER * TOGETHER
    return done / wall, done / cpu


async def prepare(client: Client) -> None:
    llm = await client.ask("POST", "/create-retell-llm", {"general_prompt": "Be kind."})
    engine = {"type": "retell-llm", "llm_id": llm["llm_id"]}
    agent = await client.ask(
        "POST", "/create-agent", {"response_engine": engine, "voice_id": VOICE["voice_id"]}
    )
    number = {
        "phone_number": FROM,
        "termination_uri": "sip.carrier.example",
        "outbound_agents": [{"agent_id": agent["agent_id"], "weight": 1}],
    }
    await client.ask("POST", "/import-phone-number", number)


async def measure(port: int, count: int, *, whole: bool) -> Found:
    client = await Client(port).open()
    path, read, body = "/bare", "/bare", {}
    if whole:
        await prepare(client)
        body = {"from_number": FROM, "to_number": TO, "metadata": {"order": 7}}
        path = "/v2/create-phone-call"
        read = f"/v2/get-call/{(await client.ask('POST', path, body))['call_id']}"
    await median_ms(client, 50, "POST", path, body)
    before = await client.ask("GET", "/cpu")
    creating = await median_ms(client, count, "POST", path, body)
    creating_cpu = 1000 * (await client.ask("GET", "/cpu") - before) / count
    client.close()
    return Found(creating, creating_cpu, *await rate(port, 2 * count, read))


def measured(count: int, url: str | None) -> Found:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    here, there = multiprocessing.Pipe()
    spawn = multiprocessing.get_context("spawn")
    arguments = (listener, there) if url is None else (listener, there, url)
    process = spawn.Process(target=bare if url is None else api, args=arguments, daemon=True)
    process.start()
    assert here.poll(30) and here.recv() == "ready"
    try:
        return uvloop.run(measure(listener.getsockname()[1], count, whole=url is not None))
    finally:
        process.terminate()
        process.join()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder, running_postgres() as postgres:
        runs = {
            "bare FastAPI": None,
            "SQLite": f"sqlite:///{Path(folder) / 'bench.db'}",
            "PostgreSQL": postgres.new_database(),
        }
        found = {name: measured(count, url) for name, url in runs.items()}
    base = found["bare FastAPI"]
    for name, one in found.items():
        print(
            f"{name:13} create {one.create_ms:5.2f} ms median"
            f" ({one.create_ms / base.create_ms:4.1f} x bare), {one.create_cpu_ms:5.2f} ms of CPU;"
            f" read {one.reads_per_s:5.0f} a second, {one.reads_per_cpu_s:5.0f} a second of CPU"
            f" ({base.reads_per_cpu_s / one.reads_per_cpu_s:4.1f} x bare)"
        )


if __name__ == "__main__":
    main()
