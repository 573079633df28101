"""Fetches the packages of `packages.csv` with their registries' own tools and reads them in memory; nothing is unpacked or run.

An archive is a wheel, an npm tarball, a Debian package, or the original tarball of a Debian source package.
"""

import csv
import io
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MANIFEST = Path(__file__).with_name("packages.csv")
LARGEST_FILE = 300_000
LARGEST_ARCHIVE = 400_000_000
"""The most uncompressed bytes that are read of one archive, against decompression bombs."""

INSTALLED = re.compile(
    r"^(\./)?usr/(share|lib)/(gocode/src/[^/]+/([^/]+/)?[^/]+|cargo/registry/[^/]+|ruby/(vendor_ruby|gems/[^/]+)|rubygems-integration/[^/]+/gems/[^/]+"
    r"|php|lua/[^/]+|nodejs(/@[^/]+)?/[^/]+)/"
)
"""The folders of Debian's library sources; the rest of a path is nearly the path in the repository."""


@dataclass(frozen=True, slots=True)
class Package:
    """A row of the manifest. `split` is train, dev or test."""

    ecosystem: str
    name: str
    version: str
    licence: str
    split: str


def manifest() -> list[Package]:
    """Return the packages in the order of the manifest."""
    with MANIFEST.open(newline="", encoding="utf-8") as file:
        return [Package(**row) for row in csv.DictReader(file)]


def slug(package: Package) -> str:
    """Return a name for the files of a package, unique in the manifest."""
    return re.sub(r"[^\w.@+-]", "+", f"{package.ecosystem}+{package.name}@{package.version}")


def fetched(package: Package, folder: Path) -> Path:
    """Return the archive of a package in `folder`, after downloading it if needed.

    Raises CalledProcessError when a tool fails. Debian sources need `deb-src` lines and `apt-get update`.
    """
    target = folder / "archives" / slug(package)
    if not any(target.glob("*")):
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(_command(package), cwd=target, check=True, stdout=subprocess.DEVNULL)
    found = sorted(path for path in target.iterdir() if not path.name.endswith((".dsc", ".asc")) and ".debian.tar" not in path.name)
    return found[0]


def _command(package: Package) -> list[str]:
    if package.ecosystem == "pypi":
        # A wheel only: to read the metadata of a source distribution, pip would run it.
        return ["pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", f"{package.name}=={package.version}"]
    if package.ecosystem == "npm":
        return ["npm", "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"]
    if package.ecosystem == "deb":
        return ["apt-get", "download", "--quiet", f"{package.name}={package.version}"]
    return ["apt-get", "source", "--quiet", "--download-only", f"{package.name}={package.version}"]


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the path (as in the repository, as far as the archive tells) and the bytes of each file that is not too large."""
    total = 0
    for path, source in _zip(archive) if archive.suffix == ".whl" else _tar(archive):
        total += len(source)
        if total > LARGEST_ARCHIVE:
            return
        yield path, source


def _zip(archive: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as file:
        for entry in file.infolist():
            if not entry.is_dir() and 0 < entry.file_size <= LARGEST_FILE:
                yield entry.filename, file.read(entry)


def _tar(archive: Path) -> Iterator[tuple[str, bytes]]:
    installed = archive.suffix == ".deb"
    with tarfile.open(fileobj=io.BytesIO(_data_of_deb(archive.read_bytes()))) if installed else tarfile.open(archive) as file:
        for entry in file:
            stream = file.extractfile(entry) if entry.isfile() and 0 < entry.size <= LARGEST_FILE else None
            if stream:
                yield INSTALLED.sub("", entry.name) if installed else entry.name.partition("/")[2], stream.read()


def _data_of_deb(archive: bytes) -> bytes:
    """Return the member `data.tar.*` of a Debian package, an `ar` archive: headers of 60 bytes, each before its data, at even offsets."""
    position = len(b"!<arch>\n")
    while position < len(archive):
        name, size = archive[position : position + 16], int(archive[position + 48 : position + 58])
        if name.startswith(b"data.tar"):
            return archive[position + 60 : position + 60 + size]
        position += 60 + size + size % 2
    raise ValueError("no data.tar in a Debian package")
