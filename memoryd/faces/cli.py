"""The command line: parse, ask the core, print. Results go to standard output, progress and warnings to standard error.

Exit codes: 0 done or fresh; 1 failure; 2 usage; 3 `reindex --check` found the index stale; 130 interrupted.
Only click is imported until a command runs: `memoryd --help` answers at once.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from memoryd.errors import IndexStale, MemorydError, UsageError

if TYPE_CHECKING:
    from memoryd.memory import ProjectMemory

EXIT_FAILURE, EXIT_USAGE, EXIT_STALE, EXIT_INTERRUPTED = 1, 2, 3, 130

EPILOG = """\b
Start with:
  memoryd pack "how are routes registered"    evidence for a task, within a token budget
  memoryd map                                 what is where in this project
  memoryd show src/app.py:10-40               what a pack left out

Exit codes: 0 done, 1 failure, 2 usage, 3 `reindex --check` found changes, 130 interrupted.
Settings: MEMORYD_HOME (where indexes live), MEMORYD_EMBEDDER, MEMORYD_WORKERS.
"""

root_option = click.option("--root", default=".", metavar="FOLDER", help="The project's folder (default: this one).")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
budget_option = click.option("--budget", default=4_000, show_default=True, type=click.IntRange(1, 1_000_000), help="Most tokens of the text.")


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="memoryd", message="memoryd %(version)s")
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
    click.echo(f"{', '.join(changed) or 'nothing changed'}; {report.parsed} parsed, {report.embedded} embedded, {report.seconds:.2f} s")
    if report.skipped:
        click.echo(f"{len(report.skipped)} files not indexed; `memoryd status` says why", err=True)


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
    """
    text = click.get_text_stream("stdin").read() if task == "-" else task
    with _refreshed(root) as memory:
        answer = memory.pack(_nonempty(text), budget)
    if as_json:
        _print_json(answer)
    elif answer.text:
        click.echo(answer.text, nl=False)
    else:
        click.echo("nothing found that fits; try other words or a larger --budget", err=True)


@cli.command()
@click.argument("query")
@root_option
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1_000), help="Most hits.")
@json_option
def search(query: str, root: str, limit: int, as_json: bool) -> None:
    """Print the units that answer QUERY, best first."""
    with _refreshed(root) as memory:
        hits = memory.search(_nonempty(query), limit)
    if as_json:
        _print_json({"hits": hits})
        return
    for hit in hits:
        click.echo(f"{hit.score:.4f}  {hit.path}:{hit.start_line}-{hit.end_line}  {hit.kind} {hit.id.partition('#')[2]}  ({', '.join(hit.reasons)})")
    if not hits:
        click.echo("nothing found; try other words", err=True)


@cli.command()
@click.argument("handles", nargs=-1, required=True, metavar="ID|PATH[:A-B] ...")
@root_option
@json_option
def show(handles: tuple[str, ...], root: str, as_json: bool) -> None:
    """Print symbols, files or lines, as they are on disk.

    A handle is what packs and search print: `shop/cart.py#Cart.total`, `shop/cart.py`, `shop/cart.py:10-40`.
    """
    with _refreshed(root) as memory:
        shown = [memory.show(handle) for handle in handles]
    if as_json:
        _print_json({"shown": shown})
        return
    for one in shown:
        if len(shown) > 1:
            click.echo(f"## {one.path}:{one.start_line}-{one.end_line}")
        click.echo(one.text, nl=False)


@cli.command("map")
@root_option
@click.option("--budget", default=2_000, show_default=True, type=click.IntRange(1, 1_000_000), help="Most tokens of the text.")
@json_option
def map_(root: str, budget: int, as_json: bool) -> None:
    """Print an overview of the project: folders, what they are for, central definitions."""
    with _refreshed(root) as memory:
        answer = memory.map(budget)
    if as_json:
        _print_json(answer)
    else:
        click.echo(answer.text, nl=False)


@cli.command()
@root_option
@json_option
def status(root: str, as_json: bool) -> None:
    """Print what is indexed, what is not and why, and whether the index is fresh."""
    with _memory(root) as memory:
        found = memory.status()
    if as_json:
        _print_json(found)
        return
    click.echo(f"project    {found.root}\ndata       {found.data}\nembedder   {found.embedder}")
    if not found.store_version:
        click.echo(f"index      none; run: memoryd reindex {found.root}")
        return
    changes = found.changes
    moved = len(changes.added) + len(changes.modified) + len(changes.removed) + len(changes.renamed)
    click.echo(f"index      version {found.store_version}, {'fresh' if found.fresh else f'stale: {moved} files changed'}")
    click.echo(f"files      {found.files} ({', '.join(f'{name} {number}' for name, number in found.languages.items())})\nunits      {found.units}")
    click.echo(f"skipped    {len(found.skipped)}")
    for one in found.skipped:
        click.echo(f"  {one.path}: {one.reason}")


@cli.command()
@root_option
def watch(root: str) -> None:
    """Keep the index up to date while files change, until Ctrl-C."""
    from memoryd.watch import watch as follow

    with _refreshed(root) as memory:
        click.echo(f"watching {memory.root}", err=True)
        for report in follow(memory):
            click.echo(f"{report.added} added, {report.modified} modified, {report.removed} removed, {report.renamed} renamed; {report.seconds:.2f} s")


def _check(memory: "ProjectMemory", as_json: bool) -> None:
    status = memory.status()
    if as_json:
        _print_json({"fresh": status.fresh, "changes": status.changes})
    if not status.fresh:
        raise IndexStale(f"the index of {memory.root} is stale; run: memoryd reindex {memory.root}")
    if not as_json:
        click.echo("fresh")


def _nonempty(text: str) -> str:
    if not text.strip():
        raise UsageError("the question is empty; ask something, for example: memoryd pack 'where is the cache cleared'")
    return text


@contextmanager
def _memory(root: str) -> "Iterator[ProjectMemory]":
    from memoryd.config import project_root, read_settings
    from memoryd.faces.progress import progress
    from memoryd.memory import ProjectMemory

    with progress(sys.stderr) as report, ProjectMemory(project_root(root), read_settings(), report) as memory:
        yield memory


@contextmanager
def _refreshed(root: str) -> "Iterator[ProjectMemory]":
    with _memory(root) as memory:
        memory.refresh()
        yield memory


def _print_json(value: Any) -> None:
    import orjson

    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def main() -> None:
    """Run a command; translate every error into one line that says what to do, and an exit code."""
    logging.basicConfig(level=logging.WARNING, format="memoryd: %(message)s", stream=sys.stderr)
    sys.exit(_exit_code(lambda: cli(standalone_mode=False)))


def _exit_code(run: Callable[[], Any]) -> int:
    try:
        result = run()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("memoryd: interrupted; the index is whole, run the command again to finish", err=True)
        return EXIT_INTERRUPTED
    except IndexStale as error:
        click.echo(f"memoryd: {error}", err=True)
        return EXIT_STALE
    except MemorydError as error:
        click.echo(f"memoryd: {error}", err=True)
        return EXIT_USAGE if isinstance(error, UsageError) else EXIT_FAILURE
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does: no error, and nothing more to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0
