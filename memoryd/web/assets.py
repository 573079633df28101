"""The scripts and styles of the dashboard, by name: ours, and those of others, which are listed in `vendored.toml` with their digests."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
SCRIPT, STYLE, ICON = "text/javascript; charset=utf-8", "text/css; charset=utf-8", "image/svg+xml"
ASSETS = {
    "app.css": STYLE, "app.js": SCRIPT, "graph.js": SCRIPT, "plots.js": SCRIPT, "icon.svg": ICON,
    "vendored/htmx.min.js": SCRIPT, "vendored/cytoscape.min.js": SCRIPT,
    "vendored/uPlot.iife.min.js": SCRIPT, "vendored/uPlot.min.css": STYLE,
}  # fmt: skip
"""The files that are served, each with its media type; there are no others."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served. `mark` changes with its bytes, so that browsers may keep it for ever."""

    body: bytes
    media: str
    mark: str


@cache
def asset(name: str) -> Asset:
    """Return one of the `ASSETS`."""
    body = (FOLDER / name).read_bytes()
    return Asset(body, ASSETS[name], hashlib.blake2b(body, digest_size=6).hexdigest())
