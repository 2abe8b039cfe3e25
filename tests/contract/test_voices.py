"""Community voices searched and added, and voices cloned, by both official SDKs."""

from __future__ import annotations

import asyncio

from tests.contract.beside import served
from tests.contract.sdk import Recorder, proves, strict_client
from tests.contract.test_node_sdk import NODE, ran
from tests.fakes.elevenlabs_server import ElevenLabsServer
from tests.fakes.node import node_packages
from tests.fakes.servers import provider_context, serving

from uponai.providers.elevenlabs import ElevenLabsVoices


def ask(base_url: str) -> None:
    with strict_client(base_url, Recorder("")) as sdk:
        (found,) = sdk.voice.search(search_query="warm", voice_provider="elevenlabs").voices
        assert found.provider_voice_id and found.name and found.public_user_id
        added = sdk.voice.add_resource(
            provider_voice_id=found.provider_voice_id,
            public_user_id=found.public_user_id,
            voice_name="Our Ann",
            voice_provider="elevenlabs",
        )
        assert (added.voice_name, added.provider) == ("Our Ann", "elevenlabs")
        cloned = sdk.voice.clone(
            files=[("boss.wav", b"RIFF")], voice_name="Boss", voice_provider="elevenlabs"
        )
        assert cloned.voice_name == "Boss"
        listed = {voice.voice_id for voice in sdk.voice.list()}
        assert {added.voice_id, cloned.voice_id} <= listed
        assert sdk.voice.retrieve(added.voice_id) == added


@proves("voice.search", "voice.add_resource", "voice.clone")
async def test_more_voices_from_a_vendors_library() -> None:
    node_packages(NODE)
    async with serving(ElevenLabsServer().app) as address:
        async with provider_context(f"http://{address}") as context:
            async with served(libraries={"elevenlabs": ElevenLabsVoices(context)}) as base_url:
                await asyncio.to_thread(ask, base_url)
                worked = await asyncio.to_thread(ran, "voices", base_url)
    assert {"voice.search", "voice.addResource", "voice.clone"} <= worked
