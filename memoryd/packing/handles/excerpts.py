"""Shows the lines that a handle names. Packs name what they leave out by handle."""

from dataclasses import replace

from memoryd.errors import UnknownHandle
from memoryd.model import Shown
from memoryd.packing.handles.places import place_of
from memoryd.text import escaped_text, number_of
from memoryd.versions import Sources, View


def show(view: View, handle: str) -> Shown:
    """Return the lines that a handle names, with line ends and visible escapes.

    Raises `UnknownHandle`, which suggests similar handles, or `OutsideRoot`.
    """
    found = show_raw(view, handle)
    return replace(found, text=escaped_text(found.text if found.text.endswith("\n") or not found.text else f"{found.text}\n"))


def show_raw(view: View, handle: str) -> Shown:
    """Return the lines that a handle names exactly as they are on disk, as UTF-8. Raises as `show` does."""
    path, first, last, _, are_given, _ = place_of(view, handle).together(handle)
    # Whoever edits a file and looks at it need not wait until the index knows the edit.
    lines = (Sources.of_disk(view, path) if are_given else Sources(view, [path]))[path]
    count = len(lines) - (lines[-1] == "")
    first, last = max(1, first), min(last, count)
    if first > max(count, 1):
        raise UnknownHandle(f"{path} has {number_of(count, 'line')}; line {first} is past its end")
    # After the last line of a file without a line end there is none to show.
    ends = [""] if last < len(lines) else []
    return Shown(path, first, last, "\n".join([*lines[first - 1 : last], *ends]))
