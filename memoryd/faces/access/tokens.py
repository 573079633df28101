"""Tokens, for clients that are not our user: 256 random bits each, of which only a salted digest is stored."""

import hashlib
import re
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock
import orjson

from memoryd.errors import StoreUnusable, UsageError
from memoryd.faces.access.home import hide
from memoryd.files import PRIVATE, read_whole, replace_file

TOKENS_FILE = "tokens.json"
PREFIX = "memoryd_"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LOCAL = "local"
"""What the command line calls our user's own secret, which is therefore no name of a token."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is stored: its name, the salt and digest that verify it, and when it was made (Unix seconds).

    `repositories` are those of a fleet that its bearer sees.
    """

    name: str
    salt: str
    digest: str
    created: int
    repositories: tuple[str, ...] = ()


class Tokens:
    """The tokens of one data folder. Changes by another process take effect at once, so a revoked token is refused."""

    def __init__(self, home: Path) -> None:
        self._file = home / TOKENS_FILE
        self._seen: tuple[int, int, int] | None = None
        self._tokens: tuple[Token, ...] = ()

    def create(self, name: str, repositories: tuple[str, ...] = ()) -> str:
        """Make a token and return it; it cannot be shown again. Its bearer sees these repositories of a fleet.

        Raises `UsageError` if the name is taken or invalid.
        """
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot name a token; use up to 64 letters, digits, dots, dashes and underscores")
        if name == LOCAL:
            raise UsageError(f"{LOCAL!r} is your own secret, which is there already: memoryd token local; choose another name for a token")
        secret = PREFIX + secrets.token_urlsafe(32)
        salt = secrets.token_hex(16)
        with self._alone():
            known = self.all()
            if any(token.name == name for token in known):
                raise UsageError(f"there is a token {name!r} already; choose another name, or run: memoryd token revoke {name}")
            self._write((*known, Token(name, salt, _digest(secret, salt), int(time.time()), repositories)))
        return secret

    def revoke(self, name: str) -> None:
        """Delete a token. Raises `UsageError` if there is none of that name."""
        with self._alone():
            known = self.all()
            kept = tuple(token for token in known if token.name != name)
            if len(kept) == len(known):
                raise UsageError(f"there is no token {name!r}; `memoryd token list` shows those there are")
            self._write(kept)

    def all(self) -> tuple[Token, ...]:
        """Return the tokens by name. Raises `StoreUnusable` if their file cannot be read."""
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._unreadable(error.strerror or str(error)) from error
        seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if seen != self._seen:
            self._tokens, self._seen = self._read(), seen
        return self._tokens

    def holder(self, secret: str) -> str:
        """Return the name of the token with this secret, or an empty string. Takes the same time for every wrong secret."""
        found = self.borne(secret)
        return found.name if found else ""

    def borne(self, secret: str) -> Token | None:
        """Return the token with this secret, `None` if there is none. Takes the same time for every wrong secret."""
        found = None
        for token in self.all():
            if secrets.compare_digest(_digest(secret, token.salt), token.digest):
                found = token
        return found

    def _read(self) -> tuple[Token, ...]:
        try:
            stored = orjson.loads(read_whole(self._file))["tokens"]
            tokens = [Token(one["name"], one["salt"], one["digest"], one["created"], tuple(one.get("repositories", ()))) for one in stored]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._unreadable(type(error).__name__) from None
        return tuple(sorted(tokens, key=lambda token: token.name))

    def _write(self, tokens: tuple[Token, ...]) -> None:
        text = orjson.dumps({"tokens": [asdict(token) for token in tokens]}, option=orjson.OPT_INDENT_2)
        try:
            replace_file(self._file, text + b"\n", PRIVATE)
        except OSError as error:
            raise StoreUnusable(f"cannot write {self._file}: {error.strerror or error}; give memoryd the right to it") from error

    def _alone(self) -> filelock.BaseFileLock:
        hide(self._file.parent)
        return filelock.FileLock(self._file.with_suffix(".lock"), mode=PRIVATE)

    def _unreadable(self, why: str) -> StoreUnusable:
        return StoreUnusable(f"cannot read {self._file} ({why}); mend or delete it, and make new tokens: memoryd token create NAME")


def _digest(secret: str, salt: str) -> str:
    # A secret of 256 random bits cannot be guessed, so a fast digest is enough; it is keyed with the token's salt.
    return hashlib.blake2b(secret.encode(), key=bytes.fromhex(salt), digest_size=32).hexdigest()
