"""The disk of the data folder: a small file system of its own where we may mount one, so that it can be full."""

import os
import subprocess
from pathlib import Path

LARGE = 2 << 30


class Disk:
    """A file system at a folder. Without the right to mount it is the folder alone, and never full."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True)
        self.is_mounted = self._mount(f"size={LARGE}")

    def shrink(self, free: int) -> None:
        """Leave only some bytes free."""
        if self.is_mounted:
            found = os.statvfs(self._folder)
            self._mount(f"remount,size={(found.f_blocks - found.f_bfree) * found.f_frsize + free}")

    def grow(self) -> None:
        """Have room again."""
        if self.is_mounted:
            self._mount(f"remount,size={LARGE}")

    def close(self) -> None:
        """Take the file system away, with all that is on it."""
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", self._folder], check=True)

    def _mount(self, options: str) -> bool:
        command = ["mount", "-t", "tmpfs", "-o", options, "none", str(self._folder)]
        try:
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            return False
