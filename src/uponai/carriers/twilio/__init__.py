"""Twilio: numbers and calls by its REST API, audio by ``<Connect><Stream>``.

``words`` says what its outcomes mean, ``twiml`` what it is told to do, ``dialect`` is its media
WebSocket, ``rest`` its REST API; ``carrier`` dials, ``hooks`` answers its webhooks, ``shop`` buys
numbers. Nobody else knows its name.
"""

from uponai.carriers.twilio.account import Account, Desk
from uponai.carriers.twilio.carrier import TwilioCarrier
from uponai.carriers.twilio.hooks import TwilioMedia
from uponai.carriers.twilio.rest import API, Rest
from uponai.carriers.twilio.shop import TwilioShop
from uponai.carriers.twilio.words import SPEC

__all__ = ["API", "SPEC", "Account", "Desk", "Rest", "TwilioCarrier", "TwilioMedia", "TwilioShop"]
