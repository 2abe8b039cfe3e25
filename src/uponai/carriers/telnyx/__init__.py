"""Telnyx: numbers and calls by its REST API (Call Control v2), audio by media streaming.

``words`` says what its outcomes mean (``SPEC`` stands there), ``signatures`` checks its webhooks,
``state`` is what it hands back of ours, ``dialect`` its media WebSocket, ``rest`` its REST API,
``traces`` reads its log of calls; ``carrier`` dials, ``hooks`` answers its webhooks, ``orders``
asks for what a call in progress needs, ``shop`` buys numbers. ``desk`` is what they share. Nobody
else knows its name.
"""

from uponai.carriers.telnyx.account import Account
from uponai.carriers.telnyx.carrier import TelnyxCarrier
from uponai.carriers.telnyx.desk import Desk
from uponai.carriers.telnyx.hooks import TelnyxMedia
from uponai.carriers.telnyx.rest import API, TelnyxApi, opened, verify
from uponai.carriers.telnyx.shop import TelnyxShop
from uponai.carriers.telnyx.words import SPEC

__all__ = [
    "API",
    "SPEC",
    "Account",
    "Desk",
    "TelnyxApi",
    "TelnyxCarrier",
    "TelnyxMedia",
    "TelnyxShop",
    "opened",
    "verify",
]
