"""What compilers say of the files of a project, kept beside its index by the content of the files.

It counts for a file while its bytes are those that were indexed, whatever happened to them meanwhile. It is derived, and may be deleted:
what is damaged, or was made by other code, counts as none.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from memoryd import arrays
from memoryd.arrays import Damaged
from memoryd.errors import StoreUnusable
from memoryd.files import remove
from memoryd.graph import ExactGraph, ExactUses, Graph
from memoryd.scip import ExactUse

FILE = "exact.arrow"
FORMAT = {"format": "memoryd exact 1"}
COLUMNS = ("file", "line", "name", "scope", "kind", "target")
log = logging.getLogger("memoryd")
Stamp = tuple[int, int, int]


class Known(NamedTuple):
    """What a compiler says of one file: the digest of its bytes, the indexer, and the uses in it."""

    digest: str
    tool: str
    uses: Sequence[ExactUse]


class Exact:
    """What is kept of a project, as it was when it was read: the digest of each file and its indexer, by path, and all uses."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._stamp = _stamp(self._file)
        self.digests: Mapping[str, str] = {}
        self.tools: Mapping[str, str] = {}
        self._uses: ExactUses | None = None
        found = _loaded(self._file) if self._stamp else None
        if found is not None:
            paths = found.texts("paths")
            self.digests = dict(zip(paths, found.texts("digests"), strict=True))
            self.tools = dict(zip(paths, found.texts("tools"), strict=True))
            self._uses = ExactUses(paths, found.texts("texts"), found.texts("targets"), *map(found.integers, COLUMNS))

    @property
    def is_current(self) -> bool:
        """Whether nobody wrote since this was read."""
        return _stamp(self._file) == self._stamp

    def covered(self, digests: Mapping[str, str]) -> tuple[str, ...]:
        """Return the paths of the files of which something is said, by the digests that files have now."""
        return tuple(path for path, digest in self.digests.items() if digests.get(path) == digest)

    def onto(self, graph: Graph, digests: Mapping[str, str]) -> Graph:
        """Return a graph with the exact edges of the files that have the bytes that were indexed."""
        covered = set(self.covered(digests))
        if self._uses is None or not covered:
            return graph
        kept = np.array([path in covered for path in self._uses.paths], dtype=np.bool_)
        rows = kept[self._uses.file]
        places = np.cumsum(kept) - 1
        columns = {name: getattr(self._uses, name)[rows] for name in COLUMNS}
        paths = [path for path in self._uses.paths if path in covered]
        return ExactGraph(graph, self._uses._replace(**columns, paths=paths)._replace(file=places[columns["file"]]))

    def known(self) -> dict[str, Known]:
        """Return what is kept of each file, by path."""
        found = {path: Known(digest, self.tools[path], []) for path, digest in self.digests.items()}
        if self._uses is not None:
            said, texts = self._uses, self._uses.texts
            rows = zip(*(getattr(said, name).tolist() for name in COLUMNS), strict=True)
            uses: dict[str, list[ExactUse]] = {path: [] for path in found}
            for file, line, name, scope, kind, target in rows:
                meant = said.targets[target] if target >= 0 else ""
                uses[said.paths[file]].append(ExactUse(line, texts[name], texts[scope], texts[kind], meant))
            found = {path: one._replace(uses=uses[path]) for path, one in found.items()}
        return found


def save_exact(folder: Path, known: Mapping[str, Known]) -> None:
    """Keep what is said of files, by path, in place of what was kept; nothing, if nothing is said. Raises `StoreUnusable`."""
    said = uses_in({path: one.uses for path, one in known.items()})
    values = {
        **said._asdict(), "digests": [known[path].digest for path in said.paths], "tools": [known[path].tool for path in said.paths],
        **{name: getattr(said, name).astype(np.int32) for name in COLUMNS},
    }  # fmt: skip
    try:
        if known:
            arrays.save(folder / FILE, values, FORMAT, "zstd")
        else:
            with suppress(FileNotFoundError):
                remove(folder / FILE)
    except (OSError, pa.ArrowException) as error:
        raise StoreUnusable("cannot write beside the index; free some space or set MEMORYD_HOME to another folder", error) from error


def uses_in(files: Mapping[str, Sequence[ExactUse]]) -> ExactUses:
    """Return the uses in some files, by path, as columns."""
    texts: dict[str, int] = {"": 0}
    targets: dict[str, int] = {}
    rows = [
        (
            number, use.line, texts.setdefault(use.name, len(texts)), texts.setdefault(use.scope, len(texts)),
            texts.setdefault(use.kind, len(texts)), targets.setdefault(use.target, len(targets)) if use.target else -1,
        )
        for number, path in enumerate(sorted(files)) for use in files[path]
    ]  # fmt: skip
    columns = np.array(rows, dtype=np.int64).reshape(-1, len(COLUMNS)).T
    return ExactUses(sorted(files), list(texts), list(targets), *columns)


def _loaded(file: Path) -> arrays.Arrays | None:
    try:
        return arrays.load(file, FORMAT)
    except Damaged as damage:
        log.warning("%s in %s is damaged (%s); what compilers said is forgotten: import it again", file.name, file.parent, damage)
        return None


def _stamp(file: Path) -> Stamp | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
