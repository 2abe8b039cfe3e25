"""How a caller is recognised: shared by agents and by single nodes of a flow."""

from __future__ import annotations

from typing import Literal

from uponai.wire.validate import Wire

_LEAST_ENDPOINTING_MS = {
    "azure": 100,
    "deepgram": 10,
    "soniox": 500,
    "assemblyai": 100,
    "muse": 100,
}
_MOST_ENDPOINTING_MS = {"assemblyai": 3_000}


class SttConfig(Wire):
    provider: Literal["azure", "deepgram", "soniox", "assemblyai", "muse"]
    endpointing_ms: int


def checked_stt_config(config: SttConfig) -> SttConfig:
    """Raises ValueError outside the vendor's range."""
    least = _LEAST_ENDPOINTING_MS[config.provider]
    most = _MOST_ENDPOINTING_MS.get(config.provider)
    if config.endpointing_ms < least:
        raise ValueError(f"must have endpointing_ms >= {least} for {config.provider}")
    if most is not None and config.endpointing_ms > most:
        raise ValueError(f"must have endpointing_ms <= {most} for {config.provider}")
    return config
