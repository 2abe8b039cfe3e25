"""Concurrency, identity and voices; and every documented error as the SDK's own class."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import retell
from retell import Retell
from tests.api.server import Server, serving
from tests.api.world import READER, World
from tests.contract import bodies
from tests.contract.sdk import Recorder, proves, strict_client
from tests.contract.test_configs import an_agent
from tests.fakes.broken_storage import SECRET, BrokenKnowledge


@proves("concurrency.retrieve", "identity.retrieve")
def test_the_key_and_its_workspace(sdk: Retell) -> None:
    limits = sdk.concurrency.retrieve()
    assert limits.concurrency_limit == limits.base_concurrency == 20
    assert limits.current_concurrency is not None
    identity = sdk.identity.retrieve()
    assert (identity.org_id, identity.org_name, identity.api_key_name) == ("org_1", "First", "main")


@proves("voice.list", "voice.retrieve")
def test_voices(sdk: Retell) -> None:
    listed = {voice.voice_id: voice for voice in sdk.voice.list()}
    voice = listed[bodies.VOICE_ID]
    assert voice.gender == "female" and voice.provider == "platform"
    assert sdk.voice.retrieve(bodies.VOICE_ID) == voice


def test_400_says_field_and_rule(sdk: Retell) -> None:
    with pytest.raises(retell.BadRequestError) as error:
        sdk.llm.create(model_temperature=7)
    assert error.value.body == {
        "status": "error",
        "message": "request/body/model_temperature must be <= 1",
        "error_message": "request/body/model_temperature must be <= 1",
        "code": "invalid_request",
        "field": "model_temperature",
        "rule": "must be <= 1",
        "value": "7",
    }


def test_401_403_404_and_422(sdk: Retell, server: Server) -> None:
    unknown = strict_client(server.base_url, Recorder(""), "key_wrong")
    with unknown, pytest.raises(retell.AuthenticationError):
        unknown.concurrency.retrieve()
    reader = strict_client(server.base_url, Recorder(""), READER)
    with reader, pytest.raises(retell.PermissionDeniedError):
        reader.llm.create()
    with pytest.raises(retell.NotFoundError):
        sdk.conversation_flow.retrieve("conversation_flow_none")
    with pytest.raises(retell.NotFoundError):
        sdk.get("/no-such-path", cast_to=httpx.Response)
    with pytest.raises(retell.UnprocessableEntityError) as error:
        sdk.voice.retrieve("none")
    assert error.value.body["code"] == "not_found"


def test_500_is_the_servers_own_fault_and_tells_nothing_of_it() -> None:
    with serving() as server, strict_client(server.base_url, Recorder("")) as sdk:
        break_knowledge(server)
        with pytest.raises(retell.InternalServerError) as error:
            sdk.knowledge_base.list()
        assert sdk.llm.create().llm_id
    assert error.value.status_code == 500
    assert error.value.body == {
        "status": "error",
        "message": "An unexpected server error occurred.",
        "error_message": "An unexpected server error occurred.",
        "code": "internal_error",
    }
    assert SECRET not in str(error.value.response.headers)


def break_knowledge(server: Server) -> None:
    """A real fault inside: a part of storage raises what nobody expects."""

    async def break_it(world: World) -> None:
        there: Any = world.storage
        there.knowledge = BrokenKnowledge()

    server.run(break_it)


def test_no_route_says_402(server: Server) -> None:
    """Nothing is billed here, so nobody is ever asked to pay."""
    document = httpx.get(f"{server.base_url}/openapi.json").json()
    answers = [
        status
        for item in document["paths"].values()
        for operation in item.values()
        for status in operation["responses"]
    ]
    assert "500" in answers and "402" not in answers


def test_429_says_when_to_come_back() -> None:
    with serving(limit=0) as full, strict_client(full.base_url, Recorder("")) as sdk:
        agent_id = an_agent(sdk)
        number = "+14155553999"
        sdk.phone_number.import_(phone_number=number, termination_uri="sip.carrier.example")
        with pytest.raises(retell.RateLimitError) as error:
            sdk.call.create_phone_call(
                from_number=number, to_number="+14155550199", override_agent_id=agent_id
            )
    assert error.value.body["code"] == "rate_limited"
    assert 0 < int(error.value.response.headers["retry-after"]) <= 60
