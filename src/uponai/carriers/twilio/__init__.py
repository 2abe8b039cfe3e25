"""Twilio: numbers and calls by its REST API, audio by ``<Connect><Stream>``.

``words`` says what its outcomes mean (``SPEC`` stands there), ``twiml`` what it is told to do,
``dialect`` is its media WebSocket, ``rest`` its REST API; ``carrier`` dials, ``hooks`` answers its
webhooks, ``orders`` asks for what a call in progress needs, ``shop`` buys numbers. ``desk`` is what
they share. Nobody else knows its name.
"""

from uponai.carriers.twilio.account import Account
from uponai.carriers.twilio.carrier import TwilioCarrier
from uponai.carriers.twilio.desk import Desk
from uponai.carriers.twilio.hooks import TwilioMedia
from uponai.carriers.twilio.rest import API, TwilioApi, opened, verify
from uponai.carriers.twilio.shop import TwilioShop
from uponai.carriers.twilio.words import SPEC

__all__ = [
    "API",
    "SPEC",
    "Account",
    "Desk",
    "TwilioApi",
    "TwilioCarrier",
    "TwilioMedia",
    "TwilioShop",
    "opened",
    "verify",
]
