"""The list of a fleet's repositories: a line for each, its address, then the name it goes by, and whom it is meant for."""

import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from memoryd.errors import UsageError, reason

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._+-]{0,99}){0,3}")
USER = re.compile(r"(?<=://)[^/]*@")
"""The user in an address, and the password or token that some have there."""
MOST_REPOSITORIES = 50_000


class Visibility(StrEnum):
    """Whom a repository is meant for, as its line says. It is kept with each unit, and decides nothing: tokens say who sees what."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Listed:
    """A repository as its line says: `address` is a folder or what git clones from."""

    name: str
    address: str
    visibility: Visibility = Visibility.PRIVATE

    @property
    def is_remote(self) -> bool:
        """Whether git must ask another place for it."""
        return is_remote(self.address)

    @property
    def told_address(self) -> str:
        """The address as tables and reports have it: without a user, beside whom a password or token may stand."""
        return USER.sub("", self.address)


def read_list_in(file: Path) -> tuple[Listed, ...]:
    """Read the list in a file; folders are relative to that of the file. Raises `UsageError`."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"cannot read {file}: {why}; give a text file with the address of a repository in each line") from error
    return read_list(text, file.absolute().parent)


def read_list(text: str, folder: Path) -> tuple[Listed, ...]:
    """Read a list: `ADDRESS [NAME] [public|private]` a line, `#` begins a comment. Folders are relative to `folder`.

    Without a name, the last two parts of the address are it. Raises `UsageError` with the number of the line.
    """
    found: dict[str, Listed] = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            raise UsageError(f"line {number}: {error}; write: ADDRESS [NAME] [public|private]") from error
        if not words:
            continue
        one = _read(words, number, folder)
        if one.name in found:
            raise UsageError(f"line {number}: another repository is called {one.name}; give this one a name of its own after its address")
        found[one.name] = one
    if not found:
        raise UsageError("the list names no repository; write a line for each: ADDRESS [NAME] [public|private]")
    if len(found) > MOST_REPOSITORIES:
        raise UsageError(f"the list names {len(found):,} repositories; a fleet holds at most {MOST_REPOSITORIES:,}")
    return tuple(found[name] for name in sorted(found))


def _read(words: list[str], number: int, folder: Path) -> Listed:
    address, *rest = words
    visibility = Visibility(rest.pop()) if rest and rest[-1] in list(Visibility) else Visibility.PRIVATE
    if len(rest) > 1 or address.startswith("-"):
        raise UsageError(f"line {number} is not: ADDRESS [NAME] [public|private]")
    place = address if is_remote(address) else os.path.normpath(folder / os.path.expanduser(address))
    name = rest[0] if rest else named(place)
    if not NAME.fullmatch(name):
        raise UsageError(f"line {number}: no repository can be called {name!r}; write a name such as acme/shop after its address")
    return Listed(name, place, visibility)


def is_remote(address: str) -> bool:
    """Tell whether an address is no folder of this machine."""
    return "://" in address or bool(re.match(r"[\w.-]{1,100}@[\w.-]{1,255}:", address))


def named(address: str) -> str:
    """Return the name of a repository without one of its own: the last two parts of its address."""
    parts = [part for part in re.split(r"[/:]", USER.sub("", address).removesuffix("/").removesuffix(".git")) if part]
    return "/".join(parts[-2:])


def named_in(names: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the names that are wanted, each by itself or with all below it (`acme/*`), sorted."""
    exact, above = set(), []
    for one in wanted:
        above.append(one[:-1]) if one.endswith("/*") else exact.add(one)
    return tuple(sorted(name for name in names if name in exact or name.startswith(tuple(above))))
