"""The guide's retry loop against a limit of two calls a second, with four clients at once.

Each client has a workspace and a trunk of its own, since limits are a workspace's; behind the API a
dialer hands the calls to a carrier that notes when.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.api.server import serving
from tests.api.world import VOICE, Api, World, api
from tests.contract.retry import BURST, PER_S, STREAM, TRIES
from tests.fakes.dialling import NotingCarrier, a_dialer, installation
from tests.fakes.node import node_command, node_environment, node_packages
from tests.patience import patience, until
from tests.sdk_js.test_js_client import built_client

from uponai.api.auth import key_hash
from uponai.dialer.worker import Dialer
from uponai.domain.call import Call
from uponai.storage.base import ApiKey, CallQuery, Workspace

pytestmark = pytest.mark.realtime
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIMIT = 2
CLIENTS = ("retell-python", "uponai-python", "retell-node", "uponai-js")


def key(client: str) -> str:
    return f"key_of_{client}_0123456789"


def number(client: str) -> str:
    return f"+1415555010{CLIENTS.index(client)}"


async def prepare(w: World, client: str) -> None:
    """A workspace with a number that has a trunk of its own."""
    accounts = w.storage.accounts
    await accounts.add_workspace(Workspace(client, client))
    await accounts.add_key(ApiKey(f"id_{client}", client, key_hash(key(client))))
    async with api(w, key(client)) as a:
        await bind(a, client)


async def bind(a: Api, client: str) -> None:
    agent = await a.agent(voice_id=VOICE["voice_id"])
    trunk = {"termination_uri": f"{client}.example", "phone_number": number(client)}
    bound = {"outbound_agents": [{"agent_id": agent, "weight": 1}]}
    await a.post("/import-phone-number", trunk | bound, 201)


async def opened(w: World, carrier: NotingCarrier) -> Dialer:
    for client in CLIENTS:
        await prepare(w, client)
    dialer = a_dialer(w.storage, carrier, installation(LIMIT, concurrency=500))
    dialer.start()
    return dialer


def argv(client: str, base_url: str) -> list[str]:
    python, node = [sys.executable, str(HERE / "retry.py")], [node_command(), "retry.mjs"]
    program = {
        "retell-python": [*python, "retell"],
        "uponai-python": [*python, "uponai"],
        "retell-node": [*node, "retell-sdk"],
        "uponai-js": [*node, (built_client() / "dist" / "esm" / "index.js").as_uri()],
    }
    return [*program[client], base_url, key(client), number(client)]


async def ran(command: Sequence[str]) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=HERE / "node", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**node_environment(), "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    async with patience():
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()[-3_000:]
    return json.loads(output)


async def all_ran(base_url: str) -> list[dict[str, Any]]:
    return await asyncio.gather(*(ran(argv(client, base_url)) for client in CLIENTS))


def test_the_guides_retry_loop_with_all_clients() -> None:
    node_packages(HERE / "node")
    carrier = NotingCarrier()
    with serving(prefix="", limit=500, cps=LIMIT, wall=True) as server:
        dialer = server.run(lambda w: opened(w, carrier))
        told = asyncio.run(all_ran(server.base_url))
        stored = {
            client: server.run(lambda w, of=client: w.storage.calls.find(CallQuery(of, limit=200)))
            for client in CLIENTS
        }
        # What was admitted last is dialled a moment later.
        server.run(lambda w: until_dialled(carrier, sum(map(len, stored.values()))))
        server.run(lambda w: dialer.aclose())
    dialled = [call_id for _, call_id in carrier.dialled]
    assert len(dialled) == len(set(dialled))
    for client, outcome in zip(CLIENTS, told, strict=True):
        check_burst(client, outcome["burst"])
        check_stream(client, outcome["stream"], outcome["stream_s"])
        wished = outcome["burst"] + outcome["stream"]
        placed = {wish["call_id"]: wish["to"] for wish in wished if wish["call_id"]}
        calls = stored[client]
        assert {call.call_id: call.to_number for call in calls} == placed, client
        assert len({call.to_number for call in calls}) == len(calls), client
        assert placed.keys() <= set(dialled), client
        check_pace(client, calls, carrier)


async def until_dialled(carrier: NotingCarrier, count: int) -> None:
    await until(lambda: len(carrier.dialled) >= count)


def check_burst(client: str, wishes: list[dict[str, Any]]) -> None:
    assert len(wishes) == BURST
    assert all(wish["call_id"] for wish in wishes), (client, wishes)


def check_stream(client: str, wishes: list[dict[str, Any]], took_s: float) -> None:
    """As many as the limit lets through in the time in which somebody asked, and no other; where
    the clients get little of the machine, fewer ask in time, or for longer."""
    assert len(wishes) == STREAM
    refused = [wish for wish in wishes if wish["call_id"] is None]
    assert all((wish["code"], wish["tries"]) == ("rate_limited", TRIES) for wish in refused)
    asking_s = STREAM / PER_S + sum(2**attempt for attempt in range(TRIES - 1))
    placed = STREAM - len(refused)
    assert LIMIT * asking_s / 2 <= placed <= LIMIT * (took_s + 1), (client, placed, took_s)


def check_pace(client: str, calls: list[Call], carrier: NotingCarrier) -> None:
    """The carrier never sees more than the limit in a second."""
    mine = {call.call_id for call in calls}
    times = sorted(at for at, call_id in carrier.dialled if call_id in mine)
    # What passes between the slot and the order differs a little from call to call.
    assert all(
        later - earlier > 0.95 for earlier, later in zip(times, times[LIMIT:], strict=False)
    ), client
