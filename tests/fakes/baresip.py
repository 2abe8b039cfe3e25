"""Real baresip as a softphone: answers by itself, speaks a WAV file, writes what it hears."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.sipp import free_port, listens

from uponai.media import wav
from uponai.media.mix import to_bytes, to_pcm
from uponai.media.resample import resample

MODULES = Path("/usr/lib/baresip/modules")
AVAILABLE = shutil.which("baresip") is not None and (MODULES / "aufile.so").exists()

CONFIG = """
sip_listen {at}:{sip}
net_interface {host}
rtp_ports {rtp}-{rtp_last}
module_path {modules}
module g711.so
module g722.so
module aufile.so
module_app account.so
module_app menu.so
module cons.so
module aubridge.so
module sndfile.so
cons_listen 127.0.0.1:{keys}
audio_source aufile,{speaks}
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
snd_path {hears}
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
"""


@dataclass(frozen=True)
class Place:
    """Where a phone stands: its address, what its command begins with there, and within what
    sockets of that machine are made."""

    host: str = "127.0.0.1"
    command: tuple[str, ...] = ()
    on: Callable[[], AbstractContextManager[None]] = nullcontext

    @property
    def at(self):
        """The address as it stands before a port."""
        return f"[{self.host}]" if ":" in self.host else self.host


class Phone:
    """A running softphone. ``heard`` reads its recording once it has hung up."""

    def __init__(self, port, keys, hears, place):
        self.port = port
        self._keys = keys
        self._hears = hears
        self._place = place

    def press(self, key):
        """Hit a key: a digit during a call is sent as a telephone event."""
        with self._place.on(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(key.encode(), ("127.0.0.1", self._keys))

    def log(self):
        """What it has said of its calls so far."""
        return (self._hears / "log").read_text(errors="replace")

    def heard(self):
        """PCM16LE bytes at 8 kHz mono."""
        *_, path = sorted(self._hears.glob("dump-*-dec.wav"))
        head, pcm = wav.samples(path.read_bytes())
        return to_bytes(resample(to_pcm(pcm), head.rate_hz, 8_000))


@asynccontextmanager
async def baresip(
    folder, speaks, *, tls=None, srtp=False, codec="PCMU/8000/1", calls="", place=None
):
    """Run a phone that says ``speaks`` (PCM16LE bytes, 8 kHz mono).

    ``tls``: an ``Authority`` that signs its certificate; its TLS port is ``port + 1`` then.
    ``srtp``: it takes nothing but secured audio. ``calls``: a SIP URI that it dials at once.
    ``place``: where it stands, if not here.
    """
    place = place or Place()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "in.wav").write_bytes(wav.wav(speaks))
    sip, keys, rtp = free_port(), free_port(), free_port() & ~1
    secured = ""
    if tls is not None:
        both = folder / "both.pem"
        both.write_bytes(b"".join(path.read_bytes() for path in tls.sign(place.host)))
        secured = f"sip_certificate {both}\nsip_cafile {tls.ca}\n"
    (folder / "config").write_text(
        CONFIG.format(
            at=place.at,
            host=place.host,
            sip=sip,
            keys=keys,
            rtp=rtp,
            rtp_last=rtp + 20,
            modules=MODULES,
            speaks=folder / "in.wav",
            hears=folder,
        )
        + secured
        + ("module srtp.so\n" if srtp else "")
    )
    (folder / "accounts").write_text(
        f"<sip:phone@{place.at}:{sip}>;regint=0;answermode=auto;audio_codecs={codec}"
        f"{';mediaenc=srtp-mand' if srtp else ''}\n"
    )
    (folder / "contacts").write_text("")
    process = await asyncio.create_subprocess_exec(
        *place.command, "baresip", "-f", str(folder),
        *(("-e", f"/dial {calls}") if calls else ()),
        stdin=asyncio.subprocess.DEVNULL, stdout=(folder / "log").open("wb"),
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        await listens(sip, "u1", host=place.host, on=place.on)
        if tls is not None:
            await listens(sip + 1, "t1", host=place.host, on=place.on)
        yield Phone(sip, keys, folder, place)
    finally:
        process.terminate()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
