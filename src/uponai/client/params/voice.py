"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Required, TypedDict

from uponai.client.requests import File


class CommunityVoiceParams(TypedDict, total=False):
    """`public_user_id` is the owner's id, where the vendor asks for it."""

    provider_voice_id: Required[str]
    voice_name: Required[str]
    public_user_id: str | None
    voice_provider: Literal["elevenlabs", "cartesia", "minimax", "fish_audio", "inworld"] | None


class VoiceSearchParams(TypedDict, total=False):
    search_query: Required[str]
    voice_provider: Literal["elevenlabs", "cartesia", "minimax", "fish_audio", "inworld"] | None


class VoiceCloneParams(TypedDict, total=False):
    voice_name: Required[str]
    voice_provider: Required[str]
    files: Required[Sequence[File]]
