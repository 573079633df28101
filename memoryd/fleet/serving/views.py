"""The views of a fleet's repositories on this machine: mapped from files that their tasks left, with texts from the fleet's table.

The files of a part never change, so a copy that is whole stays right. The copies of parts that no repository names any more are removed.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from memoryd.embed import Embedder
from memoryd.errors import FleetUnusable
from memoryd.files import PRIVATE, private_folder, remove, replace_quickly
from memoryd.fleet.tables import FILES, IMAGES
from memoryd.model import Secrets
from memoryd.store import POINTER, Store, Tables, Unreadable, one_of
from memoryd.versions import View

MOST_OPEN = 256
"""The views that are kept open: to open one again costs half of what ranking it does. What they map is memory that the system takes back
when it needs it; the rest is about 4 MB each."""
TEXT_BYTES = 32 << 20
"""The bytes of the texts of files that are kept: the same ones are shown again and again."""
Read = Callable[[str], bytes | None]


@dataclass(frozen=True)
class FleetView(View):
    """The view of a repository at the commit of its part, whose texts `read` returns by their paths."""

    read: Read = lambda _path: None

    def source(self, path: str) -> bytes | None:
        """Return the text of a file as the task read it, with secrets masked; `None` if it is not in the fleet."""
        return self.read(path) if path in self.records else None

    def changed_source(self, path: str) -> bytes | None:
        """Return `None`: a part never changes, and no folder of this machine stands for it."""
        return None

    def is_on_disk(self, path: str) -> bool:
        """Tell whether the text of a file is at hand: a part never changes."""
        return path in self.records


class Views:
    """Opens the views of parts. Safe to use from several threads."""

    def __init__(self, tables: Tables, folder: Path, embedder: Embedder, secrets: Secrets) -> None:
        self._tables, self._folder, self._embedder, self._secrets = tables, folder, embedder, secrets
        self._open: OrderedDict[str, FleetView] = OrderedDict()
        self._texts: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._text_bytes = 0
        self._lock = threading.RLock()

    def of(self, part: str, repository: str) -> FleetView:
        """Return the view of a part. Raises `FleetUnusable` where the part is of another version of memoryd, or damaged."""
        with self._lock:
            view = self._open.get(part)
            if view is None:
                view = self._mapped(part, repository)
            self._open[part] = view
            self._open.move_to_end(part)
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
            return view

    def keep(self, parts: Collection[str]) -> None:
        """Remove the copies of all other parts."""
        with self._lock:
            for part in [part for part in self._open if part not in parts]:
                del self._open[part]
            for place in self._folder.iterdir() if self._folder.exists() else ():
                if place.name not in parts:
                    remove(place)

    def _mapped(self, part: str, repository: str) -> FleetView:
        place = self._folder / part
        if not (place / POINTER).exists():
            self._copy(part, place)
        try:
            store = Store.find(place, self._embedder.id, self._embedder.dimensions, repository)
            view = FleetView.mapped(self._folder, store, self._embedder, self._secrets)
        except Unreadable as error:
            remove(place)
            raise FleetUnusable(f"what the fleet holds of {repository} cannot be read; run `memoryd fleet index` again", error) from error
        if view is None:
            remove(place)
            raise FleetUnusable(f"another version of memoryd indexed {repository}; run `memoryd fleet index` with this one")
        view = replace(view, read=lambda path: self._text(part, path))
        view.prepare()
        return view

    def _copy(self, part: str, place: Path) -> None:
        """Copy the files of a part, the one that points to the others last."""
        rows = self._tables.rows(IMAGES, ("file", "number", "data"), one_of("part", [part]))
        found = sorted(rows.to_pylist() if rows is not None else (), key=lambda row: (row["file"] == POINTER, row["file"], row["number"]))
        private_folder(place)
        for file in dict.fromkeys(row["file"] for row in found):
            if "/" not in file:
                replace_quickly(place / file, b"".join(row["data"] for row in found if row["file"] == file), PRIVATE)

    def _text(self, part: str, path: str) -> bytes | None:
        with self._lock:
            if (part, path) not in self._texts:
                where = f"{one_of('part', [part])} AND {one_of('path', [path])}"
                rows = self._tables.rows(FILES, ("text",), where)
                if rows is None or not len(rows):
                    return None
                found: bytes = rows["text"][0].as_py()
                self._texts[part, path] = found
                self._text_bytes += len(found)
                while self._text_bytes > TEXT_BYTES and len(self._texts) > 1:
                    self._text_bytes -= len(self._texts.popitem(last=False)[1])
            self._texts.move_to_end((part, path))
            return self._texts[part, path]
