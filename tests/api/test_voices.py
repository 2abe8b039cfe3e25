"""More voices: searched, added and cloned where a vendor has a library, refused elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

from tests.api.world import OTHER, VOICE, Api, World, api, world
from tests.fakes.elevenlabs_server import ElevenLabsServer
from tests.fakes.servers import provider_context, serving

from uponai.providers.elevenlabs import ElevenLabsVoices

ADD = {"provider_voice_id": "v1", "public_user_id": "u1", "voice_name": "Our Ann"}


@contextlib.asynccontextmanager
async def library(key: str = "key-1") -> AsyncGenerator[tuple[World, Api, ElevenLabsServer]]:
    fake = ElevenLabsServer()
    async with serving(fake.app) as address:
        async with provider_context(f"http://{address}", key) as context:
            async with world(libraries={"elevenlabs": ElevenLabsVoices(context)}) as w:
                async with api(w) as a:
                    yield w, a, fake


async def test_a_community_voice_is_found_added_and_used() -> None:
    async with library() as (w, a, fake):
        found = await a.post("/search-community-voice", {"search_query": "warm"})
        assert found == {
            "voices": [
                {
                    "provider_voice_id": "v1",
                    "name": "Ann",
                    "description": "Warm",
                    "public_user_id": "u1",
                }
            ]
        }
        voice = await a.post("/add-community-voice", ADD)
        assert fake.added == [("u1", "v1", {"new_name": "Our Ann"})]
        assert voice == {
            "voice_id": "elevenlabs-own-v1",
            "voice_name": "Our Ann",
            "provider": "elevenlabs",
            "gender": "male",
            "accent": "british",
        }
        assert await a.get("/list-voices") == [voice, VOICE]
        assert await a.get("/get-voice/elevenlabs-own-v1") == voice
        await a.agent(voice_id=voice["voice_id"])
        renamed = await a.post("/add-community-voice", {**ADD, "voice_name": "Ann"})
        assert await a.get("/list-voices") == [renamed, VOICE]
        async with api(w, OTHER) as stranger:
            assert await stranger.get("/list-voices") == [VOICE]
            await stranger.get("/get-voice/elevenlabs-own-v1", 422)


async def test_a_voice_is_cloned_from_files() -> None:
    async with library() as (_, a, fake):
        files = [("files", (f"{n}.wav", b"RIFF" + bytes([n]), "audio/wav")) for n in range(2)]
        fields = {"voice_name": "Boss", "voice_provider": "elevenlabs"}
        voice = await a.post("/clone-voice", None, 201, data=fields, files=files)
        assert voice["voice_id"] == "elevenlabs-cloned" and voice["voice_name"] == "Boss"
        assert fake.added == [("Boss", [("0.wav", b"RIFF\x00"), ("1.wav", b"RIFF\x01")])]
        assert voice in await a.get("/list-voices")
        cases: list[tuple[dict[str, Any], list[Any], str]] = [
            (fields, [], "must have required property 'files'"),
            ({"voice_provider": "elevenlabs"}, files, "'voice_name'"),
            ({**fields, "voice_provider": "acme"}, files, "request/body/voice_provider must be"),
            ({**fields, "voice_provider": "cartesia"}, files, "files must NOT have more than 1"),
            (fields, [("files", ("a.wav", b"", "audio/wav"))], "files/0 must have 1 to"),
            (fields, files * 13, "files must NOT have more than 25"),
        ]
        for data, sent, text in cases:
            refused = await a.post("/clone-voice", None, 400, data=data, files=sent)
            assert text in refused["message"], refused
        await a.post("/clone-voice", {"voice_name": "x"}, 400)


async def test_what_a_vendor_lacks_or_refuses_is_told_as_a_4xx() -> None:
    async with library() as (_, a, _fake):
        search = {"search_query": "warm", "voice_provider": "inworld"}
        refused = await a.post("/search-community-voice", search, 400)
        assert refused["code"] == "provider_not_configured" and "inworld" in refused["message"]
        refused = await a.post("/search-community-voice", {}, 400)
        assert "'search_query'" in refused["message"]
        gone = await a.post("/add-community-voice", {**ADD, "provider_voice_id": "gone"}, 400)
        assert "voice not found" in gone["message"]
        ownerless = {name: value for name, value in ADD.items() if name != "public_user_id"}
        refused = await a.post("/add-community-voice", ownerless, 400)
        assert "public_user_id is required" in refused["message"]
        await a.post("/search-community-voice", {"search_query": "busy"}, 429)
        assert await a.get("/list-voices") == [VOICE]
    async with library("key-wrong") as (_, a, _fake):
        refused = await a.post("/search-community-voice", {"search_query": "x"}, 400)
        assert refused["code"] == "provider_failed" and "Invalid API key" in refused["message"]
    async with world() as w, api(w) as a:
        refused = await a.post("/add-community-voice", ADD, 400)
        assert "set up here (none is)" in refused["message"]
