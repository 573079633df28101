"""What is known of the working tree from events: where nothing happened since a scan, no question pays for the next one.

A scan finds how the tree differs from a version of the index. From then on the tree is what that version holds, but for the files
that events name: those alone are compared. Whatever events do not tell leads to a scan, and so does time.
"""

import os
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from memoryd.files import Lookout, path_bytes, stat_of
from memoryd.indexing import Progress, Survey, silent, survey, survey_paths
from memoryd.model import ChangeSet, Secrets, Skipped
from memoryd.store import FileRecord, Meta

FEW = 20
"""The most files that are compared by name; more changes lead to a scan."""
MOST_NAMED = 1_000
"""The most files that may change without a refresh before they count as lost."""
MOST_SECONDS = 60.0
"""How long a scan is believed: whoever follows a project scans more often than that."""
State = tuple[Meta, int]
"""A version of one table."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The tree is as the version `state` has it, but for what happened after the news `number`; `skipped` is left out."""

    state: State
    number: int
    scanned: float
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Scanned:
    """How a scan that began after the news `number` found the tree to differ from the version `state`; whether events tell the rest."""

    state: State
    number: int
    scanned: float
    found: Survey
    is_covered: bool

    def known(self, state: State, skipped: tuple[Skipped, ...]) -> _Known | None:
        """Return what is known of the tree once the version after `state` holds what was found."""
        return _Known(state, self.number, self.scanned, skipped) if self.is_covered else None


class KnownTree:
    """How the working tree differs from an index.

    `look` and `scan` may be called from any thread, the rest by whoever holds the refresh lock.
    """

    def __init__(self, root: Path, folder: Path, secrets: Secrets) -> None:
        self._root, self._folder, self._secrets = root, folder, secrets
        self._lookout: Lookout | None = None
        self._lock = threading.Lock()
        self._number = self._lost = self._scans = 0
        self._beside: int | None = None
        self._touched: dict[str, tuple[int, bool]] = {}
        self._known: _Known | None = None
        self._found: _Known | None = None

    def follow(self) -> None:
        """From now on listen to events."""
        with self._lock:
            self._lookout = self._lookout or Lookout()

    def close(self) -> None:
        """Listen no longer."""
        with self._lock:
            if self._lookout is not None:
                self._lookout.close()
            self._lookout = self._known = self._found = None

    def look(self, state: State, records: Mapping[str, FileRecord]) -> Survey:
        """Return how the tree differs from a version with these records."""
        known = self._news(state)[0]
        found = self._by_name(known, records) if known is not None else None
        return found if found is not None else survey(self._root, self._folder, records, self._secrets)

    def survey(self, state: State, records: Mapping[str, FileRecord], progress: Progress = silent) -> Survey:
        """Return how the tree differs from the version that a refresh begins with; `indexed` tells of the version that it makes."""
        known, number = self._news(state)
        found = self._by_name(known, records) if known is not None else None
        if known is not None and found is not None:
            self._found = replace(known, number=number, skipped=found.skipped)
            return found
        scanned = self._scan(state, records, number, progress)
        self._found = scanned.known(state, scanned.found.skipped)
        return scanned.found

    def scan(self, state: State, records: Mapping[str, FileRecord]) -> Scanned:
        """Scan the whole tree, whatever is known, while refreshes go on; `survey_scanned` tells a refresh what was found."""
        number = self._news(state)[1]
        with self._lock:
            self._beside = number
        return self._scan(state, records, number, silent)

    def survey_scanned(self, scanned: Scanned, state: State, records: Mapping[str, FileRecord]) -> Survey:
        """Return what `survey` does after a scan that may have ended before other refreshes: what it found is compared again then."""
        with self._lock:
            is_last, self._beside = self._beside == scanned.number, None
        changes = scanned.found.changes
        paths = {*changes.added, *changes.modified, *changes.removed, *(path for pair in changes.renamed for path in pair)}
        found = scanned.found
        if scanned.state != state:
            if not paths <= records.keys():
                return self.survey(state, records)
            # What other refreshes wrote meanwhile were files of which events tell: all others are as the scan found them.
            found = survey_paths(self._root, records, paths, self._secrets)
            found = replace(found, skipped=(*scanned.found.skipped, *found.skipped))
        self._found = scanned.known(state, found.skipped) if is_last else None
        return found

    def _scan(self, state: State, records: Mapping[str, FileRecord], number: int, progress: Progress) -> Scanned:
        begun, scans = time.monotonic(), self._scans
        found = survey(self._root, self._folder, records, self._secrets, progress)
        with self._lock:
            # Where another scan began to watch a folder meanwhile, this one may have looked into it before.
            is_covered = self._lookout is not None and self._lookout.covers(found.basis) and self._scans == scans
            self._scans += 1
        return Scanned(state, number, begun, found, is_covered)

    def begun(self) -> None:
        """Forget the survey of a refresh that did not end."""
        self._found = None

    def indexed(self, before: State, after: State, unsure: Iterable[str]) -> None:
        """Know that a refresh of the version `before` made `after`, which may not hold the files `unsure` as they are."""
        with self._lock:
            found, self._found = self._found, None
            if found is not None and found.state == before:
                self._known = replace(found, state=after)
                # A scan that goes on beside refreshes will be told from the news since it began.
                told = found.number if self._beside is None else min(found.number, self._beside)
                self._touched = {path: (number, named) for path, (number, named) in self._touched.items() if number > told}
            elif self._known is not None:
                # Only files whose events we have, or will have, were refreshed.
                self._known = replace(self._known, state=after) if self._known.state == before else None
            self._number += 1
            self._touched.update((path, (self._number, True)) for path in unsure)

    def _news(self, state: State) -> tuple[_Known | None, int]:
        """Take in what happened; return what is known of the tree beside that, `None` if not enough, and the number of the news."""
        with self._lock:
            self._number += 1
            if self._lookout is None:
                return None, self._number
            news = self._lookout.news()
            for path, is_named in news.paths.items():
                self._touched[path] = (self._number, is_named or self._touched.get(path, (0, False))[1])
            if not news.is_complete or len(self._touched) > MOST_NAMED:
                self._lost = self._number
                self._touched.clear()
            known = self._known
            if known is None or known.state != state or self._lost > known.number or time.monotonic() - known.scanned > MOST_SECONDS:
                return None, self._number
            return known, self._number

    def _by_name(self, known: _Known, records: Mapping[str, FileRecord]) -> Survey | None:
        """Compare the files that were touched; `None` if what happened to one of them is not told by its bytes."""
        skipped = {one.path for one in known.skipped}
        wanted = set()
        with self._lock:
            touched = dict(self._touched)
        for path, (_, is_named) in touched.items():
            if path in skipped:
                return None
            is_there = is_named and os.path.lexists(os.path.join(os.fsencode(self._root), path_bytes(path)))
            # A new file may be ignored, and a file that became something else is left out with a reason.
            if is_there and (path not in records or stat_of(self._root, path) is None):
                return None
            if path in records:
                wanted.add(path)
        if not wanted:
            return Survey(ChangeSet(), records, None, known.skipped)
        if len(wanted) > FEW:
            return None
        found = survey_paths(self._root, records, wanted, self._secrets)
        return replace(found, skipped=(*known.skipped, *found.skipped))
