"""The inbound webhook's question and answer (retell-api.md section 4.5)."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import Field

from uponai.domain.errors import InvalidField, UserError
from uponai.wire.common import Texts, Version
from uponai.wire.create_call import Metadata
from uponai.wire.override import AgentOverride
from uponai.wire.validate import Json, Wire, check, compact, parse_body, without_nulls

EVENT = "call_inbound"


class BadAnswer(Exception):
    """An answer that cannot be followed; the text names field and rule."""


class _Wishes(Wire):
    """Its variables are called ``dynamic_variables`` here, and nowhere else (trap 31)."""

    override_agent_id: Annotated[str, Field(min_length=1)] | None = None
    override_agent_version: Version = None
    agent_override: AgentOverride | None = None
    dynamic_variables: Texts | None = None
    metadata: Metadata | None = None


class _Answer(Wire):
    call_inbound: _Wishes | None = None


def question(call_id: str, from_number: str, to_number: str, bound: tuple[str, int] | None) -> str:
    """The exact body that is sent and signed; ``bound``: agent and version that would take it."""
    agent: Json = {} if bound is None else {"agent_id": bound[0], "agent_version": bound[1]}
    told = {**agent, "from_number": from_number, "to_number": to_number, "call_id": call_id}
    return compact({"event": EVENT, EVENT: told})


def wishes(raw: bytes) -> Json:
    """What a 2xx answer asks for; nothing at all asks for nothing. Raises BadAnswer."""
    try:
        read = parse_body(raw)
        if not isinstance(read, dict):
            raise BadAnswer("the answer must be a JSON object")
        given = check(_Answer, without_nulls(cast("dict[str, Any]", read)))
    except InvalidField as error:
        raise BadAnswer(f"{error.path} {error.rule}".strip()) from None
    except UserError as error:
        raise BadAnswer(error.message.replace("request/body", "the answer")) from None
    return without_nulls(given.get(EVENT) or {})
