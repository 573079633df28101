"""The commands `reindex`, `status`, `languages`, `verify`, `watch`, `export` and `import`."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from memoryd.errors import ArchiveRefused, IndexStale, UsageError
from memoryd.faces.cli.asking import STATUS, look
from memoryd.faces.cli.options import daemon_option, files, folders, json_option, root_option
from memoryd.faces.cli.output import print_json, print_pages, print_text, say
from memoryd.faces.cli.project import opened, refreshed, running_daemon, warn_of_open
from memoryd.model import RemoteState, Skipped, Status
from memoryd.text import escaped, number_of

if TYPE_CHECKING:
    from memoryd.indexing import Overlap
    from memoryd.memory import ProjectMemory


EXIT_DAMAGED = 3


@click.command()
@click.argument("root", default=".", shell_complete=folders)
@click.option("--check", is_flag=True, help="Change nothing; exit 3 if the index is stale.")
@click.option("--no-wait", is_flag=True, help="Fail at once if another process refreshes this project.")
@click.option("--retry", is_flag=True, help="Parse files again that made their parser fail; else that is done a day later.")
@json_option
def reindex(root: str, check: bool, no_wait: bool, retry: bool, as_json: bool) -> None:
    """Bring the index of ROOT up to date; the first time, make it.

    Only files that changed are read. Prints what was done; `--json` prints the report for machines. `memoryd index` is the same.

    \b
    memoryd reindex               index this folder, or what changed in it
    memoryd reindex --check       in CI: exit 3 if the index is stale
    """
    if check and retry:
        raise click.UsageError("--check changes nothing; use it without --retry")
    with opened(root) as memory:
        if check:
            _check(memory, as_json)
            return
        report = memory.retry(wait=not no_wait) if retry else memory.refresh(wait=not no_wait)
    if as_json:
        print_json(report)
        return
    changed = [f"{number} {what}" for what in ("added", "modified", "removed", "renamed") if (number := getattr(report, what))]
    did = [f"{report.parsed} parsed", *([f"{report.pulled} pulled"] if report.pulled else ()), f"{report.embedded} embedded"]
    print_text(f"{', '.join(changed) or 'nothing changed'}; {', '.join(did)}, {report.seconds:.2f} s\n")
    if report.skipped:
        say(f"{number_of(len(report.skipped), 'file')} not indexed; `memoryd status` says why")


@click.command()
@root_option
@daemon_option
@json_option
def status(root: str, as_json: bool) -> None:
    """Print what is indexed, what is not and why, and whether the index is fresh. Changes nothing.

    \b
    memoryd status --json | jq .skipped
    """
    from memoryd.config import read_settings

    warn_of_open(running_daemon(read_settings()))
    found = look(root, STATUS)
    if as_json:
        print_json(found)
        return
    print_pages(_told(found))


@click.command()
@root_option
@daemon_option
@json_option
def languages(root: str, as_json: bool) -> None:
    """Print the languages that are read by their grammar, and how many files of each this project has.

    \b
    memoryd languages --json | jq 'map(select(.files > 0))'
    """
    from indexers import languages as known
    from indexers import readable

    found = look(root, STATUS)
    counts = found.languages
    if not found.store_version:
        say(f"nothing is indexed; run: memoryd reindex {escaped(found.root)}")
    rows = [
        {
            "name": name,
            "files": counts.get(name, 0),
            "with_errors": found.errors.get(name, 0),
            "installed": readable(name),
            "endings": [*language.extensions, *language.filenames],
        }
        for name, language in sorted(known().items(), key=lambda one: (-counts.get(one[0], 0), one[0]))
    ]
    if as_json:
        print_json(rows)
        return
    width = max(len(name) for name in known())
    print_pages("".join(f"{_language(row, width)}\n" for row in rows))


def _language(row: Mapping[str, Any], width: int) -> str:
    errors = f"  {row['with_errors']} understood in part" if row["with_errors"] else ""
    missing = errors if row["installed"] else "  its grammar is not installed: read in blocks"
    return f"{row['name']:<{width}}  {row['files'] or '-':>6}  {' '.join(row['endings'][:6])}{missing}"


@click.command()
@click.argument("root", default=".", shell_complete=folders)
@json_option
def verify(root: str, as_json: bool) -> int:
    """Compare every file of the index of ROOT with its checksum; make again what is damaged.

    Exit 0 if all is sound or nothing is indexed, 3 if something was damaged. The files of the project are read only where
    something must be made again.

    \b
    memoryd verify                in a nightly job, or after trouble with a disk
    """
    with opened(root) as memory:
        found = memory.verify()
    if as_json:
        print_json({"sound": not found.damaged, "files": found.files, "bytes": found.bytes, "damaged": found.damaged})
    elif found.damaged:
        print_text(f"damaged: {len(found.damaged)}, made again\n")
    elif found.files:
        print_text(f"sound: {number_of(found.files, 'file')}, {found.bytes / 1e6:.1f} MB\n")
    else:
        print_text(f"nothing is indexed; run: memoryd reindex {escaped(root)}\n")
    return EXIT_DAMAGED if found.damaged else 0


@click.command()
@root_option
def watch(root: str) -> None:
    """Keep the index up to date while files change, until Ctrl-C. Prints a line for each change.

    \b
    memoryd watch --root ~/src/shop
    """
    from contextlib import suppress
    from threading import Event

    from memoryd.daemon import watch as follow

    with refreshed(root) as memory:
        say(f"watching {memory.root}")
        with suppress(KeyboardInterrupt):
            for report in follow(memory, Event()):
                counts = f"{report.added} added, {report.modified} modified, {report.removed} removed, {report.renamed} renamed"
                print_text(f"{counts}; {report.seconds:.2f} s\n")
                sys.stdout.flush()


@click.command("export")
@click.argument("file", shell_complete=files)
@click.argument("root", default=".", shell_complete=folders)
@json_option
def export(file: str, root: str, as_json: bool) -> None:
    """Write the index of ROOT to FILE, for `memoryd import` on another machine. The index is refreshed first.

    \b
    memoryd export index.memoryd       what CI keeps between runs
    """
    from pathlib import Path

    with opened(root) as memory:
        memory.refresh()
        found = memory.export(Path(file).absolute())
    size = Path(file).stat().st_size
    if as_json:
        print_json({"file": file, "bytes": size, "files": len(found.files), "rows": found.rows, "embedder": found.embedder})
    else:
        print_text(f"{number_of(len(found.files), 'file')}, {number_of(found.rows, 'row')}, {size / 1e6:.1f} MB in {escaped(file)}\n")


@click.command("import")
@click.argument("file", shell_complete=files)
@click.argument("root", default=".", shell_complete=folders)
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask, even if FILE seems to be of another project.")
@json_option
def import_(file: str, root: str, is_agreed: bool, as_json: bool) -> None:
    """Replace the index of ROOT with the one in FILE, then bring it up to date.

    Every file is compared with what FILE says of it, and those that differ are parsed. A FILE that is damaged, or made
    with another embedder or version, is refused (exit 1) and leaves the index as it was. What FILE says of files that
    do not differ is believed: import only what you made. A FILE of which hardly a path is here asks first.

    \b
    memoryd import index.memoryd && memoryd reindex --check
    """
    from pathlib import Path

    with opened(root) as memory:
        archive = Path(file).absolute()
        if not is_agreed:
            _agree(memory.overlap(archive), file, memory)
        report = memory.take_in(archive)
        kept = memory.files() - report.parsed
    if as_json:
        print_json(report)
    else:
        print_text(f"{number_of(max(kept, 0), 'file')} taken from {escaped(file)}, {report.parsed} parsed, {report.seconds:.2f} s\n")


def _agree(found: "Overlap", file: str, memory: "ProjectMemory") -> None:
    """Ask the user if an archive is to be imported, should it seem to be of another project."""
    if not found.is_strange:
        return
    shared = f"{found.shared:,} {'is' if found.shared == 1 else 'are'} here"
    told = f"{file} seems to be the index of another project: of its {number_of(found.archived, 'file')} {shared}"
    if not sys.stdin.isatty():
        raise UsageError(f"{told}; nothing was imported, since nobody can be asked here; if it is meant, run it again with --yes")
    say(told)
    if not click.confirm(f"Replace the index of {escaped(str(memory.root))} with it?", err=True):
        raise ArchiveRefused("nothing was imported")


def _told(found: Status) -> str:
    head = f"project    {escaped(found.root)}\ndata       {escaped(found.data)}\nembedder   {escaped(found.embedder)}\n{_checkout(found)}"
    head += "".join(f"remote     {told_remote(one)}\n" for one in found.remotes)
    if not found.store_version:
        return f"{head}index      none; run: memoryd reindex {escaped(found.root)}\n"
    languages = ", ".join(f"{name} {number}" for name, number in found.languages.items())
    head += f"index      version {found.store_version}, {found.state}\nfiles      {found.files}{f' ({languages})' if languages else ''}\n"
    if found.errors:
        head += f"           understood in part: {', '.join(f'{name} {number}' for name, number in found.errors.items())}\n"
    if found.without_grammar:
        head += f"           in blocks, since their grammar is not installed: {', '.join(found.without_grammar)}\n"
    skipped = f"units      {found.units}\nskipped    {len(found.skipped)}\n{_reasons(found.skipped)}"
    if not found.failed:
        return head + skipped
    failed = f"failed     {len(found.failed)}; try again: memoryd reindex --retry {escaped(found.root)}\n"
    return f"{head}{skipped}{failed}{_reasons(found.failed)}"


def _checkout(found: Status) -> str:
    """Return the line that says which branch and commit are checked out, nothing outside a repository."""
    if not (found.branch or found.commit):
        return ""
    stands = f"{escaped(found.branch) or 'no branch'} at {found.commit[:12] or 'no commit'}"
    return f"checkout   {stands}{f', a work tree of {escaped(found.worktree_of)}' if found.worktree_of else ''}\n"


def told_remote(one: RemoteState) -> str:
    """Return what a remote is, and how it does, in one line."""
    known = number_of(one.entries, "entry", "entries") if one.entries else "not asked yet, or empty"
    wrong = f", {one.wrong} wrong objects left out" if one.wrong else ""
    failure = f", left alone: {one.failure}" if one.failure else ""
    return f"{one.name}: {escaped(one.address)}, {known}{', signed' if one.signed else ''}{wrong}{failure}"


def _reasons(files: Sequence[Skipped]) -> str:
    return "".join(f"  {escaped(one.path)}: {escaped(one.reason)}\n" for one in files)


def _check(memory: "ProjectMemory", as_json: bool) -> None:
    status = memory.status()
    if as_json:
        print_json({"fresh": status.fresh, "changes": status.changes, "failed": status.failed})
    if not status.fresh:
        raise IndexStale(f"the index of {memory.root} is stale; run: memoryd reindex {memory.root}")
    if not as_json:
        print_text(f"{status.state}\n")
