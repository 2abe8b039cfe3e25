"""Environment tags of an agent: names such as ``prod`` that point to one of its versions.

``{name: {version, dynamic_variables, assigned_ms}}`` as kept (retell-api.md section 6.1). A tag is
the agent's and not the version's, so it may move to and fro between published versions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Annotated, Any, cast

from pydantic import Field, RootModel

from uponai.domain.errors import InvalidField
from uponai.wire.common import Texts
from uponai.wire.validate import Closed, Json, as_object, check
from uponai.wire.version import HIGHEST

MOST = 10
_NAME = re.compile(r"[a-z][A-Za-z0-9_-]{0,19}")
_RESERVED = re.compile(r"latest|latest_published|v\d+")

Tags = Mapping[str, Mapping[str, Any]]


class Tag(Closed):
    """``dynamic_variables`` come with every call that is made by this tag's name."""

    version: Annotated[int, Field(ge=0, le=HIGHEST)]
    dynamic_variables: Texts | None = None


class _Change(RootModel[dict[str, Tag | None]]):
    """By name; null removes a tag, absent keeps it."""


def changed_tags(stored: Tags, change: Any, versions: Collection[int], now_ms: int) -> Json:
    """The tags after ``change``; ``versions`` are the agent's. Raises InvalidField."""
    if change is None:
        return {}
    given = as_object(change, "tags")
    check(_Change, given, within="tags")
    after: Json = dict(stored)
    for name, tag in cast("Mapping[str, Mapping[str, Any] | None]", given).items():
        _check_name(name)
        if tag is None:
            after.pop(name, None)
            continue
        if tag["version"] not in versions:
            raise InvalidField(f"tags/{name}/version", "must be a version of this agent")
        after[name] = _assigned(stored.get(name), tag, now_ms)
    if len(after) > MOST:
        raise InvalidField("tags", f"must NOT have more than {MOST} items")
    return after


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
        raise InvalidField(
            f"tags/{name}",
            "must have a name of at most 20 letters, digits, '_' or '-' that begins with a"
            " lower-case letter and is neither 'latest', 'latest_published' nor 'v' with a number",
        )


def _assigned(before: Mapping[str, Any] | None, tag: Mapping[str, Any], now_ms: int) -> Json:
    """Variables that are not given stay; the time is that of the last move."""
    kept: Json = dict(before or {})
    moved = kept.get("version") != tag["version"]
    if "dynamic_variables" in tag:
        kept["dynamic_variables"] = tag["dynamic_variables"] or {}
    at_ms = now_ms if moved else kept["assigned_ms"]
    return {**kept, "version": tag["version"], "assigned_ms": at_ms}


def targets(tags: Tags) -> dict[str, int]:
    """Which version each tag means."""
    return {name: int(tag["version"]) for name, tag in tags.items()}


def assigned_tags(tags: Tags, version: int) -> list[str]:
    """The tags of one version, the one assigned last first."""
    found = [name for name, tag in tags.items() if tag["version"] == version]
    return sorted(found, key=lambda name: (-int(tags[name]["assigned_ms"]), name))


def shown_tags(tags: Tags) -> Json:
    """As the list of agents tells them."""
    return {
        name: {"version": tag["version"], "dynamic_variables": tag.get("dynamic_variables") or {}}
        for name, tag in tags.items()
    }


def call_tag(tags: Tags, version: int, asked: int | str | None) -> str | None:
    """The tag that a call is made under: the one asked for, else the last assigned to its version.

    Frozen with the call, so that a tag that moves later changes nothing for it.
    """
    if isinstance(asked, str) and asked in tags:
        return asked
    return next(iter(assigned_tags(tags, version)), None)
