"""Access control: tokens, the Host and Origin of requests, and the folders that a request may name.

On a loopback address no token is needed, but the Host must be a loopback name and the Origin, if there is one, too: a web page
can neither reach the daemon by a name of its own (DNS rebinding) nor post to it (CSRF). On any other address every request that
tells something about a project needs a token, and only projects registered on the daemon's own machine can be named.
Tokens are 256 random bits; only their salted digests are stored, in a file that only our user may read.
"""

import hashlib
import ipaddress
import re
import secrets
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import orjson

from memoryd.errors import NotAProject, OutsideRoot, StoreUnusable, UsageError
from memoryd.files import PRIVATE, replace_file

if TYPE_CHECKING:
    from memoryd.daemon import Projects

TOKENS_FILE = "tokens.json"
PREFIX = "memoryd_"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
OPEN_PATHS = frozenset({"/healthz", "/docs", "/openapi.json"})
"""Paths that need no token, for health checks and readers of the documentation: they tell nothing about projects."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is stored: its name, the salt and digest that verify it, and when it was made (Unix seconds)."""

    name: str
    salt: str
    digest: str
    created: int


class Tokens:
    """The tokens of one data folder. Changes by another process take effect at once, so a revoked token is refused."""

    def __init__(self, home: Path) -> None:
        self._file = home / TOKENS_FILE
        self._seen: tuple[int, int, int] | None = None
        self._tokens: tuple[Token, ...] = ()

    def create(self, name: str) -> str:
        """Make a token and return it; it cannot be shown again. Raises `UsageError` if the name is taken or invalid."""
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot name a token; use up to 64 letters, digits, dots, dashes and underscores")
        secret = PREFIX + secrets.token_urlsafe(32)
        salt = secrets.token_hex(16)
        with self._alone():
            known = self.all()
            if any(token.name == name for token in known):
                raise UsageError(f"there is a token {name!r} already; choose another name, or run: memoryd token revoke {name}")
            self._write((*known, Token(name, salt, _digest(secret, salt), int(time.time()))))
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
        found = ""
        for token in self.all():
            if secrets.compare_digest(_digest(secret, token.salt), token.digest):
                found = token.name
        return found

    def _read(self) -> tuple[Token, ...]:
        try:
            stored = orjson.loads(self._file.read_bytes())["tokens"]
            tokens = [Token(one["name"], one["salt"], one["digest"], one["created"]) for one in stored]
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
        return filelock.FileLock(self._file.with_suffix(".lock"))

    def _unreadable(self, why: str) -> StoreUnusable:
        return StoreUnusable(f"cannot read {self._file} ({why}); mend or delete it, and make new tokens: memoryd token create NAME")


def hide(home: Path) -> None:
    """Make the data folder, and mark it so that it is never indexed as part of a project around it."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        rules = home / ".memorydignore"
        with suppress(FileExistsError), rules.open("x") as file:
            file.write("# Keys and indexes are no part of a project.\n*\n")
    except OSError as error:
        raise StoreUnusable(f"cannot write to {home}: {error.strerror or error}; set MEMORYD_HOME to a folder you may write") from error


@dataclass(frozen=True)
class Access:
    """The access rules of a daemon, by the address it listens on. `key` allows everything; only this machine's user knows it."""

    home: Path
    host: str = "127.0.0.1"
    key: str = field(default="", repr=False)
    names: frozenset[str] = frozenset()
    """Further host names that clients may use for this machine, besides its own name and its addresses."""
    tokens: Tokens = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", Tokens(self.home))

    @property
    def loopback(self) -> bool:
        """Whether only programs on this machine can reach the daemon."""
        return is_loopback(self.host)

    def check_start(self) -> None:
        """Raise `UsageError` if this address needs a token and there is none."""
        if not self.loopback and not self.tokens.all():
            raise UsageError(f"listening on {self.host} needs a token; make one first: memoryd token create NAME")

    def is_key(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a request carries the key of this daemon."""
        return bool(self.key) and secrets.compare_digest(_bearer(headers).encode(), self.key.encode())

    def objection(self, path: str, headers: Mapping[str, str]) -> tuple[str, str] | None:
        """Return why a request is refused, as a kind of problem and a detail; `None` if it is allowed."""
        host = host_of(headers.get("host", ""))
        if not self._answers_to(host):
            return "foreign-host", "the Host of the request is none of this daemon's names"
        origin = headers.get("origin")
        if origin is not None and not self._trusts(origin, host):
            return "foreign-origin", "the Origin of the request is foreign to this daemon"
        # A request for an image or a link on a foreign page has no Origin, but browsers say that it is cross-site.
        if origin is None and headers.get("sec-fetch-site") == "cross-site":
            return "foreign-origin", "the request comes from a web page of another site"
        if self.loopback or path in OPEN_PATHS or self.is_key(headers):
            return None
        if not self.tokens.holder(_bearer(headers)):
            return "no-token", "the request carries no token, or one that is not known or was revoked"
        return None

    def _answers_to(self, host: str) -> bool:
        if is_loopback(host):
            return True
        if self.loopback or not host:
            return False
        # The owner of a name can make it lead here (DNS rebinding); an address cannot be forged so.
        return _is_address(host) or host in {self.host.lower(), socket.gethostname().lower(), *(name.lower() for name in self.names)}

    def _trusts(self, origin: str, host: str) -> bool:
        scheme, separator, place = origin.partition("://")
        if not separator or scheme not in ("http", "https"):
            return False
        name = host_of(place)
        return is_loopback(name) or (not self.loopback and name == host)


def registered_root(projects: "Projects", given: str) -> Path:
    """Return the root of a registered project. Raises `OutsideRoot` for any other path, whether or not it exists."""
    if projects.is_registered(_path(given)):
        return _path(given)
    raise OutsideRoot("the root is no registered project; `memoryd serve --root FOLDER` or POST /v1/projects on its machine registers it")


def usable_root(projects: "Projects", given: str, home: Path) -> Path:
    """Return the root of a project that may be registered: an existing folder, neither the whole disk nor our own data."""
    try:
        root = _path(given).resolve(strict=True)
        is_folder = root.is_dir()
    except (OSError, RuntimeError):
        is_folder = False
    if not is_folder:
        raise NotAProject("the root is no folder that can be read; give the absolute path of a project's folder")
    if projects.is_registered(root):
        return root
    if root == root.parent or root.is_relative_to(home.resolve()):
        raise NotAProject("the root is the whole disk or memoryd's own data folder; give the folder of a project")
    return root


def _path(given: str) -> Path:
    if not given.startswith("/") or "\0" in given:
        raise NotAProject("the root is no absolute path; give the absolute path of a project's folder")
    return Path(given)


def is_loopback(host: str) -> bool:
    """Tell whether a name or an address means this machine and nothing else."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


HOST = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]{2,45})\]|(?P<name>[A-Za-z0-9._-]{1,253}))(?::\d{1,5})?")


def host_of(given: str) -> str:
    """Return the host of `host:port` in lower case, or an empty string if `given` has no such form."""
    match = HOST.fullmatch(given)
    return (match["six"] or match["name"]).lower() if match else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _digest(secret: str, salt: str) -> str:
    # A secret of 256 random bits cannot be guessed, so a fast digest is enough; it is keyed with the token's salt.
    return hashlib.blake2b(secret.encode(), key=bytes.fromhex(salt), digest_size=32).hexdigest()
