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
        self.app.router.add_post("/v1/text-to-speech/{voice}/stream", self._speak)

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
