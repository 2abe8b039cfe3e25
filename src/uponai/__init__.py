"""UponAI: self-hosted AI phone agents behind Retell AI's wire API.

``pip install uponai`` gives the client only (``from uponai import UponAI``); ``uponai[server]`` the
platform; ``uponai[local]`` the embedded speech models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uponai.client import AsyncUponAI as AsyncUponAI
    from uponai.client import UponAI as UponAI

__version__ = "0.1.0"
__all__ = ["AsyncUponAI", "UponAI", "__version__"]


def __getattr__(name: str) -> Any:
    """The client is loaded when it is asked for, so that the platform starts without httpx."""
    if name in ("AsyncUponAI", "UponAI"):
        from uponai import client

        return getattr(client, name)
    raise AttributeError(name)
