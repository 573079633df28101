"""The remotes of a user: each has a name, an address, and the keys of those who may write there. Kept in the data folder.

No file of a project adds one: a checkout that somebody else made must not decide whom this machine asks.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from memoryd.errors import RemoteUnusable, UsageError, reason
from memoryd.files import PRIVATE, cache_folder, read_whole, remove, replace_file
from memoryd.model import RemoteState
from memoryd.sharing.remote import condition
from memoryd.sharing.remote.objects import check_address, check_installed, folder_of
from memoryd.sharing.remote.signatures import check_public

REMOTES = "remotes"
"""The folder in the data folder for what is kept of remotes."""
FILE = "remotes.json"
FORMAT = "memoryd remotes 1"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
PATIENCE = 0.25
"""How many seconds a remote may keep a refresh waiting."""
MOST_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote. With `keys` only what one of them signed is taken; `patience` is how many seconds it may keep a refresh waiting."""

    name: str
    address: str
    keys: tuple[str, ...] = ()
    patience: float = PATIENCE


def folder_in(home: Path, name: str) -> Path:
    """Return the folder in which this machine keeps what it knows of a remote."""
    return home / REMOTES / name


def remotes_of(home: Path) -> tuple[Remote, ...]:
    """Return the remotes of a data folder by name. Raises `RemoteUnusable`."""
    file = home / REMOTES / FILE
    try:
        found = orjson.loads(read_whole(file))
        if found["format"] != FORMAT:
            raise ValueError("another format")
        return tuple(sorted((_remote(one) for one in found["remotes"]), key=lambda one: one.name))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, UsageError) as error:
        raise RemoteUnusable("the list of remotes cannot be read; remove that file and add them again", file) from error


def remote_of(home: Path, name: str) -> Remote:
    """Return the remote with a name. Raises `UsageError` if there is none."""
    found = {one.name: one for one in remotes_of(home)}
    if name not in found:
        known = f"there are {', '.join(found)}" if found else f"add it with: memoryd remote add {name} ADDRESS"
        raise UsageError(f"there is no remote {name!r}; {known}")
    return found[name]


def add_remote(home: Path, remote: Remote) -> None:
    """Add a remote. Raises `UsageError` for a bad one or a name that is taken, `RemoteUnusable` where what remotes need is missing."""
    check_installed()
    _check(remote)
    others = remotes_of(home)
    if any(one.name == remote.name for one in others):
        raise UsageError(f"there is a remote {remote.name!r}; remove it first: memoryd remote remove {remote.name}")
    if (folder := folder_of(remote.address)) is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RemoteUnusable(f"that folder cannot be made: {reason(error)}; make it, or name another", folder) from error
    _save(home, (*others, remote))


def remove_remote(home: Path, name: str) -> None:
    """Forget a remote, and what is kept of it here; what lies there stays. Raises `UsageError` if there is none."""
    gone = remote_of(home, name)
    _save(home, [one for one in remotes_of(home) if one != gone])
    remove(folder_in(home, name))


def states_of(home: Path) -> tuple[RemoteState, ...]:
    """Return how each remote does, as far as is known here; nothing is asked. Without a list that can be read, there are none."""
    now = time.time()
    try:
        remotes = remotes_of(home)
    except RemoteUnusable:
        return ()
    found = [(one, condition.load(folder_in(home, one.name))) for one in remotes]
    return tuple(
        RemoteState(
            one.name, one.address, bool(one.keys), known.entries, known.failure if known.is_left_alone(now) else "",
            len(known.quarantined(now)),
        )
        for one, known in found
    )  # fmt: skip


def _remote(found: dict[str, object]) -> Remote:
    keys = found["keys"]
    if not isinstance(keys, list):
        raise TypeError("keys are no list")
    remote = Remote(str(found["name"]), str(found["address"]), tuple(map(str, keys)), float(str(found["patience"])))
    _check(remote)
    return remote


def _check(remote: Remote) -> None:
    if not NAME.fullmatch(remote.name):
        raise UsageError("the name of a remote is up to forty of a-z, 0-9, - and _, and begins with a letter or digit")
    if not 0 < remote.patience <= MOST_PATIENCE:
        raise UsageError(f"the patience with a remote is more than 0 and at most {MOST_PATIENCE:.0f} seconds")
    check_address(remote.address)
    for key in remote.keys:
        check_public(key)


def _save(home: Path, remotes: Sequence[Remote]) -> None:
    file = home / REMOTES / FILE
    try:
        cache_folder(file.parent)
        replace_file(
            file, orjson.dumps({"format": FORMAT, "remotes": [asdict(one) for one in remotes]}, option=orjson.OPT_INDENT_2), PRIVATE
        )
    except OSError as error:
        raise RemoteUnusable(f"the list of remotes cannot be written: {reason(error)}; make the data folder writable", file) from error
