"""The command line: parse, ask the core, print. Results go to standard output, progress and warnings to standard error.

Exit codes: 0 done or fresh; 1 failure; 2 usage; 3 `reindex --check` found the index stale; 130 interrupted.
Only click is imported until a command runs: `memoryd --help` answers at once.

What a file is called, or a signature says, is written so that it cannot steer a terminal or break a line; text that was
asked for comes out as it is on disk, except that a terminal gets its control characters spelled out. JSON keeps everything.
"""

import io
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from memoryd import __version__
from memoryd.errors import DaemonUnavailable, IndexStale, InstallRefused, MemorydError, StoreUnusable, UsageError
from memoryd.spelling import spelled

if TYPE_CHECKING:
    from memoryd.memory import ProjectMemory

NOTHING_INDEXED = "nothing is indexed here: the folder has no text files, or all are ignored; `memoryd status` says what was left out"
EXIT_FAILURE, EXIT_USAGE, EXIT_STALE, EXIT_INTERRUPTED = 1, 2, 3, 130

EPILOG = """\b
Start with:
  memoryd pack "how are routes registered"    evidence for a task, within a token budget
  memoryd map                                 what is where in this project
  memoryd show src/app.py:10-40               what a pack left out

Exit codes: 0 done (also where nothing was found), 1 failure, 2 usage, 3 `reindex --check` found changes, 130 interrupted.
Settings: MEMORYD_HOME (where indexes live), MEMORYD_EMBEDDER, MEMORYD_WORKERS.
"""

root_option = click.option("--root", default=".", metavar="FOLDER", help="The project's folder (default: this one).")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
budget_option = click.option(
    "--budget", default=4_000, show_default=True, type=click.IntRange(1, 1_000_000), help="Most tokens of the text."
)


class ReaderGone(Exception):
    """Nobody reads our output any more, as after `| head`; click has ideas of its own about `BrokenPipeError`."""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=lambda *given: _version(*given), help="Print the version."
)
def cli() -> None:
    """Remember a project, so that a coding agent need not read it again.

    memoryd indexes a repository once, follows its changes, and answers a task with a pack: the evidence, within a token
    budget, checked against the files on disk. Nothing leaves this machine.
    """


@cli.command()
@click.argument("root", default=".")
@click.option("--check", is_flag=True, help="Change nothing; exit 3 if the index is stale.")
@click.option("--no-wait", is_flag=True, help="Fail at once if another process refreshes this project.")
@json_option
def reindex(root: str, check: bool, no_wait: bool, as_json: bool) -> None:
    """Bring the index of ROOT up to date; the first time, make it.

    Only files that changed are read. Prints what was done; `--json` prints the report for machines.

    \b
    memoryd reindex               index this folder, or what changed in it
    memoryd reindex --check       in CI: exit 3 if the index is stale
    """
    with _memory(root) as memory:
        if check:
            _check(memory, as_json)
            return
        report = memory.refresh(wait=not no_wait)
    if as_json:
        _print_json(report)
        return
    changed = [f"{number} {what}" for what in ("added", "modified", "removed", "renamed") if (number := getattr(report, what))]
    _print(f"{', '.join(changed) or 'nothing changed'}; {report.parsed} parsed, {report.embedded} embedded, {report.seconds:.2f} s\n")
    if report.skipped:
        _say(f"{len(report.skipped)} files not indexed; `memoryd status` says why")


cli.add_command(reindex, "index")


@cli.command()
@click.argument("task")
@root_option
@budget_option
@json_option
def pack(task: str, root: str, budget: int, as_json: bool) -> None:
    """Print the evidence for TASK within a token budget.

    TASK is a question, a bug report, a stack trace, a symbol or a path; `-` reads it from standard input. The index is
    refreshed first. What did not fit is listed at the end, with handles for `memoryd show`.

    \b
    memoryd pack "why is the total rounded twice" --budget 2000
    pytest 2>&1 | memoryd pack -
    """
    asked = _question(sys.stdin.buffer.read() if task == "-" else os.fsencode(task))
    with _refreshed(root) as memory:
        answer = memory.pack(asked, budget)
        empty = not answer.items and not memory.holds_files()
    if as_json:
        _print_json(answer)
    _print("" if as_json else answer.text)
    if empty:
        _say(NOTHING_INDEXED)
    elif not answer.text:
        _say("nothing found that fits; try other words or a larger --budget")


@cli.command()
@click.argument("query")
@root_option
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1_000), help="Most hits.")
@json_option
def search(query: str, root: str, limit: int, as_json: bool) -> None:
    """Print the units that answer QUERY, best first: score, place, what it is, and which signals found it.

    \b
    memoryd search "parse money" --limit 5
    memoryd search Cart.total --json
    """
    asked = _question(os.fsencode(query))
    with _refreshed(root) as memory:
        hits = memory.search(asked, limit)
        empty = not hits and not memory.holds_files()
    if as_json:
        _print_json({"hits": hits})
        return
    for hit in hits:
        place = f"{hit.path}:{hit.start_line}-{hit.end_line}"
        named = f"{hit.kind} {hit.id.partition('#')[2]}"
        _print(f"{hit.score:.4f}  {spelled(place)}  {spelled(named)}  ({', '.join(hit.reasons)})\n")
    if not hits:
        _say(NOTHING_INDEXED if empty else "nothing found; try other words")


@cli.command()
@click.argument("handles", nargs=-1, required=True, metavar="ID|PATH[:A-B] ...")
@root_option
@json_option
def show(handles: tuple[str, ...], root: str, as_json: bool) -> None:
    """Print symbols, files or lines, as they are on disk.

    A handle is what packs and search print: a symbol, a path, or lines of it.

    \b
    memoryd show shop/cart.py#Cart.total
    memoryd show shop/cart.py shop/money.py:10-40
    """
    with _refreshed(root) as memory:
        shown = [memory.show(_handle(handle)) for handle in handles]
    if as_json:
        _print_json({"shown": shown})
        return
    for one in shown:
        if len(shown) > 1:
            _print(f"## {spelled(one.path)}:{one.start_line}-{one.end_line}\n")
        _print(one.text)


@cli.command("map")
@root_option
@click.option("--budget", default=2_000, show_default=True, type=click.IntRange(1, 1_000_000), help="Most tokens of the text.")
@json_option
def map_(root: str, budget: int, as_json: bool) -> None:
    """Print an overview of the project: folders, what they are for, central definitions.

    \b
    memoryd map --budget 500      the coarse outline
    """
    with _refreshed(root) as memory:
        answer = memory.map(budget)
        empty = not memory.holds_files()
    if as_json:
        _print_json(answer)
    else:
        _print(answer.text)
    if empty:
        _say(NOTHING_INDEXED)


@cli.command()
@root_option
@json_option
def status(root: str, as_json: bool) -> None:
    """Print what is indexed, what is not and why, and whether the index is fresh. Changes nothing.

    \b
    memoryd status --json | jq .skipped
    """
    with _memory(root) as memory:
        found = memory.status()
    if as_json:
        _print_json(found)
        return
    _print(f"project    {spelled(found.root)}\ndata       {spelled(found.data)}\nembedder   {spelled(found.embedder)}\n")
    if not found.store_version:
        _print(f"index      none; run: memoryd reindex {spelled(found.root)}\n")
        return
    changes = found.changes
    moved = len(changes.added) + len(changes.modified) + len(changes.removed) + len(changes.renamed)
    languages = ", ".join(f"{name} {number}" for name, number in found.languages.items())
    _print(f"index      version {found.store_version}, {'fresh' if found.fresh else f'stale: {moved} files changed'}\n")
    _print(f"files      {found.files}{f' ({languages})' if languages else ''}\nunits      {found.units}\nskipped    {len(found.skipped)}\n")
    for one in found.skipped:
        _print(f"  {spelled(one.path)}: {spelled(one.reason)}\n")


@cli.command()
@root_option
def watch(root: str) -> None:
    """Keep the index up to date while files change, until Ctrl-C. Prints a line for each change.

    \b
    memoryd watch --root ~/src/shop
    """
    from threading import Event

    from memoryd.watch import watch as follow

    with _refreshed(root) as memory:
        _say(f"watching {memory.root}")
        for report in follow(memory, Event()):
            counts = f"{report.added} added, {report.modified} modified, {report.removed} removed, {report.renamed} renamed"
            _print(f"{counts}; {report.seconds:.2f} s\n")
            sys.stdout.flush()


@cli.command()
@click.option("--root", metavar="FOLDER", help="The project's folder (default: the one the client works in).")
def mcp(root: str | None) -> None:
    """Serve an agent over the Model Context Protocol, on standard input and output.

    This is what a client's configuration names; it starts the daemon when it needs one.

    \b
    claude mcp add memoryd -- memoryd mcp
    """
    from pathlib import Path

    from memoryd.config import client_root, read_settings
    from memoryd.faces.stdio import run

    run(read_settings(), Path(root) if root else client_root())


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at; beyond this machine, a token is demanded.")
@click.option("--port", default=0, type=click.IntRange(0, 65_535), help="The port to listen at (default: a free one).")
@click.option("--root", "roots", multiple=True, metavar="FOLDER", help="A project to serve from the start; may be given again.")
def serve(host: str, port: int, roots: tuple[str, ...]) -> None:
    """Serve projects over HTTP and MCP until Ctrl-C: the daemon, in the foreground.

    One daemon serves all projects of a user. `memoryd mcp` starts it when it needs one.

    \b
    memoryd serve --port 7333
    """
    from memoryd.config import read_settings
    from memoryd.faces.http import serve as run

    run(read_settings(), host, port, tuple(map(os.path.abspath, roots)))


@cli.group()
def token() -> None:
    """Manage the tokens that clients of a daemon beyond this machine need: `create`, `list`, `revoke`."""


@token.command("create")
@click.argument("name")
def token_create(name: str) -> None:
    """Make a token, called NAME, and print it: only its digest is kept, so it cannot be shown again.

    \b
    memoryd token create ci > token.txt
    """
    from memoryd.config import read_settings
    from memoryd.faces.access import Tokens

    secret = Tokens(read_settings().home).create(name)
    _print(f"{secret}\n")
    _say("this is the only time the token is shown; send it as `Authorization: Bearer TOKEN`")


@token.command("list")
@json_option
def token_list(as_json: bool) -> None:
    """Print the names of the tokens, and when each was made."""
    from datetime import UTC, datetime

    from memoryd.config import read_settings
    from memoryd.faces.access import Tokens

    found = [(one.name, datetime.fromtimestamp(one.created, UTC).isoformat()) for one in Tokens(read_settings().home).all()]
    if as_json:
        _print_json({"tokens": [{"name": name, "created": created} for name, created in found]})
        return
    _print("".join(f"{name}  {created}\n" for name, created in found))
    if not found:
        _say("there are no tokens; make one with: memoryd token create NAME")


@token.command("revoke")
@click.argument("name")
def token_revoke(name: str) -> None:
    """Make the token called NAME worthless, at once, also for a daemon that runs."""
    from memoryd.config import read_settings
    from memoryd.faces.access import Tokens

    Tokens(read_settings().home).revoke(name)
    _print(f"revoked {spelled(name)}\n")


@cli.group()
def daemon() -> None:
    """Look after the daemon: `status`, `stop`."""


@daemon.command("status")
@json_option
def daemon_status(as_json: bool) -> None:
    """Print where the daemon listens and what it knows; exit 1 if none runs.

    \b
    memoryd daemon status --json | jq .url
    """
    from memoryd.config import read_settings
    from memoryd.daemon import log_file, running

    settings = read_settings()
    state = running(settings)
    if as_json:
        found = {"pid": state.pid, "url": state.url, "version": state.version, "started": state.started} if state else {}
        _print_json({"running": state is not None, **found, "log": _decoded(log_file(settings))})
    elif state is not None:
        _print(f"running    process {state.pid}, version {state.version}\naddress    {state.url}\n")
        _print(f"log        {spelled(_decoded(log_file(settings)))}\n")
    if state is None:
        raise DaemonUnavailable("no daemon runs; `memoryd serve` starts one, and `memoryd mcp` when it needs it")


@daemon.command("stop")
def daemon_stop() -> None:
    """Stop the daemon, and wait until it is gone. Nothing is lost: what it was doing is done when it is needed again."""
    from memoryd.config import read_settings
    from memoryd.daemon import stop

    _print("stopped\n" if stop(read_settings()) else "no daemon runs\n")


@cli.command()
@click.argument("client", metavar="CLIENT")
@click.option("--remove", "is_removal", is_flag=True, help="Take it out again.")
@click.option("--print", "only_print", is_flag=True, help="Print the entry and where it belongs; write nothing.")
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")
@click.option("--scope", type=click.Choice(["project", "user"]), help="The project's file or yours (default: where the client expects it).")
@root_option
def install(client: str, is_removal: bool, only_print: bool, is_agreed: bool, scope: str | None, root: str) -> None:
    """Write memoryd into the configuration of CLIENT, after showing the difference.

    CLIENT is claude-code, codex, cursor, vscode, gemini, opencode or zed. Nothing else in the file changes; `--remove`
    leaves it as it was.

    \b
    memoryd install claude-code              asks before it writes
    memoryd install codex --remove --yes     take it out again
    """
    from pathlib import Path

    from memoryd.config import project_root
    from memoryd.faces.install import Place, client_named, example, remove, write
    from memoryd.faces.install import install as put_in

    if is_removal and only_print:
        raise UsageError("--print shows what belongs in the file; leave out --remove, which shows what it takes out before it asks")
    row, folder, place = client_named(client), project_root(root), Place(Path.home(), os.environ)
    chosen = scope or row.scope
    if only_print:
        file, text = example(row, place, chosen, folder)
        _say(f"this belongs in {file}")
        _print(text)
        return
    edit = (remove if is_removal else put_in)(row, place, chosen, folder)
    if edit.before == edit.after:
        _print(f"{'not' if is_removal else 'already'} installed in {spelled(str(edit.file))}\n")
        return
    _print(edit.diff)
    sys.stdout.flush()
    if not is_agreed:
        if not sys.stdin.isatty():
            raise UsageError("nothing was written, since nobody can be asked here; to write what is shown, run it again with --yes")
        if not click.confirm(f"Write this to {spelled(str(edit.file))}?", err=True):
            raise InstallRefused("nothing was written")
    write(edit)
    _say(f"removed from {edit.file}" if is_removal else f"installed in {edit.file}; {row.then}")


@cli.command("export")
@click.argument("file")
@click.argument("root", default=".")
@json_option
def export(file: str, root: str, as_json: bool) -> None:
    """Write the index of ROOT to FILE, for `memoryd import` on another machine. The index is refreshed first.

    \b
    memoryd export index.memoryd       what CI keeps between runs
    """
    from pathlib import Path

    with _memory(root) as memory:
        memory.refresh()
        found = memory.export(Path(file).absolute())
    size = Path(file).stat().st_size
    if as_json:
        _print_json({"file": file, "bytes": size, "files": len(found.files), "rows": found.rows, "embedder": found.embedder})
    else:
        _print(f"{len(found.files)} files, {found.rows} rows, {size / 1e6:.1f} MB in {spelled(file)}\n")


@cli.command("import")
@click.argument("file")
@click.argument("root", default=".")
@json_option
def import_(file: str, root: str, as_json: bool) -> None:
    """Replace the index of ROOT with the one in FILE, then bring it up to date.

    Every file is compared with what FILE says of it, and those that differ are parsed. A FILE that is damaged, or made
    with another embedder or version, is refused (exit 1) and leaves the index as it was. What FILE says of files that
    do not differ is believed: import only what you made.

    \b
    memoryd import index.memoryd && memoryd reindex --check
    """
    from pathlib import Path

    with _memory(root) as memory:
        report = memory.take_in(Path(file).absolute())
        kept = memory.files() - report.parsed
    if as_json:
        _print_json(report)
    else:
        _print(f"{max(kept, 0)} files taken from {spelled(file)}, {report.parsed} parsed, {report.seconds:.2f} s\n")


def _check(memory: "ProjectMemory", as_json: bool) -> None:
    status = memory.status()
    if as_json:
        _print_json({"fresh": status.fresh, "changes": status.changes})
    if not status.fresh:
        raise IndexStale(f"the index of {memory.root} is stale; run: memoryd reindex {memory.root}")
    if not as_json:
        _print("fresh\n")


def _question(given: bytes) -> str:
    """Read a question, whatever its bytes; raise `UsageError` if it asks nothing."""
    text = given.decode("utf-8", "replace")
    if not text.strip():
        raise UsageError("the question is empty; ask something, for example: memoryd pack 'where is the cache cleared'")
    return text


def _decoded(path: "os.PathLike[str]") -> str:
    """Spell a path as text that is UTF-8, whatever its bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _handle(given: str) -> str:
    """Read a handle; a file name completed by the shell may hold bytes that are no UTF-8, which handles spell out."""
    if given.isprintable() or given.encode("utf-8", "replace") == os.fsencode(given):
        return given
    return os.fsencode(given).decode("utf-8", "backslashreplace")


@contextmanager
def _memory(root: str) -> "Iterator[ProjectMemory]":
    from memoryd.config import project_root, read_settings

    folder, settings = project_root(root), read_settings()

    # Only now, so that a slip of the pen is answered at once.
    from memoryd.faces.progress import progress
    from memoryd.memory import ProjectMemory

    with progress(sys.stderr) as report, ProjectMemory(folder, settings, report) as memory:
        yield memory


@contextmanager
def _refreshed(root: str) -> "Iterator[ProjectMemory]":
    with _memory(root) as memory:
        try:
            memory.refresh()
        except StoreUnusable as error:
            # What is shown is checked against the files, so an index that cannot be brought up to date may still answer.
            if not memory.version():
                raise
            _say(f"{error}; this answer comes from the index as it was")
        yield memory


def _print_json(value: Any) -> None:
    import orjson

    _write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def _print(text: str) -> None:
    """Write a result as it is; on a terminal without what would steer it."""
    _write(_harmless(text) if sys.stdout.isatty() else text)


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError as error:
        raise ReaderGone from error


def _say(message: str) -> None:
    """Write a message: one line, whatever it quotes."""
    sys.stderr.write(f"memoryd: {spelled(message)}\n")


def _harmless(text: str) -> str:
    return "".join(part if part in "\n\t" else spelled(part) for part in re.split(r"([\n\t])", text))


def _version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        _print(f"memoryd {__version__}\n")
        context.exit()


class _Messages(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"memoryd: {spelled(record.getMessage())}"


def main() -> None:
    """Run a command; translate every error into one line that says what to do, and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Messages())
    handler.setLevel(logging.WARNING)  # also where a daemon logs more than that to its file
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    code = _exit_code(lambda: cli(standalone_mode=False))
    if code == EXIT_INTERRUPTED:
        # Threads of libraries may be in the midst of work that nobody waits for any more.
        _flush()
        os._exit(code)
    sys.exit(code)


def _exit_code(run: Callable[[], Any]) -> int:
    try:
        result = run()
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted; the index is whole, run the command again to finish")
        return EXIT_INTERRUPTED
    except IndexStale as error:
        _say(str(error))
        return EXIT_STALE
    except MemorydError as error:
        _say(str(error))
        return EXIT_USAGE if isinstance(error, UsageError) else EXIT_FAILURE
    except (ReaderGone, BrokenPipeError):
        # No error, and nothing more to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        _say(f"{error}; free what it lacks, or give memoryd the right to it, and run the command again")
        return EXIT_FAILURE
    return result if isinstance(result, int) else 0


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
