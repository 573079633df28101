"""The options and arguments that several commands share."""

import os
from typing import TYPE_CHECKING

import click

from memoryd.errors import UsageError
from memoryd.limits import DEFAULT_BUDGET, MOST_BUDGET

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def folders(_context: click.Context, _parameter: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Have a shell complete the names of folders."""
    return _by_shell(begun, "dir")


def files(_context: click.Context, _parameter: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Have a shell complete the names of files."""
    return _by_shell(begun, "file")


def _by_shell(begun: str, what: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, what)]


root_option = click.option(
    "--root", default=".", metavar="FOLDER", shell_complete=folders, help="The project's folder (default: this one)."
)
ALONE = "memoryd.alone"
"""Whether a command was told to answer in its own process: what click keeps for the command under this name."""


def _be_alone(context: click.Context, _option: click.Parameter, is_wanted: bool) -> None:
    context.meta[ALONE] = is_wanted


daemon_option = click.option(
    "--no-daemon", is_flag=True, expose_value=False, callback=_be_alone, help="Answer in this process, even if a daemon runs."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
budget_option = click.option(
    "--budget", default=DEFAULT_BUDGET, show_default=True, type=click.IntRange(1, MOST_BUDGET), help="Most tokens of the text."
)

changed_option = click.option("--changed", "is_changed", is_flag=True, help="About what changed, instead of what is named.")
base_option = click.option(
    "--base", metavar="REV", help="With --changed: since this checkout left REV, such as origin/main; without it, since the last commit."
)
at_option = click.option(
    "--at", metavar="REV", default="", help="As of a commit, such as v1.2 or HEAD~20, instead of the working tree. Asks no daemon."
)


def since_of(is_named: bool, is_changed: bool, base: str | None, wanted: str) -> str:
    """Return the commit since which changes are asked about, "" if something else is named; raise `UsageError` if both are, or neither."""
    if base is not None and not is_changed:
        raise UsageError("--base goes with --changed")
    if is_named == is_changed:
        raise UsageError(f"give {wanted}, or --changed")
    return (base or "HEAD") if is_changed else ""


def question(given: bytes) -> str:
    """Decode a question, whatever its bytes; raise `UsageError` if it is blank."""
    text = given.decode("utf-8", "replace")
    if not text.strip():
        raise UsageError("the question is empty; ask something, for example: memoryd pack 'where is the cache cleared'")
    return text


def fleet_address(given: str) -> str:
    """Return the address of a fleet's tables: a folder by its absolute path."""
    return given if "://" in given else os.path.abspath(os.path.expanduser(given))


def handle(given: str) -> str:
    """Return a handle as text: bytes that are not UTF-8, from file names that the shell completed, are escaped."""
    if given.isprintable() or given.encode("utf-8", "replace") == os.fsencode(given):
        return given
    return os.fsencode(given).decode("utf-8", "backslashreplace")
