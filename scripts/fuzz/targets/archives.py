"""Archives: what is damaged or hostile is refused, in words. The seal is made right, so that what lies behind it is reached."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from memoryd.config import Settings
from memoryd.errors import ArchiveRefused
from memoryd.indexing import open_archive
from memoryd.indexing.archive import seal
from memoryd.memory import ProjectMemory
from memoryd.model import Secrets
from scripts.fuzz.targets.scratch import scratch

FILES = {"a.py": "def f(x):\n    return g(x)\n", "b.md": "# B\n\nWords.\n"}


@cache
def _folder() -> Path:
    return scratch("archives")


def check(data: bytes) -> None:
    """An archive is taken in whole or refused."""
    opened = io.BytesIO(data)
    with suppress(ArchiveRefused, ValueError, OverflowError):
        seal(opened)
    file = _folder() / "archive"
    file.write_bytes(opened.getvalue())
    with suppress(ArchiveRefused), open_archive(file, *_embedder(), Secrets.MASK) as archive:
        rows = sum(len(batch) for batch in archive.batches())
        assert rows == archive.manifest.rows


@cache
def _embedder() -> tuple[str, int]:
    from memoryd.embed import load

    embedder = load("hash")
    return embedder.id, embedder.dimensions


def seeds() -> Iterator[bytes]:
    """Yield the archive of a small project."""
    with tempfile.TemporaryDirectory() as folder:
        root, file = Path(folder, "project"), Path(folder, "archive")
        root.mkdir()
        for name, text in FILES.items():
            (root / name).write_text(text)
        with ProjectMemory(root, Settings(Path(folder, "home"), embedder="hash", workers=1)) as memory:
            memory.refresh()
            memory.export(file)
        yield file.read_bytes()
