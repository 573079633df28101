"""The data folder, hidden from other users and from the index of a project around it."""

from pathlib import Path

from memoryd.errors import StoreUnusable
from memoryd.files import private_home


def hide(home: Path) -> None:
    """Make the data folder, for our user alone, and no part of a project around it. Raises `StoreUnusable`."""
    try:
        private_home(home)
    except OSError as error:
        raise StoreUnusable(f"cannot write to {home}: {error.strerror or error}; set MEMORYD_HOME to a folder you may write") from error
