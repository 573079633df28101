"""Runs git, so that it executes nothing the repository names and writes nothing. The only way to run it."""

import logging
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import IO

from memoryd.config import inherited_environment, programs_path
from memoryd.files.names import path_text
from memoryd.files.repository import is_endless, is_pipe, let_go, read_by_git

GIT_SECONDS = 30
"""How long git may take to list files before it counts as missing. A listing of 48,000 files takes 40 ms."""
QUICK_SECONDS = 0.25
"""After which time it is looked whether git waits for a pipe."""
STEP_SECONDS = 0.01
"""How often it is looked again where there are pipes."""
ORIGIN = b"file:"

log = logging.getLogger("memoryd")


def git(folder: bytes, arguments: Sequence[str | bytes], seconds: float, given: bytes = b"") -> "subprocess.CompletedProcess[bytes] | None":
    """Run git in a folder with `given` as its input; return `None` where it is missing or takes longer than `seconds`.

    Git executes nothing that the repository names (except what `arguments` turn on), writes nothing and fetches nothing. A named
    pipe in the place of a file that it reads is empty to it.
    """
    return _run(folder, arguments, seconds, given, "")


def git_remote(folder: bytes, arguments: Sequence[str | bytes], seconds: float) -> "subprocess.CompletedProcess[bytes] | None":
    """Run git as `git` does, and let it ask the repository whose address somebody gave: by HTTPS, SSH, git's own protocol, or a folder."""
    return _run(folder, arguments, seconds, b"", "https:ssh:git:file")


def _run(
    folder: bytes, arguments: Sequence[str | bytes], seconds: float, given: bytes, protocols: str
) -> "subprocess.CompletedProcess[bytes] | None":
    absolute = [place for place in programs_path() if os.path.isabs(place)]  # "." could be a `git` of the project
    program = shutil.which("git", path=os.pathsep.join(absolute))
    if program is None:
        return None
    command = [program, "--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-C", os.fsdecode(folder), *arguments]
    try:
        with subprocess.Popen(
            command, env=_git_environment(protocols), stdin=subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            # What `communicate` has not written when it is interrupted, it never writes: git would wait for it.
            stdin, process.stdin = process.stdin, None
            feeding = threading.Thread(target=_feed, args=(stdin, given), daemon=True) if stdin else None
            if feeding:
                feeding.start()
            try:
                out, err = _communicate(process, folder, seconds)
            finally:
                process.kill()  # if its time is over
                if feeding:
                    feeding.join(QUICK_SECONDS)  # what git started may hold the other end open
            return subprocess.CompletedProcess(command, process.returncode, out, err)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _feed(stdin: IO[bytes], given: bytes) -> None:
    with suppress(OSError), stdin:  # it ended, and wanted no more
        stdin.write(given)


def _communicate(process: "subprocess.Popen[bytes]", folder: bytes, seconds: float) -> tuple[bytes, bytes]:
    """Return what git prints, and have it go on wherever it waits for a pipe. Raises `TimeoutExpired`."""
    now = time.monotonic()
    until, quick = now + seconds, now + QUICK_SECONDS
    places = _pipes.get(folder, [])
    is_looked_for = False
    while True:
        pause = STEP_SECONDS if places else until - now if is_looked_for else quick - now
        try:
            return process.communicate(timeout=max(0.0, min(pause, until - now)))
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if now >= until:
                raise
        if not is_looked_for and now >= quick:
            places, is_looked_for = _found_pipes(folder), True
        for place in places:
            let_go(place)


_pipes: dict[bytes, list[bytes]] = {}
"""The pipes for which git has waited, by folder."""


def _found_pipes(folder: bytes) -> list[bytes]:
    """Return the pipes for which git may be waiting, and say so once. Raises `TimeoutExpired` where git would read without end."""
    found = list(read_by_git(folder, [*_usual_settings(), *_excludes(folder)]))
    if endless := next(filter(is_endless, found), None):
        log.warning("%s leads to a pipe or device; git is not asked about %s", path_text(endless), path_text(folder))
        raise subprocess.TimeoutExpired("git", QUICK_SECONDS)
    places = list(filter(is_pipe, found))
    if places and folder not in _pipes:
        log.warning("%s is a named pipe, which counts as empty; remove it", path_text(places[0]))
    if places:
        _pipes[folder] = places
    return places


def _git_environment(protocols: str) -> dict[str, str]:
    """Return our environment without variables that point git elsewhere, with prompting turned off, and fetching but by `protocols`.

    The variables by which users place their own configuration are kept.
    """
    kept = {key: value for key, value in inherited_environment().items() if not key.startswith("GIT_") or key.startswith(GIT_KEPT)}
    closed = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": protocols, "GIT_TERMINAL_PROMPT": "0"}
    return kept | closed | {"LC_ALL": "C"}


GIT_KEPT = ("GIT_CONFIG_", "GIT_CEILING_DIRECTORIES")


def git_settings(folder: bytes) -> list[bytes]:
    """Return the files, whether they exist or not, that say what git ignores in a folder beside those in its work tree."""
    done = git(folder, ["config", "--list", "--show-origin", "--includes", "-z"], GIT_SECONDS)
    said = done.stdout.split(b"\0") if done is not None else []
    found = [os.path.join(folder, origin.removeprefix(ORIGIN)) for origin in said[::2] if origin.startswith(ORIGIN)]
    found += [value.partition(b"\n")[2] for value in said[1::2] if value.startswith(b"core.excludesfile\n")]
    return [os.path.expanduser(place) for place in dict.fromkeys([*found, *_usual_settings()])]


def _excludes(folder: bytes) -> list[bytes]:
    """Return the file that users have git ignore by; none where git does not say so at once."""
    done = git(folder, ["config", "--path", "--null", "--get", "core.excludesFile"], QUICK_SECONDS)
    return [done.stdout.rstrip(b"\0")] if done is not None and done.stdout else []


def _usual_settings() -> list[bytes]:
    """Return the files in which users keep settings of git, whether they exist or not."""
    environment = inherited_environment()
    named = [os.fsencode(environment.get(name, "")) for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM")]
    private = os.fsencode(environment.get("XDG_CONFIG_HOME", "")) or b"~/.config"
    found = [b"~/.gitconfig", os.path.join(private, b"git/config"), os.path.join(private, b"git/ignore"), *filter(None, named)]
    return [os.path.expanduser(place) for place in found]


def git_ignored(folder: bytes, paths: Iterable[bytes]) -> frozenset[bytes]:
    """Return those of some paths, relative to a folder, that git's rules exclude; none where git does not answer."""
    given = b"".join(path + b"\0" for path in paths)
    done = git(folder, ["check-ignore", "-z", "--stdin", "--no-index"], GIT_SECONDS, given) if given else None
    return frozenset(done.stdout.split(b"\0")) if done is not None and done.returncode == 0 else frozenset()
