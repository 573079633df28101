"""Takes the uses from a SCIP index that tell of files of the project, as these are on disk."""

import os
import posixpath
import stat
from dataclasses import dataclass
from pathlib import Path

from memoryd.errors import ScipRefused
from memoryd.scip import Source, join, read_index
from memoryd.text import escaped
from memoryd.versions import Known, Stale, View

MOST_BYTES = 1 << 30
"""The largest index that is read: the one of Django has 21 MB."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: how many files and uses, of which `exact` mean definitions of the project, and what was left out.

    `changed` are files that do not have the bytes that were indexed, `foreign` counts documents that are of no indexed file.
    """

    tool: str
    files: int
    uses: int
    exact: int
    changed: tuple[str, ...]
    foreign: int


def read_file(file: Path) -> bytes:
    """Return the bytes of a SCIP index. Raises `ScipRefused`."""
    try:
        with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:
            found = os.fstat(opened.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise ScipRefused(f"{escaped(str(file))} is no file")
            if found.st_size > MOST_BYTES:
                raise ScipRefused(f"{escaped(str(file))} has more than {MOST_BYTES >> 20} MiB")
            return opened.read(MOST_BYTES)
    except (OSError, ValueError) as error:
        raise ScipRefused(f"{escaped(str(file))} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def uses_of(view: View, data: bytes, changing: frozenset[str]) -> tuple[dict[str, Known], Imported]:
    """Return what an index says of the files of a view, by path, and what came of it.

    Raises `ScipRefused` if it is none, is damaged, or says nothing of any file; `Stale` if a file changed after it was indexed here.
    """
    try:
        return _uses_of(view, data, changing)
    except ScipRefused as error:
        raise ScipRefused(f"the SCIP index is refused: {error}; nothing was changed") from error


def _uses_of(view: View, data: bytes, changing: frozenset[str]) -> tuple[dict[str, Known], Imported]:
    index = read_index(data)
    inside, outside = folders(index.root, view.root)

    def source_of(path: str) -> tuple[str, Source] | None:
        whole = posixpath.normpath(path.replace("\\", "/"))
        if not whole.startswith(outside):
            return None
        ours = inside + whole[len(outside) :]
        record = view.records.get(ours)
        if record is None or record.skipped or ours in changing:
            return None
        text = view.source(ours)
        if text is None:
            raise Stale((ours,))
        return ours, Source(text, record.language)

    found = join(index, source_of)
    if not found.uses:
        raise ScipRefused(_refusal(found.foreign, found.changed, index.root))
    known = {path: Known(view.records[path].fingerprint.digest, index.tool, uses) for path, uses in found.uses.items()}
    all_uses = [use for uses in found.uses.values() for use in uses]
    exact = sum(bool(use.target) for use in all_uses)
    return known, Imported(escaped(index.tool), len(known), len(all_uses), exact, found.changed, found.foreign)


def _refusal(foreign: int, changed: tuple[str, ...], root: str) -> str:
    if not foreign and not changed:
        return "the index holds no file"
    said = f"{foreign:,} of its files are not indexed here"
    if changed:
        said += f", and {len(changed):,} changed since, such as {escaped(changed[0])}"
    return f"no file of the index fits this project: {said}; it was made in {escaped(root) or 'a folder without a name'}; make it anew"


def folders(indexed: str, root: Path) -> tuple[str, str]:
    """Return what comes before the paths of an index of a folder in the project, and what their start is if it is of one around it.

    The index of another machine names a folder that says nothing here: its paths are taken as they are.
    """
    here = os.path.realpath(root)
    there = os.path.realpath(indexed) if os.path.isabs(indexed) and "\0" not in indexed else here
    if there.startswith(f"{here}/"):
        return f"{there[len(here) + 1 :]}/", ""
    if here.startswith(f"{there.rstrip('/')}/") and there != "/":
        return "", f"{here[len(there) + 1 :]}/"
    return "", ""
