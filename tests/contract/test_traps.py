"""Traps of retell-api.md section 9 that show only in the official SDKs themselves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import retell
from retell import Retell
from tests.api.server import Server
from tests.api.world import KEY, VOICE
from tests.fakes.node import node_command, node_environment, node_packages

from uponai.config import child_environment
from uponai.tasks import now_ms
from uponai.wire.signature import sign

NODE = Path(__file__).parent / "node"
ROOT = NODE.parents[2]
TWO_VARIABLES = """
from retell import Retell
print(Retell().voice.list()[0].voice_id)
"""


@pytest.fixture
def client(server: Server) -> Iterator[Retell]:
    with Retell(api_key=KEY, base_url=server.base_url, max_retries=0) as made:
        yield made


@pytest.fixture
def agent_id(client: Retell) -> str:
    llm = client.llm.create()
    engine = {"type": "retell-llm", "llm_id": llm.llm_id}
    agent = client.agent.create(response_engine=engine, voice_id=VOICE["voice_id"])  # type: ignore[arg-type]
    return agent.agent_id


def test_trap_4_an_sdk_error_has_no_code_but_its_body_has(client: Retell) -> None:
    with pytest.raises(retell.UnprocessableEntityError) as refused:
        client.agent.retrieve("agent_none")
    assert not hasattr(refused.value, "code")
    assert refused.value.body["code"] == "not_found"
    assert refused.value.body["status"] == "error"
    assert refused.value.body["message"] == refused.value.body["error_message"]


def test_trap_8_what_answers_nothing_is_none(client: Retell, agent_id: str) -> None:
    call = client.call.create_web_call(agent_id=agent_id)
    assert client.call.stop(call.call_id) is None
    assert client.call.delete(call.call_id) is None
    assert client.agent.delete(agent_id) is None


@pytest.mark.parametrize("ending", ["", "/"])
def test_trap_11_base_url_has_a_path_prefix_with_or_without_a_slash(
    server: Server, ending: str
) -> None:
    assert server.base_url.endswith("/prefix")
    with Retell(api_key=KEY, base_url=server.base_url + ending) as sdk:
        assert sdk.voice.list()[0].voice_id == VOICE["voice_id"]


def test_trap_14_each_call_is_read_as_the_model_of_its_type(
    server: Server, client: Retell, agent_id: str
) -> None:
    web = client.call.create_web_call(agent_id=agent_id)
    phone = client.call.register_phone_call(agent_id=agent_id)
    for call_id, model in (
        (web.call_id, "WebCallResponse"),
        (phone.call_id, "PhoneCallResponse"),
    ):
        assert type(client.call.retrieve(call_id)).__name__ == model
        client.call.stop(call_id)


def test_trap_32_nodes_verify_is_awaited_wherever_it_is_shown(tmp_path: Path) -> None:
    node_packages(NODE)
    body, at_ms = '{"event":"call_ended"}', now_ms()
    received = [
        {"body": body, "signature": sign(body, key, at_ms), "key": KEY} for key in (KEY, "other")
    ]
    done = subprocess.run(
        [node_command(), "verify.mjs"],
        cwd=NODE, env=node_environment(), input=json.dumps(received),
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert json.loads(done.stdout) == [True, False], done.stderr
    shown = [ROOT / "README.md", *NODE.glob("*.mjs")]
    for folder in ("docs", "examples", "sdk/js/src", "sdk/python"):
        for end in ("md", "mjs", "ts"):
            shown += (ROOT / folder).rglob(f"*.{end}")
    calls = [found for file in shown for found in uses_of_verify(file.read_text())]
    assert len(calls) >= 2 and all(call.startswith("await ") for call in calls)
    # Our own client's is synchronous: there is nothing to forget.
    ours = (ROOT / "sdk/js/src/webhooks.ts").read_text()
    assert re.search(r"verify\([^{]*?\{[^}]*\} = \{\},?\s*\): boolean", ours)


def test_every_one_of_the_forty_traps_has_a_test_of_its_name() -> None:
    names = "\n".join(
        found
        for file in (ROOT / "tests").rglob("test_*.py")
        for found in re.findall(r"^ *(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE)
    )
    named = {int(number) for number in re.findall(r"_trap_(\d+)(?=_)", names)}
    assert set(range(1, 41)) <= named


def uses_of_verify(text: str) -> list[str]:
    return re.findall(r"(?:await )?\b(?:Retell|retell)\.verify\(", text)


def test_trap_39_two_variables_move_a_program(server: Server) -> None:
    """In Python; test_node_sdk.py runs all of Node's by these two."""
    two = {"RETELL_BASE_URL": server.base_url, "RETELL_API_KEY": KEY}
    done = subprocess.run(
        [sys.executable, "-c", TWO_VARIABLES],
        env=child_environment({}) | two, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert done.stdout.strip() == VOICE["voice_id"], done.stderr
