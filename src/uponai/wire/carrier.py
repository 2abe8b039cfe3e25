"""Bodies of the platform's own carriers API. No counterpart at Retell's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from uponai.domain.errors import InvalidField
from uponai.wire.validate import Closed, Json, as_object, check, without_nulls


def _sendable(value: str) -> str:
    """It goes into header fields and addresses."""
    word = value.strip()
    if not (word.isascii() and word.isprintable() and " " not in word):
        raise ValueError("must be of printable ASCII characters, without spaces")
    return word


Word = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(_sendable)]


class CarrierAccountPut(Closed):
    """What opens a workspace's own account; which of the words it needs is the carrier's."""

    account: Word | None = None
    secret: Word | None = None
    public_key: Word | None = None
    application: Word | None = None


def carrier_credentials(body: Any, needs: Sequence[str]) -> Json:
    """The words that the carrier ``needs``, all of them. Raises InvalidField."""
    given = without_nulls(check(CarrierAccountPut, as_object(body)))
    for name in needs:
        if name not in given:
            raise InvalidField(name, "must be given for this carrier")
    for name in given:
        if name not in needs:
            raise InvalidField(name, "must be left out for this carrier")
    return {name: str(value) for name, value in given.items()}
