"""The commands `remote …`: a place that a team shares, so that what one indexed nobody else has to."""

from dataclasses import replace

import click

from memoryd.errors import UsageError
from memoryd.faces.cli.index import told_remote
from memoryd.faces.cli.options import json_option, root_option
from memoryd.faces.cli.output import print_json, print_text, say
from memoryd.faces.cli.project import refreshed
from memoryd.text import number_of


@click.group()
def remote() -> None:
    """Share what was indexed with a team: CI pushes it, and everybody's refresh takes from there what is not here yet.

    A remote is a bucket, a folder or a WebDAV server. Only who holds a file finds its entry there and can read it. A refresh
    asks where many files changed, as after a clone or a switch of branches, never for an edit; one that is slow or fails is
    left alone for a while.
    """


@remote.command("add")
@click.argument("name")
@click.argument("address")
@click.option("--key", "keys", multiple=True, metavar="KEY", help="Take only what this public key has signed; may be given again.")
@click.option("--patience", type=float, metavar="SECONDS", help="How long it may keep a refresh waiting (default: 0.25).")
@json_option
def add(name: str, address: str, keys: tuple[str, ...], patience: float | None, as_json: bool) -> None:
    """Add the remote NAME at ADDRESS, for all projects of this user.

    Credentials come from the environment, as for the tools of the service (AWS_ACCESS_KEY_ID, GOOGLE_APPLICATION_CREDENTIALS,
    AZURE_STORAGE_ACCOUNT_NAME, …); an address that holds some is refused.

    \b
    memoryd remote add team s3://bucket/memoryd
    memoryd remote add team gs://bucket/memoryd --key memoryd-public-…
    memoryd remote add disk file:///srv/memoryd
    """
    from memoryd.config import read_settings
    from memoryd.sharing import PATIENCE, Remote, add_remote, states_of

    home = read_settings().home
    add_remote(home, Remote(name, address, keys, PATIENCE if patience is None else patience))
    if as_json:
        print_json(next(one for one in states_of(home) if one.name == name))
        return
    say(f"added {name}; fill it with: memoryd remote push {name}")
    if not keys:
        say("whoever may write there decides what is believed of files; --key takes only what is signed (memoryd remote key)")


@remote.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Print the remotes, what each had when it was asked last, and why one is left alone. Asks none.

    \b
    memoryd remote list --json
    """
    from memoryd.config import read_settings
    from memoryd.sharing import remotes_of, states_of

    home = read_settings().home
    remotes_of(home)  # which says why the list cannot be read
    found = states_of(home)
    if as_json:
        print_json(found)
    elif not found:
        say("there are no remotes; add one with: memoryd remote add NAME ADDRESS")
    for one in () if as_json else found:
        print_text(f"{told_remote(one)}\n")


@remote.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Forget the remote NAME. What lies there stays.

    \b
    memoryd remote remove team
    """
    from memoryd.config import read_settings
    from memoryd.sharing import remove_remote

    remove_remote(read_settings().home, name)
    say(f"forgot {name}; what lies there stays")


@remote.command("push")
@click.argument("name")
@root_option
@json_option
def push(name: str, root: str, as_json: bool) -> None:
    """Put what is indexed of a project to the remote NAME, as far as it is not there yet. The index is refreshed first.

    Where the remote was added with keys, MEMORYD_REMOTE_KEY must hold the private one of them. Files whose parser failed
    are not pushed, and nothing is where MEMORYD_SECRETS=show.

    \b
    memoryd remote push team            in CI, after each merge
    """
    from memoryd.config import read_settings, remote_key
    from memoryd.sharing import remote_of

    found = remote_of(read_settings().home, name)
    with refreshed(root) as memory:
        pushed = memory.push(found, remote_key())
    if as_json:
        print_json(pushed)
        return
    tidied = "; small bundles were put together" if pushed.tidied else ""
    print_text(f"{pushed.pushed:,} of {number_of(pushed.files, 'file')} pushed, {pushed.bytes / 1e6:.1f} MB{tidied}\n")


@remote.command("pull")
@click.argument("name")
@root_option
@json_option
def pull(name: str, root: str, as_json: bool) -> None:
    """Bring the index of a project up to date, and ask the remote NAME for every file that is not known here.

    A refresh does that by itself where many files changed. This waits for a remote that is slow, asks one that was left
    alone, and fails (exit 1) where the remote does; `memoryd reindex` then works without it.

    \b
    memoryd remote pull team
    """
    from memoryd.config import project_root, read_settings
    from memoryd.memory import ProjectMemory
    from memoryd.sharing import remote_of

    settings = read_settings()
    if settings.secrets != "mask":
        raise UsageError("what shows secrets never comes from a remote; unset MEMORYD_SECRETS")
    remote_of(settings.home, name)
    with ProjectMemory(project_root(root), replace(settings, pulls_from=name)) as memory:
        report = memory.refresh()
    if as_json:
        print_json(report)
    else:
        print_text(f"{number_of(report.pulled, 'file')} pulled, {report.parsed} parsed, {report.seconds:.2f} s\n")


@remote.command("key")
@json_option
def key(as_json: bool) -> None:
    """Make a pair of keys and print it: the private one for who pushes, the public one for everybody.

    Neither is kept. Put the private key into the secrets of CI, as MEMORYD_REMOTE_KEY; everybody adds the remote with
    `--key` and the public one.

    \b
    memoryd remote key
    """
    from memoryd.sharing import new_pair

    pair = new_pair()
    if as_json:
        print_json(pair._asdict())
    else:
        print_text(f"private  {pair.private}\npublic   {pair.public}\n")
        say("the private key is shown this once; it belongs into the secrets of CI, as MEMORYD_REMOTE_KEY")
