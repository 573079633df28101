"""Reads the settings into one frozen object. The only module that reads or sets the environment, as the linter checks."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from memoryd.advice import NAME_PROJECT
from memoryd.errors import NotAProject, UsageError
from memoryd.model import Ranking, Secrets

INDEX_FOLDER = "index-v1"
"""The name of an index's folder, with its format's number: versions of memoryd with different formats do not disturb each other."""
SESSIONS_FOLDER = "sessions"
"""The folder, beside that of the index, with what is kept of the sessions of a project."""
CACHE_MEGABYTES = 512
PUSH_KEY = "MEMORYD_PUSH_SECRET"
"""The variable with the secret that git hosts know; with `_FILE` after it, the one with the file that holds it."""
LEAST_SECRET = 16
INDEX_FOLDERS = {Secrets.MASK: INDEX_FOLDER, Secrets.SHOW: f"{INDEX_FOLDER}-with-secrets"}
"""What holds secrets lies apart, so that no process that masks them ever reads it."""
SYSTEM_FOLDERS = frozenset((
    "/", *map("/{}".format, "bin dev home lib lib32 lib64 libx32 run sbin usr var".split()),
    *map("/usr/{}".format, "bin include lib lib32 lib64 libexec libx32 local sbin share".split()),
    *map("/var/{}".format, "cache lib log spool".split()),
    *map("/{}".format, "Applications Library System Users private private/var".split()),
))  # fmt: skip
"""Folders of the system, of Linux and macOS, below which there may be projects."""
SYSTEM_TREES = frozenset(("/boot", "/etc", "/private/etc", "/proc", "/sys"))
"""Folders of the system with all that is in them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`home` holds everything derived; `embedder` names a model; `workers` is how many parser processes may run.

    `secrets` says whether secret values are masked and secret files left out, `asks_daemon` whether commands ask a daemon that runs,
    `ranking` how units are ranked, `cache_bytes` how much the cache of facts may hold, 0 if there is to be none. `pulls_from` is the name
    of the remote that a refresh must ask, "" where it asks those that are worth it.
    """

    home: Path
    embedder: str = "static"
    workers: int = 2
    secrets: Secrets = Secrets.MASK
    asks_daemon: bool = True
    ranking: Ranking = Ranking.MODEL
    cache_bytes: int = CACHE_MEGABYTES * 1_000_000
    pulls_from: str = ""


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the variables `MEMORYD_…`. Raises `UsageError` for a bad value."""
    home = environment.get("MEMORYD_HOME", "")
    workers = environment.get("MEMORYD_WORKERS", "") or str(min(8, os.cpu_count() or 1))
    if not workers.isdigit() or not 1 <= int(workers) <= 64:
        raise UsageError(f"MEMORYD_WORKERS is {workers!r}; set it to a number from 1 to 64")
    secrets = environment.get("MEMORYD_SECRETS", "") or Secrets.MASK
    if secrets not in list(Secrets):
        raise UsageError(f"MEMORYD_SECRETS is {secrets!r}; set it to mask, or to show if secrets may be indexed and shown")
    daemon = environment.get("MEMORYD_DAEMON", "") or "ask"
    if daemon not in ("ask", "no"):
        raise UsageError(f"MEMORYD_DAEMON is {daemon!r}; set it to ask, or to no if commands should answer by themselves")
    ranking = environment.get("MEMORYD_RANKING", "") or Ranking.MODEL
    if ranking not in list(Ranking):
        raise UsageError(f"MEMORYD_RANKING is {ranking!r}; set it to model, or to formula for the ranking of before")
    cache = environment.get("MEMORYD_CACHE_MB", "") or str(CACHE_MEGABYTES)
    if not cache.isdecimal() or not cache.isascii() or int(cache) > 1_000_000:
        raise UsageError(f"MEMORYD_CACHE_MB is {cache!r}; set it to a number of megabytes up to 1000000, or to 0 for no cache")
    return Settings(
        home=Path(os.path.expanduser(home)).absolute() if home else _default_home(),
        embedder=environment.get("MEMORYD_EMBEDDER", "") or "static",
        workers=int(workers),
        secrets=Secrets(secrets),
        asks_daemon=daemon == "ask",
        ranking=Ranking(ranking),
        cache_bytes=int(cache) * 1_000_000,
    )


def push_secret(environment: Mapping[str, str] = os.environ) -> str:
    """Return the secret by which git hosts are known, "" if there is none. Raises `UsageError`, which does not tell it."""
    file = environment.get(f"{PUSH_KEY}_FILE", "")
    try:
        found = (Path(os.path.expanduser(file)).read_text("utf-8") if file else environment.get(PUSH_KEY, "")).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the file that {PUSH_KEY}_FILE names ({type(error).__name__})") from None
    if (file or found) and len(found) < LEAST_SECRET:
        raise UsageError(f"the secret of {PUSH_KEY} has less than {LEAST_SECRET} characters; make one: openssl rand -hex 32")
    return found


def remote_key(environment: Mapping[str, str] = os.environ) -> str:
    """Return the private key with which entries are signed (`MEMORYD_REMOTE_KEY`), "" if there is none."""
    return environment.get("MEMORYD_REMOTE_KEY", "").strip()


def allows_plain_http(service: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether a service (AWS, GOOGLE, AZURE) may be asked without TLS: one of our own, at an endpoint on this machine or network."""
    return environment.get(f"{service}_ALLOW_HTTP", "").lower() in ("1", "true", "yes", "on")


def settings_of_index(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables that decide which index answers, as far as they are set here: other programs may not have them."""
    settings = read_settings(environment)
    found = {"MEMORYD_HOME": str(settings.home), "MEMORYD_EMBEDDER": settings.embedder}
    return {name: value for name, value in found.items() if environment.get(name)}


def _default_home() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("memoryd", appauthor=False))


def client_roots(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Return the project of the client that started this process, if the client names it: Claude Code sets `CLAUDE_PROJECT_DIR`."""
    root = environment.get("CLAUDE_PROJECT_DIR", "")
    return (Path(root),) if root else ()


def transcript_folders(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Return the folders in which clients keep the transcripts of their sessions, whether they exist or not."""
    home = Path.home()
    data = Path(environment.get("XDG_DATA_HOME", "") or home / ".local" / "share")
    config = Path(environment.get("XDG_CONFIG_HOME", "") or home / ".config")
    named = [Path(os.path.expanduser(one.strip())) for one in environment.get("CLAUDE_CONFIG_DIR", "").split(",") if one.strip()]
    codex = Path(os.path.expanduser(environment.get("CODEX_HOME", "") or home / ".codex"))
    return (
        *(folder / "projects" for folder in named or (config / "claude", home / ".claude")),
        codex / "sessions",
        codex / "archived_sessions",
        home / ".gemini" / "tmp",
        data / "opencode" / "storage" / "message",
    )


def inherited_environment() -> dict[str, str]:
    """Return a copy of this process's environment, for child processes and to find the files of other programs."""
    return dict(os.environ)


def programs_path() -> tuple[str, ...]:
    """Return the folders in which programs are looked for by name (`PATH`)."""
    return tuple(os.get_exec_path())


def set_unless_given(name: str, value: str) -> None:
    """Set an environment variable that a library reads, unless it is set already."""
    os.environ.setdefault(name, value)


def allows_colour(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether a terminal may be written to in colour: not if `NO_COLOR` is set, or the terminal knows none."""
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def project_root(root: str | os.PathLike[str]) -> Path:
    """Return the absolute path that identifies a project. Raises `NotAProject` where there is no folder."""
    # Not the methods of `Path`, which fail for a loop of links and for a user that nobody knows.
    path = Path(os.path.realpath(os.path.expanduser(root)))
    if not path.exists():
        raise NotAProject(f"{path} does not exist", NAME_PROJECT)
    if not path.is_dir():
        raise NotAProject(f"{path} is not a folder", NAME_PROJECT)
    return path


def code_root(root: str | os.PathLike[str]) -> Path:
    """Return what `project_root` does, of a project to read. Raises `NotAProject` for a home folder, what is above it, and the system, too.

    A client, or a terminal, that was started nowhere in particular is there, and to read all of it would take very long. What is
    kept in git is a project.
    """
    # Not `Path.home`, which fails for a user without one, as containers have.
    path, home = project_root(root), Path(os.path.realpath(os.path.expanduser("~")))
    around = (path, *path.parents)
    what = (
        "your home folder" if path == home
        else "above your home folder" if path in home.parents
        else "a folder of the system" if str(path) in SYSTEM_FOLDERS or not SYSTEM_TREES.isdisjoint(map(str, around))
        else ""
    )  # fmt: skip
    if what and not any((one / ".git").exists() for one in around):
        raise NotAProject(f"{path} is {what}, and no project: it is in no git", NAME_PROJECT)
    return path


def project_folder(settings: Settings, root: Path) -> Path:
    """Return the folder that holds everything derived from a project, named after the project and a digest of its path."""
    digest = hashlib.blake2b(os.fsencode(root), digest_size=6).hexdigest()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", root.name)[:40] or "root"
    return settings.home / "projects" / f"{name}-{digest}"


def index_folder(settings: Settings, root: Path) -> Path:
    """Return the folder of a project's index."""
    return project_folder(settings, root) / INDEX_FOLDERS[settings.secrets]
