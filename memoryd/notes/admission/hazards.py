"""Hazards in texts for agents: secrets, characters that nobody sees, and talk that is soon out of date. Pure.

A reason names what was found and never repeats a secret.
"""

import math
import re
import unicodedata
from collections import Counter

from memoryd.notes.admission.orders import ANSI, LINE_ENDS

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")

TOKENS = {
    "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "an access key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})",
    "a token of GitLab": r"\bglpat-[\w-]{20,}",
    "a token of Slack": r"\bxox[abposr]-[\w-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w+",
    "a key of an API": r"\bsk-[A-Za-z0-9_-]{20,}|\bAIza[\w-]{35}|\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|\bSG\.[\w-]{16,}\.[\w-]{16,}",
    "a token of a package registry": r"\bnpm_[A-Za-z0-9]{36}|\bpypi-AgEI[\w-]{20,}|\bhf_[A-Za-z0-9]{30,}|\bdop_v1_[0-9a-f]{64}",
    "a signed token": r"(?<=[\w-]{10})\.eyJ[\w-]{10,}+\.[\w-]{10}",
    "a password in an address": r"(?<=[a-z0-9+.-])://[^\s/:@]+:(?!(?:pass(?:word)?|secret|[x*.]+|<[^>\s/:@]*>|\$[^\s/:@]*)@)[^\s/:@]{3,}@",
}
_TOKENS = {what: re.compile(pattern) for what, pattern in TOKENS.items()}
_ASSIGNED = re.compile(
    r"(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key|credentials?)[\"']?\s*(?::=|=>|[:=])\s*[\"'`]?([^\s\"'`,;]{8,})",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"^[<$%{(\[]|x{3,}|\*{3,}|\.{3}|example|placeholder|change[_-]?me|your|dummy|redacted|[(.]\w*(?:get|env|config)", re.IGNORECASE
)
ENTROPY = 3.0
"""Bits per character (Shannon 1948) from which eight letters or digits look random; English words have less."""

_START = r"(?:\A|[.!?:]\s++|\n[^\S\n]*+(?:[-*>]\s*+)?)"
"""Where a sentence begins."""
_FLEETING = re.compile(
    _START + r"(?:(?:ok(?:ay)?|so|now|next|first|then|great|alright)[,.!]?\s++){0,8}+"
    r"(?:i\s*+(?:will|'ll|'m going to|am going to|need to|should now|plan to)\b|let me\b|let's (?:now|start|see|look|check|try)\b)"
    r"|\bnow i(?: will|'ll)\b|" + _START + r"(?:the )?next steps?\s*+(?::|is\b|are\b|will\b)|\btodo (?:for|to) me\b|\bwork in progress\b"
    r"|\bi(?:'ll| will) (?:now|next|try|check|look)\b",
    re.IGNORECASE,
)  # fmt: skip
_STATUS = re.compile(
    r"\W*+(?:(?:all |the )?(?:unit )?tests? (?:now )?(?:pass(?:ed|es|ing)?|(?:are|is) green)"
    r"|(?:it |everything |this )?(?:is )?(?:done|finished|complete[d]?|fixed|works?(?: now)?)"
    r"|(?:i )?(?:have )?(?:committed|pushed|merged|updated|refactored|implemented|fixed|added|changed|ran|looked at|read)\b[^.\n]{0,80}"
    r"|task complete[d]?|build (?:succeeded|passed)|no changes)\W*",
    re.IGNORECASE,
)
"""A text that only reports the state of work."""


def visible(text: str) -> str:
    """Return a text without characters that people do not see and machines may obey: escapes, control, bidi, zero-width.

    Line ends become line feeds, tabs four blanks.
    """
    if text.isascii() and not _CONTROL.search(text):
        return text
    text = LINE_ENDS.sub("\n", ANSI.sub("", text)).replace("\t", "    ")
    return "".join(one for one in text if one == "\n" or unicodedata.category(one) not in ("Cc", "Cf", "Co", "Cn", "Cs"))


def secrets(text: str) -> list[str]:
    """Return the kinds of secrets in a text: well-known tokens, and random values assigned to names such as `password`."""
    found = [what for what, pattern in _TOKENS.items() if pattern.search(text)]
    if any(_looks_random(match[1]) for match in _ASSIGNED.finditer(text)):
        found.append("a random value given to a password, secret, token or key")
    return found


def fleeting(text: str) -> str:
    """Return the words by which a text speaks of the moment and not of the project; "" if it has none."""
    match = _FLEETING.search(text)
    if match:
        return " ".join(match[0].split()).strip(" .!?:-*>")
    return " ".join(text.split())[:60] if _STATUS.fullmatch(text.strip()) else ""


def _looks_random(value: str) -> bool:
    kinds = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
    counts = Counter(value)
    entropy = -sum(count / len(value) * math.log2(count / len(value)) for count in counts.values())
    return kinds >= 2 and bool(re.search("[0-9]|[^A-Za-z0-9_.-]", value)) and entropy >= ENTROPY and not _PLACEHOLDER.search(value)
