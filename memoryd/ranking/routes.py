"""Finds the handlers of a request that a task names: `GET /users/7` is answered by what is registered for `/users/{id}`. Pure."""

import re
from collections.abc import Iterable, Sequence

from memoryd.graph import Registration

WHOLE, PART = 2.0, 1.2
"""What it is worth to be registered for the path of a request, and for its end: where a path begins another file may say."""
LABEL = re.compile(r"(?:([A-Z,]+) )?(\S+) \([^()]*\)")
PARAMETER = re.compile(r"[{<:\[(*].*|\d+")
REGULAR = re.compile(r"[\^$]|\\.")


def handlers(routes: Iterable[Registration], asked: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Return by id how well the handlers of routes match requests, given by method ("" for any) and path."""
    found: dict[str, float] = {}
    wanted = [(method, _segments(path)) for method, path in asked]
    for one in routes:
        label = LABEL.fullmatch(one.label)
        if label is None:
            continue
        methods, known = (label[1] or "").split(","), _segments(label[2])
        for method, segments in wanted:
            if not method or methods == [""] or method in methods:
                found[one.target] = max(found.get(one.target, 0.0), _match(segments, known))
    return {id_: worth for id_, worth in found.items() if worth > 0}


def _match(asked: Sequence[str], known: Sequence[str]) -> float:
    """Return what a route is worth for a request: all segments must be equal, or one be a parameter of both or of the route."""
    shorter = min(len(asked), len(known))
    if not shorter:
        return WHOLE if not asked and not known else 0.0
    pairs = list(zip(asked[-shorter:], known[-shorter:], strict=True))
    if not all(one == other or "*" in (one, other) for one, other in pairs) or all("*" in pair for pair in pairs):
        return 0.0
    alike = sum(one == other for one, other in pairs) / len(pairs)
    return (WHOLE if len(asked) == len(known) else PART) * alike


def _segments(path: str) -> tuple[str, ...]:
    """Return the parts of a path, `*` for a parameter."""
    parts = (REGULAR.sub("", part) for part in path.split("?")[0].strip("/").split("/"))
    return tuple("*" if PARAMETER.fullmatch(part) else part.lower() for part in parts if part)
