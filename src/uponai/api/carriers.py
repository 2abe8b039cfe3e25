"""The platform's own endpoints of accounts with carriers.

Credentials are verified with the carrier and sealed; no secret is ever shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from uponai import log
from uponai.api.auth import Asking
from uponai.api.json import Body, WireResponse
from uponai.api.openapi import takes
from uponai.api.services import ApiServices, Services
from uponai.api.shopping import CarrierFailed
from uponai.carriers.base import CarrierError
from uponai.carriers.base_accounts import Credentials, OwnAccounts, WrongCredentials
from uponai.domain.carrier_account import own_account
from uponai.domain.errors import InvalidField, Unknown, UserError
from uponai.storage.base import CarrierAccount, Storage
from uponai.wire.carrier import CarrierAccountPut, carrier_credentials
from uponai.wire.validate import Json

router = APIRouter(tags=["Carrier"])

SHOWN_OF_SECRET = 4
LEAST_SECRET = 12
"""Of a shorter one the end would tell too much."""

IDENTITY = ("account", "application")
"""What numbers are bound to."""

_log = log.get("uponai.api")


@dataclass(frozen=True, slots=True)
class Registrar:
    """Takes, shows and removes the accounts of workspaces, for the API and the command line."""

    storage: Storage
    own: OwnAccounts
    seal: Callable[[str], str]
    now_ms: Callable[[], int]

    async def put(self, workspace_id: str, carrier: str, body: Any) -> CarrierAccount:
        """Verified with the carrier, then stored. Raises UserError; then nothing has changed."""
        given = carrier_credentials(body, self._needs(carrier))
        former = await self._mine(workspace_id, carrier)
        if former is not None and any(former.fields.get(n) != given.get(n) for n in IDENTITY):
            await self._check_unused(former)
        try:
            await self.own.verify(carrier, Credentials(**given))
        except WrongCredentials as wrong:
            raise InvalidField(wrong.field, str(wrong)) from None
        except CarrierError as error:
            raise CarrierFailed(f"The carrier could not be asked: {error}.") from None
        secret = given.pop("secret")
        account = CarrierAccount(
            own_account(carrier, workspace_id),
            workspace_id,
            carrier,
            given,
            secret[-SHOWN_OF_SECRET:] if len(secret) >= LEAST_SECRET else "",
            self.seal(secret),
            self.now_ms(),
        )
        await self.storage.carrier_accounts.put(account)
        await self.own.refresh()
        _log.info("carrier account set", account=account.name)
        return account

    async def remove(self, workspace_id: str, carrier: str) -> None:
        """Raises UserError while numbers call through it."""
        self._needs(carrier)
        former = await self._mine(workspace_id, carrier)
        if former is None:
            raise Unknown(f"This workspace has no account of its own with {carrier}.")
        await self._check_unused(former)
        gone = replace(former, sealed=None, tail="", modified_ms=self.now_ms())
        await self.storage.carrier_accounts.put(gone)
        await self.own.refresh()
        _log.info("carrier account removed", account=former.name)

    async def shown(self, workspace_id: str, installed: Callable[[str], bool]) -> list[Json]:
        """One row per carrier; ``installed`` tells of which the installation has an account."""
        mine = {one.carrier: one for one in await self.storage.carrier_accounts.of(workspace_id)}
        return [
            account_json(mine[carrier])
            if carrier in mine
            else {"carrier": carrier, "source": "installation" if installed(carrier) else "none"}
            for carrier in sorted(self.own.needs)
        ]

    def _needs(self, carrier: str) -> list[str]:
        needs = self.own.needs.get(carrier)
        if needs is None:
            known = ", ".join(sorted(self.own.needs)) or "none"
            raise Unknown(
                f"There is no carrier {carrier} to have an account with (known: {known})."
            )
        return list(needs)

    async def _mine(self, workspace_id: str, carrier: str) -> CarrierAccount | None:
        mine = await self.storage.carrier_accounts.of(workspace_id)
        return next((one for one in mine if one.carrier == carrier), None)

    async def _check_unused(self, account: CarrierAccount) -> None:
        numbers = await self.storage.carrier_accounts.numbers_on(account.name)
        if numbers:
            raise UserError(
                f"{numbers} phone numbers call through this account; delete them first.",
                code="account_in_use",
            )


def account_json(account: CarrierAccount) -> Json:
    """What may be seen of it."""
    return {
        "carrier": account.carrier,
        "source": "workspace",
        **account.fields,
        "secret_last4": account.tail,
        "last_modification_timestamp": account.modified_ms,
    }


def _registrar(services: ApiServices) -> Registrar:
    return Registrar(services.storage, services.accounts, services.seal, services.now_ms)


@router.get("/uponai/v1/carriers")
async def list_carriers(services: Services, caller: Asking) -> Response:
    rows = await _registrar(services).shown(caller.workspace_id, services.shops.__contains__)
    return WireResponse(rows)


@router.put("/uponai/v1/carriers/{carrier}", openapi_extra=takes(CarrierAccountPut))
async def set_carrier(carrier: str, body: Body, services: Services, caller: Asking) -> Response:
    """Replaces the workspace's former account with this carrier."""
    account = await _registrar(services).put(caller.workspace_id, carrier, body)
    return WireResponse(account_json(account))


@router.delete("/uponai/v1/carriers/{carrier}", status_code=204)
async def remove_carrier(carrier: str, services: Services, caller: Asking) -> Response:
    await _registrar(services).remove(caller.workspace_id, carrier)
    return Response(status_code=204)
