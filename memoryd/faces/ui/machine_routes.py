"""The pages of this machine, for our user alone: settings, and what `memoryd doctor` finds of the clients."""

import os
import platform
from dataclasses import dataclass

from memoryd import __version__
from memoryd.faces.doctor import examine
from memoryd.faces.install import CLIENTS, Finding, this_machine
from memoryd.faces.ui.page_request import Page, PageRequest
from memoryd.files import path_text


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The daemon that answers, what it was started with, and the names of the tokens, each with when it was made (Unix seconds)."""

    version: str
    python: str
    pid: int
    home: str
    settings: dict[str, str]
    tokens: tuple[tuple[str, int], ...]
    clients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientsPage:
    """What was found, as `memoryd doctor` tells it."""

    findings: tuple[Finding, ...]


async def settings(asked: PageRequest) -> Page:
    """Show how the daemon is set up."""
    asked.check_user()
    given = asked.dispatcher.projects.settings
    tokens = await asked.dispatcher.do(lambda: tuple((one.name, one.created) for one in asked.access.tokens.all()))
    shown = {
        "MEMORYD_EMBEDDER": given.embedder, "MEMORYD_SECRETS": given.secrets.value, "MEMORYD_RANKING": given.ranking.value,
        "MEMORYD_WORKERS": str(given.workers),
    }  # fmt: skip
    home = path_text(os.fsencode(given.home))
    value = SettingsPage(__version__, platform.python_version(), os.getpid(), home, shown, tokens, tuple(CLIENTS))
    return Page(value, "settings", "Settings", "settings")


async def clients(asked: PageRequest) -> Page:
    """Examine the installation; clients' servers are started as the clients do, which takes seconds."""
    asked.check_user()
    root = await asked.place()

    def work() -> tuple[Finding, ...]:
        with asked.dispatcher.projects.memory(root) as memory:
            return tuple(examine(asked.dispatcher.projects.settings, this_machine(), root, memory.status))

    return Page(ClientsPage(await asked.dispatcher.do(work)), "clients", "Clients", "settings")
