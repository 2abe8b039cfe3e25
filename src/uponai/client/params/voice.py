"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict

from uponai.client.requests import File


class CommunityVoiceParams(TypedDict, total=False):
    provider_voice_id: Required[str]
    voice_name: Required[str]
    public_user_id: str
    voice_provider: str


class VoiceSearchParams(TypedDict, total=False):
    search_query: Required[str]
    voice_provider: str


class VoiceCloneParams(TypedDict, total=False):
    voice_name: Required[str]
    voice_provider: Required[str]
    files: Required[Sequence[File]]
