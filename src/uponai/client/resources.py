"""The API's resources. Each method is one request; the sender decides whether it is awaited.

Names and fields are those of the wire, so that what holds for Retell's SDK holds here.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Generic, Protocol, TypeVar

from uponai.client.requests import Request, query_of, segment

One = TypeVar("One")
Many = TypeVar("Many")
Nothing = TypeVar("Nothing")
One_co = TypeVar("One_co", covariant=True)
Many_co = TypeVar("Many_co", covariant=True)
Nothing_co = TypeVar("Nothing_co", covariant=True)


class Sender(Protocol[One_co, Many_co, Nothing_co]):
    """Sends a request that is answered by an object, an array, or nothing."""

    def one(self, request: Request) -> One_co: ...

    def many(self, request: Request) -> Many_co: ...

    def nothing(self, request: Request) -> Nothing_co: ...


class _Resource(Generic[One, Many, Nothing]):
    def __init__(self, sender: Sender[One, Many, Nothing]) -> None:
        self._sender = sender

    def _post(self, path: str, body: Mapping[str, Any], *, repeat: bool = True) -> One:
        return self._sender.one(Request("POST", path, body, repeat=repeat))

    def _get(self, path: str, **query: Any) -> One:
        return self._sender.one(Request("GET", path, query=query_of(query)))

    def _patch(self, path: str, body: Mapping[str, Any], **query: Any) -> One:
        return self._sender.one(Request("PATCH", path, body, query_of(query)))

    def _delete(self, path: str, **query: Any) -> Nothing:
        return self._sender.nothing(Request("DELETE", path, query=query_of(query)))


class Call(_Resource[One, Many, Nothing]):
    """Phone calls."""

    def create_phone_call(
        self,
        *,
        from_number: str,
        to_number: str,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> One:
        """Start an outbound call; the answer comes at once, ``call_status`` ``registered``.

        A key is made where none is given, so that a repeated attempt never dials twice.
        """
        body = {
            "from_number": from_number,
            "to_number": to_number,
            "idempotency_key": idempotency_key or secrets.token_hex(16),
            **fields,
        }
        return self._sender.one(Request("POST", "/v2/create-phone-call", body, timeout_s=120.0))

    def retrieve(self, call_id: str) -> One:
        return self._get(f"/v2/get-call/{segment(call_id)}")

    def list(self, **fields: Any) -> One:
        """A page: ``items``, ``has_more``, ``pagination_key``."""
        return self._post("/v3/list-calls", fields)

    def stop(self, call_id: str) -> Nothing:
        return self._sender.nothing(Request("POST", f"/v2/stop-call/{segment(call_id)}"))

    def update(self, call_id: str, **fields: Any) -> One:
        return self._patch(f"/v2/update-call/{segment(call_id)}", fields)

    def delete(self, call_id: str) -> Nothing:
        return self._delete(f"/v2/delete-call/{segment(call_id)}")


class Agent(_Resource[One, Many, Nothing]):
    """Voice agents."""

    def create(self, *, response_engine: Mapping[str, Any], voice_id: str, **fields: Any) -> One:
        body = {"response_engine": response_engine, "voice_id": voice_id, **fields}
        return self._post("/create-agent", body, repeat=False)

    def retrieve(self, agent_id: str, *, version: int | str | None = None) -> One:
        return self._get(f"/get-agent/{segment(agent_id)}", version=version)

    def update(self, agent_id: str, *, version: int | str | None = None, **fields: Any) -> One:
        return self._patch(f"/update-agent/{segment(agent_id)}", fields, version=version)

    def list(self, *, filter_criteria: Mapping[str, Any] | None = None, **query: Any) -> One:
        body = {} if filter_criteria is None else {"filter_criteria": filter_criteria}
        return self._sender.one(Request("POST", "/v2/list-agents", body, query_of(query)))

    def list_versions(self, agent_id: str, **query: Any) -> One:
        return self._get(f"/list-agent-versions/{segment(agent_id)}", **query)

    def delete(self, agent_id: str) -> Nothing:
        return self._delete(f"/delete-agent/{segment(agent_id)}")


class Llm(_Resource[One, Many, Nothing]):
    """Single- and multi-prompt response engines."""

    def create(self, **fields: Any) -> One:
        return self._post("/create-retell-llm", fields, repeat=False)

    def retrieve(self, llm_id: str, *, version: int | None = None) -> One:
        return self._get(f"/get-retell-llm/{segment(llm_id)}", version=version)

    def update(self, llm_id: str, *, version: int | None = None, **fields: Any) -> One:
        return self._patch(f"/update-retell-llm/{segment(llm_id)}", fields, version=version)

    def list(self, **query: Any) -> One:
        return self._get("/v2/list-retell-llms", **query)

    def delete(self, llm_id: str) -> Nothing:
        return self._delete(f"/delete-retell-llm/{segment(llm_id)}")


class ConversationFlow(_Resource[One, Many, Nothing]):
    """Conversation flows."""

    def create(self, **fields: Any) -> One:
        return self._post("/create-conversation-flow", fields, repeat=False)

    def retrieve(self, conversation_flow_id: str, *, version: int | None = None) -> One:
        path = f"/get-conversation-flow/{segment(conversation_flow_id)}"
        return self._get(path, version=version)

    def update(
        self, conversation_flow_id: str, *, version: int | None = None, **fields: Any
    ) -> One:
        path = f"/update-conversation-flow/{segment(conversation_flow_id)}"
        return self._patch(path, fields, version=version)

    def list(self, **query: Any) -> One:
        return self._get("/v2/list-conversation-flows", **query)

    def delete(self, conversation_flow_id: str) -> Nothing:
        return self._delete(f"/delete-conversation-flow/{segment(conversation_flow_id)}")


class PhoneNumber(_Resource[One, Many, Nothing]):
    """Phone numbers."""

    def import_(self, *, phone_number: str, termination_uri: str, **fields: Any) -> One:
        body = {"phone_number": phone_number, "termination_uri": termination_uri, **fields}
        return self._post("/import-phone-number", body, repeat=False)

    def retrieve(self, phone_number: str) -> One:
        return self._get(f"/get-phone-number/{segment(phone_number)}")

    def update(self, phone_number: str, **fields: Any) -> One:
        return self._patch(f"/update-phone-number/{segment(phone_number)}", fields)

    def list(self, **query: Any) -> One:
        return self._get("/v2/list-phone-numbers", **query)

    def delete(self, phone_number: str) -> Nothing:
        return self._delete(f"/delete-phone-number/{segment(phone_number)}")


class Voice(_Resource[One, Many, Nothing]):
    """Voices."""

    def retrieve(self, voice_id: str) -> One:
        return self._get(f"/get-voice/{segment(voice_id)}")

    def list(self) -> Many:
        return self._sender.many(Request("GET", "/list-voices"))


class Account(_Resource[One, Many, Nothing]):
    """The workspace of the key."""

    def concurrency(self) -> One:
        return self._get("/get-concurrency")

    def identity(self) -> One:
        return self._get("/get-api-key-info")
