"""The rules of access: who a request comes from, and what keeps it out.

A request comes from our user if it came by the Unix socket, which the system opens to nobody else, or over loopback with our user's
secret. Any other needs a token, also on loopback, where every user of the machine can connect. A token reaches the projects that our
user shares, and no other, whatever else this daemon was asked about. A web page can neither reach the daemon by a name
of its own (DNS rebinding) nor post to it (CSRF), whatever it knows: the Host must be a name of this machine, and an Origin, if there
is one, the daemon's own.
"""

import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from memoryd.daemon import DEMANDS_NOTHING, secret_of
from memoryd.errors import UsageError
from memoryd.faces.access.browsers import Browsers
from memoryd.faces.access.hosts import host_of, is_address, is_loopback
from memoryd.faces.access.tokens import Tokens

OPEN_PATHS = frozenset({"/", "/healthz", "/docs", "/openapi.json"})
"""Paths that are open to all, for health checks and readers of the documentation: they tell nothing about projects."""
PUSHES = "/v1/fleet/push"
PAGES = "/ui"
"""Where the dashboard is. Who is not signed in gets to its page to sign in, and no further; here alone cookies count."""


class Caller(Enum):
    """Who a request comes from."""

    USER = "our user, who may do everything"
    BEARER = "the bearer of a token, who may ask shared projects"
    ANYBODY = "anybody on this machine, with `--no-token`: may register projects, too"
    READER = "a reader of the open paths"

    @property
    def may_register(self) -> bool:
        """Whether the caller decides which projects may be asked about."""
        return self in (Caller.USER, Caller.ANYBODY)


@dataclass(frozen=True, slots=True)
class Knock:
    """The properties of a request that access depends on. It came by the Unix socket, or from the address `peer`."""

    path: str
    headers: Mapping[str, str]
    by_socket: bool = False
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """The reason why a request is refused: the kind of problem, and a detail."""

    kind: str
    detail: str


@dataclass(frozen=True)
class Access:
    """The access rules of a daemon with the data folder `home`, by the address that it listens on."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 0
    names: frozenset[str] = frozenset()
    """Further host names that clients may use for this machine (`--name`), besides its own name and its addresses."""
    is_open: bool = False
    """Whether nothing is demanded on loopback (`--no-token`)."""
    shared: frozenset[str] = frozenset()
    """The roots of the projects that tokens reach (`--root`), without links."""
    fleet: str = ""
    """The address of the fleet that is served (`--fleet`), of which a token reaches the repositories that it names."""
    hears_pushes: bool = False
    """Whether git hosts may tell of pushes, which their signature lets in, at `PUSHES` alone."""
    tokens: Tokens = field(init=False, repr=False)
    browsers: Browsers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", Tokens(self.home))
        object.__setattr__(self, "browsers", Browsers(self.home))

    @property
    def loopback(self) -> bool:
        """Whether only programs on this machine can reach the daemon."""
        return is_loopback(self.host)

    @property
    def demands(self) -> str:
        """What clients that come by TCP must bring, as the daemon's state file says it."""
        return DEMANDS_NOTHING if self.is_open else "secret or token"

    def check_start(self) -> None:
        """Raise `UsageError` if this address must not be open, or needs a token or a project and there is none, or a name is none."""
        if self.is_open and not self.loopback:
            raise UsageError(f"--no-token is for this machine only, and {self.host} is reached from others; leave out one of the two")
        if self.is_open and self.names:
            raise UsageError("--no-token is for this machine only, and --name for others; leave out one of the two")
        if wrong := [name for name in self.names if not name or host_of(name) != name.lower()]:
            raise UsageError(f"{min(wrong)!r} is no name of a machine; give --name one such as ann.example")
        if not self.loopback and not self.tokens.all():
            raise UsageError(f"listening on {self.host} needs a token; make one first: memoryd token create NAME")
        if not self.loopback and not self.shared and not self.fleet:
            raise UsageError(f"listening on {self.host} shares no project; name each that tokens may reach with: --root FOLDER")

    def judge(self, knock: Knock) -> Caller | Objection:
        """Return who a request comes from, or why it is refused. Raises `StoreUnusable` if secret or tokens cannot be read."""
        host = host_of(knock.headers.get("host", ""))
        if not self._answers_to(host):
            return Objection("foreign-host", "the Host of the request is none of this daemon's names")
        origin = knock.headers.get("origin")
        if origin is not None and not _is_own(origin, knock.headers.get("host", "")):
            return Objection("foreign-origin", "the Origin of the request is foreign to this daemon")
        # A request for an image or a link on a foreign page has no Origin, but browsers say where it comes from.
        if origin is None and knock.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return Objection("foreign-origin", "the request comes from a web page that is not the daemon's own")
        return self._caller(knock)

    def _caller(self, knock: Knock) -> Caller | Objection:
        if knock.by_socket:
            return Caller.USER
        is_page = knock.path == PAGES or knock.path.startswith(f"{PAGES}/")
        given = _bearer(knock.headers) or (self.browsers.bearer(knock.headers.get("cookie", "")) if is_page else "")
        if given and (caller := self.whose(given)):
            # On its way from another machine anybody may have read it.
            is_near = caller is not Caller.USER or is_loopback(knock.peer)
            return caller if is_near else Objection("no-token", "your own secret counts over loopback only")
        if self.is_open:
            return Caller.ANYBODY
        if knock.path in OPEN_PATHS or is_page or (self.hears_pushes and knock.path == PUSHES):
            return Caller.READER
        return Objection("no-token", "the request carries no secret or token that is known here")

    def whose(self, given: str) -> Caller | None:
        """Return who a secret or a token belongs to, `None` if it is neither. Raises `StoreUnusable`."""
        if secrets.compare_digest(given.encode(), secret_of(self.home).encode()):
            return Caller.USER
        return Caller.BEARER if self.tokens.holder(given) else None

    def repositories(self, caller: Caller, headers: Mapping[str, str]) -> tuple[str, ...] | None:
        """Return which repositories of a fleet a caller sees; `None` for all of them. Raises `StoreUnusable`."""
        if caller.may_register:
            return None
        token = self.tokens.borne(_bearer(headers))
        return token.repositories if token else ()

    def _answers_to(self, host: str) -> bool:
        if is_loopback(host) or host in map(str.lower, self.names):
            return True
        if self.loopback or not host:
            return False
        # The owner of a name can make it lead here (DNS rebinding); an address cannot be forged so.
        return is_address(host) or host in {self.host.lower(), socket.gethostname().lower()}


def _is_own(origin: str, place: str) -> bool:
    """Tell whether an Origin is that of the daemon itself, as the browser reached it: same host, same port."""
    return bool(place) and origin.lower() in (f"http://{place.lower()}", f"https://{place.lower()}")


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""
