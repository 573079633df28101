"""The secret of a data folder's user: to the daemon, whoever knows it is that user. Imports little, for thin faces.

It is made at first need, whole or not at all, so that processes that need it at once agree on one. It lies in a file that only our
user may read; one that others may read, or that belongs to somebody else, is no secret and is refused.
"""

import os
import re
import secrets
import stat
from pathlib import Path

from memoryd.advice import RENEW_SECRET
from memoryd.errors import StoreUnusable

NAME = "secret"
FORM = re.compile(r"[A-Za-z0-9_-]{43}")
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def secret_file(home: Path) -> Path:
    """Return the file of a data folder's secret."""
    return home / NAME


def secret_of(home: Path) -> str:
    """Return the secret of a data folder's user, made if there is none. Raises `StoreUnusable` if it cannot be kept or is none."""
    found = _read(secret_file(home))
    if found is None:
        _make(home)
        found = _read(secret_file(home))
    if found is None:
        raise StoreUnusable(f"{secret_file(home)} is removed again and again; run the command again")
    return found


def forget_secret(home: Path) -> None:
    """Make the secret worthless, at once; the next that is needed is another. Raises `StoreUnusable`."""
    try:
        secret_file(home).unlink(missing_ok=True)
    except OSError as error:
        raise _unusable(secret_file(home), error) from error


def is_exposed(home: Path) -> bool:
    """Tell whether others may read the secret, so that it is none."""
    try:
        return bool(os.lstat(secret_file(home)).st_mode & FOR_OTHERS)
    except OSError:
        return False


def _read(file: Path) -> str | None:
    try:
        # `O_NONBLOCK`: whatever was put in its place, opening it does not wait.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(file, error) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise StoreUnusable(f"{file} is no file of yours; remove it, and the next command makes another")
        if found.st_mode & FOR_OTHERS:
            raise StoreUnusable(f"other users may read {file}, so it is no secret", advice=RENEW_SECRET)
        text = os.read(descriptor, 256).decode("ascii", "replace").strip()
    except OSError as error:
        raise _unusable(file, error) from error
    finally:
        os.close(descriptor)
    if not FORM.fullmatch(text):
        raise StoreUnusable(f"{file} is damaged", advice=RENEW_SECRET)
    return text


def _make(home: Path) -> None:
    from memoryd.files import PRIVATE, create_in, private_home  # too slow to import for processes that only look for a daemon

    try:
        private_home(home)
        folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
        try:
            create_in(folder, NAME, f"{secrets.token_urlsafe(32)}\n".encode(), PRIVATE)
        finally:
            os.close(folder)
    except FileExistsError:
        return  # another process was faster
    except OSError as error:
        raise _unusable(secret_file(home), error) from error


def _unusable(file: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(f"cannot keep a secret in {file}: {error.strerror or error}; set MEMORYD_HOME to a folder of yours")
