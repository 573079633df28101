"""The commands about the sessions of agents: `hook`."""

import click


@click.command()
@click.argument("client", metavar="CLIENT")
def hook(client: str) -> int:
    """Hand the event of a client's hook on standard input to the daemon, and print what it answers.

    This is what the settings of a client name. It is silent and succeeds whatever happens: without a daemon, with a busy one,
    with input that nobody understands. MEMORYD_HOOKS=off switches it off.

    \b
    memoryd hook claude-code < event.json
    """
    from memoryd.hook import main

    return main(client)
