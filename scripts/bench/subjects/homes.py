"""The folders of indexes, which are kept from run to run: ranking and packing are measured again without indexing again.

They lie below the digest of the code that makes indexes, so a change of it makes all of them anew.
"""

import hashlib
from functools import cache
from pathlib import Path

TOP = Path(__file__).parents[3]
MAKES_INDEXES = (
    "indexers", "memoryd/parsing", "memoryd/indexing", "memoryd/store", "memoryd/searchindex", "memoryd/secrets", "memoryd/embed.py",
    "memoryd/filekinds.py", "memoryd/data/code-static", "memoryd/data/secrets",
)  # fmt: skip


def homes(work: Path) -> Path:
    """Return the folder of the indexes that the present code makes."""
    return work / "homes" / digest(MAKES_INDEXES)


@cache
def digest(sources: tuple[str, ...]) -> str:
    """Return a digest of the files `sources`, and of those in the folders among them, compiled ones aside."""
    found = hashlib.blake2b(digest_size=6)
    for source in sources:
        path = TOP / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                found.update(f"{file.relative_to(TOP)}\0".encode() + file.read_bytes())
    return found.hexdigest()
