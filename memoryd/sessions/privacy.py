"""What of foreign text may be kept: nothing that its author marked as private, and no secret that the rules find."""

import re

from memoryd.secrets import masked_text

PRIVATE = re.compile(r"<private>|</private>", re.IGNORECASE)
"""The marks around what is not kept."""
LONGEST_SECRET = 16_384
"""Characters that are looked at beyond those that are kept: rules know a secret, a private key for example, by its end as well."""


def keepable(text: str, most: int) -> str:
    """Return what may be kept of a text, its first `most` characters: without its private parts, secret values masked.

    What is opened as private and not closed is private to its end.
    """
    text = text[: most + LONGEST_SECRET]
    parts, at, depth = [], 0, 0
    for mark in PRIVATE.finditer(text):
        if depth == 0:
            parts.append(text[at : mark.start()])
        depth = max(0, depth + (-1 if mark[0].startswith("</") else 1))
        at = mark.end()
    if depth == 0:
        parts.append(text[at:])
    return masked_text("".join(parts))[:most]
