"""The commands that ask the graph: who uses a definition, what may break with it, which tests reach it, and what the whole looks like."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from memoryd.faces.cli.asking import Question, ask
from memoryd.faces.cli.graph.exchange import graph, history
from memoryd.faces.cli.options import base_option, changed_option, daemon_option, files, handle, json_option, root_option, since_of
from memoryd.faces.cli.output import print_json, print_pages, print_raw, say
from memoryd.limits import MOST_BUDGET, RELATIONS_BUDGET

if TYPE_CHECKING:
    from memoryd.memory import ProjectMemory

EXIT_UNCERTAIN = 3
ONE = {
    "callers": ("Print who calls a definition, best evidence first, with the line of each call.", "memoryd callers Cart.total"),
    "callees": ("Print what a definition calls, best evidence first, with the lines.", "memoryd callees shop/cart.py#Cart.total"),
    "uses": ("Print all uses of a definition or file: calls, imports, types, inheritance.", "memoryd uses shop/cart.py"),
    "bases": ("Print the types that a type inherits from, at every level.", "memoryd bases Cart"),
    "subclasses": ("Print the types that inherit from a type, at every level.", "memoryd subclasses Base"),
    "implementations": ("Print the members that override a member, or all types below a type.", "memoryd implementations Base.total"),
}  # fmt: skip
WHOLE = {
    "cycles": ("Print the files that import each other in a circle.", "memoryd cycles"),
    "areas": ("Print the areas of the project: files that use each other most.", "memoryd areas"),
    "dead": ("Print definitions that nothing in the project is known to use, and how sure that is.", "memoryd dead --budget 4000"),
}  # fmt: skip
TIERS = """Each edge says how it is known: certain (in the same file, by an import, by a type), likely (the only definition of the name),
    or a candidate with its probability. What could not be resolved is counted: missing is not none."""

budget_option = click.option(
    "--budget", default=RELATIONS_BUDGET, show_default=True, type=click.IntRange(1, MOST_BUDGET), help="Most tokens of the text."
)
Decorator = Callable[[Callable[..., None]], Callable[..., None]]
handle_argument = click.argument("one", metavar="ID|PATH[:LINE]", shell_complete=files)
handles_argument = click.argument("handles", nargs=-1, metavar="[ID|PATH[:LINE] ...]", shell_complete=files)


def commands() -> list[click.Command]:
    """Return the commands, each made from its line of text."""
    made = [_command(name, *said, handle_argument) for name, said in ONE.items()]
    return [*made, impact, tests, path, *(_command(name, *said) for name, said in WHOLE.items()), history, graph]


def _command(name: str, said: str, example: str, add_handle: Decorator | None = None) -> click.Command:
    def run(root: str, budget: int, as_json: bool, one: str = "") -> None:
        _print(_asked(root, name, [handle(one)] if one else [], "", budget), as_json)

    run.__doc__ = f"{said}\n\n    {TIERS}\n\n    \b\n    {example}\n    " if add_handle else f"{said}\n\n    \b\n    {example}\n    "
    for add in (json_option, budget_option, daemon_option, root_option):
        run = add(run)
    return click.command(name)(add_handle(run) if add_handle else run)


@click.command()
@handles_argument
@changed_option
@base_option
@click.option("--markdown", "is_markdown", is_flag=True, help="Print Markdown, for a comment on a pull request.")
@root_option
@daemon_option
@budget_option
@json_option
def impact(handles: tuple[str, ...], is_changed: bool, base: str | None, is_markdown: bool, root: str, budget: int, as_json: bool) -> None:
    """Print what may break when definitions change: what reaches them, by distance, with the probability of each way.

    Tests are counted; `memoryd tests` names them. What may be used from outside of the project is marked public.

    \b
    memoryd impact Cart.total
    memoryd impact --changed --base origin/main --markdown > comment.md
    """
    answer = _asked(
        root, "impact", [handle(one) for one in handles], since_of(bool(handles), is_changed, base, "handles, such as Cart.total"), budget
    )
    if is_markdown and not as_json:
        print_raw(_markdown(answer["text"]))
    else:
        _print(answer, as_json)


@click.command()
@handles_argument
@changed_option
@base_option
@click.option("--run", "asks_command", is_flag=True, help="Print the command lines that run these tests, and nothing else.")
@root_option
@daemon_option
@budget_option
@json_option
def tests(handles: tuple[str, ...], is_changed: bool, base: str | None, asks_command: bool, root: str, budget: int, as_json: bool) -> int:
    """Print the test files that reach definitions, the likeliest first.

    With --changed, exit code 3 says that this cannot be told from the graph alone and all tests should run: a build file, a
    fixture or data changed, modules are loaded by name, or no test is known to reach the change. The reasons are printed.

    \b
    memoryd tests Cart.total
    memoryd tests --changed --base origin/main --run
    """
    answer = _asked(
        root, "tests", [handle(one) for one in handles], since_of(bool(handles), is_changed, base, "handles, such as Cart.total"), budget
    )
    if asks_command and not as_json:
        print_raw("".join(f"{line}\n" for line in answer["commands"]))
    else:
        _print(answer, as_json)
    for reason in answer["uncertain"]:
        say(f"run all tests: {reason}")
    return EXIT_UNCERTAIN if answer["uncertain"] else 0


@click.command()
@click.argument("first", metavar="FROM", shell_complete=files)
@click.argument("last", metavar="TO", shell_complete=files)
@root_option
@daemon_option
@budget_option
@json_option
def path(first: str, last: str, root: str, budget: int, as_json: bool) -> None:
    """Print how one definition reaches another: the shortest way by calls and other uses.

    \b
    memoryd path main Cart.total
    """
    _print(_asked(root, "path", [handle(first), handle(last)], "", budget), as_json)


def _asked(root: str, relation: str, handles: Sequence[str], since: str, budget: int) -> dict[str, Any]:
    """Return the answer as JSON has it: that of the daemon if one runs."""

    def here(memory: "ProjectMemory") -> dict[str, Any]:
        from memoryd.questions import Relation
        from memoryd.relations import RelationQuestion

        return asdict(memory.related(RelationQuestion(Relation(relation), tuple(handles), since), budget))

    fields = {"relation": relation, "handles": list(handles), "since": since, "budget": budget}
    return ask(root, Question("/v1/relations", fields, dict, here))


def _print(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(answer)
    elif answer["text"]:
        print_pages(answer["text"])
    else:
        say("nothing fits; give a larger --budget")


def _markdown(text: str) -> str:
    """Return an answer as Markdown: its heading, and the rest as it is."""
    heading, _, rest = text.partition("\n")
    longest = max((len(run) for run in rest.split() if set(run) == {"`"}), default=2)
    fence = "`" * max(3, longest + 1)
    return f"#{heading}\n\n{fence}text\n{rest}{fence}\n" if text else ""
