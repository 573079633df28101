"""The secret of a data folder: one for all who need it at once, for our user alone, and no secret once others may have read it."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.daemon import ask, ensure, forget_secret, secret_of, stop
from memoryd.errors import StoreUnusable, UnknownHandle
from memoryd.memory import ProjectMemory
from tests import warm
from tests.project import SOURCE_ROOT, Shell, finish

NEED = "import sys; from pathlib import Path; from memoryd.daemon import secret_of; print(secret_of(Path(sys.argv[1])))"


def test_those_who_need_it_at_once_agree_on_one(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    command = [sys.executable, "-c", NEED, str(home)]
    processes = [subprocess.Popen(command, cwd=SOURCE_ROOT, stdout=subprocess.PIPE, umask=0) for _ in range(3)]
    with ThreadPoolExecutor(8) as pool:
        ours = set(pool.map(lambda _: secret_of(home), range(64)))
    found = ours | {finish(process).text.strip() for process in processes}
    assert len(found) == 1
    assert len(min(found)) == 43
    assert sorted(os.listdir(home)) == [".memorydignore", "secret"]
    assert [stat.S_IMODE(place.stat().st_mode) for place in (home / "secret", home, home.parent)] == [0o600, 0o700, 0o700]


def test_a_secret_in_a_project_is_no_part_of_it(root: Path) -> None:
    home = root / "state"
    home.mkdir()
    (home / ".memorydignore").touch()  # as a full disk left it
    secret_of(home)
    with ProjectMemory(root, Settings(home, "hash", 1)) as memory, pytest.raises(UnknownHandle):
        memory.show("state/secret")


def test_a_secret_that_is_none_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    first = secret_of(tmp_path)
    file.chmod(0o640)
    with pytest.raises(StoreUnusable, match=r"other users may read .* memoryd token revoke local"):
        secret_of(tmp_path)
    forget_secret(tmp_path)
    assert secret_of(tmp_path) != first
    for damage in (b"", b"guessable", b"\xff" * 43, b"x" * 44):
        file.write_bytes(damage)
        with pytest.raises(StoreUnusable, match="damaged"):
            secret_of(tmp_path)
    (tmp_path / "elsewhere").write_text(f"{first}\n")
    others: tuple[Callable[[], None], ...] = (lambda: file.symlink_to(tmp_path / "elsewhere"), lambda: os.mkfifo(file), file.mkdir)
    for put in others:
        file.unlink()
        put()
        with pytest.raises(StoreUnusable):
            secret_of(tmp_path)


def test_a_secret_of_somebody_else_is_refused(tmp_path: Path) -> None:
    if os.getuid():
        pytest.skip("needs root, to make a file of another user")
    secret_of(tmp_path)
    os.chown(tmp_path / "secret", 65534, 65534)
    with pytest.raises(StoreUnusable, match="no file of yours"):
        secret_of(tmp_path)


def test_a_daemon_that_starts_replaces_a_secret_that_others_could_read(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", "hash", 1)
    known = secret_of(settings.home)
    (settings.home / "secret").chmod(0o644)
    try:
        assert ask(ensure(settings), "GET", "/v1/projects")[0] == 200
        assert secret_of(settings.home) != known
    finally:
        stop(settings)


def test_the_command_line_prints_the_secret_alone_and_revokes_it(shell: Shell) -> None:
    told = warm.run(shell, "token", "local")
    assert (told.code, told.err, told.text) == (0, "", f"{secret_of(shell.home)}\n")
    assert warm.run(shell, "token", "local").text == told.text
    assert warm.run(shell, "token", "revoke", "local").code == 0
    assert warm.run(shell, "token", "local").text not in ("", told.text)
