"""Hazards in texts for agents: secrets, characters that nobody sees, and talk that is soon out of date. Pure.

A reason names what was found and never repeats a secret.
"""

import re
import unicodedata

from memoryd.notes.admission.orders import ANSI, LINE_ENDS
from memoryd.secrets import find

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


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
    """Return the kinds of secrets in a text, by the rules that mask them in files."""
    kinds = sorted({one.rule for one in find(text.encode("utf-8", "replace"))})
    return [f"a secret ({kind})" for kind in kinds]


def fleeting(text: str) -> str:
    """Return the words by which a text speaks of the moment and not of the project; "" if it has none."""
    match = _FLEETING.search(text)
    if match:
        return " ".join(match[0].split()).strip(" .!?:-*>")
    return " ".join(text.split())[:60] if _STATUS.fullmatch(text.strip()) else ""
