"""Groups of commands: a command may have a second name, and help that is longer than the terminal is shown page by page."""

from collections.abc import Mapping

import click

from memoryd.faces.cli.output import page_raw

HELP = ("-h", "--help")
"""The options that show help."""


class Commands(click.Group):
    """A group of commands, of which some have a second name (`also`, by that name): help and completion name each command once."""

    also: Mapping[str, str] = {}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command with a name, be it its second."""
        return super().get_command(ctx, self.also.get(cmd_name, cmd_name))


def page_help(command: click.Command) -> None:
    """Have a command, and all below it, show its help page by page."""
    option = command.get_help_option(click.Context(command, help_option_names=[*HELP]))
    assert option is not None
    option.callback = _show_help
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            page_help(inner)


def _show_help(context: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    if is_asked and not context.resilient_parsing:
        page_raw(f"{context.get_help()}\n")
        context.exit()
