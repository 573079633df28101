"""Compares the working tree with the index. Pure: fingerprints in, a change set out."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from memoryd.model import ChangeSet, Fingerprint

Key = TypeVar("Key", bound=Hashable)


def diff(indexed: Mapping[str, Fingerprint], current: Mapping[str, Fingerprint]) -> ChangeSet:
    """Compare two states of the tree; the result depends on nothing but their contents.

    A file counts as modified when its bytes or the revision of its language changed. A new path with the fingerprint of a
    vanished one is a rename: its facts are the same. Where several fit, those with the same file name are paired first, the
    rest in the order of their paths; each vanished path is used once.
    """
    # Almost all are the same value, which is seen at once.
    modified = sorted(
        path for path, fingerprint in current.items() if (known := indexed.get(path)) is not fingerprint and known and known != fingerprint
    )
    added = {path: current[path] for path in sorted(current.keys() - indexed.keys())}
    removed = {path: indexed[path] for path in sorted(indexed.keys() - current.keys())}
    renamed = dict(sorted(_renames(removed, added)))
    arrived = set(renamed.values())
    return ChangeSet(
        added=tuple(path for path in added if path not in arrived),
        modified=tuple(modified),
        removed=tuple(path for path in removed if path not in renamed),
        renamed=tuple(renamed.items()),
    )


def _renames(removed: Mapping[str, Fingerprint], added: Mapping[str, Fingerprint]) -> Iterator[tuple[str, str]]:
    """Pair old paths with new ones; both mappings are in the order of their paths."""
    vanished, appeared = _grouped(removed, removed.__getitem__), _grouped(added, added.__getitem__)
    for fingerprint in vanished.keys() & appeared.keys():
        old, new = vanished[fingerprint], appeared[fingerprint]
        same = dict(_same_name(old, new))
        taken = set(same.values())
        yield from same.items()
        yield from zip((path for path in old if path not in same), (path for path in new if path not in taken), strict=False)


def _same_name(old: Iterable[str], new: Iterable[str]) -> Iterator[tuple[str, str]]:
    before, after = _grouped(old, _name), _grouped(new, _name)
    for name in before.keys() & after.keys():
        yield from zip(before[name], after[name], strict=False)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _grouped(paths: Iterable[str], key: Callable[[str], Key]) -> dict[Key, list[str]]:
    groups: defaultdict[Key, list[str]] = defaultdict(list)
    for path in paths:
        groups[key(path)].append(path)
    return dict(groups)
