"""The command `usage` and what it offers."""

import click

from memoryd.faces.cli.commands import Commands
from memoryd.faces.cli.options import files, folders, json_option

GROUPS = ("day", "project", "model", "session", "branch", "client", "agent")


@click.group(cls=Commands, invoke_without_command=True)
@click.option(
    "--transcripts",
    multiple=True,
    metavar="PATH",
    shell_complete=folders,
    help="Read these transcripts instead of those of all clients; may be given again.",
)
@click.option("--by", "groups", multiple=True, type=click.Choice(GROUPS), help="Sums by this; may be given again.")
@click.option("--session", metavar="ID", help="Only the session whose id begins so, with its subagents.")
@click.option("--since", metavar="DAY", help="Count requests from this day on.")
@click.option("--until", metavar="DAY", help="Count requests to the end of this day.")
@click.option("--compare", nargs=2, metavar="A B", help="Compare two groups of sessions, such as: without with.")
@click.option(
    "--what-if",
    "models",
    multiple=True,
    metavar="MODEL|cache",
    help="The cost with another model, or other cache times; may be given again.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print sums as CSV.")
@click.option("--html", "page", metavar="FILE", shell_complete=files, help="Write the report as one page that needs nothing else.")
@json_option
@click.pass_context
def usage(
    context: click.Context, transcripts: tuple[str, ...], groups: tuple[str, ...], session: str | None, since: str | None,
    until: str | None, compare: tuple[str, str] | None, models: tuple[str, ...], as_csv: bool, page: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Tell what sessions of agents cost, and what memoryd saved.

    It reads the transcripts that clients keep (Claude Code, Codex, Gemini CLI, opencode) and keeps counts alone. Prices are list
    prices; a subscription costs what it costs.

    \b
    memoryd usage --by day --by model
    memoryd usage --html usage.html
    memoryd usage --compare without with
    """
    if context.invoked_subcommand is not None:
        return
    from memoryd.faces.cli.usage.groups import Period, chosen_by
    from memoryd.faces.cli.usage.printing import Wanted, show

    period = Period.of(since, until)
    sides = tuple((name, chosen_by(name)) for name in compare or ())
    form = "json" if as_json else "csv" if as_csv else "text"
    show(transcripts, period, Wanted(groups or GROUPS[:3], sides, models, page or "", form, session or ""))


@usage.command("live")
@click.option("--transcripts", multiple=True, metavar="PATH", shell_complete=folders, help="Follow these transcripts; may be given again.")
def live(transcripts: tuple[str, ...]) -> None:
    """Follow the session that runs: a line for each request, until interrupted.

    \b
    memoryd usage live
    """
    from memoryd.faces.cli.usage.following import follow

    follow(transcripts)


@usage.command("statusline")
def statusline() -> int:
    """Print one line about a session for a client's status line; standard input is what the client tells.

    It reads no prices and keeps nothing: context, share from cache, cost and limits are as the client tells them, or else those of
    the last request of the transcript.

    \b
    {"statusLine": {"type": "command", "command": "memoryd usage statusline"}}    in Claude Code's settings.json
    """
    from memoryd.standalone.statusline import main

    return main()
