"""Words of telephone business that mean about the same, for comparing conditions with speech."""

from __future__ import annotations

import re

from uponai.flow.words import plain

# Each group counts as one word. Phrases are looked for before single words.
_GROUPS: dict[str, str] = {
    "appointment": r"appointments?|visits?|reservations?|slots?|check ?ups?|consultations?|see the "
    r"(?:doctor|dentist)|come in",
    "book": r"book(?:s|ing|ed)?|schedul(?:e|es|ed|ing)|reserv(?:e|es|ed|ing)|set up"
    r"|make an? appointment",
    "cancel": r"cancel(?:s|led|ling|lation)?|call (?:it|this|that) off|can't (?:make it|come)",
    "move": r"reschedul(?:e|es|ed|ing)|postpon(?:e|es|ed|ing)"
    r"|(?:another|different) (?:day|time|date)",
    "price": r"prices?|costs?|fees?|how much|expensive|pric(?:ing|ey)|rates?|charges",
    "invoice": r"invoices?|bills?|billing|billed|charged|payments?|refunds?|receipts?",
    "hours": r"(?:opening|business|office) hours|hours|open|opens|opening|close|closes|closing",
    "human": r"humans?|real person|persons?|representatives?|operators?|receptionists?|managers?"
    r"|someone(?: else)?|somebody|live agents?",
    "speak": r"speak|speaks|speaking|talk|talks|talking|put me through|connect(?:ed)?"
    r"|transfer(?:red)?",
    "broken": r"broken|broke|defective|faulty|damaged|(?:not|stopped|isn't|doesn't) work(?:ing)?"
    r"|won't (?:turn on|start|work)|out of order",
    "buy": r"buy|buying|buys|order|orders|ordering|purchas(?:e|es|ing)|sales",
    "repeat": r"repeat(?:s|ed)?|say (?:that|it|this) again|pardon|what did you say|come again"
    r"|didn't (?:catch|hear|understand)|did not (?:catch|hear|understand)|one more time",
    "wait": r"wait|hold on|one moment|just a (?:moment|minute|second)|hang on",
    "location": r"address|located|location|directions|where are you|find you",
    "parking": r"park|parks|parking|car park|leave my car",
    "duration": r"how (?:long|much time)|duration|takes?|last long",
    "insurance": r"insurance|insured|covered|coverage",
    "happy": r"(?<!not )(?:happy|satisfied|pleased|glad|wonderful|excellent|great|lovely|loved"
    r"|amazing|fantastic|perfect|good)",
    "unhappy": r"unhappy|dissatisfied|complain(?:s|t|ts|ing)?|disappoint(?:ed|ing)|terrible|awful"
    r"|horrible|dirty|rude|angry|upset|poor|worst|not (?:good|happy|satisfied|great)",
    "unsure": r"(?:don't|do not|does not|doesn't) know|not sure|unsure|undecided"
    r"|no idea|not certain",
    "callback": r"call (?:me |us )?back|callback|call (?:me )?later|another time|bad time|busy",
    "wrong number": r"wrong number|wrong person|don't know (?:any|that)",
    "remove": r"stop calling|do not call|don't call|take me off|remove me|unsubscribe",
    "emergency": r"emergency|urgent|urgently|in pain|hurts?|bleeding",
}
_PATTERNS = {name: re.compile(rf"\b(?:{words})\b") for name, words in _GROUPS.items()}


def concepts(text: str) -> frozenset[str]:
    """Names of the groups that occur in ``text``."""
    words = plain(text)
    return frozenset(name for name, pattern in _PATTERNS.items() if pattern.search(words))
