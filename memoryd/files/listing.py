"""Lists the names in a project's folders: from git where git answers, else from the folders and their ignore files.

Both ways return a function from a folder to the names in it (paths are bytes relative to the root, "" is the root).
"""

import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from memoryd.files.git_calls import GIT_SECONDS, git
from memoryd.files.names import open_file
from memoryd.runtime import late

if TYPE_CHECKING:
    import pathspec
else:
    pathspec = late("pathspec")  # which only folders without git need

Names = Callable[[bytes], Collection[bytes]]
"""Returns the names in a folder that are not ignored. Raises `OSError` where the folder cannot be read."""

MATCHER = "simple"
"""The matcher of pathspec that takes every name of a file: RE2, which it prefers where it is installed, takes UTF-8 alone."""
IGNORE_FILES = frozenset((b".gitignore", b".ignore", b".memorydignore"))
"""The names of the files by which a project says what is not listed."""
IGNORE_FILE_BYTES = 1_000_000
CLOSED = b"could not open directory '"
"""What git says before the name of such a folder."""


def join(folder: bytes, name: bytes) -> bytes:
    """Join two relative paths; the empty path is the root."""
    return folder + b"/" + name if folder else name


def git_names(root: bytes, base: bytes) -> Names | None:
    """List the files below `base` in its git work tree: tracked ones, and untracked ones that are not ignored.

    Return `None` where git is missing, refuses (foreign owner, damage), or takes too long. A submodule or a nested repository
    appears as a folder whose only name is `.git`: the caller lists it separately.
    """
    output = _git_output(os.path.join(root, base) if base else root)
    if output is None:
        return None
    listed, unreadable = output
    names: dict[bytes, dict[bytes, None]] = {base: {}}
    for path in (*listed, *unreadable):
        _enter(names, join(base, path.rstrip(b"/")))

    def of(folder: bytes) -> Collection[bytes]:
        known = names.get(folder)
        if known is None:  # git lists a folder itself, not the files in it, where it does not descend
            return [name for name in os.listdir(os.path.join(root, folder)) if name == b".git"]
        return known

    return of


def _enter(names: dict[bytes, dict[bytes, None]], path: bytes) -> None:
    """Add a path to the names of its folder, and that folder to the one above, up to the first folder that is known."""
    folder, _, name = path.rpartition(b"/")
    known = names.get(folder)
    if known is None:
        known = names[folder] = {}
        if folder:
            _enter(names, folder)
    known[name] = None


def _git_output(folder: bytes) -> tuple[list[bytes], list[bytes]] | None:
    """Return the paths that git lists below a folder, and the folders it could not open; `None` where git does not answer."""
    # The last pattern outranks every ignore file: a private `.memorydignore` counts although git ignores it.
    arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--exclude=!.memorydignore"]
    done = git(folder, arguments, GIT_SECONDS)
    if done is None or done.returncode != 0:
        return None
    return [path for path in done.stdout.split(b"\0") if path], unreadable(folder, done.stderr)


def unreadable(folder: bytes, complaints: bytes) -> list[bytes]:
    """Return the folders that git's warnings say it could not open, relative to the top of the work tree."""
    told = (line.partition(CLOSED)[2].partition(b"': ") for line in complaints.split(b"\n"))
    found = [path.removesuffix(b"/") for path, end, _ in told if end]
    if not found:
        return []
    top = folder
    while top != b"/" and not os.path.lexists(os.path.join(top, b".git")):
        top = os.path.dirname(top)
    inside = [os.path.relpath(os.path.join(top, path), folder) for path in found]
    return [path for path in inside if path != b"." and not path.startswith(b"../")]


@dataclass(frozen=True, slots=True)
class Rules:
    """The ignore rules of a folder and the folders above it; the innermost decide first."""

    levels: "tuple[tuple[int, Compiled], ...]" = ()

    def within(self, root: bytes, folder: bytes, files: tuple[bytes, ...], names: Collection[bytes]) -> "Rules":
        """Return these rules extended by the folder's ignore files among `files`, of which the last outranks the others."""
        lines = [line for file in files if file in names for line in _lines(os.path.join(root, folder, file))]
        if not lines:
            return self
        return Rules(((len(join(folder, b"")), compiled(lines)), *self.levels))

    def ignore(self, path: bytes, is_folder: bool) -> bool:
        """Tell whether the rules exclude a path; its folder is not excluded."""
        for skip, rules in self.levels:
            text = path[skip:].decode("utf-8", "surrogateescape") + ("/" if is_folder else "")
            if rules.any.match(text):  # as hardly any name does
                verdict = rules.spec.check_file(text).include
                if verdict is not None:
                    return verdict
        return False


class Compiled(NamedTuple):
    """The rules of a folder, and an expression that matches what any of them matches."""

    spec: "pathspec.GitIgnoreSpec"
    any: "re.Pattern[str]"


NO_RULES = Rules()
ANYWHERE = "^(?:.+/)?"
"""How the regular expression of a rule for names at any depth begins. All begin with `^`."""
FOLDER_GROUP = "(?P<ps_d>"
"""How a group begins in these by which pathspec tells rules for folders: a name of which an expression may have one."""
NEVER = "(?!)"


def _lines(file: bytes) -> list[str]:
    try:
        descriptor = open_file(file, None)
    except OSError:
        return []
    with os.fdopen(descriptor, "rb") as opened:
        return rule_lines(opened.read(IGNORE_FILE_BYTES))


def rule_lines(source: bytes) -> list[str]:
    """Return the lines of an ignore file."""
    return source.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").splitlines()


def compiled(lines: list[str]) -> Compiled:
    """Compile ignore rules; as in git, an invalid line excludes nothing."""
    try:
        spec = pathspec.GitIgnoreSpec.from_lines(lines, backend=MATCHER)
    except (ValueError, re.error):
        spec = pathspec.GitIgnoreSpec.from_lines([line for line in lines if makes_sense(line)], backend=MATCHER)
    regexes = [rule.regex.pattern.replace(FOLDER_GROUP, "(?:") for rule in spec.patterns if rule.regex is not None]
    # Most rules are for names at any depth: the folders before these are looked through once for all.
    deep = "|".join(f"(?:{regex.removeprefix(ANYWHERE)})" for regex in regexes if regex.startswith(ANYWHERE))
    others = [f"(?:{regex})" for regex in regexes if not regex.startswith(ANYWHERE)]
    return Compiled(spec, re.compile("|".join([*([f"{ANYWHERE}(?:{deep})"] if deep else []), *others]) or NEVER))


def makes_sense(line: str) -> bool:
    """Tell whether a line of an ignore file is a rule, a comment or blank."""
    try:
        pathspec.GitIgnoreSpec.from_lines([line], backend=MATCHER)
    except (ValueError, re.error):
        return False
    return True


def folder_names(root: bytes, base: bytes) -> Names:
    """List the folders below `base` by reading them, without the names that `.gitignore` and `.ignore` files exclude."""
    rules: dict[bytes, Rules] = {}

    def of(folder: bytes) -> Collection[bytes]:
        with os.scandir(join(root, folder) if folder else root) as found:
            entries = {entry.name: entry for entry in found}
        here = NO_RULES if folder == base else rules.get(folder.rpartition(b"/")[0], NO_RULES)
        if b".gitignore" in entries or b".ignore" in entries:
            here = here.within(root, folder, (b".gitignore", b".ignore"), entries.keys())
        if not here.levels:
            return entries.keys()
        rules[folder] = here
        return [name for name, entry in entries.items() if not here.ignore(join(folder, name), entry.is_dir(follow_symlinks=False))]

    return of
