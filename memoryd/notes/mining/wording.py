"""Splits mined text into sentences, and makes titles of them. Pure."""

import re

TITLE = 90
"""Characters of a title, at most."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(])|\n\s*\n")
MARKUP = re.compile(r"\[([^\]]{0,300})\]\([^)]{0,500}\)")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text as they are written, line breaks included."""
    return [sentence.strip() for sentence in SENTENCE_END.split(text) if sentence.strip()]


def title_of(text: str) -> str:
    """Return the first sentence of a text on one line, cut at a word if it is long."""
    first = " ".join(MARKUP.sub(r"\1", sentences(text)[0]).split()).rstrip(".:;, ") if text.strip() else ""
    if len(first) <= TITLE:
        return first[:1].upper() + first[1:]
    cut = first[: TITLE - 1].rpartition(" ")[0] or first[: TITLE - 1]
    return cut[:1].upper() + cut[1:].rstrip(".:;, ") + "…"
