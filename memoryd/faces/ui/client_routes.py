"""The page on which memoryd is added to a client or removed, for our user alone: it shows the difference, and writes what it showed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from memoryd.errors import InstallRefused
from memoryd.faces.access import PAGES
from memoryd.faces.install import (
    SCOPES,
    Client,
    Finding,
    Rewrite,
    add_hooks,
    check,
    client_named,
    has_hooks,
    install,
    remove,
    remove_hooks,
    this_machine,
)
from memoryd.faces.install import write as write_rewrite
from memoryd.faces.ui.page_request import Moved, Page, PageRequest

INSTALL, REMOVE = "install", "remove"
YES = "yes"


@dataclass(frozen=True, slots=True)
class Difference:
    """What would be written to a file, as a difference, "" for no change, and what to know of it."""

    file: str
    diff: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientPage:
    """A client, what is asked for, and the differences; `mark` stands for them: what is written is what was shown.

    `refused` says why nothing can be written; `findings` are those of the check after a change.
    """

    client: str
    title: str
    doing: str
    scope: str
    scopes: tuple[str, ...]
    hooks: bool
    takes_hooks: bool
    differences: tuple[Difference, ...]
    mark: str
    refused: str
    findings: tuple[Finding, ...]
    then: str


async def client(asked: PageRequest) -> Page:
    """Show what would be written to install memoryd for a client, or to remove it; after that, whether it works."""
    asked.check_user()
    row, root = client_named(asked.word("client")), await asked.place()
    doing, scope, hooks = _wanted(asked, row)
    is_done = asked.word("done") == YES

    def work() -> ClientPage:
        refused, planned = "", tuple[Rewrite, ...]()
        try:
            planned = tuple(_planned(row, doing, scope, hooks, root))
        except InstallRefused as error:
            refused = str(error)
        findings = (
            tuple(one for way in SCOPES for one in check(row, this_machine(), way, root, asked.dispatcher.projects.settings))
            if is_done
            else ()
        )
        shown = tuple(Difference(str(one.file), one.diff, one.remarks) for one in planned)
        return ClientPage(
            row.name, row.title, doing, scope, SCOPES, hooks, has_hooks(row.name), shown, _mark(planned), refused, findings, row.then
        )

    return Page(await asked.dispatcher.do(work), "client", f"{row.title}: {doing}", "settings")


async def write(asked: PageRequest) -> Moved:
    """Write what was shown. Raises `InstallRefused` where the files are not as they were then."""
    asked.check_user()
    row, root = client_named(asked.word("client")), await asked.place()
    doing, scope, hooks = _wanted(asked, row)
    mark = asked.word("mark")

    def work() -> None:
        planned = tuple(_planned(row, doing, scope, hooks, root))
        if _mark(planned) != mark:
            raise InstallRefused("a file was changed since the difference was shown; look at it again")
        for rewrite in planned:
            if rewrite.before != rewrite.after:
                write_rewrite(rewrite)

    await asked.dispatcher.do(work)
    shown = {"root": asked.root, "client": row.name, "doing": doing, "scope": scope, "hooks": YES if hooks else "", "done": YES}
    return Moved(f"{PAGES}/client?{urlencode(shown)}")


def _wanted(asked: PageRequest, row: Client) -> tuple[str, str, bool]:
    doing = REMOVE if asked.word("doing") == REMOVE else INSTALL
    scope = asked.word("scope")
    return doing, scope if scope in SCOPES else row.scope, asked.word("hooks") == YES


def _planned(row: Client, doing: str, scope: str, hooks: bool, root: Path) -> Iterator[Rewrite]:
    here = this_machine()
    if doing == REMOVE:
        yield from remove(row, here, scope, root)
        yield from remove_hooks(row.name, here, scope, root)
        return
    yield install(row, here, scope, root)
    if hooks:
        yield add_hooks(row.name, here, scope, root)


def _mark(planned: tuple[Rewrite, ...]) -> str:
    told = "\0".join(f"{one.file}\0{one.before}\0{one.after}" for one in planned)
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()
