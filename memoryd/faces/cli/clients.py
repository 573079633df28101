"""The command `install`, which adds memoryd to a client's configuration."""

import sys

import click

from memoryd.errors import InstallRefused, UsageError
from memoryd.escaping import escaped
from memoryd.faces.cli.options import root_option
from memoryd.faces.cli.printing import print_text, say


@click.command()
@click.argument("client", metavar="CLIENT")
@click.option("--remove", "is_removal", is_flag=True, help="Take it out again.")
@click.option("--print", "only_print", is_flag=True, help="Print the entry and where it belongs; write nothing.")
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")
@click.option("--scope", type=click.Choice(["project", "user"]), help="The project's file or yours (default: where the client expects it).")
@click.option("--port", type=click.IntRange(1, 65_535), help="Have it ask the daemon at this port, instead of starting `memoryd mcp`.")
@root_option
def install(client: str, is_removal: bool, only_print: bool, is_agreed: bool, scope: str | None, port: int | None, root: str) -> None:
    """Write memoryd into the configuration of CLIENT, after showing the difference.

    CLIENT is claude-code, codex, cursor, vscode, gemini, opencode or zed. Nothing else in the file changes; `--remove`
    leaves it as it was.

    \b
    memoryd install claude-code              asks before it writes
    memoryd install codex --remove --yes     take it out again
    memoryd install zed --port 7333          over HTTP, with your secret; `memoryd serve --port 7333` must run
    """
    from pathlib import Path

    from memoryd.config import inherited_environment, project_root, read_settings
    from memoryd.daemon import secret_of
    from memoryd.faces.install import VARIABLE, Daemon, Place, client_named, example, remove, write
    from memoryd.faces.install import install as put_in

    if is_removal and only_print:
        raise UsageError("--print shows what belongs in the file; leave out --remove, which shows what it takes out before it asks")
    row, folder, place = client_named(client), project_root(root), Place(Path.home(), inherited_environment())
    chosen = scope or row.scope
    daemon = Daemon(port, secret_of(read_settings().home)) if port and not is_removal else None
    if only_print:
        file, text = example(row, place, chosen, folder, daemon)
        say(f"this belongs in {file}")
        print_text(text)
        return
    edit = remove(row, place, chosen, folder) if is_removal else put_in(row, place, chosen, folder, daemon)
    if edit.before == edit.after:
        print_text(f"{'not' if is_removal else 'already'} installed in {escaped(str(edit.file))}\n")
        return
    print_text(edit.diff)
    sys.stdout.flush()
    if not is_agreed:
        if not sys.stdin.isatty():
            raise UsageError("nothing was written, since nobody can be asked here; to write what is shown, run it again with --yes")
        if not click.confirm(f"Write this to {escaped(str(edit.file))}?", err=True):
            raise InstallRefused("nothing was written")
    write(edit)
    say(f"removed from {edit.file}" if is_removal else f"installed in {edit.file}; {row.then}")
    if edit.secret:
        say("the file holds your secret, so that only you may read it; do not commit it or copy it elsewhere")
    elif daemon:
        say(f'the file names your secret, and does not hold it; start the client with: export {VARIABLE}="$(memoryd token local)"')
