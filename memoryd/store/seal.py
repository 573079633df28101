"""The seal of a table: the checksum of every file in its folder, taken when a version is published, compared before one is read.

LanceDB writes each file once, under a name of its own. Its hint of the newest version, which it writes again, is not part of a seal:
it only saves LanceDB from listing the versions. A file that is gone is no business of the seal: LanceDB says so if it needs it.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from memoryd.files import Checksum, checksum_of

Seal = Mapping[str, Checksum]
"""The checksum of each file, by its path in the folder of the table."""
REWRITTEN = "latest_version_hint.json"
UNFINISHED = ".tmp"
"""How the name of a file begins that LanceDB has not finished: it never removes those of a writer that was killed."""


def sealed_files(table: Path, known: Seal) -> Seal:
    """Return the seal of a table's folder; a file in `known` is not read again. Raises `OSError`."""
    return {name: known[name] if name in known else checksum_of(table / name) for name in sorted(_files(table))}


def damaged_files(table: Path, seal: Seal, names: Iterable[str]) -> list[str]:
    """Return those of some files in a seal whose bytes are not the sealed ones. Raises `OSError`."""
    return [name for name in names if _is_damaged(table / name, seal[name])]


def strange_files(table: Path, seal: Seal) -> list[str]:
    """Return the files of a table's folder that are not in its seal. Between changes there are none."""
    return [name for name in _files(table) if name not in seal]


def remove_unfinished(table: Path) -> None:
    """Remove the files of a table's folder that a killed writer did not finish. Nobody else may be writing."""
    for name in _files(table):
        if name.rpartition("/")[2].startswith(UNFINISHED):
            (table / name).unlink(missing_ok=True)


def _is_damaged(file: Path, expected: Checksum) -> bool:
    with suppress(FileNotFoundError):
        return file.stat().st_size != expected.size or checksum_of(file) != expected
    return False


def _files(table: Path) -> Iterator[str]:
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with suppress(OSError), os.scandir(table / inside) as entries:
            for entry in entries:
                if entry.is_dir():
                    if not entry.is_symlink():
                        waiting.append(f"{inside}{entry.name}/")
                elif entry.name != REWRITTEN:
                    yield inside + entry.name
