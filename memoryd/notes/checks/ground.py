"""What claims are checked against: one view of the index, and the bytes on disk, which must agree.

Nothing is trusted that lags: whoever makes a `Ground` names the paths that claims speak of, and where one of them differs from
the index, `Stale` says so, as it does for a pack.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from indexers import base_name, index_source
from memoryd.notes.checks.disk import Disk
from memoryd.notes.checks.history import History
from memoryd.notes.claim import REPETITION, split_id
from memoryd.notes.note import DIGITS, Verified, digest_of
from memoryd.versions import Stale, Unit, View

TOO_SMALL = 16
"""Bytes below which being the same says nothing."""


@dataclass(frozen=True)
class Ground:
    """One moment of a project. `changing` are files that change faster than they are indexed; `exits` are of recorded commands."""

    view: View
    disk: Disk
    history: History
    exits: Mapping[str, int]
    changing: frozenset[str] = frozenset()
    _sources: dict[str, bytes | None] = field(default_factory=dict, repr=False)
    _damaged: dict[str, bool] = field(default_factory=dict, repr=False)

    def exists(self, path: str) -> bool:
        """Tell whether there is such a file or folder."""
        return self.digest(path) != "" or self.disk.exists(path)

    def digest(self, path: str) -> str:
        """Return the digest the index has of a file, "" where it has none."""
        record = self.view.records.get(path)
        return record.fingerprint.digest if record else ""

    def why_unread(self, path: str) -> str:
        """Say why nothing is known of the symbols of a file; empty where something is."""
        if path in self.changing:
            return f"{path} changes while it is indexed"
        record = self.view.records.get(path)
        if record is None:
            return f"{path} is not indexed" if self.exists(path) else ""
        return f"{path} is not indexed: {record.skipped}" if record.skipped else ""

    def source(self, path: str) -> bytes | None:
        """Return the text of a file as UTF-8, None where it is no text or cannot be read."""
        if path not in self._sources:
            self._sources[path] = self.disk.source(path, self.digest(path) or self.disk.digest(path))
        return self._sources[path]

    def units(self, id_: str) -> tuple[Unit, ...]:
        """Return the definitions of an id in the order of the source: of a name that repeats, or is nested in one, all it may mean."""
        path, qualname = split_id(id_)
        by_id = self.view.catalog.by_id
        if REPETITION.search(qualname):
            found = [by_id[id_]] if id_ in by_id else []
        else:
            found = [by_id[other] for other in self._of_name(path, qualname) if REPETITION.sub("", split_id(other)[1]) == qualname]
        return tuple(sorted((unit for unit in found if unit.is_symbol), key=lambda unit: (unit.start, unit.id)))

    def _of_name(self, path: str, qualname: str) -> Iterator[str]:
        """Yield the ids in a file of a definition's last name; the index has all of a name in their order."""
        ids, beginning = self.view.catalog.by_name.get(base_name(qualname).lower(), ()), f"{path}#"
        for place in range(bisect_left(ids, beginning), len(ids)):
            if not ids[place].startswith(beginning):
                return
            yield ids[place]

    def is_damaged(self, path: str) -> bool:
        """Tell whether a file has what its parser does not understand, so that definitions may be missing.

        It is parsed for that, here and not in a process that can be killed: those bytes were got through when they were indexed.
        """
        if path not in self._damaged:
            record = self.view.records.get(path)
            self._damaged[path] = record is not None and index_source(record.language, self.source(path) or b"").has_errors
        return self._damaged[path]

    def is_missing(self, name: str) -> bool:
        """Tell whether there is nothing of the name of a symbol or a path."""
        path, qualname = split_id(name)
        return not self.exists(path) or (bool(qualname) and not self.units(name))

    def text(self, unit: Unit) -> bytes | None:
        """Return the bytes of a definition, None where its file cannot be read."""
        source = self.source(unit.path)
        return None if source is None else source[unit.start : unit.end]

    def body(self, unit: Unit) -> str:
        """Return the digest of a definition's bytes, "" where they are too few to tell it from others."""
        text = self.text(unit) or b""
        return digest_of(text) if len(text) >= TOO_SMALL else ""

    def place_of(self, path: str, verified: Verified) -> str:
        """Return where a file that is gone stands now; "" where that is not certain.

        One file has the bytes it was verified with, or else git says that it was renamed since.
        """
        if digest := verified.files.get(path, ""):
            same = self.by_digest.get(digest, ())
            if len(same) == 1:
                return same[0]
        place = self.history.renames(verified.commit).get(path, "") if verified.commit else ""
        return place if place and self.exists(place) else ""

    def symbol_of(self, id_: str, verified: Verified) -> str:
        """Return the id under which a definition that is gone stands elsewhere, with the name and the bytes it had; or ""."""
        body, qualname = verified.symbols.get(id_, ""), split_id(id_)[1]
        same = [other.id for other in self.namesakes(id_) if body and self.body(other) == body and other.qualname == qualname]
        return same[0] if len(same) == 1 else ""

    def namesakes(self, id_: str) -> tuple[Unit, ...]:
        """Return the definitions of the same qualified name in other files."""
        path, qualname = split_id(id_)
        by_id = self.view.catalog.by_id
        name = qualname.rpartition(".")[2].lower()
        found = (by_id[other] for other in self.view.catalog.by_name.get(name, ()))
        return tuple(unit for unit in found if unit.qualname == qualname and unit.path != path and unit.is_symbol)

    @cached_property
    def by_digest(self) -> Mapping[str, tuple[str, ...]]:
        """The files that have some bytes, by the beginning of their digest."""
        found: dict[str, tuple[str, ...]] = {}
        for path, record in self.view.records.items():
            digest = record.fingerprint.digest[:DIGITS]
            found[digest] = (*found.get(digest, ()), path)
        return found


def fresh(view: View, disk: Disk, paths: Iterable[str], changing: frozenset[str], asked: set[tuple[str, str]]) -> dict[str, str]:
    """Return the digest of each path ("" where there is no file), after comparing it with the index.

    Raises `Stale` where they differ. A file that the index leaves out is asked for once (`asked` remembers), since it may be new.
    Where a file is gone, all of the tree is to be looked at: it may stand elsewhere now.
    """
    digests: dict[str, str] = {}
    stale: list[str] = []
    for path in paths:
        found = digests[path] = disk.digest(path)
        record = view.records.get(path)
        held = record.fingerprint.digest if record else ""
        if held == found or path in changing:
            continue
        if record is None:
            if (path, found) in asked:
                continue
            asked.add((path, found))
        stale.append(path)
        if not found:
            stale.append(f"{path}/")
    if stale:
        raise Stale(tuple(stale))
    return digests


def verified_now(ground: Ground, commit: str, paths: Iterable[str], symbols: Iterable[str]) -> Verified:
    """Return the state to write into a note. What other files and symbols share is left out: it could not be found again by it."""
    files = {}
    for path in paths:
        source = ground.source(path) or b""
        digest = ground.digest(path)[:DIGITS] or ground.disk.digest(path)[:DIGITS]
        if digest and len(source.strip()) >= TOO_SMALL and len(ground.by_digest.get(digest, ())) <= 1:
            files[path] = digest
    bodies = {}
    for id_ in symbols:
        units = ground.units(id_)
        body = ground.body(units[0]) if len(units) == 1 else ""
        if body and all(ground.body(other) != body for other in ground.namesakes(id_)):
            bodies[id_] = body
    return Verified(commit, files, bodies)
