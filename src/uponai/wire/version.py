"""Which version a selector means: a number, ``latest``, ``latest_published`` or a tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar

from pydantic import Field

from uponai.wire.validate import Closed, Json, Wire, as_object, check


class HasVersion(Protocol):
    """What the choice needs to know of a version."""

    @property
    def version(self) -> int: ...
    @property
    def is_published(self) -> bool: ...


V = TypeVar("V", bound=HasVersion)


HIGHEST = 2**31 - 1
"""What databases keep as a version."""


class Selector(NamedTuple):
    """What was asked for. ``number`` 0 is a version (trap 16); both None: the latest."""

    number: int | None
    word: str | None


def selector(given: int | str | None) -> Selector:
    """From a body or a query string, where numbers come as text."""
    if given is None or given == "latest":
        return Selector(None, None)
    if isinstance(given, int):
        return Selector(given, None)
    if given.isascii() and given.isdigit():
        return Selector(int(given[:20]), None)
    if given and not given[0].isalpha():
        # No tag begins like this ("-1", "1.5"): not one that is unassigned, but no version at all.
        return Selector(-1, None)
    return Selector(None, given)


def choose(
    wanted: Selector, highest_first: Sequence[V], tags: Mapping[str, int] | None = None
) -> V | None:
    """The version meant, None when there is none. An unassigned tag means the latest."""
    number = wanted.number
    if number is None and wanted.word is not None:
        number = (tags or {}).get(wanted.word)
    if number is not None:
        return next((v for v in highest_first if v.version == number), None)
    if wanted.word == "latest_published":
        return next((v for v in highest_first if v.is_published), None)
    return next(iter(highest_first), None)


def latest_draft(highest_first: Sequence[V]) -> V | None:
    """What a PATCH without a version changes (trap 29)."""
    return next((v for v in highest_first if not v.is_published), None)


class NewVersion(Closed):
    """Body of create-agent-version."""

    base_version: Annotated[int, Field(ge=0, le=HIGHEST)]


class Publication(Wire):
    """Body of publish-agent-version."""

    version: Annotated[int, Field(ge=0, le=HIGHEST)]
    version_title: str | None = None
    version_description: str | None = None


def new_version(body: Any) -> int:
    """The base of a new draft. Raises InvalidField."""
    return int(check(NewVersion, as_object(body))["base_version"])


def publication(body: Any) -> Json:
    """``version``, and the labels that are given. Raises InvalidField."""
    given = check(Publication, as_object(body))
    return {name: given[name] for name in Publication.model_fields if given.get(name) is not None}
