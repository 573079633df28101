"""The pages of the projects, and of one project: what is indexed, what is not and why."""

import os
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from memoryd.daemon import KnownProject
from memoryd.memory import ProjectMemory
from memoryd.model import Skipped, Status
from memoryd.web.paging import Paged, paged

EXAMPLES = 20
"""Files that are shown of those that were left out for one reason; the JSON has all."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The registered projects, those that were used last first."""

    projects: Paged[KnownProject]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The files that are not indexed for one reason, the first of them by name."""

    reason: str
    files: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """A project: its status, the reasons why files are left out, and the size of its index on disk."""

    status: Status
    left_out: tuple[LeftOut, ...]
    index_bytes: int


def overview_page(known: Sequence[KnownProject], page: int) -> Overview:
    """Return a page of the projects."""
    return Overview(paged(sorted(known, key=lambda one: (-one.last_used, one.root)), page))


def project_page(memory: ProjectMemory) -> ProjectPage:
    """Return the page of a project as its index is."""
    status = memory.status()
    return ProjectPage(status, _by_reason(status.skipped), _bytes(str(memory.folder)))


def _by_reason(skipped: Sequence[Skipped]) -> tuple[LeftOut, ...]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in skipped:
        found[one.reason].append(one.path)
    order = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(LeftOut(reason, len(paths), tuple(sorted(paths)[:EXAMPLES])) for reason, paths in order)


def _bytes(folder: str) -> int:
    """Return the size of the files below a folder; what goes away meanwhile does not count."""
    total = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                total += _bytes(entry.path) if entry.is_dir(follow_symlinks=False) else entry.stat(follow_symlinks=False).st_size
    return total
