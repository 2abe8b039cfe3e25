"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal

from uponai.client.record import Record


class VoiceResponse(Record):
    voice_id: str
    voice_name: str
    provider: str
    gender: Literal["male", "female"]
    accent: str | None
    age: str | None
    avatar_url: str | None
    preview_audio_url: str | None


class VoiceSearchResponse(Record):
    voices: list[VoiceMatch]


class VoiceMatch(Record):
    name: str | None
    description: str | None
    provider_voice_id: str | None
    public_user_id: str | None
