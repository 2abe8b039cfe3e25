"""Bodies of the voice library's endpoints (retell-api.md section 1.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from uponai.domain.errors import InvalidField
from uponai.wire.validate import Json, Wire, as_object, check, without_nulls

DEFAULT_LIBRARY = "elevenlabs"
MAX_SAMPLES = 25
MAX_SAMPLE_BYTES = 10_000_000
MOST_SAMPLES: Mapping[str, int] = {"cartesia": 1, "minimax": 1, "inworld": 3}
"""Vendors that take fewer files than all others."""

HOSTED = (
    "11labs",
    "cartesia",
    "custom_voice",
    "fish_audio",
    "inworld",
    "minimax",
    "openai",
    "play",
    "retell",
    "xai",
)
"""What the voices of a hosted platform begin with: code written for them names such voices, and a
host that cannot speak with one speaks with its own.
"""

Library = Literal["elevenlabs", "cartesia", "minimax", "fish_audio", "inworld"]
_Name = Annotated[str, Field(min_length=1, max_length=200)]


def is_hosted(voice_id: str) -> bool:
    """Whether the id is that of some hosted platform's voice."""
    return voice_id.startswith(tuple(f"{vendor}{dash}" for vendor in HOSTED for dash in "-_"))


class VoiceSearch(Wire):
    search_query: _Name
    voice_provider: Library | None = None


class CommunityVoice(Wire):
    """``public_user_id`` is the owner's id, where the vendor asks for it."""

    provider_voice_id: _Name
    voice_name: _Name
    public_user_id: _Name | None = None
    voice_provider: Library | None = None


class VoiceClone(Wire):
    """The text fields of clone-voice."""

    voice_name: _Name
    voice_provider: Literal[
        "elevenlabs", "cartesia", "minimax", "fish_audio", "platform", "inworld"
    ]


def voice_search(body: Any) -> Json:
    """Raises InvalidField."""
    return check(VoiceSearch, without_nulls(as_object(body)))


def community_voice(body: Any) -> Json:
    """Raises InvalidField."""
    return check(CommunityVoice, without_nulls(as_object(body)))


def voice_clone(fields: Mapping[str, str], sizes: Sequence[int]) -> Json:
    """The form's fields; ``sizes`` are those of its files in bytes. Raises InvalidField."""
    given = check(VoiceClone, dict(fields))
    if not sizes:
        raise InvalidField("", "must have required property 'files'")
    most = MOST_SAMPLES.get(given["voice_provider"], MAX_SAMPLES)
    if len(sizes) > most:
        raise InvalidField("files", f"must NOT have more than {most} items")
    for at, size in enumerate(sizes):
        if not 0 < size <= MAX_SAMPLE_BYTES:
            raise InvalidField(f"files/{at}", f"must have 1 to {MAX_SAMPLE_BYTES} bytes")
    return given
