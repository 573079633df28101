"""The command `fleet`: many repositories in one set of tables."""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from memoryd.errors import UsageError
from memoryd.faces.cli.commands import Commands
from memoryd.faces.cli.options import budget_option, files, fleet_address, handle, json_option, question
from memoryd.faces.cli.output import drawn, print_json, print_pages, print_raw, progress, say
from memoryd.limits import DEFAULT_HITS, MOST_HITS
from memoryd.text import escaped, number_of, under_heading

if TYPE_CHECKING:
    from memoryd.fleet import Covered, Node

EXIT_INCOMPLETE = 1
MOST_WORKERS = 1_024
SHORT = 8
"""The characters of a commit beside a hit."""


at_option = click.option("--at", "address", required=True, metavar="FOLDER|URI", help="Where the fleet's tables are.")
repo_option = click.option(
    "--repo", "repositories", multiple=True, metavar="NAME", help="Only this repository, or all below ACME/*; may be given again."
)
lang_option = click.option(
    "--lang", "languages", multiple=True, metavar="LANGUAGE", help="Only files in this language; may be given again."
)


@click.group(cls=Commands)
def fleet() -> None:
    """Index and ask many repositories as one: first which of them, then which definition.

    \b
    memoryd fleet index repositories.txt --to /srv/fleet
    memoryd fleet search "retry with exponential backoff" --at /srv/fleet
    """


@fleet.command("index")
@click.argument("repositories", metavar="REPOSITORIES.txt", shell_complete=files)
@click.option("--to", "address", required=True, metavar="FOLDER|URI", help="Where the tables are: a folder, or object storage (s3://…).")
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True, help="What runs the tasks.")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), default=1, show_default=True, help="Tasks at once, on this machine.")
@click.option(
    "--cluster", default="", metavar="ADDRESS", help="With --engine ray: the cluster that runs the tasks, instead of this machine."
)
@click.option(
    "--only", multiple=True, metavar="NAME", help="Only this repository of the list; may be given again. The others stay as they are."
)
@json_option
def index(repositories: str, address: str, engine: str, workers: int, cluster: str, only: tuple[str, ...], as_json: bool) -> int:
    """Index the repositories of a list, each at its head: only those whose head moved since the last run.

    A line of REPOSITORIES.txt is `ADDRESS [NAME] [public|private]`: a folder with a git repository, or what git clones from.
    One that fails is named with its reason, stays as it was, and disturbs no other (exit 1). Killed at any point, the next run
    goes on. Repositories that are not in the list any more are removed.

    \b
    memoryd fleet index repositories.txt --to /srv/fleet --workers 4
    memoryd fleet index repositories.txt --to s3://acme/fleet --engine ray --cluster ray://head:10001
    """
    from pathlib import Path

    from memoryd.config import read_settings
    from memoryd.fleet import ENGINES, Fleet, Resources, read_list_in
    from memoryd.fleet import index as index_fleet

    if cluster and engine != "ray":
        raise click.UsageError("--cluster is for --engine ray")
    listed = read_list_in(Path(repositories))
    if unknown := set(only) - {one.name for one in listed}:
        raise UsageError(f"the list names no repository {min(unknown)!r}; give --only a name as `memoryd fleet status` prints it")
    fleet = Fleet(fleet_address(address), read_settings(), ENGINES[engine], Resources(workers, cluster))
    with progress(sys.stderr) as report:
        found = index_fleet(listed, fleet, report, only)
    if as_json:
        print_json({"repositories": found.covered, "tasks": found.tasks, "seconds": found.seconds})
    else:
        print_pages(_told(found.covered) + f"{found.seconds:.1f} s\n")
    if found.failed:
        say(f"not at their head: {number_of(len(found.failed), 'repository', 'repositories')}; `memoryd fleet status` says why")
    return EXIT_INCOMPLETE if found.failed else 0


@fleet.command("status")
@at_option
@json_option
def status(address: str, as_json: bool) -> None:
    """Print what of the list is in the fleet, what is not, and why: repositories, and files by reason."""
    from memoryd.fleet import status_of

    found = status_of(fleet_address(address))
    if as_json:
        print_json(found)
        return
    repositories = number_of(len(found.held), "repository", "repositories")
    counts = f"{repositories}, {number_of(found.files, 'file')}, {number_of(found.units, 'unit')}, {number_of(found.lines, 'line')}\n"
    reasons = "".join(f"  {count:>7,} {'file' if count == 1 else 'files'}: {escaped(why)}\n" for why, count in found.reasons)
    print_pages(_told(found.covered) + counts + (f"not indexed:\n{reasons}" if reasons else ""))


@fleet.command("search")
@click.argument("query")
@at_option
@repo_option
@lang_option
@click.option("--limit", default=DEFAULT_HITS, show_default=True, type=click.IntRange(1, MOST_HITS), help="Most hits.")
@json_option
def search(query: str, address: str, repositories: tuple[str, ...], languages: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Print the units of all repositories that answer QUERY, best first, each with its repository and commit.

    \b
    memoryd fleet search "parse money" --at /srv/fleet --lang python
    memoryd fleet search "send mail" --at /srv/fleet --repo "acme/*" --json
    """
    from dataclasses import replace

    from memoryd.fleet import Scope

    hits = _node(address).search(question(os.fsencode(query)), Scope.of(repositories, languages), limit=limit)
    if as_json:
        print_json({"hits": hits})
        return
    print_raw(drawn([replace(one.hit, path=f"{one.repository}@{one.commit[:SHORT]}:{one.hit.path}") for one in hits]))
    if not hits:
        say("nothing found; try other words")


@fleet.command("pack")
@click.argument("task")
@at_option
@repo_option
@lang_option
@budget_option
@json_option
def pack(task: str, address: str, repositories: tuple[str, ...], languages: tuple[str, ...], budget: int, as_json: bool) -> None:
    """Print the evidence for TASK from the repositories that answer it, within a token budget; `-` reads it from standard input.

    \b
    memoryd fleet pack "how is a request retried" --at /srv/fleet --budget 2000
    """
    from memoryd.fleet import Scope

    asked = question(sys.stdin.buffer.read() if task == "-" else os.fsencode(task))
    found = _node(address).pack(asked, Scope.of(repositories, languages), budget=budget)
    if as_json:
        print_json(found)
        return
    print_pages(found.text)
    if not found.text:
        say("nothing found that fits; try other words or a larger --budget")


@fleet.command("show")
@click.argument("repository")
@click.argument("handles", nargs=-1, required=True, metavar="ID|PATH[:A-B] ...")
@at_option
@json_option
def show(repository: str, handles: tuple[str, ...], address: str, as_json: bool) -> None:
    """Print symbols, files or lines of REPOSITORY, as they are at the commit that the fleet holds.

    \b
    memoryd fleet show acme/shop shop/cart.py#Cart.total --at /srv/fleet
    """
    node = _node(address)
    shown = [node.show(repository, handle(one)) for one in handles]
    if as_json:
        print_json({"shown": shown})
    else:
        print_pages("".join(map(under_heading, shown)) if len(shown) > 1 else shown[0].text)


@fleet.command("impact")
@click.argument("repository")
@click.argument("handle_", default="", metavar="[PATH#NAME]")
@at_option
@json_option
def impact(repository: str, handle_: str, address: str, as_json: bool) -> None:
    """Print which repositories require packages of REPOSITORY, by their manifests, and where they use a definition of it.

    A use counts where a file imports the package and names the definition; of a member, the name alone tells. `memoryd impact` tells of
    the repository itself. Manifests of Python, npm, Go, Maven and Cargo are read.

    \b
    memoryd fleet impact acme/shop shop/cart.py#Cart.total --at /srv/fleet
    """
    found = _node(address).impact(repository, handle(handle_))
    if as_json:
        print_json(found)
        return
    lines = [f"{one.repository}@{one.commit[:SHORT]} requires {', '.join(one.packages)}" for one in found.dependents]
    lines += [f"{one.tier}  {one.repository}:{one.path}:{one.line}  {one.id.partition('#')[2]}" for one in found.uses]
    print_pages("".join(f"{escaped(line)}\n" for line in lines))
    if found.more:
        say(f"not printed: {number_of(found.more, 'more use')}")
    if not found.dependents:
        say("no repository of this fleet requires a package of it, by its manifests")


def _node(address: str) -> "Node":
    from memoryd.config import read_settings
    from memoryd.fleet import Node

    return Node(fleet_address(address), read_settings())


def _told(covered: "Sequence[Covered]") -> str:
    """Return what became of repositories, in lines: those with a reason by name, the others by number."""
    counts = Counter(str(one.state) for one in covered)
    lines = [f"{count} {state}" for state, count in sorted(counts.items())]
    why = [f"{one.state}: {escaped(one.repository)}: {escaped(one.why)}" for one in covered if one.why]
    return "".join(f"{line}\n" for line in (*why, ", ".join(lines) or "nothing"))
