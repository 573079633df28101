"""Advice: what a text tells its reader to do next, in the words of each face. Imports nothing, since the MCP bridge must start fast.

Who raises an error or writes a text does not know who reads it, and hands on an `Advice`; the face says it in its own words. What
reaches an agent through MCP names MCP's tools and arguments, or what the user could do, and never a command for a shell.
"""

from dataclasses import dataclass
from enum import StrEnum

RENAMED_TOOLS = {"pack": "search_code", "expand": "show_code", "recall": "search_notes", "remember": "write_note"}
"""The tools of MCP by the names that they had."""


class Face(StrEnum):
    """Who reads a text: somebody at a command line, a program over HTTP, or an agent through MCP."""

    SHELL = "shell"
    HTTP = "http"
    MCP = "mcp"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do next, as the end of a sentence, for each face."""

    shell: str
    http: str
    mcp: str

    def to(self, face: Face) -> str:
        """Return the advice in the words of a face."""
        return {Face.SHELL: self.shell, Face.HTTP: self.http, Face.MCP: self.mcp}[face]


SHOW = Advice("`memoryd show PATH#NAME` shows one", "POST /v1/show shows one: PATH#NAME", "`show_code` shows one: PATH#NAME")
"""How to see a unit that a pack left out."""
SHOW_OF_FLEET = Advice(
    "`memoryd fleet show REPOSITORY PATH#NAME` shows one",
    "POST /v1/fleet/show shows one: PATH#NAME",
    "`show_code` shows one: REPOSITORY:PATH#NAME",
)
"""How to see a unit that a pack of a fleet left out."""
SEARCH = Advice("find it with: memoryd search", "find it with POST /v1/search", "ask `search_code` for it")
"""How to find what no handle names."""
MORE = Advice("a larger --budget shows more", "a larger `budget` shows more", "a larger `budget` shows more")
"""How to see what an answer left out for want of room."""
OLDER = Advice("a larger --limit shows more", "a larger `limit` shows more", "the log of git has them")
"""How to see the older commits of a history."""
LIST_NOTES = Advice("see: memoryd note list", "see POST /v1/notes/list", "`search_notes` gives the ids of notes")
LIST_CANDIDATES = Advice("see: memoryd note mine", "see POST /v1/notes/pending", "see the user's list of candidates")
WRITE_CLAIMS = Advice(
    "see: memoryd note add --help",
    "/docs shows how they are written",
    "a claim reads like: symbol shop/cart.py#Cart.total; `evidence` like: QUOTE @ shop/cart.py:10-12",
)
"""How to give a note what it can be checked by."""
REINDEX = Advice("run: memoryd reindex", "POST /v1/reindex", "have the user index the project again")
RETRY = Advice("try again: memoryd reindex --retry", 'POST /v1/reindex with "retry": true', "the user can have them tried again")
"""How to have files parsed again whose parser failed."""
REGISTER = Advice(
    "give its folder with --root",
    "register one with POST /v1/projects, or name its folder",
    "have the user name its folder in the configuration of this client",
)
"""How to have a project served."""
SHARE = Advice(
    "share it with: memoryd serve --root FOLDER", "whoever runs the daemon shares it with `--root`", "have its user share it with `--root`"
)
"""How to have a project answered for the bearer of a token."""
WAIT = Advice("try again, or leave out --no-wait to wait for it", 'ask again, or wait for it with "wait": true', "ask again")
"""What to do while another process refreshes a project."""
START_DAEMON = Advice(
    "`memoryd serve` shows why", "start it by hand, which shows why", "have the user start memoryd's daemon by hand, which shows why"
)
STOP_DAEMON = Advice(
    "its log may say why, `memoryd daemon stop` ends it",
    "its log may say why; stop it, and the next request starts another",
    "its log may say why; have the user stop memoryd's daemon, and the next call starts another",
)
NO_DAEMON = Advice("`memoryd daemon start` starts one, and `memoryd mcp` when it needs it", "start one by hand", "the next call starts one")
OWN_HOME = Advice(
    "set MEMORYD_HOME to a folder of this one's own, or stop that daemon where it runs",
    "set MEMORYD_HOME to a folder of this one's own, or stop that daemon where it runs",
    "have the user set MEMORYD_HOME to a folder of this one's own in the client's configuration, or stop that daemon where it runs",
)
"""What to do where the daemon of a data folder runs in another container or on another machine."""
OTHER_DAEMON = Advice(
    "`memoryd daemon stop` stops it", "stop it first", "have the user stop memoryd's daemon, and the next call starts another"
)

ALIKE = Advice(
    "set it alike, or run `memoryd daemon stop`: the next daemon takes the settings of whoever starts it",
    "set it alike, or stop the daemon",
    "have the user set it alike, or stop memoryd's daemon: the next call starts one with the settings of this client",
)
"""What to do where the daemon has another value of a setting than whoever asks it."""
INSTALL_EMBEDDER = Advice(
    "run: pip install 'memoryd[sentence-transformers]', or use the embedder static",
    "install memoryd's extra of that name, or set MEMORYD_EMBEDDER to static",
    "have the user install memoryd's extra of that name, or set MEMORYD_EMBEDDER to static",
)
NAME_PROJECT = Advice(
    "give the folder of a project: --root FOLDER, or ROOT of reindex, verify, export and import",
    "give the folder of a project",
    "have the user name the folder of a project in the configuration of this client",
)
RENEW_SECRET = Advice(
    "make another: memoryd token revoke local", "have its user make another", "have the user make another secret of memoryd's daemon"
)


def show_note(id_: str) -> Advice:
    """Return how to see a note."""
    return Advice(f"show it with: memoryd note show {id_}", "show it with POST /v1/notes/show", "read that file")
