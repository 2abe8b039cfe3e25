"""Our server with an agent bound to a number: what the READMEs and examples take for granted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tests.api.server import Server, serving
from tests.api.world import FROM, KEY, VOICE

from uponai import UponAI


@contextlib.contextmanager
def seeded_server() -> Iterator[Server]:
    with serving() as server, UponAI(KEY, base_url=server.base_url) as client:
        llm = client.llm.create(general_prompt="Be kind.")
        agent = client.agent.create(
            response_engine={"type": "retell-llm", "llm_id": llm.llm_id}, voice_id=VOICE["voice_id"]
        )
        client.phone_number.import_(
            phone_number=FROM,
            termination_uri="x.example",
            outbound_agents=[{"agent_id": agent.agent_id, "weight": 1}],
        )
        yield server


def client_environment(server: Server) -> dict[str, str]:
    """What the clients read their key and address from."""
    return {"UPONAI_API_KEY": KEY, "UPONAI_BASE_URL": server.base_url}
