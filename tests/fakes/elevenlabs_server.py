"""ElevenLabs' streamed synthesis: raw PCM, cut at odd places."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from aiohttp import web


class ElevenLabsServer:
    """Speaks 80 samples a word, each of the word's length; ``...`` waits, ``BREAK`` aborts."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.requests: list[dict[str, Any]] = []
        self.formats: list[str] = []
        self.app = web.Application()
        self.added: list[Any] = []
        self.app.router.add_post("/v1/text-to-speech/{voice}/stream", self._speak)
        self.app.router.add_get("/v1/shared-voices", self._search)
        self.app.router.add_post("/v1/voices/add/{owner}/{voice}", self._add)
        self.app.router.add_post("/v1/voices/add", self._clone)
        self.app.router.add_get("/v1/voices/{voice}", self._voice)

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("xi-api-key") != "key-1":
            detail = {"status": "invalid_api_key", "message": "Invalid API key"}
            return web.json_response({"detail": detail}, status=401)
        if request.match_info["voice"] == "no/body":
            return web.json_response({"detail": "voice not found"}, status=404)
        body = await request.json()
        self.requests.append(body)
        self.formats.append(request.query["output_format"])
        response = web.StreamResponse(headers={"Content-Type": "audio/pcm"})
        await response.prepare(request)
        for word in body["text"].split():
            if word == "...":
                await self.go.wait()
            elif word == "BREAK":
                assert request.transport is not None
                request.transport.abort()
                return response
            else:
                data = np.full(80, len(word) * 100, "<i2").tobytes()
                await response.write(data[:77])
                await response.write(data[77:])
        return response

    async def _search(self, request: web.Request) -> web.Response:
        _known(request)
        if request.query["search"] == "busy":
            return web.json_response({"detail": {"message": "Too many requests"}}, status=429)
        voice = {
            "voice_id": "v1",
            "name": "Ann",
            "description": "Warm",
            "public_owner_id": "u1",
        }
        return web.json_response({"voices": [voice, "junk"], "has_more": False})

    async def _add(self, request: web.Request) -> web.Response:
        _known(request)
        owner, voice = request.match_info["owner"], request.match_info["voice"]
        if voice == "gone":
            return web.json_response({"detail": {"message": "voice not found"}}, status=400)
        self.added.append((owner, voice, await request.json()))
        return web.json_response({"voice_id": f"own-{voice}"})

    async def _clone(self, request: web.Request) -> web.Response:
        _known(request)
        form = await request.post()
        files = [part for part in form.getall("files") if isinstance(part, web.FileField)]
        self.added.append((form["name"], [(f.filename, f.file.read()) for f in files]))
        return web.json_response({"voice_id": "cloned", "requires_verification": False})

    async def _voice(self, request: web.Request) -> web.Response:
        _known(request)
        labels = {"gender": "male", "accent": "british"}
        return web.json_response({"voice_id": request.match_info["voice"], "labels": labels})


def _known(request: web.Request) -> None:
    if request.headers.get("xi-api-key") != "key-1":
        raise web.HTTPUnauthorized(text='{"detail": {"message": "Invalid API key"}}')
