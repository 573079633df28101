"""The entrance of the dashboard: signing in with the key of an address, a secret or a token; signing out; scripts and styles."""

from starlette.responses import Response

from memoryd.daemon import secret_of
from memoryd.faces.access import PAGES, Caller, is_loopback
from memoryd.faces.http import refuse, respond
from memoryd.faces.ui.page_request import HEADERS, Moved, Page, PageRequest
from memoryd.web import ASSETS, asset

FOR_EVER = "public, max-age=31536000, immutable"
SEALED = f"Path={PAGES}; HttpOnly; SameSite=Strict"


async def invite(asked: PageRequest) -> Response:
    """Make a key that signs one browser in: what `memoryd ui` prints. Our user alone may, and no browser."""
    if asked.caller is not Caller.USER or asked.access.browsers.bearer(asked.cookies):
        raise refuse("not-yours", "only the user who runs the daemon may sign a browser in")
    key = asked.access.browsers.invite(secret_of(asked.access.home))
    return respond({"path": f"{PAGES}/enter?key={key}"})


async def enter(asked: PageRequest) -> Moved | Page:
    """Turn the key in an address into a cookie."""
    cookie = asked.access.browsers.enter(asked.word("key"))
    if not cookie:
        if asked.caller is not Caller.READER:
            return Moved(PAGES)
        return _login("This address was used already, or is over ten minutes old. `memoryd ui` prints another.", 401)
    return Moved(PAGES, _kept(asked, cookie))


async def login(asked: PageRequest) -> Page:
    """Show the page to sign in."""
    return _login("", 401)


async def sign_in(asked: PageRequest) -> Moved | Page:
    """Sign a browser in with a token, or over loopback with the user's own secret."""
    given = asked.word("token").strip()
    caller = asked.access.whose(given) if given else None
    peer = asked.request.client
    if caller is None or (caller is Caller.USER and not is_loopback(peer.host if peer else "")):
        return _login("That is no token that counts here.", 401)
    cookie = asked.access.browsers.sign_in(given)
    return Moved(PAGES, _kept(asked, cookie))


async def sign_out(asked: PageRequest) -> Moved:
    """Forget the browser."""
    asked.access.browsers.sign_out(asked.cookies)
    return Moved(PAGES, {"Set-Cookie": f"{asked.access.browsers.cookie}=; {SEALED}; Max-Age=0"})


def static(name: str) -> Response:
    """Return a script or a style. Raises `Refusal` for anything else."""
    if name not in ASSETS:
        raise refuse("no-route", "there is no such file")
    found = asset(name)
    return Response(found.body, media_type=found.media, headers={**HEADERS, "Cache-Control": FOR_EVER})


def _kept(asked: PageRequest, cookie: str) -> dict[str, str]:
    return {"Set-Cookie": f"{asked.access.browsers.cookie}={cookie}; {SEALED}"}


def _login(notice: str, status: int) -> Page:
    return Page({"signed_in": False, "notice": notice}, "login", "Sign in", "", status)
