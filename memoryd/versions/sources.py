"""The lines of files as they are on disk now, checked against the version that an answer is made from."""

from collections.abc import Iterable
from typing import Self

from memoryd.versions.view import View


class Stale(Exception):
    """Files on disk differ from the view: refresh `paths` and ask again."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        super().__init__(", ".join(paths))
        self.paths = paths


class Sources:
    """The lines of the files an answer may show, without their line ends; read when first asked for.

    A file whose bytes are not those of the view raises `Stale`, which then names every such file among `candidates`, so
    that one repair is enough.
    """

    def __init__(self, view: View, candidates: Iterable[str]) -> None:
        self._view = view
        self._candidates = tuple(sorted(set(candidates)))
        self._lines: dict[str, list[str]] = {}

    def __getitem__(self, path: str) -> list[str]:
        found = self._lines.get(path)
        if found is None:
            source = self._view.source(path)
            if source is None:
                raise self._stale(path)
            found = self._lines[path] = _lines(source)
        return found

    @classmethod
    def of_disk(cls, view: View, path: str) -> Self:
        """Return the lines of a file as they are on disk now, whatever the view knows of them; `Stale` if it would not be indexed."""
        sources = cls(view, [path])
        source = view.source(path)
        if source is None:
            source = view.changed_source(path)
        if source is not None:
            sources._lines[path] = _lines(source)
        return sources

    @property
    def read(self) -> tuple[str, ...]:
        """The files that were read."""
        return tuple(self._lines)

    def check(self, paths: Iterable[str]) -> None:
        """Raise `Stale` if the bytes of one of some files are not those of the view."""
        for path in paths:
            if not self._view.is_on_disk(path):
                raise self._stale(path)

    def _stale(self, path: str) -> Stale:
        # What a task names may stand in files that are no candidates.
        return Stale((path, *(other for other in self._candidates if other != path and not self._view.is_on_disk(other))))


def _lines(source: bytes) -> list[str]:
    return source.decode("utf-8", "replace").split("\n")
