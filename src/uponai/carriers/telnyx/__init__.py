"""Telnyx: numbers and calls by its REST API (Call Control v2), audio by media streaming.

``words`` says what its outcomes mean and checks signatures, ``state`` is what it hands back of
ours, ``dialect`` its media WebSocket, ``rest`` its REST API, ``traces`` reads its log of calls;
``carrier`` dials, ``hooks`` answers its webhooks, ``shop`` buys numbers. Nobody else knows its
name.
"""

from uponai.carriers.telnyx.account import Account, Desk
from uponai.carriers.telnyx.carrier import TelnyxCarrier
from uponai.carriers.telnyx.hooks import TelnyxMedia
from uponai.carriers.telnyx.rest import API, Rest
from uponai.carriers.telnyx.shop import TelnyxShop
from uponai.carriers.telnyx.words import SPEC

__all__ = ["API", "SPEC", "Account", "Desk", "Rest", "TelnyxCarrier", "TelnyxMedia", "TelnyxShop"]
