"""Tells of a small project that reading its code is fine: there a pack saves little, and must do no harm."""

from memoryd.filekinds import PROSE_LANGUAGES, is_own
from memoryd.text import number_of
from memoryd.tokens import TokenCount
from memoryd.versions import Sources, View

SMALL = 25_000
"""Tokens of code up to which a project may as well be read."""
BYTES_A_TOKEN = 8
"""No code has so many bytes for each token: what exceeds this many is not small, and is not counted."""
REMEMBERED = 10_000
"""The files whose tokens are remembered, and the versions that are known to be large."""


def readable(view: View, changing: frozenset[str], count: TokenCount) -> str:
    """Return what to say of a project whose own code is small enough to be read, without tests; "" if it is larger or has none.

    Files that are `changing` are left out, as they are of packs: a project is no larger for being worked on.
    """
    version = view.store.meta.table, view.version
    if version in _large:
        return ""
    paths, size = [], 0
    for path, units in view.catalog.files.items():
        if path in changing or not is_own(path) or view.records[path].language in PROSE_LANGUAGES:
            continue
        paths.append(path)
        size += units[0].end
        if size > SMALL * BYTES_A_TOKEN:
            if len(_large) > REMEMBERED:
                _large.clear()
            _large.add(version)
            return ""
    if not paths:
        return ""
    sources = Sources(view, paths)
    tokens = sum(_counted(sources, count, path, view.records[path].fingerprint.digest) for path in paths)
    return (
        f"a small project: reading its code ({tokens:,} tokens in {number_of(len(paths), 'file')}) is fine, too" if tokens <= SMALL else ""
    )


_large: set[tuple[str, int]] = set()
_known: dict[str, int] = {}


def _counted(sources: Sources, count: TokenCount, path: str, digest: str) -> int:
    """Return the tokens of a file, which are remembered by its digest: they are asked for with every pack."""
    found = _known.get(digest)
    if found is None:
        if len(_known) > REMEMBERED:
            _known.clear()
        found = _known[digest] = count("\n".join(sources[path]))
    return found
