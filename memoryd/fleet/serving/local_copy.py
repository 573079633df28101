"""A copy of a fleet's tables on this machine, for a node whose fleet lies in object storage: what a search reads is then on local disk.

Files of a table never change and have names that are used once, but for its manifests, the newest of which names all others. So a copy is
brought up to date by the files that are missing, and then by the manifests, that of the repositories last: a reader of the copy sees what
a reader of the original sees, a while later. A table whose manifests are all there is never taken apart: what breaks off changes nothing.
"""

import asyncio
import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from memoryd.errors import FleetUnusable
from memoryd.files import PRIVATE, private_folder, replace_quickly, replacing_quickly
from memoryd.fleet.tables import REPOSITORIES, ROWS
from memoryd.sharing import Failure, Objects

POLL_SECONDS = 10.0
"""How often the original is asked for its newest repositories: one listing, and one small object."""
PIECE_BYTES = 16 << 20
LEAST_FREE = 0.05
"""The share of the disk that a copy leaves free."""
ROUNDS = 3
"""How often a copy is begun again of a fleet that changes meanwhile, before the next time that it is asked."""
RETRIES = 2
ENDING_SECONDS = 3.0
"""How long a process that ends waits for what is read just now; what is not whole is read again by the next one."""
MANIFESTS, SUFFIX = "_versions", ".manifest"
LEFT_OUT = frozenset((MANIFESTS, "_transactions"))
PLAIN = re.compile(r"[A-Za-z0-9_-][\w.-]*")
"""A name that leads nowhere else, as all of Lance's are."""
INVERTED = 20
"""The digits of a manifest's name that counts down: of such ones, the first is the newest."""
log = logging.getLogger("memoryd.fleet")


class LocalCopy:
    """Keeps the copy in a folder up to date, in a thread of its own between `start` and `close`; `whole` is called once it may be read."""

    def __init__(self, address: str, folder: Path, whole: Callable[[], None]) -> None:
        self._address, self.folder, self._whole = address, folder, whole
        self._is_whole = False
        self._unused: frozenset[Path] = frozenset()
        """What the original had no more when the copy was last brought up to date: then, somebody may have been reading it."""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="memoryd-copy", daemon=True)

    def start(self) -> None:
        """Begin. A copy that an earlier process left may be read at once."""
        if _newest(list(self._manifests(REPOSITORIES))):
            self._may_be_read()
        self._thread.start()

    def close(self) -> None:
        """End; a copy that has begun is gone on with by the next process."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(ENDING_SECONDS)

    def bring(self) -> None:
        """Bring the copy to what the original holds now. Raises `FleetUnusable`; the copy is then as it was."""
        try:
            private_folder(self.folder)
            asyncio.run(self._brought())
        except (Failure, OSError) as error:
            raise FleetUnusable("the fleet cannot be copied; what was copied before is served", f"{self._address}: {error}") from error

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                self.bring()
            except FleetUnusable as error:
                log.warning("%s", error)
            self._closing.wait(POLL_SECONDS)

    def _may_be_read(self) -> None:
        if not self._is_whole:
            self._is_whole = True
            self._whole()

    async def _brought(self) -> None:
        objects = Objects(self._address, RETRIES)
        for _ in range(ROUNDS):
            first = await _manifest(objects, REPOSITORIES)
            if first is None or self._holds(REPOSITORIES, first):
                return
            # Manifests are listed before what they name, so that all of it is there.
            manifests = {table: found for table in ROWS if (found := await _manifest(objects, table)) is not None}
            files = {path: size for table in (*manifests, REPOSITORIES) for path, size in (await _files(objects, table)).items()}
            await self._fetch(objects, files)
            if self._closing.is_set():
                return
            if await _manifest(objects, REPOSITORIES) == first:  # so the rows of the parts that it names were not removed meanwhile
                for table, manifest in {**manifests, REPOSITORIES: first}.items():
                    self._publish(table, *manifest)
                self._tidy(files)
                self._may_be_read()
                return

    async def _fetch(self, objects: Objects, files: Mapping[str, int]) -> None:
        """Copy the files that are missing. Raises `FleetUnusable` where there is no room for them."""
        missing = {path: size for path, size in files.items() if not self._has(path, size)}
        disk = shutil.disk_usage(self.folder)
        if missing and disk.free - sum(missing.values()) < LEAST_FREE * disk.total:
            raise FleetUnusable("there is no room for a copy of the fleet; make some, or set MEMORYD_HOME to another disk", self._address)
        for path, size in missing.items():
            place = self.folder / path
            private_folder(place.parent)
            with replacing_quickly(place, PRIVATE) as opened:
                for start in range(0, size, PIECE_BYTES):
                    piece = await objects.read(path, start, min(size, start + PIECE_BYTES), lambda _: None)
                    if len(piece) < min(size, start + PIECE_BYTES) - start:
                        raise Failure("an object breaks off")
                    opened.write(piece)
            if self._closing.is_set():
                return

    def _has(self, path: str, size: int) -> bool:
        place = self.folder / path
        return place.is_file() and place.stat().st_size == size

    def _manifests(self, table: str) -> Iterator[str]:
        folder = self.folder / f"{table}.lance" / MANIFESTS
        yield from (file.name for file in (folder.iterdir() if folder.exists() else ()))

    def _holds(self, table: str, manifest: tuple[str, bytes]) -> bool:
        name, data = manifest
        place = self.folder / f"{table}.lance" / MANIFESTS / name
        return place.is_file() and place.read_bytes() == data

    def _publish(self, table: str, name: str, data: bytes) -> None:
        """Make a manifest the newest of a table, and the only one: a fleet that was made anew counts from one again."""
        folder = self.folder / f"{table}.lance" / MANIFESTS
        private_folder(folder)
        replace_quickly(folder / name, data, PRIVATE)
        for other in [one for one in self._manifests(table) if one != name]:
            (folder / other).unlink(missing_ok=True)

    def _tidy(self, files: Mapping[str, int]) -> None:
        """Remove what the original has no more, the second time that it is missed."""
        wanted = {self.folder / path for path in files}
        found = {file for file in self.folder.rglob("*") if file.is_file() and file.parent.name != MANIFESTS}
        for file in self._unused & (found - wanted):
            file.unlink(missing_ok=True)
        self._unused = frozenset(found - wanted)


async def _manifest(objects: Objects, table: str) -> tuple[str, bytes] | None:
    """Return the name and the bytes of the newest manifest of a table; `None` if there is no such table."""
    folder = f"{table}.lance/{MANIFESTS}"
    sizes = {path.rpartition("/")[2]: size for path, size in (await objects.sizes(folder)).items()}
    name = _newest(list(sizes))
    return (name, bytes(await objects.read(f"{folder}/{name}", 0, sizes[name], lambda _: None))) if name else None


async def _files(objects: Objects, table: str) -> dict[str, int]:
    """Return the files of a table but its manifests, with their sizes; what has another name than Lance gives is none."""
    return {
        path: size for path, size in (await objects.sizes(f"{table}.lance")).items()
        if all(map(PLAIN.fullmatch, path.split("/"))) and LEFT_OUT.isdisjoint(path.split("/"))
    }  # fmt: skip


def _newest(names: list[str]) -> str:
    """Return the manifest of the newest version, "" for none."""
    stems = [name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX) and name.removesuffix(SUFFIX).isdecimal()]
    counted = [stem for stem in stems if len(stem) == INVERTED]
    newest = min(counted) if counted else max(stems, key=int, default="")
    return newest + SUFFIX if newest else ""
