"""Which program a client starts as memoryd's bridge, and whose choice that was.

A client may start with another `PATH` than the shell that installs: from a desktop, from a shell without the virtual environment. So
the entry names the program by its path, unless its plain name leads to it everywhere. A file that is committed is for every machine:
it gets the plain name, and no setting of this machine.
"""

import os
import shutil
from pathlib import Path

from memoryd.faces.install.clients import NAME, Client
from memoryd.faces.install.entries import Start
from memoryd.faces.install.places import Machine
from memoryd.files import git

GIT_SECONDS = 5.0
MARKS_OF_ENVIRONMENTS = ("pyvenv.cfg", "conda-meta")
"""What marks the folder of a virtual environment: what is in it is found by a shell in which it is active."""


def start_everywhere(client: Client, scope: str) -> Start:
    """Return the start that holds on every machine where memoryd is found by its name."""
    return Start((NAME, *_arguments(client, scope)))


def start_here(client: Client, machine: Machine, scope: str) -> Start:
    """Return the start of the memoryd that runs now, for programs that do not share this shell's environment."""
    program = our_command(machine)
    is_known = is_same(shutil.which(NAME, path=machine.desktop), program[0])
    return Start((*((NAME,) if is_known else program), *_arguments(client, scope)), machine.settings)


def our_command(machine: Machine) -> tuple[str, ...]:
    """Return how this very memoryd is started, by its path; the one on the `PATH` is preferred: it outlives an upgrade."""
    beside = str(machine.python.with_name(NAME))
    on_path = found_by_shell(machine)
    if on_path and is_program(beside) and is_same(on_path, beside):
        return (on_path,)
    # `-P`: the client starts it in a project, from which nothing must be imported.
    return (beside,) if is_program(beside) else (str(machine.python), "-P", "-m", NAME)


def found_by_shell(machine: Machine) -> str | None:
    """Return the path of the memoryd that this shell finds by its name, leaving out folders that depend on where the shell is."""
    given = machine.environment.get("PATH", "").split(os.pathsep)
    return shutil.which(NAME, path=os.pathsep.join(folder for folder in given if os.path.isabs(folder)))


def is_in_environment(program: str) -> bool:
    """Tell whether a path leads into a virtual environment, which must be active for a shell to look there."""
    return any((Path(program).parent.parent / mark).exists() for mark in MARKS_OF_ENVIRONMENTS)


def is_committed(file: Path) -> bool:
    """Tell whether git tracks a file, so that it is for others, too."""
    folder = next(one for one in file.parents if one.is_dir())
    asked = git(os.fsencode(folder), ["ls-files", "--error-unmatch", "-z", "--", f":(literal){file}"], GIT_SECONDS)
    return asked is not None and asked.returncode == 0


def is_of_others(found: Start, ours: Start, client: Client, machine: Machine) -> bool:
    """Tell whether somebody else than an earlier `install` chose the command of an entry, so that it is theirs to change.

    One that `install` could have written is theirs, too, if its path is not ours and leads to something that runs.
    """
    if not _is_made(found.command, client):
        return True
    program = found.command[0]
    return os.path.isabs(program) and program not in (ours.command[0], our_command(machine)[0]) and is_program(program)


def is_program(path: str) -> bool:
    """Tell whether there is a file that may be executed."""
    return os.path.isfile(path) and os.access(path, os.X_OK)


def is_same(path: str | None, other: str) -> bool:
    """Tell whether two paths lead to the same file."""
    return path is not None and os.path.realpath(path) == os.path.realpath(other)


def _is_made(command: tuple[str, ...], client: Client) -> bool:
    """Tell whether a command has the form of those that `install` writes, or once wrote."""
    name, rest = Path(command[0]).name, command[1:]
    if name.startswith("python"):
        rest = rest[1:] if rest[:1] == ("-P",) else rest
        name, rest = (NAME, rest[2:]) if rest[:2] == ("-m", NAME) else ("", ())
    return name == NAME and rest in (("mcp",), ("mcp", "--root", client.workspace))


def _arguments(client: Client, scope: str) -> tuple[str, ...]:
    return ("mcp", "--root", client.workspace) if client.workspace and scope == "project" else ("mcp",)
