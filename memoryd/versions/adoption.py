"""Begins an index with that of a sibling: another checkout of the same repository. The refresh that follows brings it to its own tree.

Its files are shared, not copied, and each is compared with its checksum. What the sibling does meanwhile, or later, changes nothing here:
a file that it writes is another file, and what it removes keeps its second name.
"""

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from memoryd import arrays
from memoryd.errors import StoreUnusable
from memoryd.files import is_sound, share_file
from memoryd.sharing import siblings_of
from memoryd.store import Adopted, Meta, Unreadable, adopting
from memoryd.versions.current import Checkout

log = logging.getLogger("memoryd")


def adopt(checkout: Checkout) -> bool:
    """Begin the index of a checkout, which has none, with the closest sibling that is whole; tell whether there is one.

    The caller must hold the refresh lock.
    """
    wanted = checkout.embedder.id, checkout.embedder.dimensions

    def accepts(meta: Meta) -> bool:
        return (meta.embedder, meta.dimensions) == wanted

    for sibling in siblings_of(checkout.folder, checkout.root):
        try:
            with adopting(sibling, checkout.folder, checkout.name, accepts) as adopted:
                _share_arrays(sibling, checkout.folder, adopted)
        except (Unreadable, StoreUnusable) as refused:
            log.info("the index in %s is not taken over", sibling, extra={"fields": {"reason": str(refused)}})
        else:
            log.info("the index of %s begins with the one of %s", checkout.name, adopted.theirs.root)
            return True
    return False


def _share_arrays(sibling: Path, folder: Path, adopted: Adopted) -> None:
    """Share the arrays beside a sibling's table; any of them may be missing, so a damaged one is left out."""
    for file in _arrays_of(sibling, adopted):
        ours = folder / (adopted.ours.table + file.name.removeprefix(adopted.theirs.table))
        with suppress(OSError):
            share_file(file, ours)
            if not is_sound(ours):
                ours.unlink()


def _arrays_of(sibling: Path, adopted: Adopted) -> Iterator[Path]:
    """Yield the files of arrays that tell of the adopted version, or of one before it: later ones will be others here than there."""
    for file in sibling.glob(f"{adopted.theirs.table}.*arrow"):
        made_for = arrays.made_for(file)
        numbers = [made_for[name] for name in ("version", "after") if name in made_for]
        if made_for and all(number.isdecimal() and int(number) <= adopted.version for number in numbers):
            yield file
