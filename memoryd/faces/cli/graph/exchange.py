"""The commands of the graph as a whole: hand it to other programs, and take exact edges from the indexers of compilers."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from memoryd.faces.cli.asking import Question, ask
from memoryd.faces.cli.options import daemon_option, files, handle, json_option, root_option
from memoryd.faces.cli.output import print_json, print_pages, print_raw
from memoryd.faces.cli.project import refreshed
from memoryd.limits import DEFAULT_HITS, MOST_HITS
from memoryd.text import number_of

if TYPE_CHECKING:
    from memoryd.compilers import Imported
    from memoryd.memory import ProjectMemory


@click.group()
def graph() -> None:
    """Hand the graph to other programs, and take exact edges from them."""


@graph.command()
@click.option(
    "--format", "form", default="graphml", show_default=True, type=click.Choice(["graphml", "dot", "mermaid", "json"]), help="The form."
)
@click.option("--of", "grain", default="files", show_default=True, type=click.Choice(["files", "folders"]), help="What the nodes are.")
@root_option
def export(form: str, grain: str, root: str) -> None:
    """Print which files or folders use which, for other programs.

    \b
    memoryd graph export --format dot --of folders | dot -Tsvg > folders.svg
    """
    from memoryd.relations import Format, Grain

    with refreshed(root) as memory:
        print_raw(memory.graph_export(Format(form), Grain(grain)))


@graph.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@root_option
@json_option
def import_(file: Path, root: str, as_json: bool) -> None:
    """Take exact edges from a SCIP index, which compilers' indexers make.

    Its edges replace ours in each file that has the bytes that were indexed, for as long as it has them; any other file keeps ours.

    \b
    memoryd graph import index.scip
    """
    from memoryd.compilers import read_file

    data = read_file(file)
    with refreshed(root) as memory:
        _print_imported([memory.take_exact(data)], as_json)


@graph.command()
@click.option(
    "--with",
    "indexer",
    type=click.Choice(["ty-scip", "scip-typescript", "scip-python"]),
    help="The indexer; by default each that is installed for a language of the project.",
)
@root_option
@json_option
def exact(indexer: str | None, root: str, as_json: bool) -> None:
    """Run a compiler's indexer that is installed, on a copy of the project's files, and take its edges.

    `pip install 'memoryd[exact]'` brings ty-scip for Python. Nothing of the project is executed.

    \b
    memoryd graph exact
    """  # fmt: skip
    with refreshed(root) as memory:
        _print_imported(memory.make_exact(indexer or ""), as_json)


@graph.command()
@root_option
@json_option
def drop(root: str, as_json: bool) -> None:
    """Forget what indexers said: all edges are ours again."""
    with refreshed(root) as memory:
        files = memory.forget_exact()
    if as_json:
        print_json({"files": files})
    else:
        print_raw(f"forgot what indexers said of {number_of(files, 'file')}\n")


@click.command()
@click.argument("one", metavar="ID|PATH[:LINE]", shell_complete=files)
@root_option
@daemon_option
@click.option("--limit", default=DEFAULT_HITS, show_default=True, type=click.IntRange(1, MOST_HITS), help="Most commits.")
@json_option
def history(one: str, root: str, limit: int, as_json: bool) -> None:
    """Print the commits that changed a symbol or file, newest first, and what changes together with its file.

    A symbol is followed by its text, through renames and from file to file. Mass edits do not count for what changes together.

    \b
    memoryd history Cart.total
    memoryd history shop/cart.py --limit 40
    """
    asked = handle(one)

    def here(memory: "ProjectMemory") -> dict[str, Any]:
        return asdict(memory.history(asked, limit))

    found: dict[str, Any] = ask(root, Question("/v1/history", {"handle": asked, "limit": limit}, dict, here))
    if as_json:
        print_json(found)
    else:
        print_pages(found["text"])


def _print_imported(made: "Sequence[Imported]", as_json: bool) -> None:
    if as_json:
        print_json([asdict(one) for one in made])
        return
    for one in made:
        ours = f"{one.exact:,} of {number_of(one.uses, 'use')} mean definitions of this project"
        print_raw(f"{one.tool}: {number_of(one.files, 'file')}; {ours}\n")
        if one.changed:
            more = f" and {len(one.changed) - 1:,} more" if len(one.changed) > 1 else ""
            print_raw(f"left out, since they changed after they were indexed: {one.changed[0]}{more}\n")
        if one.foreign:
            print_raw(f"left out, since they are not indexed here: {number_of(one.foreign, 'file')}\n")
