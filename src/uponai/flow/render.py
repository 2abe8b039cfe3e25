"""What to say for a prompt when no language model is there to word it.

Deterministic and honest: words in quotes are spoken as they are; a task that begins with a verb of
speech is turned towards the caller; anything else is spoken as it stands.
"""

from __future__ import annotations

import re

_QUOTED = re.compile(r"[\"\u201c]([^\"\u201d]{4,})[\"\u201d]")
_ADDRESSEE = r"(?:the |a )?(?:user|caller|customer|callee|client|patient|person|lead|them|him|her)"
_ASK = re.compile(
    rf"^(?:please |politely |kindly |then |now )*(?:ask|find out|check|confirm)(?: with)?"
    rf"(?: {_ADDRESSEE})?(?: politely)?(?: for)?(?: about)? ",
    re.IGNORECASE,
)
_TELL = re.compile(
    rf"^(?:please |politely |kindly |then |now )*(?:tell|inform|let|say to|explain to|remind)"
    rf" {_ADDRESSEE}(?: know)?(?: that)? ",
    re.IGNORECASE,
)
_SAY = re.compile(r"^(?:please |then |now )*(?:say|respond with|reply with)(?: that)?:? ", re.I)
_THANK = re.compile(rf"^(?:please |politely )*thank {_ADDRESSEE}\b", re.IGNORECASE)
_CLAUSE = re.compile(r"^(?:if|whether|when|what|which|who|where|how|why)\b", re.IGNORECASE)
_GREET = re.compile(rf"^(?:please |warmly )*(?:greet|welcome) {_ADDRESSEE}\b", re.IGNORECASE)
_THEIRS = (
    (r"\b(?:the )?(?:user|caller|customer|callee|client|patient)'s\b", "your"),
    (r"\b(?:their|his|her)\b", "your"),
    (r"\b(?:the )?(?:user|caller|customer|callee|client|patient) (?:is|are)\b", "you are"),
    (r"\b(?:they|he|she) (?:is|are)\b", "you are"),
    (r"\b(?:they|he|she|the user|the caller|the customer)\b", "you"),
    (r"\b(?:them|the patient|the callee|the client)\b", "you"),
    (r"\byou (want|need|like|have|prefer)s\b", r"you \1"),
)


def render_without_llm(prompt: str) -> str:
    """Speech for a ``prompt`` instruction (variables already filled in). Empty stays empty."""
    text = " ".join(prompt.split())
    quoted = _QUOTED.search(text)
    if quoted:
        return _sentence(quoted.group(1))
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", text) if part]
    return " ".join(_spoken(part) for part in sentences)


def _spoken(task: str) -> str:
    if _THANK.match(task):
        return _sentence("Thank you" + _to_caller(_THANK.sub("", task)))
    if _GREET.match(task):
        rest = re.sub(r"^[\s,]*(?:and|then)?\s*", "", _GREET.sub("", task))
        return "Hello." if len(rest) < 3 else "Hello. " + _spoken(rest)
    for pattern in (_TELL, _SAY):
        if pattern.match(task):
            return _sentence(_to_caller(pattern.sub("", task)))
    if _ASK.match(task):
        return _question(_to_caller(_ASK.sub("", task).rstrip(" .?!")))
    return task


def _question(matter: str) -> str:
    if _CLAUSE.match(matter):
        return _sentence(f"May I ask {matter}", "?")
    noun = re.sub(r"^(?:the|a|an|your) ", "", matter)
    return _sentence(f"May I ask for your {noun}", "?")


def _to_caller(text: str) -> str:
    for pattern, word in _THEIRS:
        text = re.sub(pattern, word, text, flags=re.IGNORECASE)
    return text


def _sentence(text: str, end: str = ".") -> str:
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else end)
