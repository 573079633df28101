"""A request for a page: who asks, about what; and its answer, in HTML for browsers and in JSON for programs.

What changes something is asked for with POST, and where a browser's cookie says who asks, with the proof that only our own pages know.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from memoryd.faces.access import Access, Caller
from memoryd.faces.http import Dispatcher, refuse, respond
from memoryd.faces.ui.usage_reports import Reports
from memoryd.limits import LONGEST_TASK
from memoryd.memory import ProjectMemory
from memoryd.web import Frame, render

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
# Where not even our own pages are told where a form comes from, browsers send it with the Origin `null`, which counts as foreign.
HEADERS = {
    "Content-Security-Policy": POLICY, "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp", "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}  # fmt: skip
MOST_FIELDS = 200
LONGEST_WORD = 4_096
"""Characters of what names something: a project, a symbol, a note."""
LARGEST = 1_000_000
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: the value, which is its JSON, the template that shows it, its title, and the part of the dashboard it belongs to."""

    value: object
    template: str
    title: str
    part: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """An answer that leads to another page."""

    to: str
    headers: Mapping[str, str] = field(default_factory=dict)


Work = Callable[["PageRequest"], Awaitable[Page | Moved | Response]]


@dataclass(frozen=True)
class PageRequest:
    """A request, with the fields of its query or its form; `is_ending` tells whether the daemon ends."""

    request: Request
    dispatcher: Dispatcher
    access: Access
    reports: Reports
    is_ending: Callable[[], bool]
    fields: Mapping[str, str]

    @property
    def caller(self) -> Caller:
        """Who asks."""
        found: Caller = self.request.state.caller
        return found

    @property
    def wants_json(self) -> bool:
        """Whether a program asks."""
        accepted = self.request.headers.get("accept", "")
        return "text/html" not in accepted and "application/json" in accepted

    @property
    def cookies(self) -> str:
        """The header with the cookies."""
        return self.request.headers.get("cookie", "")

    @property
    def root(self) -> str:
        """The project that is asked about: the one that is named, or else the only one. Raises `NotAProject`."""
        return self.word("root") or self.dispatcher.only(self.caller)

    def word(self, name: str) -> str:
        """Return a short field, "" if it is missing. Raises `Refusal` if it is too long."""
        return self._bounded(name, LONGEST_WORD)

    def text(self, name: str) -> str:
        """Return a long field, "" if it is missing. Raises `Refusal` if it is too long."""
        return self._bounded(name, LONGEST_TASK).replace("\r\n", "\n")

    def number(self, name: str, default: int, most: int = LARGEST) -> int:
        """Return a field that is a number from 1 to `most`; the default for anything else."""
        given = self.fields.get(name, "")
        return min(max(1, int(given)), most) if given.isascii() and given.isdigit() and len(given) < 12 else default

    async def ask(self, question: Callable[[ProjectMemory], Result]) -> Result:
        """Ask the project; looking at a page registers nothing."""
        return await self.dispatcher.ask(self.root, question, self.dispatcher.looker(self.caller))

    async def place(self) -> Path:
        """Return the root of the project, resolved. Raises `OutsideRoot` if the caller may not ask about it."""
        find, root = self.dispatcher.looker(self.caller), self.root
        return await self.dispatcher.do(lambda: find(root).resolve())

    def check_user(self) -> None:
        """Raise `Refusal` unless our user asks: what follows is not shared with the bearers of tokens."""
        if not self.caller.may_register:
            raise refuse("not-yours", "this page is for the user who runs the daemon")

    def _bounded(self, name: str, most: int) -> str:
        given = self.fields.get(name, "")
        if len(given) > most:
            raise refuse("too-large", f"{name} has more than {most} characters")
        return given


async def read(request: Request, dispatcher: Dispatcher, access: Access, reports: Reports, is_ending: Callable[[], bool]) -> PageRequest:
    """Return a request with its fields. Raises `Refusal` where it would change something and its form is none of ours."""
    sent = request.url.query if request.method != "POST" else (await request.body()).decode("utf-8", "replace")
    try:
        fields = dict(parse_qsl(sent, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise refuse("malformed", f"the form has more than {MOST_FIELDS} fields") from None
    asked = PageRequest(request, dispatcher, access, reports, is_ending, fields)
    # Programs name themselves by a header, or come by the socket: no page can make a browser do so.
    by_browser = "authorization" not in request.headers and request.scope.get("server", ("", 0))[1] is not None
    if request.method == "POST" and by_browser and asked.caller is not Caller.READER:
        proof = request.headers.get("x-proof") or fields.get("proof", "")
        if not access.browsers.is_proof(asked.cookies, proof):
            raise refuse("foreign-origin", "the form is out of date or not of this dashboard; load the page again")
    return asked


def written(asked: PageRequest, page: Page) -> Response:
    """Return a page as the response: JSON for programs, HTML for browsers."""
    if asked.wants_json:
        answer = respond(page.value, page.status)
    else:
        answer = Response(render(page.template, page.value, _frame(asked, page)), page.status, media_type="text/html")
    return answer


def moved(to: Moved) -> Response:
    """Return a response that leads elsewhere, with GET."""
    return RedirectResponse(to.to, 303, to.headers)


def _frame(asked: PageRequest, page: Page) -> Frame:
    is_ours = asked.caller is not Caller.READER
    signed_in = bool(asked.access.browsers.bearer(asked.cookies))
    return Frame(
        page.title, page.part, asked.word("root") if is_ours else "", asked.request.url.path,
        f"{asked.request.url.scheme}://{asked.request.url.netloc}", asked.fields,
        asked.access.browsers.proof(asked.cookies), asked.caller.may_register, signed_in,
    )  # fmt: skip
