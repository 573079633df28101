"""Runs an indexer that is installed on a copy of the project's files: what it writes or takes for settings is not the project's.

The copy holds what is indexed, with secrets masked. No program of the project is run: its own folders are not looked in.
"""

import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path

from memoryd.config import programs_path
from memoryd.errors import IndexerFailed, UsageError
from memoryd.text import escaped
from memoryd.versions import Stale, View

SECONDS = 3_600
MOST_TRIES = 30
UNIMPORTABLE = re.compile(r"no importable module name: ([^\n]+)")
"""What ty-scip says of a file that is no module; the whole project fails by it."""
SCRIPT_SETTINGS = re.compile(r"(?:^|/)(?:tsconfig[^/]*|jsconfig|package)\.json$")
MADE = "index.scip"


@dataclass(frozen=True, slots=True)
class Program:
    """An indexer: the languages whose files it is given, the arguments it is run with in their folder, and how to install it."""

    name: str
    languages: frozenset[str]
    arguments: Callable[[Path, Path], Sequence[str]]
    install: str


def _typescript(folder: Path, made: Path) -> Sequence[str]:
    inferred = () if (folder / "tsconfig.json").exists() else ("--infer-tsconfig",)
    return ("index", *inferred, "--no-progress-bar", "--output", str(made))


def _ty(_folder: Path, made: Path) -> Sequence[str]:
    return ("--quiet", "--output", str(made), ".")


def _python(_folder: Path, made: Path) -> Sequence[str]:
    # Without a version it asks git for one, and fails where there is none.
    return ("index", ".", "--project-name", "project", "--project-version", "0", "--output", str(made))


SCRIPTS, PYTHON = frozenset(("typescript", "tsx", "javascript")), frozenset(("python",))
PROGRAMS = {
    "ty-scip": Program("ty-scip", PYTHON, _ty, "pip install 'memoryd[exact]'"),
    "scip-typescript": Program("scip-typescript", SCRIPTS, _typescript, "npm install --global @sourcegraph/scip-typescript"),
    "scip-python": Program("scip-python", PYTHON, _python, "npm install --global @sourcegraph/scip-python"),
}


def chosen(view: View, name: str) -> list[Program]:
    """Return the program of a name, or where it is "" those that are installed for the project's languages, one for each.

    Raises `UsageError` if there is none.
    """
    languages = {record.language for record in view.records.values() if not record.skipped}
    if name:
        if _found(name, view.root) is None:
            raise UsageError(f"{name} is not installed; run: {PROGRAMS[name].install}")
        return [PROGRAMS[name]]
    fitting = [one for one in PROGRAMS.values() if one.languages & languages]
    if not fitting:
        raise UsageError("no indexer is known for the languages of this project; make a SCIP index and run: memoryd graph import FILE")
    best = {one.languages: one for one in reversed(fitting) if _found(one.name, view.root)}
    if not best:
        raise UsageError(f"no indexer is installed; run: {fitting[0].install}")
    return sorted(best.values(), key=lambda one: one.name)


def run(view: View, program: Program, changing: frozenset[str]) -> bytes:
    """Return the SCIP index that a program makes of a view. Raises `IndexerFailed`, or `Stale` if a file changed meanwhile."""
    path = _found(program.name, view.root)
    if path is None:
        raise UsageError(f"{program.name} is not installed; run: {program.install}")
    with tempfile.TemporaryDirectory(prefix="memoryd-") as temporary:
        folder, made = Path(temporary) / "project", Path(temporary) / MADE
        _copy(view, program, folder, changing)
        said = ""
        for _ in range(MOST_TRIES):
            said = _tried([path, *program.arguments(folder, made)], folder)
            if made.is_file():
                return made.read_bytes()
            unfit = UNIMPORTABLE.search(said)
            if unfit is None or not _left_out(folder, unfit[1].strip()):
                break
        raise IndexerFailed(f"{program.name} made no index of this project", escaped(said[-500:].strip()))


def _found(name: str, root: Path) -> str | None:
    """Return where a program is: beside our own Python, or on the path; never in the project."""
    folders = [sysconfig.get_path("scripts"), *programs_path()]
    ours = [place for place in folders if os.path.isabs(place) and not Path(os.path.realpath(place)).is_relative_to(root)]
    return shutil.which(name, path=os.pathsep.join(ours))


def _copy(view: View, program: Program, folder: Path, changing: frozenset[str]) -> None:
    folder.mkdir()
    for path, record in view.records.items():
        is_asked = record.language in program.languages or (program.languages is SCRIPTS and SCRIPT_SETTINGS.search(path))
        if record.skipped or not is_asked or path in changing or (record.language == "python" and not _is_module(path)):
            continue
        text = view.source(path)
        if text is None:
            raise Stale((path,))
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)


def _is_module(path: str) -> bool:
    """Tell whether Python could import a file by its path: ty-scip takes no others."""
    return all(part.isidentifier() and not iskeyword(part) for part in path.removesuffix(".pyi").removesuffix(".py").split("/"))


def _left_out(folder: Path, path: str) -> bool:
    """Remove a file that an indexer cannot take from the copy; return whether it was there."""
    unfit = folder / path
    if not unfit.resolve().is_relative_to(folder.resolve()) or not unfit.is_file():
        return False
    unfit.unlink()
    return True


def _tried(command: Sequence[str], folder: Path) -> str:
    """Run a program and return what it said, however it ended."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise IndexerFailed(f"{Path(command[0]).name} cannot be run", error) from error
    return (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace")
