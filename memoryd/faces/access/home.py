"""The data folder, hidden from other users and from the index of a project around it."""

from contextlib import suppress
from pathlib import Path

from memoryd.errors import StoreUnusable
from memoryd.files import PRIVATE, private_home


def hide(home: Path) -> None:
    """Make the data folder, for our user alone, and mark it so that it is never indexed as part of a project around it."""
    try:
        private_home(home)
        rules = home / ".memorydignore"
        with suppress(FileExistsError):
            rules.touch(PRIVATE, exist_ok=False)
            rules.write_text("# Secrets and indexes are no part of a project.\n*\n")
    except OSError as error:
        raise StoreUnusable(f"cannot write to {home}: {error.strerror or error}; set MEMORYD_HOME to a folder you may write") from error
