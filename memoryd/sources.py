"""The text of files as it is on disk now, checked against the version an answer is made from."""

from collections.abc import Iterable

from memoryd.files import Content, read
from memoryd.view import View


class Stale(Exception):
    """Files differ from what the view was made from: refresh `paths` and ask again."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        super().__init__(", ".join(paths))
        self.paths = paths


def read_sources(view: View, paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the lines of files without their line ends. Raises `Stale` if any differs from the view or is gone."""
    lines, stale = {}, []
    for path in sorted(paths):
        content = read(view.root, path)
        record = view.records.get(path)
        if not isinstance(content, Content) or record is None or content.digest != record.fingerprint.digest:
            stale.append(path)
        else:
            lines[path] = content.source.decode("utf-8", "replace").split("\n")
    if stale:
        raise Stale(tuple(stale))
    return lines
