"""Finds the siblings of an index: those of other checkouts of the same repository. What a sibling holds is a beginning, never truth.

Each index keeps digests of its repository beside it (`NOTED`), so that a sibling is found also when its checkout is gone.
"""

from collections.abc import Iterable
from pathlib import Path

import orjson

from memoryd.files import read_whole, save_sealed, unsealed
from memoryd.sharing.checkout import origins
from memoryd.store import POINTER

NOTED = "repository.json"
FORMAT = "memoryd repository 1"


def siblings_of(folder: Path, root: Path) -> list[Path]:
    """Return the folders of the indexes that may be the beginning of the one in `folder`, the closest first, then the newest."""
    ours = origins(root)
    found = []
    for place in folder.parent.parent.glob(f"*/{folder.name}") if ours else ():
        shared = [number for number, origin in enumerate(ours) if origin in _noted(place)]
        if shared and place != folder:
            found.append((shared[0], -_written(place), place))
    return [place for _, _, place in sorted(found)]


def is_noted(folder: Path) -> bool:
    """Tell whether an index keeps which repository it is of."""
    return (folder / NOTED).exists()


def note_repository(folder: Path, root: Path) -> None:
    """Keep beside an index which repository it is of. Raises `StoreUnusable`."""
    save_sealed(folder / NOTED, orjson.dumps({"format": FORMAT, "origins": origins(root)}))


def _noted(folder: Path) -> Iterable[str]:
    try:
        found = orjson.loads(unsealed(read_whole(folder / NOTED)))
    except (OSError, ValueError):
        return ()
    known = found.get("origins") if isinstance(found, dict) and found.get("format") == FORMAT else None
    return known if isinstance(known, list) else ()


def _written(folder: Path) -> float:
    try:
        return (folder / POINTER).stat().st_mtime
    except OSError:
        return 0.0
