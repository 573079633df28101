"""The command `doctor`, which examines an installation."""

import click

from memoryd.faces.cli.asking import STATUS, look
from memoryd.faces.cli.options import json_option, root_option
from memoryd.faces.cli.output import exit_code, print_findings, print_json


@click.command()
@root_option
@json_option
def doctor(root: str, as_json: bool) -> int:
    """Examine program, data folder, secret, daemon, index and clients: a line for each, with what to do where it is wrong.

    Clients' servers are started as the clients do, without a daemon. Changes nothing. Exit 3 if something is wrong.

    \b
    memoryd doctor
    memoryd doctor --json | jq '.findings[] | select(.ok | not)'
    """
    from memoryd.config import project_root, read_settings
    from memoryd.faces.doctor import examine
    from memoryd.faces.install import this_machine

    found = list(examine(read_settings(), this_machine(), project_root(root), lambda: look(root, STATUS)))
    if not as_json:
        return print_findings(found)
    findings = [{"what": one.what, "ok": one.is_well, "found": one.found, "next": one.next} for one in found]
    print_json({"ok": all(one.is_well for one in found), "findings": findings})
    return exit_code(found)
