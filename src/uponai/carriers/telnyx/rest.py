"""Telnyx's REST API v2: JSON in and out, ``data`` around every answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

import aiohttp

from uponai.carriers.base_accounts import WrongCredentials
from uponai.carriers.hosted.rest import (
    IDENTIFIER,
    NOT_THERE,
    UNAUTHORIZED,
    Api,
    Refused,
    Rest,
    Way,
    list_in,
)
from uponai.carriers.telnyx.account import Account
from uponai.carriers.telnyx.signatures import Signatures

API = "https://api.telnyx.com/v2"

NO_APPLICATION = (NOT_THERE, 422)

Wish = Mapping[str, Any]
TelnyxApi = Api[Wish]


def opened(session: aiohttp.ClientSession, account: Account, base_url: str = API) -> Rest[Wish]:
    """The API of one account."""
    headers = {"Authorization": f"Bearer {account.secret}"}
    return Rest(session, Way(base_url, headers, _content, _complaint))


async def verify(account: Account, rest: TelnyxApi) -> None:
    """Whether Telnyx takes the credentials. Raises WrongCredentials, CarrierError."""
    try:
        Signatures(account.public_key)
    except ValueError:
        rule = "must be an Ed25519 key in base64, as the portal shows it"
        raise WrongCredentials("public_key", rule) from None
    if IDENTIFIER.fullmatch(account.application) is None:
        raise WrongCredentials("application", "must be the id of a Voice API application")
    try:
        await rest.get(f"connections/{account.application}/active_calls", [("page[size]", "1")])
    except Refused as refused:
        if refused.status in UNAUTHORIZED:
            raise WrongCredentials("secret", "is not an API key of this carrier's") from None
        if refused.status in NO_APPLICATION:
            rule = "is not a Voice API application of this account"
            raise WrongCredentials("application", rule) from None
        raise


def call_path(carrier_ref: str) -> str:
    """Path of a call."""
    return f"calls/{quote(carrier_ref, safe='')}"


def action(carrier_ref: str, name: str) -> str:
    """Path of a command to a call."""
    return f"{call_path(carrier_ref)}/actions/{name}"


def _content(body: Wish) -> Mapping[str, Any]:
    return {"json": dict(body)}


def _complaint(answer: Mapping[str, Any]) -> tuple[str, str]:
    """Code and words of the first error."""
    errors: Any = answer.get("errors")
    if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
        return "", ""
    first = cast(dict[str, Any], errors[0])
    words = [str(first[name]) for name in ("title", "detail") if first.get(name)]
    return str(first.get("code") or ""), ": ".join(words)


def data_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` of an answer about one thing; empty where there is none."""
    data: Any = answer.get("data")
    return cast(dict[str, Any], data) if isinstance(data, dict) else {}


def list_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``data`` of an answer about several things. Raises CarrierError for another answer."""
    return list_in(answer, "data")
