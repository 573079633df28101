"""The commands about the sessions of agents: `hook`, `hooks`, `observe`."""

import sys

import click

from memoryd.errors import UsageError
from memoryd.faces.cli.options import root_option
from memoryd.faces.cli.output import print_raw, print_text, say

TOOLS = {"bash": "shell", "grep": "search"}


@click.command()
@click.argument("client", metavar="CLIENT")
def hook(client: str) -> int:
    """Hand the event of a client's hook on standard input to the daemon, and print what it answers.

    `memoryd install CLIENT --hooks` writes it where the client looks. It is silent and succeeds whatever happens: without a
    daemon, with a busy one, with input that nobody understands. MEMORYD_HOOKS=off switches it off.

    \b
    memoryd hook claude-code < event.json
    """
    from memoryd.standalone.hook import main

    return main(client)


@click.command()
@click.argument("choice", metavar="[on | off | PART,…]", default="")
@root_option
def hooks(choice: str, root: str) -> None:
    """Say or choose what memoryd does in this project's sessions, where its hooks are installed.

    `off` leaves them alone; names of parts, joined by commas, leave out those: start, places, notes, edits, working-set, outputs,
    rereads, lessons. `+outlines` shows an outline of a long file that is read whole; it is off unless chosen, since most such files
    are read to be edited. The choice lies in your data folder, and holds for this project alone.

    \b
    memoryd hooks                    what is left out
    memoryd hooks off                leave this project's sessions alone
    memoryd hooks places,lessons     all but these
    memoryd hooks +outlines          all, and outlines
    memoryd hooks on                 as it was at first
    """
    from memoryd.config import project_root, read_settings
    from memoryd.sessions import CHOICES, OFF, choose, chosen

    settings, project = read_settings(), project_root(root)
    if choice:
        names = set(choice.split(",")) - {"on", ""}
        if unknown := names - {*CHOICES}:
            raise UsageError(f"there is no part {min(unknown)!r}; choose of: on, {', '.join(CHOICES)}")
        choose(settings, project, names)
    now = sorted(chosen(settings, project))
    more, left = ([one for one in now if one.startswith("+") == is_more] for is_more in (True, False))
    print_raw("off\n" if OFF in left else f"{', '.join(['on', *more])}{', without ' if left else ''}{', '.join(left)}\n")


@click.group()
def observe() -> None:
    """Try what agents see of the outputs of their tools: `shrink`."""


@observe.command("shrink")
@click.option(
    "--tool", type=click.Choice([*TOOLS], case_sensitive=False), default="bash", show_default=True, help="The tool that printed it."
)
@click.option("--command", required=True, help="The command line that printed it.")
def shrink(tool: str, command: str) -> None:
    """Print what an agent would see of the output on standard input; all of it, where it would be left as it is.

    \b
    pytest -v | memoryd observe shrink --command "pytest -v"
    """
    from memoryd.observations import kind_of, shorten

    output = sys.stdin.buffer.read().decode("utf-8", "replace")
    found = shorten(kind_of(TOOLS[tool], command), output.removesuffix("\n"), "obs:0000000000")
    print_text(f"{found.text}\n" if found else output)
    if found is None:
        say("left as it is")
