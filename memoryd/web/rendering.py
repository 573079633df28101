"""Renders pages as HTML. Whatever a template prints is escaped for HTML, and so that nothing in it hides or changes direction."""

import json
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from memoryd import __version__
from memoryd.notekinds import NoteKind
from memoryd.text import escaped_text, number_of
from memoryd.usage import dollars, share, tokens
from memoryd.web.assets import asset

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
STEPS = ((60.0, "second"), (3_600.0, "minute"), (86_400.0, "hour"), (30 * 86_400.0, "day"))
"""Up to which age in seconds a time is told in which unit; older ones are dates."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around a page: its title, the part of the dashboard, the project, the address, who asks, and the proof for its forms.

    `origin` is where the daemon is reached.
    """

    title: str
    part: str
    root: str
    path: str
    origin: str
    query: Mapping[str, str]
    proof: str
    is_user: bool
    is_signed_in: bool


def render(template: str, value: object, frame: Frame) -> str:
    """Return a page."""
    return _environment().get_template(f"{template}.html").render(page=value, frame=frame, version=__version__, link=partial(link, frame))


def link(frame: Frame, path: str, **given: Any) -> str:
    """Return the address of a page about the same project; what is "" or 0 is left out."""
    asked = {name: str(one) for name, one in ({"root": frame.root} | given).items() if one not in ("", None, 0)}
    return f"/ui{path}?{urlencode(asked)}" if asked else f"/ui{path}"


def ago(at: float, now: float | None = None) -> str:
    """Return how long ago a time was, in words; a date where that is over a month."""
    passed = max(0.0, (time.time() if now is None else now) - at)
    size = 1.0
    for most, unit in STEPS:
        if passed < most:
            count = int(passed / size)
            return f"{number_of(count, unit)} ago" if count or unit != "second" else "just now"
        size = most if unit != "hour" else 86_400.0
    return exact(at)[:10]


def exact(at: float) -> str:
    """Return a time to the second, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def size(count: int) -> str:
    """Return a number of bytes for people."""
    value, units = float(count), ["bytes", "KB", "MB", "GB"]
    while value >= 1_000 and len(units) > 1:
        value, units = value / 1_000, units[1:]
    return f"{value:.0f} {units[0]}" if units[0] == "bytes" or value >= 10 else f"{value:.1f} {units[0]}"


def tail(path: str) -> str:
    """Return the last part of a path."""
    return path.rstrip("/").rpartition("/")[2] or path


def shell(words: Any) -> str:
    """Return a command line, each word quoted where the shell needs it."""
    return shlex.join(str(word) for word in words)


def static(name: str) -> str:
    """Return the address of a script or a style."""
    return f"/ui/static/{name}?{asset(name).mark}"


@cache
def _environment() -> "Environment":
    import jinja2  # takes a tenth of a second

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
        finalize=_finalized, auto_reload=False,
    )  # fmt: skip
    made.filters |= {"ago": ago, "exact": exact, "size": size, "tail": tail, "shell": shell, "count": lambda number: f"{number:,}"}
    made.filters |= {"number_of": number_of, "tokens": tokens, "dollars": dollars, "share": share, "json": json.dumps}
    made.globals |= {"static": static, "kinds": tuple(kind.value for kind in NoteKind)}
    return made


def _finalized(value: Any) -> Any:
    # Markup is of our own templates; text is what came from elsewhere.
    return escaped_text(value) if type(value) is str else value
