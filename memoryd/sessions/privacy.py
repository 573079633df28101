"""What of foreign text may be kept: nothing that its author marked as private, and no secret that the rules find."""

import re

from memoryd.secrets import masked_text

PRIVATE = re.compile(r"<private>|</private>", re.IGNORECASE)
"""The marks around what is not kept."""


def keepable(text: str) -> str:
    """Return a text without its private parts, secret values masked. What is opened as private and not closed is private to its end."""
    parts, at, depth = [], 0, 0
    for mark in PRIVATE.finditer(text):
        if depth == 0:
            parts.append(text[at : mark.start()])
        depth = max(0, depth + (-1 if mark[0].startswith("</") else 1))
        at = mark.end()
    if depth == 0:
        parts.append(text[at:])
    return masked_text("".join(parts))
