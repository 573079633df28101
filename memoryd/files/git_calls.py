"""Runs git, so that it executes nothing the repository names and writes nothing. The only way to run it."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence

from memoryd.config import inherited_environment, programs_path

GIT_SECONDS = 30
"""How long git may take to list files before it counts as missing. A listing of 48,000 files takes 40 ms."""
ORIGIN = b"file:"


def git(folder: bytes, arguments: Sequence[str | bytes], seconds: float, given: bytes = b"") -> "subprocess.CompletedProcess[bytes] | None":
    """Run git in a folder with `given` as its input; return `None` where it is missing or takes longer than `seconds`.

    Git executes nothing that the repository names (except what `arguments` turn on), writes nothing and fetches nothing.
    """
    absolute = [place for place in programs_path() if os.path.isabs(place)]  # "." could be a `git` of the project
    program = shutil.which("git", path=os.pathsep.join(absolute))
    if program is None:
        return None
    command = [program, "--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-C", os.fsdecode(folder), *arguments]
    try:
        return subprocess.run(command, env=_git_environment(), input=given, capture_output=True, timeout=seconds, check=False)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _git_environment() -> dict[str, str]:
    """Return our environment without variables that point git elsewhere, and with fetching and prompting turned off.

    The variables by which users place their own configuration are kept.
    """
    kept = {key: value for key, value in inherited_environment().items() if not key.startswith("GIT_") or key.startswith(GIT_KEPT)}
    closed = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "GIT_TERMINAL_PROMPT": "0"}
    return kept | closed | {"LC_ALL": "C"}


GIT_KEPT = ("GIT_CONFIG_", "GIT_CEILING_DIRECTORIES")


def git_settings(folder: bytes) -> list[bytes]:
    """Return the files, whether they exist or not, that say what git ignores in a folder beside those in its work tree."""
    done = git(folder, ["config", "--list", "--show-origin", "--includes", "-z"], GIT_SECONDS)
    said = done.stdout.split(b"\0") if done is not None else []
    found = [os.path.join(folder, origin.removeprefix(ORIGIN)) for origin in said[::2] if origin.startswith(ORIGIN)]
    found += [value.partition(b"\n")[2] for value in said[1::2] if value.startswith(b"core.excludesfile\n")]
    environment = inherited_environment()
    named = [os.fsencode(environment.get(name, "")) for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM")]
    private = os.fsencode(environment.get("XDG_CONFIG_HOME", "")) or b"~/.config"
    found += [b"~/.gitconfig", os.path.join(private, b"git/config"), os.path.join(private, b"git/ignore"), *filter(None, named)]
    return [os.path.expanduser(place) for place in dict.fromkeys(found)]


def git_ignored(folder: bytes, paths: Iterable[bytes]) -> frozenset[bytes]:
    """Return those of some paths, relative to a folder, that git's rules exclude; none where git does not answer."""
    given = b"".join(path + b"\0" for path in paths)
    done = git(folder, ["check-ignore", "-z", "--stdin", "--no-index"], GIT_SECONDS, given) if given else None
    return frozenset(done.stdout.split(b"\0")) if done is not None and done.returncode == 0 else frozenset()
