"""The voice methods. Made by ``python -m sdk.generate``."""

from __future__ import annotations

import builtins
from typing import Unpack

from uponai.client.params import CommunityVoiceParams, VoiceCloneParams, VoiceSearchParams
from uponai.client.requests import Request, path_of
from uponai.client.results import VoiceResponse, VoiceSearchResponse
from uponai.client.sending import AsyncResource, Resource


class Voice(Resource):
    """``client.voice``."""

    def retrieve(self, voice_id: str) -> VoiceResponse:
        """A voice."""
        return self._one(
            Request("GET", path_of("/get-voice/{voice_id}", voice_id=voice_id)), VoiceResponse
        )

    def list(self) -> builtins.list[VoiceResponse]:
        """The voices that agents may have."""
        return self._many(Request("GET", "/list-voices"), VoiceResponse)

    def add_resource(self, **body: Unpack[CommunityVoiceParams]) -> VoiceResponse:
        """Add a voice of a vendor's community to yours."""
        return self._one(
            Request("POST", "/add-community-voice", body=body, once=True), VoiceResponse
        )

    def search(self, **body: Unpack[VoiceSearchParams]) -> VoiceSearchResponse:
        """Search a vendor's community voices."""
        return self._one(Request("POST", "/search-community-voice", body=body), VoiceSearchResponse)

    def clone(self, **body: Unpack[VoiceCloneParams]) -> VoiceResponse:
        """Make a voice from recordings."""
        return self._one(
            Request("POST", "/clone-voice", body=body, timeout_s=300.0, once=True, form=True),
            VoiceResponse,
        )


class AsyncVoice(AsyncResource):
    """``client.voice``, to be awaited."""

    async def retrieve(self, voice_id: str) -> VoiceResponse:
        """A voice."""
        return await self._one(
            Request("GET", path_of("/get-voice/{voice_id}", voice_id=voice_id)), VoiceResponse
        )

    async def list(self) -> builtins.list[VoiceResponse]:
        """The voices that agents may have."""
        return await self._many(Request("GET", "/list-voices"), VoiceResponse)

    async def add_resource(self, **body: Unpack[CommunityVoiceParams]) -> VoiceResponse:
        """Add a voice of a vendor's community to yours."""
        return await self._one(
            Request("POST", "/add-community-voice", body=body, once=True), VoiceResponse
        )

    async def search(self, **body: Unpack[VoiceSearchParams]) -> VoiceSearchResponse:
        """Search a vendor's community voices."""
        return await self._one(
            Request("POST", "/search-community-voice", body=body), VoiceSearchResponse
        )

    async def clone(self, **body: Unpack[VoiceCloneParams]) -> VoiceResponse:
        """Make a voice from recordings."""
        return await self._one(
            Request("POST", "/clone-voice", body=body, timeout_s=300.0, once=True, form=True),
            VoiceResponse,
        )
