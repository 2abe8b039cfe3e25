"""Twilio's REST API (version 2010-04-01): form fields in, JSON out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import aiohttp

from uponai.carriers.base_accounts import WrongCredentials
from uponai.carriers.hosted.rest import (
    IDENTIFIER,
    NOT_THERE,
    UNAUTHORIZED,
    Api,
    Query,
    Refused,
    Rest,
    Way,
)
from uponai.carriers.twilio.account import Account

API = "https://api.twilio.com"

Fields = Query
TwilioApi = Api[Fields]


def opened(session: aiohttp.ClientSession, account: Account, base_url: str = API) -> Rest[Fields]:
    """The API of one account."""
    basic = base64.b64encode(f"{account.sid}:{account.secret}".encode()).decode()
    root = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account.sid}"
    return Rest(session, Way(root, {"Authorization": f"Basic {basic}"}, _content, _complaint))


async def verify(account: Account, rest: TwilioApi) -> None:
    """Whether Twilio takes the credentials. Raises WrongCredentials, CarrierError."""
    if IDENTIFIER.fullmatch(account.sid) is None:
        raise WrongCredentials("account", "must be an Account SID, such as AC0123...")
    try:
        await rest.get("IncomingPhoneNumbers.json", [("PageSize", "1")])
    except Refused as refused:
        if refused.status in UNAUTHORIZED:
            rule = "is not the Auth Token of this account"
            raise WrongCredentials("secret", rule) from None
        if refused.status == NOT_THERE:
            raise WrongCredentials("account", "is not an account of this carrier's") from None
        raise


def _content(fields: Fields) -> Mapping[str, Any]:
    return {"data": aiohttp.FormData(list(fields))}


def _complaint(answer: Mapping[str, Any]) -> tuple[str, str]:
    return str(answer.get("code") or ""), str(answer.get("message") or "")
