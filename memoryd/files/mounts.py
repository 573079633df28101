"""The file systems that are mounted, as Linux tells: which of them tell of every change, and whether anything was mounted since."""

import re
from pathlib import Path

TABLE = Path("/proc/self/mountinfo")
LOCAL = frozenset((b"ext2", b"ext3", b"ext4", b"xfs", b"btrfs", b"f2fs", b"tmpfs", b"overlay"))
"""The kinds of file systems whose files only this system writes, and which tell of each write."""
OCTAL = re.compile(rb"\\([0-7]{3})")


def mount_table() -> bytes:
    """Return the table of mounts, "" where there is none. It changes whenever something is mounted or unmounted."""
    try:
        return TABLE.read_bytes()
    except OSError:
        return b""


def is_local(folder: bytes, table: bytes) -> bool:
    """Tell whether a folder, a real path, and all that is mounted below it, is on file systems that tell of each change."""
    place = folder.rstrip(b"/") + b"/"
    around, longest, inside = b"", 0, []
    for line in table.splitlines():
        head, _, tail = line.partition(b" - ")
        fields = head.split(b" ")
        if len(fields) < 5 or not tail:
            continue
        point = OCTAL.sub(lambda found: bytes([int(found[1], 8)]), fields[4]).rstrip(b"/") + b"/"
        kind = tail.partition(b" ")[0]
        # Of two mounts at one place, the later one hides the other.
        if place.startswith(point) and len(point) >= longest:
            around, longest = kind, len(point)
        elif point.startswith(place):
            inside.append(kind)
    return around in LOCAL and all(kind in LOCAL for kind in inside)
