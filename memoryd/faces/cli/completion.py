"""The command `completion`, which prints a script that has a shell complete what is typed after `memoryd`."""

import click

from memoryd.faces.cli.output import print_raw

PROGRAM, VARIABLE = "memoryd", "_MEMORYD_COMPLETE"
"""The program that the scripts start, and the variable by which they tell it that a shell asks."""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that has SHELL complete commands, options and files.

    \b
    eval "$(memoryd completion bash)"        in ~/.bashrc (bash 4.4 or newer)
    eval "$(memoryd completion zsh)"         in ~/.zshrc
    memoryd completion fish > ~/.config/fish/completions/memoryd.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    made = found(click.get_current_context().find_root().command, {}, PROGRAM, VARIABLE)
    # The script, without what click does for bash: start one to look at its version.
    print_raw(ShellComplete.source(made) + "\n")
