"""The ground for checking claims: one view of the index and the bytes on disk, which must agree.

A `Ground` is made for the paths that claims name; if one of them differs from the index, `Stale` is raised, as for a pack.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from indexers import base_name, unnumbered
from memoryd.notes.checks.disk import Disk
from memoryd.notes.checks.history import History
from memoryd.notes.claim import split_name
from memoryd.notes.note import DIGITS, Verified, digest_of
from memoryd.parsing import Allowance, Definition, TextParser, Unparsed
from memoryd.text import symbol_id
from memoryd.versions import Stale, Unit, View

TOO_SMALL = 16
"""Bytes below which equal contents do not identify a file or a definition."""
MOST_NAMESAKES = 20
"""The most definitions of one name that are parsed to find one of them by its own bytes."""


@dataclass(frozen=True)
class Ground:
    """One moment of a project. `changing` are files that change faster than they are indexed; `exits` are codes by recorded command."""

    view: View
    disk: Disk
    history: History
    exits: Mapping[str, int]
    texts: TextParser
    changing: frozenset[str] = frozenset()
    _sources: dict[str, bytes | None] = field(default_factory=dict, repr=False)
    _defined: dict[str, tuple[Definition, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def head(self) -> str:
        """The commit that is checked out, "" outside git: a git process, so it is asked once for all claims."""
        return self.history.head()

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or folder that the index may see."""
        return self.digest(path) != "" or self._holds_files(path) or self.disk.lists(path, self.view.version)

    def _holds_files(self, path: str) -> bool:
        return any(held.startswith(f"{path}/") for held in self.view.records) and self.disk.is_folder(path)

    def digest(self, path: str) -> str:
        """Return the digest of a file in the index, "" if it has none."""
        record = self.view.records.get(path)
        return record.fingerprint.digest if record else ""

    def digest_now(self, path: str) -> str:
        """Return the digest of a file in the index, or of one on disk that the index may see; "" if there is none."""
        return self.digest(path) or (self.disk.digest(path) if self.disk.lists(path, self.view.version) else "")

    def why_unread(self, path: str) -> str:
        """Say why the symbols of a file are unknown; "" if they are known, or there is no file."""
        if path in self.changing:
            return f"{path} changes while it is indexed"
        record = self.view.records.get(path)
        if record is None:
            return f"{path} is not indexed" if self.exists(path) else ""
        return f"{path} is not indexed: {record.skipped}" if record.skipped else ""

    def source(self, path: str) -> bytes | None:
        """Return the text of a file as UTF-8; None if it is not text or cannot be read."""
        if path not in self._sources:
            self._sources[path] = self.disk.source(path, digest) if (digest := self.digest_now(path)) else None
        return self._sources[path]

    def units(self, id_: str) -> tuple[Unit, ...]:
        """Return the definitions of an id in source order; an id without a suffix like `~2` means all of its name."""
        path, qualname = split_name(id_)
        by_id = self.view.catalog.by_id
        if unnumbered(qualname) != qualname:
            one = symbol_id(path, qualname)
            found = [by_id[one]] if one in by_id else []
        else:
            same = map(by_id.__getitem__, self._of_name(path, qualname))
            found = [unit for unit in same if unnumbered(unit.qualname) == qualname]
        return tuple(sorted((unit for unit in found if unit.is_symbol), key=lambda unit: (unit.start, unit.id)))

    def _of_name(self, path: str, qualname: str) -> Iterator[str]:
        """Yield the ids in a file that end in the last part of a name, in order."""
        ids, beginning = self.view.catalog.by_name.get(base_name(qualname).lower(), ()), symbol_id(path, "")
        for place in range(bisect_left(ids, beginning), len(ids)):
            if not ids[place].startswith(beginning):
                return
            yield ids[place]

    def is_damaged(self, path: str) -> bool:
        """Tell whether a file has syntax errors, so that definitions may be missing."""
        record = self.view.records.get(path)
        return record is not None and record.has_errors

    def _definitions(self, path: str) -> tuple[Definition, ...]:
        """Return the definitions of an indexed file, none where it cannot be parsed again."""
        if path not in self._defined:
            try:
                language = self.view.records[path].language
                self._defined[path] = self.texts.definitions(language, self.source(path) or b"", self.allowance)
            except Unparsed:
                self._defined[path] = ()
        return self._defined[path]

    @cached_property
    def allowance(self) -> Allowance:
        """What may be spent on parsing at this moment."""
        return self.texts.allowance()

    def is_missing(self, name: str) -> bool:
        """Tell whether there is no symbol or path of this name."""
        path, qualname = split_name(name)
        return not self.exists(path) or (bool(qualname) and not self.units(name))

    def text(self, unit: Unit) -> bytes | None:
        """Return the bytes of a definition, None where its file cannot be read."""
        source = self.source(unit.path)
        return None if source is None else source[unit.start : unit.end]

    def own_text(self, unit: Unit) -> bytes:
        """Return the bytes of a definition without the few lines beside it that are joined to it; none if they cannot be read."""
        source = self.source(unit.path) or b""
        return next((source[one.own_start : one.own_end] for one in self._definitions(unit.path) if one.qualname == unit.qualname), b"")

    def place_of(self, path: str, verified: Verified) -> str:
        """Return the present path of a file that is gone; "" if that is not certain.

        It is certain if exactly one file has the bytes that were verified, or else if git reports a rename since, staged or committed.
        """
        if digest := verified.files.get(path, ""):
            same = self.by_digest.get(digest, ())
            if len(same) == 1:
                return same[0]
        place = self.history.renames(verified.commit, (self.head, str(self.view.version))).get(path, "") if verified.commit else ""
        return place if place and self.exists(place) else ""

    def symbol_of(self, id_: str, verified: Verified) -> str:
        """Return the present id of a definition that is gone, by its name and bytes; "" if that is not certain."""
        body = verified.symbols.get(id_, "")
        others = self.namesakes(id_) if body else ()
        same = [other.id for other in others if body_of(self.text(other) or b"") == body]
        if not same and len(others) <= MOST_NAMESAKES:
            same = [other.id for other in others if body_of(self.own_text(other)) == body]
        return same[0] if len(same) == 1 else ""

    def namesakes(self, id_: str) -> tuple[Unit, ...]:
        """Return the definitions of the same qualified name in other files."""
        path, qualname = split_name(id_)
        by_id = self.view.catalog.by_id
        found = (by_id[other] for other in self.view.catalog.by_name.get(base_name(qualname).lower(), ()))
        return tuple(unit for unit in found if unit.qualname == qualname and unit.path != path and unit.is_symbol)

    @cached_property
    def by_digest(self) -> Mapping[str, tuple[str, ...]]:
        """The paths of the files by the first 16 digits of their digest."""
        found: dict[str, tuple[str, ...]] = {}
        for path, record in self.view.records.items():
            digest = record.fingerprint.digest[:DIGITS]
            found[digest] = (*found.get(digest, ()), path)
        return found


def body_of(text: bytes) -> str:
    """Return the digest of a definition's bytes, "" if they are too few to identify it."""
    return digest_of(text) if len(text) >= TOO_SMALL else ""


def fresh(view: View, disk: Disk, paths: Iterable[str], changing: frozenset[str], asked: set[tuple[str, str]]) -> dict[str, str]:
    """Return the digest of each path ("" if there is no file), after comparing it with the index.

    Raises `Stale` with the paths that differ. A file that the index leaves out is reported once (`asked` remembers it), since it
    may be new. For a missing file `PATH/` is reported too, which asks for a scan of the whole tree: it may have moved. A file that the
    index may not see is no file.
    """
    paths = tuple(paths)
    listed = disk.look((path for path in paths if path not in view.records), view.version)
    digests: dict[str, str] = {}
    stale: list[str] = []
    for path in paths:
        record = view.records.get(path)
        found = digests[path] = disk.digest(path) if listed.get(path, True) else ""
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
    """Return the state to write into a note.

    Digests that other files or symbols share are left out: they could not identify what moved.
    """
    files = {}
    for path in paths:
        source = ground.source(path) or b""
        digest = ground.digest_now(path)[:DIGITS]
        if digest and len(source.strip()) >= TOO_SMALL and len(ground.by_digest.get(digest, ())) <= 1:
            files[path] = digest
    bodies = {}
    for id_ in symbols:
        units = ground.units(id_)
        text = ground.own_text(units[0]) if len(units) == 1 else b""
        body = body_of(text)
        if body and all(text not in (ground.text(other) or b"") for other in ground.namesakes(id_)):
            bodies[id_] = body
    return Verified(commit, files, bodies)
