"""Telnyx's REST API v2: JSON in and out, ``data`` around every answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

import aiohttp

from uponai.carriers.hosted.rest import Api, Refused, Rest, Way
from uponai.carriers.telnyx.account import Account

API = "https://api.telnyx.com/v2"

Wish = Mapping[str, Any]
TelnyxApi = Api[Wish]

__all__ = ["API", "Refused", "TelnyxApi", "action", "data_of", "list_of", "opened"]


def opened(session: aiohttp.ClientSession, account: Account, base_url: str = API) -> Rest[Wish]:
    """The API of one account."""
    headers = {"Authorization": f"Bearer {account.secret}"}
    return Rest(session, Way(base_url, headers, _content, _complaint))


def action(carrier_ref: str, name: str) -> str:
    """Path of a command to a call."""
    return f"calls/{quote(carrier_ref, safe='')}/actions/{name}"


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
    """``data`` of an answer about several things."""
    data: Any = answer.get("data")
    if not isinstance(data, list):
        return []
    return [cast(dict[str, Any], one) for one in cast(list[Any], data) if isinstance(one, dict)]
