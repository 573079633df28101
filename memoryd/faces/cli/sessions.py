"""The commands about the sessions of agents: `hook`, `observe`."""

import sys

import click

from memoryd.faces.cli.output import print_text, say

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
    from memoryd.hook import main

    return main(client)


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
