"""Citations: whether quoted words stand at their cited place, as they must when a note is written, and where they stand now."""

import re
from bisect import bisect_right
from dataclasses import replace

from memoryd.notes.checks.ground import Ground
from memoryd.notes.claim import is_inside
from memoryd.notes.note import Evidence, Verified

_LINES = re.compile(r"(?P<path>.+):(?P<first>\d{1,9})(?:-(?P<last>\d{1,9}))?", re.DOTALL)
_COMMIT = re.compile(r"commit (?P<hex>[0-9a-f]{7,64})")


def path_cited(evidence: Evidence) -> str:
    """Return the path that a citation names, "" for a commit and for a malformed citation."""
    match = _LINES.fullmatch(evidence.at)
    return match["path"] if match and is_inside(match["path"]) else ""


def citation_objection(evidence: Evidence, ground: Ground) -> str:
    """Say why a quote is not at its cited place; "" if it is."""
    if not evidence.quote.strip():
        return f"the evidence at {evidence.at[:80]} quotes nothing"
    if commit := _COMMIT.fullmatch(evidence.at):
        message = ground.history.message(commit["hex"])
        if not message:
            return f"there is no commit {commit['hex'][:12]} here"
        return (
            "" if one_blank(evidence.quote) in one_blank(message) else f"the message of commit {commit['hex'][:12]} does not hold its quote"
        )
    match = _LINES.fullmatch(evidence.at)
    if match is None or not is_inside(match["path"]):
        return f"{evidence.at[:80]!r} is no place; write PATH:A-B or commit HEX"
    source = ground.source(match["path"])
    if source is None:
        return f"{match['path']} is no text that can be read"
    first, last = int(match["first"]), int(match["last"] or match["first"])
    lines = source.decode("utf-8", "replace").split("\n")[max(0, first - 1) : last]
    if one_blank(evidence.quote) in one_blank("\n".join(lines)):
        return ""
    stands = _lines_of(evidence.quote, source.decode("utf-8", "replace"))
    return f"lines {first}-{last} of {match['path']} do not hold its quote" + (f"; lines {stands[0]}-{stands[1]} do" if stands else "")


def citation_stands(evidence: Evidence, ground: Ground) -> bool | None:
    """Tell whether a quote is still in its cited file, at any line; None for a quote from a commit."""
    path = path_cited(evidence)
    if not path:
        return None
    source = ground.source(path)
    return source is not None and one_blank(evidence.quote) in one_blank(source.decode("utf-8", "replace"))


def citation_followed(evidence: Evidence, ground: Ground, verified: Verified) -> Evidence:
    """Return the citation with the present place of its quote, unchanged if that is not certain."""
    path = path_cited(evidence)
    if not path:
        return evidence
    place = path if ground.exists(path) else ground.place_of(path, verified)
    source = ground.source(place) if place else None
    lines = _lines_of(evidence.quote, source.decode("utf-8", "replace")) if source is not None else None
    if not citation_objection(replace(evidence, at=f"{place}{evidence.at[len(path) :]}"), ground) and place:
        return replace(evidence, at=f"{place}{evidence.at[len(path) :]}")
    return replace(evidence, at=f"{place}:{lines[0]}-{lines[1]}") if lines else evidence


def _lines_of(quote: str, text: str) -> tuple[int, int] | None:
    """Return the first and the last line of a quote; None if it occurs not at all, or more than once.

    Blanks and line breaks count alike. No expression is made of the quote, which could take as long as quote times text.
    """
    wanted, lines = one_blank(quote), [one_blank(line) for line in text.split("\n")]
    starts, end = [], 0
    for line in lines:
        starts.append(end)
        end += len(line) + 1 if line else 0
    plain = " ".join(filter(None, lines))
    first = plain.find(wanted) if wanted else -1
    if first < 0 or plain.find(wanted, first + 1) >= 0:
        return None
    # Blank lines begin where the next line does, so the last that begins there is the one that holds the words.
    return bisect_right(starts, first), bisect_right(starts, first + len(wanted) - 1)


def one_blank(text: str) -> str:
    """Return a text with single blanks, so that quotes may differ in line breaks and indentation."""
    return " ".join(text.split())
