"""Which voices a host takes, whether or not it can speak with them."""

from __future__ import annotations

import aiohttp
import pytest

from uponai.app.models import ModelRack
from uponai.config import Config


@pytest.mark.parametrize(
    ("voice_id", "known"),
    [
        ("local-hana", True),
        ("11labs-Adrian", True),
        ("custom_voice_0123", True),
        ("local-hanna", False),
        ("Adrian", False),
        ("openai", False),
    ],
)
async def test_voices_of_ours_and_of_hosted_platforms_may_be_named(voice_id, known, tmp_path):
    async with aiohttp.ClientSession() as session:
        rack = ModelRack(Config(data_dir=tmp_path), session)
        assert rack.knows_voice(voice_id) is known
        await rack.aclose()
