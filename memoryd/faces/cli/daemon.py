"""The commands `mcp`, `serve`, `daemon` and `token`."""

from typing import TYPE_CHECKING

import click

from memoryd.faces.cli.options import fleet_address, json_option
from memoryd.faces.cli.output import decoded, print_json, print_text, say
from memoryd.faces.cli.project import warn_of_open
from memoryd.runtime import gc_paused, import_fastapi
from memoryd.text import escaped

if TYPE_CHECKING:
    from memoryd.daemon import Followed, State


@click.command()
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="FOLDER",
    help="The project's folder (default: the one the client works in); may be given again.",
)
def mcp(roots: tuple[str, ...]) -> None:
    """Serve an agent over the Model Context Protocol, on standard input and output.

    This is what a client's configuration names; it starts the daemon when it needs one. The agent is answered for this
    project alone; give `--root` again for others that it may ask about.

    \b
    memoryd install claude-code      writes it where the client looks, and tries it
    """
    from pathlib import Path

    from memoryd.config import client_roots, read_settings
    from memoryd.faces.mcp import run
    from memoryd.runtime import check_system

    check_system()
    run(read_settings(), tuple(map(Path, roots)) or client_roots())


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at; beyond this machine, it needs a token.")
@click.option("--port", default=0, type=click.IntRange(0, 65_535), help="The port to listen at (default: a free one).")
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME",
    help="What others call this machine, or the proxy before it, as in https://NAME; may be given again.",
)
@click.option("--root", "roots", multiple=True, metavar="FOLDER", help="A project to share with the bearers of tokens; may be given again.")
@click.option("--fleet", default="", metavar="FOLDER|URI", help="A fleet to serve; tokens reach the repositories that they name.")
@click.option("--follow", default="", metavar="REPOSITORIES.txt", help="Keep the fleet at the heads of its list: see docs/fleet.md.")
@click.option(
    "--every", default=0, metavar="SECONDS", type=click.IntRange(0, 1_000_000), help="With --follow: ask all repositories so often."
)
@click.option("--no-token", "is_open", is_flag=True, help="Let every user and program of this machine in. On loopback only.")
def serve(
    host: str, port: int, names: tuple[str, ...], roots: tuple[str, ...], fleet: str, follow: str, every: int, is_open: bool
) -> None:  # fmt: skip
    """Serve projects over HTTP and MCP until Ctrl-C: the daemon, in the foreground.

    One daemon serves all projects of a user, and that user alone: programs send what `memoryd token local` prints, or come
    by the socket that `memoryd daemon status` names. `memoryd mcp` starts it when it needs one. Others, with a token, reach
    the projects that `--root` names, and no other.

    \b
    memoryd serve --port 7333
    memoryd serve --host 0.0.0.0 --port 7333 --name ann.example --root ~/src/shop
    memoryd serve --host 0.0.0.0 --port 7333 --fleet /srv/fleet --follow repositories.txt --every 300
    """
    if follow and not fleet:
        raise click.UsageError("--follow is for --fleet")
    if every and not follow:
        raise click.UsageError("--every is for --follow")
    with gc_paused():
        import_fastapi()
        from memoryd.config import read_settings
        from memoryd.faces.access import Access, shared_roots
        from memoryd.faces.server import serve as run

    settings, followed = read_settings(), _followed(fleet, follow, every) if follow else None
    shared = shared_roots(roots, settings.home)
    access = Access(
        settings.home, host, port, frozenset(names), is_open, shared=shared, fleet=fleet_address(fleet) if fleet else "",
        hears_pushes=followed is not None and bool(followed.secret),
    )  # fmt: skip
    run(settings, access, followed)


def _followed(fleet: str, follow: str, every: int) -> "Followed":
    from pathlib import Path

    from memoryd.config import push_secret
    from memoryd.daemon import Followed

    followed = Followed(fleet_address(fleet), Path(follow).absolute(), every, push_secret())
    followed.check()
    return followed


@click.group()
def daemon() -> None:
    """Look after the daemon: `start`, `status`, `stop`."""


@daemon.command("start")
def daemon_start() -> None:
    """Start the daemon in the background, unless one runs, and print where it listens.

    Nobody needs to: `memoryd mcp` starts it when it needs one. It listens on this machine only, at a free port; `memoryd
    serve` takes other choices.
    """
    from memoryd.config import read_settings
    from memoryd.daemon import ensure

    state = ensure(read_settings())
    print_text(_reached(state))
    warn_of_open(state)


@click.command()
@click.option("--open", "opens", is_flag=True, help="Open it in your browser, too.")
def ui(opens: bool) -> None:
    """Print the address of the dashboard: what is known of your projects, and why it was answered so.

    The address signs one browser in, once, within ten minutes; after that the browser stays signed in until you sign out,
    the daemon stops, or half a day passes without a look. Starts the daemon if none runs.

    \b
    memoryd ui
    memoryd ui --open
    """
    from memoryd.config import read_settings
    from memoryd.daemon import ask, ensure
    from memoryd.errors import DaemonUnavailable

    state = ensure(read_settings())
    status, found = ask(state, "POST", "/ui/keys")
    if status != 200:
        raise DaemonUnavailable("the daemon has no dashboard, or lets nobody in; stop it, and run the command again: memoryd daemon stop")
    print_text(f"{state.url}{found['path']}\n")
    if opens:
        import webbrowser

        webbrowser.open(f"{state.url}{found['path']}")


@daemon.command("status")
@json_option
def daemon_status(as_json: bool) -> None:
    """Print where the daemon listens, whom it lets in and what it was started with; exit 1 if none answers, with the reason.

    \b
    memoryd daemon status --json | jq .url
    """
    from memoryd.config import read_settings
    from memoryd.daemon import log_file, look

    settings = read_settings()
    found = look(settings)
    state = found.state
    if as_json:
        told = ("pid", "url", "address", "version", "started", "embedder", "demands")
        where = {name: getattr(state, name) for name in told} | {"socket": _socket(state)} if state else {}
        held = {"pid": found.pid} if found.pid else {}
        print_json({"running": state is not None, "presence": found.presence, **held, **where, "log": decoded(log_file(settings))})
    elif state is not None:
        print_text(_reached(state))
        print_text(f"embedder   {escaped(state.embedder)}\n")
        print_text(f"log        {escaped(decoded(log_file(settings)))}\n")
    warn_of_open(state)
    if state is None:
        raise found.complaint(settings)


@daemon.command("stop")
def daemon_stop() -> None:
    """Stop the daemon, and wait until it is gone. Nothing is lost: what it was doing is done when it is needed again."""
    from memoryd.config import read_settings
    from memoryd.daemon import stop

    print_text("stopped\n" if stop(read_settings()) else "no daemon runs\n")


def _reached(state: "State") -> str:
    socket = f"socket     {escaped(found)}\n" if (found := _socket(state)) else ""
    here = "" if state.address == state.url else f", here {state.url}"
    return (
        f"running    process {state.pid}, version {state.version}\naddress    {state.address}{here}\n{socket}"
        f"demands    {'nothing (--no-token)' if state.is_open else escaped(state.demands)}\n"
    )


def _socket(state: "State") -> str:
    return decoded(state.socket_file) if state.socket else ""


@click.group()
def token() -> None:
    """Manage what clients send to a daemon: your own secret (`local`), and tokens for others (`create`, `list`, `revoke`)."""


@token.command("local")
def token_local() -> None:
    """Print your secret, with which your own programs ask your daemon over HTTP. It is made when it is first needed.

    \b
    curl --header @<(echo "Authorization: Bearer $(memoryd token local)") http://127.0.0.1:7333/v1/projects
    memoryd token revoke local      make it worthless; the next one is another
    """
    from memoryd.config import read_settings
    from memoryd.daemon import secret_of

    print_text(f"{secret_of(read_settings().home)}\n")


@token.command("create")
@click.argument("name")
@click.option(
    "--repo",
    "repositories",
    multiple=True,
    metavar="NAME",
    help="A repository of a fleet that it sees, or ACME/* for all below; may be given again.",
)
def token_create(name: str, repositories: tuple[str, ...]) -> None:
    """Make a token, called NAME, and print it: only its digest is kept, so it cannot be shown again.

    \b
    memoryd token create ci > token.txt
    memoryd token create ann --repo "acme/*" --repo other/paint
    """
    from memoryd.config import read_settings
    from memoryd.faces.access import Tokens

    secret = Tokens(read_settings().home).create(name, repositories)
    print_text(f"{secret}\n")
    say("this is the only time the token is shown; send it as `Authorization: Bearer TOKEN`")


@token.command("list")
@json_option
def token_list(as_json: bool) -> None:
    """Print the names of the tokens, and when each was made."""
    from datetime import UTC, datetime

    from memoryd.config import read_settings
    from memoryd.faces.access import Tokens

    found = [(one.name, datetime.fromtimestamp(one.created, UTC).isoformat()) for one in Tokens(read_settings().home).all()]
    if as_json:
        print_json({"tokens": [{"name": name, "created": created} for name, created in found]})
        return
    print_text("".join(f"{name}  {created}\n" for name, created in found))
    if not found:
        say("there are no tokens; make one with: memoryd token create NAME")


@token.command("revoke")
@click.argument("name")
def token_revoke(name: str) -> None:
    """Make the token called NAME worthless, at once, also for a daemon that runs; `local` is your own secret."""
    from memoryd.config import read_settings
    from memoryd.daemon import forget_secret
    from memoryd.faces.access import LOCAL, Tokens

    home = read_settings().home
    if name == LOCAL:
        forget_secret(home)
    else:
        Tokens(home).revoke(name)
    print_text(f"revoked {escaped(name)}\n")
