"""Replacing a file: whoever is killed at any step leaves the old file or the new one, whole, and is in nobody's way."""

import json
import multiprocessing
import os
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from memoryd.files import PRIVATE, create_in, discard_leftovers, replace_file, replace_in, replace_likewise, replace_quickly, replacing
from tests.project import DEADLINE

OLD, NEW = b"old" * 50_000, b"new" * 70_000


def _streamed(file: Path, data: bytes) -> None:
    with replacing(file) as opened:
        for start in range(0, len(data), 40_000):
            opened.write(data[start : start + 40_000])


def _in_folder(file: Path, data: bytes, write: Callable[[int, str, bytes], None] = replace_in) -> None:
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        write(folder, file.name, data)
    finally:
        os.close(folder)


def _created(file: Path, data: bytes) -> None:
    _in_folder(file, data, create_in)


WRITES: dict[str, Callable[[Path, bytes], None]] = {
    "a file": replace_file,
    "a hint": replace_quickly,
    "a file with its mode": replace_likewise,
    "a stream": _streamed,
    "in an open folder": _in_folder,
    "a new file": _created,
}


def _killed_at_each_step(folder: Path, name: str) -> None:
    """Write once for each call that leaves Python, killed right before it; say in `found.json` what that left behind."""
    write, file, found = WRITES[name], folder / "file", []
    is_new = write is _created
    for step in range(1, 1_000):
        file.unlink(missing_ok=True)
        if not is_new:
            file.write_bytes(OLD)
        child = os.fork()
        if child == 0:
            _kill_at(step)
            write(file, NEW)
            os._exit(0)
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        left = file.read_bytes() if file.exists() else None
        if is_new:
            file.unlink(missing_ok=True)
        write(file, OLD)
        is_whole = file.read_bytes() == OLD and not any(folder.glob(".*.new"))
        found.append(("old" if left in (OLD, None) else "new" if left == NEW else "half", is_whole))
        if not killed:
            break
    (folder / "found.json").write_text(json.dumps(found))


def _kill_at(step: int) -> None:
    left = step

    def look(_: FrameType, event: str, __: Any) -> None:
        nonlocal left
        left -= event == "c_call"
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(look)


@pytest.mark.parametrize("name", WRITES)
def test_killed_at_any_step_the_file_is_the_old_or_the_new_one_and_the_next_write_succeeds(name: str, tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_killed_at_each_step, args=(tmp_path, name))
    process.start()
    process.join(DEADLINE)
    assert process.exitcode == 0
    found = json.loads((tmp_path / "found.json").read_text())
    assert len(found) > 10
    states = [state for state, _ in found]
    assert states == sorted(states, reverse=True), "first it is the old one, from some step on the new one"
    assert set(states) == {"old", "new"}
    assert all(succeeded for _, succeeded in found)


@pytest.mark.parametrize("name", WRITES)
def test_what_a_killed_writer_left_is_removed_and_what_a_living_one_writes_is_not(name: str, tmp_path: Path) -> None:
    left, foreign = (tmp_path / left for left in (".a.b.000000000001.new", ".file.new"))
    left.write_bytes(b"half")
    foreign.write_bytes(b"not ours")
    os.utime(foreign, (0, 0))
    with replacing(tmp_path / "other") as living:
        living.write(b"half")
        living.flush()
        [ours] = set(tmp_path.iterdir()) - {left, foreign}
        os.utime(ours, (0, 0))
        WRITES[name](tmp_path / "file", NEW)
        discard_leftovers(tmp_path)
        assert set(tmp_path.iterdir()) == {tmp_path / "file", ours, foreign}
        living.write(b", then whole")
    assert (tmp_path / "other").read_bytes() == b"half, then whole"
    assert set(tmp_path.iterdir()) == {tmp_path / "file", tmp_path / "other", foreign}


def _interrupted(file: Path, error: type[BaseException]) -> None:
    with replacing(file) as opened:
        opened.write(NEW)
        raise error


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(error: type[BaseException], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(OLD)
    with pytest.raises(error):
        _interrupted(tmp_path / "file", error)
    with pytest.raises(FileExistsError):
        _created(tmp_path / "file", NEW)
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        replace_file(tmp_path / "folder", NEW)
    assert (tmp_path / "file").read_bytes() == OLD
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder"}


def test_modes_are_those_that_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "file"
    before = os.umask(0o027)
    try:
        steps: list[tuple[Callable[[], None], int]] = [
            (lambda: replace_likewise(file, NEW), 0o640),
            (lambda: replace_file(file, NEW, PRIVATE), 0o600),
            (lambda: replace_quickly(file, NEW), 0o640),
            (lambda: replace_quickly(file, NEW, PRIVATE), 0o600),
            (lambda: file.chmod(0o755), 0o755),
            (lambda: replace_likewise(file, OLD), 0o755),
        ]
        for write, mode in steps:
            write()
            assert stat.S_IMODE(file.stat().st_mode) == mode
    finally:
        os.umask(before)


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(OLD)
    (tmp_path / "link").symlink_to(tmp_path / "target")
    replace_file(tmp_path / "link", NEW)
    assert ((tmp_path / "target").read_bytes(), (tmp_path / "link").is_symlink()) == (OLD, False)
