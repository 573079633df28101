"""The browsers that are signed in to the dashboard: each has a cookie, which stands for a secret or a token that somebody showed.

A cookie is worth what its secret is worth at that moment, so that revoking that counts at once. Browsers send cookies of one port to
every other port of a host, too, so a cookie is never the secret itself, counts for pages alone, and is forgotten with the daemon.
Safe to use from several threads.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

COOKIE = "memoryd_ui"
SECONDS_INVITED = 600.0
"""How long the key in an address may be used, once."""
SECONDS_IDLE = 43_200.0
"""How long a browser that asks for nothing stays signed in."""
MOST_INVITED, MOST_SIGNED_IN = 64, 64
LONGEST_COOKIES = 8_192


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser: the secret or token that it was signed in with, what proves that a form is ours, and when it last asked."""

    bearer: str
    proof: str
    at: float


class Browsers:
    """Who is signed in, in memory only."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._invited: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._signed_in: OrderedDict[str, Browser] = OrderedDict()
        self._proof = secrets.token_urlsafe(32)

    def invite(self, bearer: str) -> str:
        """Return a key that signs one browser in, once, with the secret of whoever asks for it."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            self._invited[key] = bearer, self._now()
            while len(self._invited) > MOST_INVITED:
                self._invited.popitem(last=False)
        return key

    def enter(self, key: str) -> str:
        """Return the cookie for the browser that brings a key, "" if the key was used, is too old, or is none."""
        with self._lock:
            bearer, at = self._invited.pop(key, ("", 0.0))
        return self.sign_in(bearer) if bearer and self._now() - at < SECONDS_INVITED else ""

    def sign_in(self, bearer: str) -> str:
        """Return the cookie for a browser whose user showed a secret or a token that counts."""
        cookie = secrets.token_urlsafe(32)
        with self._lock:
            self._signed_in[cookie] = Browser(bearer, secrets.token_urlsafe(32), self._now())
            while len(self._signed_in) > MOST_SIGNED_IN:
                self._signed_in.popitem(last=False)
        return cookie

    def sign_out(self, cookies: str) -> None:
        """Forget the browser that sends these cookies."""
        with self._lock:
            self._signed_in.pop(_ours(cookies), None)

    def bearer(self, cookies: str) -> str:
        """Return what the browser that sends these cookies was signed in with, "" if it is not signed in."""
        found = self._found(cookies)
        return found.bearer if found else ""

    def proof(self, cookies: str) -> str:
        """Return what the forms of the browser that sends these cookies must contain, which no foreign page can read."""
        found = self._found(cookies)
        return found.proof if found else self._proof

    def is_proof(self, cookies: str, given: str) -> bool:
        """Tell whether a form comes from a page of ours, in the browser that sends these cookies."""
        return secrets.compare_digest(self.proof(cookies).encode(), given.encode("utf-8", "replace"))

    def _found(self, cookies: str) -> Browser | None:
        name = _ours(cookies)
        with self._lock:
            found = self._signed_in.pop(name, None)
            if found is None or self._now() - found.at > SECONDS_IDLE:
                return None
            found = self._signed_in[name] = Browser(found.bearer, found.proof, self._now())
            return found


def _ours(cookies: str) -> str:
    """Return the value of our cookie in a header of cookies, "" if there is none."""
    if COOKIE not in cookies or len(cookies) > LONGEST_COOKIES:
        return ""
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
