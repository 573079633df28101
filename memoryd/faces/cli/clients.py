"""The commands `install` and `uninstall`, which rewrite the configuration of clients."""

import sys
from typing import TYPE_CHECKING

import click

from memoryd.errors import InstallRefused, UsageError
from memoryd.faces.cli.options import root_option
from memoryd.faces.cli.output import print_findings, print_text, say
from memoryd.text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from memoryd.faces.install import Client, Machine, Rewrite

_client = click.argument("client", metavar="[CLIENT]", required=False)
_yes = click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")


@click.command()
@_client
@click.option("--all", "is_all", is_flag=True, help="Every client that is found on this machine.")
@click.option("--check", "is_check", is_flag=True, help="Write nothing; start what is installed, as its client does.")
@click.option("--hooks", "with_hooks", is_flag=True, help="Also the hooks by which memoryd takes part in sessions (all but zed).")
@click.option("--remove", "is_removal", is_flag=True, help="Take it out again.")
@click.option("--print", "only_print", is_flag=True, help="Print the entry and where it belongs; write nothing.")
@_yes
@click.option("--scope", type=click.Choice(["project", "user"]), help="The project's file or yours (default: where the client expects it).")
@click.option("--port", type=click.IntRange(1, 65_535), help="Have it ask the daemon at this port, instead of starting `memoryd mcp`.")
@root_option
def install(
    client: str | None, is_all: bool, is_check: bool, with_hooks: bool, is_removal: bool, only_print: bool, is_agreed: bool,
    scope: str | None, port: int | None, root: str,
) -> int:  # fmt: skip
    """Write memoryd into the configuration of CLIENT, after showing the difference; then start it as CLIENT does.

    CLIENT is claude-code, codex, cursor, vscode, gemini, opencode or zed. Nothing else in the file changes, and what you
    changed in the entry stays; `--remove` leaves the file as it was. Exit 3 if what is installed does not start.

    \b
    memoryd install claude-code              asks before it writes
    memoryd install --all                    each client that is found here
    memoryd install --check                  does what is installed start, from a desktop, too?
    memoryd install codex --remove --yes     take it out again
    memoryd install zed --port 7333          over HTTP, with your secret; `memoryd serve --port 7333` must run
    memoryd install claude-code --hooks      and hooks, by which memoryd takes part in sessions
    """
    from memoryd.config import project_root, read_settings
    from memoryd.daemon import secret_of
    from memoryd.faces.install import SCOPES, Daemon, add_hooks, check, example, has_hooks, this_machine
    from memoryd.faces.install import install as put_in

    if sum((is_check, is_removal, only_print)) > 1:
        raise UsageError("--check, --remove and --print exclude one another; give one of them")
    machine, folder, settings = this_machine(), project_root(root), read_settings()
    if is_check:
        rows = _chosen(client, is_all, machine) if client or is_all else _known()
        found = [one for row in rows for way in ((scope,) if scope else SCOPES) for one in check(row, machine, way, folder, settings)]
        if not found:
            raise InstallRefused("memoryd is installed for none of these clients here; `memoryd install CLIENT` does that")
        return print_findings(found)
    rows = _chosen(client, is_all, machine)
    if is_removal:
        return _taken_out(rows, lambda row: (scope or row.scope,), machine, folder, is_agreed)
    daemon = Daemon(port, secret_of(settings.home)) if port else None
    if only_print:
        for row in rows:
            file, text = example(row, machine, scope or row.scope, folder, daemon)
            say(f"this belongs in {file}")
            print_text(text)
        return 0

    def plan(row: "Client") -> "Iterator[Rewrite]":
        yield put_in(row, machine, scope or row.scope, folder, daemon)
        if with_hooks and (has_hooks(row.name) or not is_all):
            yield add_hooks(row.name, machine, scope or row.scope, folder)

    done = _written(rows, plan, _installed, is_agreed)
    # In both files: the client takes one of its entries, whichever `install` wrote.
    return print_findings([one for row in done for way in SCOPES for one in check(row, machine, way, folder, settings)])


@click.command()
@_client
@click.option("--all", "is_all", is_flag=True, help="Every client.")
@_yes
@click.option("--scope", type=click.Choice(["project", "user"]), help="The project's file or yours (default: both).")
@root_option
def uninstall(client: str | None, is_all: bool, is_agreed: bool, scope: str | None, root: str) -> int:
    """Take memoryd out of the configuration of CLIENT, in this project's file and in yours, after showing the difference.

    The files are left as they were without memoryd. Indexes and notes stay: `memoryd status` says where they are.

    \b
    memoryd uninstall claude-code
    memoryd uninstall --all --yes
    """
    from memoryd.config import project_root
    from memoryd.faces.install import SCOPES, this_machine

    machine, folder = this_machine(), project_root(root)
    rows = _known() if is_all and not client else _chosen(client, is_all, machine)
    return _taken_out(rows, lambda _: (scope,) if scope else SCOPES, machine, folder, is_agreed)


def _known() -> "Sequence[Client]":
    from memoryd.faces.install import CLIENTS

    return list(CLIENTS.values())


def _chosen(client: str | None, is_all: bool, machine: "Machine") -> "Sequence[Client]":
    """Return the rows that are meant. Raises `UsageError` unless one is named, or all are asked for that are found."""
    from memoryd.faces.install import client_named, has

    if client and is_all:
        raise UsageError("--all means every client; leave it out, or the name of one")
    if client:
        return [client_named(client)]
    found = [row for row in _known() if has(machine, row)]
    if not is_all:
        raise UsageError(
            f"name a client, or --all for those found here ({', '.join(row.name for row in found) or 'none'});"
            f" memoryd knows {', '.join(row.name for row in _known())}"
        )
    if not found:
        raise UsageError(f"no client is found on this machine; name one of: {', '.join(row.name for row in _known())}")
    return found


def _taken_out(
    rows: "Sequence[Client]", scopes: "Callable[[Client], Iterable[str]]", machine: "Machine", root: "Path", is_agreed: bool
) -> int:
    """Take memoryd out of clients' files: the one way in which that is done."""
    from memoryd.faces.install import has_hooks, remove, remove_hooks

    def plan(row: "Client") -> "Iterator[Rewrite]":
        for scope in scopes(row):
            yield from remove(row, machine, scope, root)
            if has_hooks(row.name):
                yield from remove_hooks(row.name, machine, scope, root)

    if not _written(rows, plan, lambda _, rewrite: f"removed from {rewrite.file}", is_agreed):
        print_text(f"not installed for {', '.join(row.name for row in rows)}\n")
    return 0


def _installed(row: "Client", rewrite: "Rewrite") -> str:
    return f"installed in {rewrite.file}; {row.then}"


def _written(
    rows: "Sequence[Client]", plan: "Callable[[Client], Iterable[Rewrite]]", told: "Callable[[Client, Rewrite], str]", is_agreed: bool
) -> "list[Client]":
    """Show what is planned for each client's file, ask, write it, and say so. Return the clients whose files are as wanted now.

    A client whose file is refused does not keep the others from theirs.
    """
    from memoryd.faces.install import write

    done: list[Client] = []
    refused: list[str] = []
    is_declined = False
    for row in rows:
        try:
            for rewrite in plan(row):
                if not _is_wanted(rewrite, is_agreed):
                    is_declined = True
                    continue
                done.append(row)
                if rewrite.before == rewrite.after:
                    print_text(f"already installed in {escaped(str(rewrite.file))}\n")
                else:
                    write(rewrite)
                    say(told(row, rewrite))
        except InstallRefused as error:
            refused.append(str(error))
    if is_declined and not is_agreed and not sys.stdin.isatty():
        raise UsageError("nothing was written, since nobody can be asked here; to write what is shown, run it again with --yes")
    if is_declined and not done:
        refused.append("nothing was written")
    for message in refused[:-1]:
        say(message)
    if refused:
        raise InstallRefused(refused[-1])
    return list(dict.fromkeys(done))


def _is_wanted(rewrite: "Rewrite", is_agreed: bool) -> bool:
    """Show a rewrite, and tell whether the user agrees; there is nothing to ask where nothing changes."""
    print_text(rewrite.diff)
    sys.stdout.flush()
    for remark in rewrite.remarks:
        say(remark)
    if is_agreed or rewrite.before == rewrite.after:
        return True
    return sys.stdin.isatty() and click.confirm(f"Write this to {escaped(str(rewrite.file))}?", err=True)
