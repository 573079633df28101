"""The folder that a target works in."""

import atexit
import shutil
import tempfile
from pathlib import Path


def scratch(name: str) -> Path:
    """Make a folder that is removed when this process ends."""
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
