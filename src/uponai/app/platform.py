"""The platform process: API, dialer, brain and jobs, composed from the configuration."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import uvicorn
from fastapi import FastAPI, WebSocket

from uponai import log
from uponai.api.create import create_api
from uponai.api.resolve import AgentChoice, resolve
from uponai.api.services import ApiServices
from uponai.app.batches import TaskCalls
from uponai.app.carriers import CarrierRack
from uponai.app.health import Readiness, add_health
from uponai.app.inbound import Reception
from uponai.app.inbound_agent import InboundAgents
from uponai.app.install import CREDENTIALS_PURPOSE, LINKS_PURPOSE, SIGNING_PURPOSE
from uponai.app.limits import installation_limits
from uponai.app.models import ModelRack
from uponai.app.sockets import StarletteSocket
from uponai.app.stops import Stops
from uponai.app.trunk_proof import TrunkProof
from uponai.carriers.base import Carrier, CarrierError
from uponai.carriers.sip import EdgeAddress, SipCarrier
from uponai.cluster.reaper import Limits
from uponai.cluster.supervisor import parent_gone
from uponai.cluster.worker import (
    ClusterTimers,
    LeaseKeeper,
    Reaper,
    ReaperPorts,
    ReaperSettings,
)
from uponai.config import Config, load_secret_key
from uponai.dialer.batch_worker import BatchDialer, BatchPorts, BatchTimers
from uponai.dialer.ports import DialerPorts, DialerTimers
from uponai.dialer.worker import Dialer
from uponai.domain.call import Call
from uponai.http import OutgoingHttp, TargetGuard
from uponai.jobs.analysis import analyse
from uponai.jobs.recordings import Recordings
from uponai.jobs.worker import JobPorts, JobSettings, JobWorker
from uponai.knowledge.files import KnowledgeFiles
from uponai.live.brain import Brain
from uponai.live.report import from_checkpoint
from uponai.live.services import BrainServices, BrainTimers
from uponai.mcp import McpClient
from uponai.seal import Seal, SealBroken, derive
from uponai.storage.base import NewWebhook, Storage, Tell
from uponai.storage.sql import open_storage
from uponai.tasks import now_ms, spawn
from uponai.webhooks.schedule import Schedule
from uponai.webhooks.worker import DeliverySettings, WebhookWorker
from uponai.wire.call import CallView, call_json
from uponai.wire.links import path_signer
from uponai.wire.webhooks import tell_analyzed, tell_ended, tell_started, tell_transfer

MEDIA_PATH = "/media/sip"
_WAKE_AFTER_S = 0.02


class Keys:
    """What the installation's secret is used for."""

    def __init__(self, secret: bytes, storage: Storage) -> None:
        self.credentials = Seal(secret, CREDENTIALS_PURPOSE)
        self.links = derive(secret, LINKS_PURPOSE)
        self._signing = Seal(secret, SIGNING_PURPOSE)
        self._storage = storage

    async def signing_key(self, workspace_id: str) -> str | None:
        """The API key with the webhook badge; None where there is none that can be read."""
        key = await self._storage.accounts.signing_key(workspace_id)
        if key is None or key.sealed is None:
            return None
        try:
            return self._signing.unseal(key.sealed)
        except SealBroken:
            log.get("uponai.platform").error("signing key not readable", workspace_id=workspace_id)
            return None


@dataclass(slots=True)
class Wakes:
    """Who is woken when a row is written that concerns them.

    A webhook's row is seen once its transaction has committed, so its wake comes a moment later;
    what a wake misses, the worker's own poll finds.
    """

    outbox: Callable[[], None]
    jobs: Callable[[], None]
    batches: Callable[[], None]

    def after(self, tell: Tell) -> Tell:
        """``tell``, with a wake for what it told."""

        def told(call: Call) -> Sequence[NewWebhook]:
            rows = tell(call)
            loop = asyncio.get_running_loop()
            loop.call_later(_WAKE_AFTER_S, self.outbox)
            loop.call_later(_WAKE_AFTER_S, self.jobs)
            loop.call_later(_WAKE_AFTER_S, self.batches)
            return rows

        return told


class Platform:
    """Everything of the platform process; ``start``, then serve ``app``; ``aclose``."""

    def __init__(self, config: Config, storage: Storage, secret: bytes) -> None:
        self._config = config
        self._storage = storage
        self._keys = Keys(secret, storage)
        self._guard = TargetGuard(config.allow_private_targets)
        self._http = OutgoingHttp(self._guard)
        self._session = aiohttp.ClientSession()
        self.models = ModelRack(config, self._session)
        boot = f"{socket.gethostname()}:{secrets.token_hex(4)}"
        timers = config.timers
        self._view = CallView(config.public_url, path_signer(self._keys.links), now_ms)
        self.webhooks = WebhookWorker(
            storage.outbox,
            self._http,
            self._keys.signing_key,
            f"{boot}:webhooks",
            DeliverySettings(
                schedule=Schedule(timers.webhook_retry_ms), poll_s=timers.outbox_poll_ms / 1000
            ),
        )
        self.recordings = Recordings(config.tape_dir, config.recordings_dir)
        self.jobs = self._jobs(f"{boot}:jobs")
        self._wakes = Wakes(self.webhooks.wake, self.jobs.wake, lambda: self.batches.wake())
        self.brain = Brain(f"{boot}:brain", self._brain_services(), self._brain_timers())
        self._rack = CarrierRack(config, self._session, storage, secret, self.brain)
        self._services = self._api_services()
        cluster = ClusterTimers(timers.lease_ms, timers.renew_ms, timers.reaper_ms)
        self.leases = LeaseKeeper(storage.calls, cluster)
        self.carrier = SipCarrier(self._session, self._edge_address())
        self._rack.carriers["sip"] = self.carrier
        self._carriers: Mapping[str, Carrier] = self._rack.carriers
        self.reaper = self._reaper(f"{boot}:reaper", cluster)
        self.dialer = self._dialer(f"{boot}:dialer")
        stored = (storage.calls, storage.line_news)
        self.stops = Stops(boot, stored, self.brain, self.dialer, self.leases)
        self.batches = self._batches()
        self.ready = False
        self.app = self._application()

    def _jobs(self, holder: str) -> JobWorker:
        timers = self._config.timers
        ports = JobPorts(
            storage=self._storage,
            recordings=self.recordings,
            analyse=analyse,
            tell_analyzed=tell_analyzed(self._view),
            on_finished=lambda call: self.webhooks.wake(),
        )
        settings = JobSettings(
            lease_ms=timers.post_call_lease_ms, poll_s=timers.post_call_poll_ms / 1000
        )
        return JobWorker(ports, holder, settings)

    def _brain_services(self) -> BrainServices:
        storage = self._storage
        return BrainServices(
            calls=storage.calls,
            checkpoints=storage.checkpoints,
            providers=self.models,
            functions=self._http,
            mcp=McpClient(self._http),
            open_socket=self._http.open_socket,
            describe=lambda call: call_json(call, self._view, with_analysis=False),
            tell_started=self._wakes.after(tell_started(self._view)),
            tell_ended=self._wakes.after(tell_ended(self._view)),
            tell_transfer=self._tell_transfer,
            signing_key=self._keys.signing_key,
            find_agent=self._find_agent,
        )

    async def _find_agent(
        self, workspace_id: str, agent_id: str, version: int | str | None
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        found = await resolve(self._services, workspace_id, AgentChoice(agent_id, version))
        return found.agent, found.engine

    def _tell_transfer(self, event: str, details: Mapping[str, Any]) -> Tell:
        return self._wakes.after(tell_transfer(self._view, event, details))

    def _brain_timers(self) -> BrainTimers:
        timers = self._config.timers
        return BrainTimers(grace_s=timers.brain_grace_ms / 1000, lease_ms=timers.lease_ms)

    def _api_services(self) -> ApiServices:
        config = self._config
        voices = [
            {
                "voice_id": voice.voice_id,
                "voice_name": voice.voice_name,
                "provider": voice.provider,
                "gender": voice.gender,
            }
            for voice in self.models.voices()
        ]
        return ApiServices(
            storage=self._storage,
            view=self._view,
            guard=self._guard,
            seal=self._keys.credentials.seal,
            link_key=self._keys.links,
            entropy=os.urandom,
            now_ms=now_ms,
            on_call_added=lambda: self.dialer.wake(),
            on_call_ended=self.webhooks.wake,
            stop_call=lambda call_id: self.stops.stop(call_id),
            recording=self.recordings.file,
            forget_call=self.recordings.forget,
            files=KnowledgeFiles(config.knowledge_dir),
            so_far=self._so_far,
            http=self._http,
            libraries=self.models.libraries(),
            shops=self._rack.shops,
            accounts=self._rack,
            voices=voices,
            voice_known=self.models.knows_voice,
            on_batch_changed=lambda: self.batches.wake(),
            installation=installation_limits(config),
            cors_origins=config.cors_origins,
        )

    async def _so_far(self, call_id: str) -> Mapping[str, Any]:
        return from_checkpoint(await self._storage.checkpoints.last(call_id))

    def _edge_address(self) -> EdgeAddress:
        config, edge = self._config, self._config.edge
        return EdgeAddress(
            url=f"ws://{edge.control_host}:{edge.control_port}/control",
            token=edge.control_token,
            brains=(f"ws://{_dialable(config.host)}:{config.port}{MEDIA_PATH}",),
        )

    def _reaper(self, holder: str, cluster: ClusterTimers) -> Reaper:
        ports = ReaperPorts(
            storage=self._storage,
            report=from_checkpoint,
            tell_ended=self._wakes.after(tell_ended(self._view)),
            on_released=lambda: self.dialer.wake(),
            ask_lines=self._ask_lines,
            ask=lambda call: self.dialer.ask(call),
        )
        limits = Limits(unknown_ms=self._config.timers.unknown_limit_ms)
        return Reaper(ports, holder, ReaperSettings(cluster, limits))

    async def _ask_lines(self) -> None:
        for carrier in list(self._carriers.values()):
            with contextlib.suppress(CarrierError):
                await carrier.ask_lines()

    def _dialer(self, holder: str) -> Dialer:
        timers = self._config.timers
        told_ended = self._wakes.after(tell_ended(self._view))
        reception = Reception(
            self._services,
            InboundAgents(self._services, self._http, self._keys.signing_key),
            TrunkProof(self._keys.credentials.unseal, os.urandom),
            holder,
            timers.lease_ms,
            told_ended,
        )
        ports = DialerPorts(
            storage=self._storage,
            carriers=self._carriers,
            held=self.leases,
            unseal=self._keys.credentials.unseal,
            arrive=reception.arrive,
            tell_started=self._wakes.after(tell_started(self._view)),
            tell_ended=told_ended,
            on_lines=self.reaper.lines_held,
            on_line_ended=self.reaper.wake,
            installation=self._services.installation,
        )
        return Dialer(
            ports,
            holder,
            DialerTimers(
                lease_ms=timers.lease_ms,
                poll_s=timers.dialer_poll_ms / 1000,
                ring_ms=timers.ring_ms,
                inbound_wait_ms=timers.inbound_wait_ms,
                put_back_ms=timers.put_back_ms,
            ),
        )

    def _batches(self) -> BatchDialer:
        ports = BatchPorts(
            storage=self._storage,
            make=TaskCalls(self._services).make,
            on_call_added=self.dialer.wake,
            installation=self._services.installation,
        )
        return BatchDialer(ports, BatchTimers(poll_s=self._config.timers.dialer_poll_ms / 1000))

    def _application(self) -> FastAPI:
        app = create_api(self._services)
        token = self._config.edge.control_token

        async def media(socket: WebSocket) -> None:
            given = socket.headers.get("authorization", "")
            if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                await socket.close(1008)
                return
            await socket.accept()
            await self.brain.serve_socket(StarletteSocket(socket))

        app.add_api_websocket_route(MEDIA_PATH, media)
        self._rack.mount(app)
        readiness = Readiness(
            lambda: self.ready,
            lambda: self.dialer.connected,
            self._storage.ping,
            lambda: self.carrier.trunks_down,
        )
        add_health(app, readiness)
        return app

    async def start(self) -> None:
        """Load the models, then take work."""
        await self.models.warm()
        self.webhooks.start()
        self.leases.start()
        self.dialer.start()
        self._rack.start(self.dialer.listen_to, self.stops)
        self.batches.start()
        self.reaper.start()
        self.jobs.start()
        self.ready = True

    async def aclose(self) -> None:
        """Take no more work; what is in progress stays in storage and on the line."""
        self.ready = False
        await self.reaper.aclose()
        await self.batches.aclose()
        await self.dialer.aclose()
        await self.leases.aclose()
        await self.brain.aclose()
        await self._rack.aclose()
        await self.jobs.aclose(grace_s=1.0)
        await self.recordings.aclose()
        await self.webhooks.aclose(grace_s=1.0)
        await self.models.aclose()
        await self._http.aclose()
        await self._session.close()


def _dialable(host: str) -> str:
    """Where this process reaches itself."""
    if host in ("0.0.0.0", ""):
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host


async def run_platform(config: Config, listener: socket.socket | None, *, supervised: bool) -> None:
    """Serve until SIGTERM, SIGINT, or the supervisor's death."""
    storage = await open_storage(config.database_url, spool=config.spool_dir)
    platform = Platform(config, storage, load_secret_key(config.data_dir))
    server = uvicorn.Server(
        uvicorn.Config(
            platform.app,
            host=config.host,
            port=config.port,
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
            ws_max_size=1 << 22,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
        )
    )

    def stop(*_: object) -> None:
        server.should_exit = True

    if supervised:
        spawn(parent_gone(), name="watch supervisor").add_done_callback(stop)
    starting = spawn(platform.start(), name="start platform")
    starting.add_done_callback(lambda task: None if _succeeded(task) else stop())
    try:
        await server.serve(sockets=[listener] if listener is not None else None)
    finally:
        starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait({starting})
        await platform.aclose()
        await storage.aclose()


def _succeeded(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is None
