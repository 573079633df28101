"""What was parsed once is not parsed again: a cache of facts by content, with which an index is to the last bit what it is without."""

import random
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.config import Settings, read_settings
from memoryd.errors import UsageError
from memoryd.memory import ProjectMemory
from memoryd.model import RefreshReport
from tests.fakes import counting_embedder
from tests.project import CART, FILES, MONEY, fresh_rows, rows, write

OTHER = {**FILES, "shop/money.py": MONEY + "\n\ndef of_other():\n    pass\n", "shop/extra.py": CART.replace("Cart", "Extra")}
STATES = (FILES, OTHER, {path: FILES[path] for path in list(FILES)[:2]}, {**OTHER, "shop/cart.py": "def broken(:\n", "a.bin": "\0\1"})


def become(root: Path, files: dict[str, str]) -> None:
    """Have a folder hold these files and no others."""
    shutil.rmtree(root, ignore_errors=True)
    write(root, files)


def file_of(home: Path) -> Path:
    return home / "facts/facts.sqlite"


def work(report: RefreshReport) -> tuple[int, int]:
    return report.parsed, report.embedded


def test_what_was_indexed_before_is_neither_parsed_nor_embedded(tmp_path: Path) -> None:
    root, home, embedder = tmp_path / "project", tmp_path / "home", counting_embedder()
    become(root, FILES)
    with ProjectMemory(root, Settings(home, "counting", workers=1)) as memory:
        memory.refresh()
        assert not file_of(home).exists()  # a first index has nothing to keep
        become(root, OTHER)
        assert work(memory.refresh())[0] == 2
        embedder.texts.clear()
        for files in (FILES, OTHER, STATES[2], FILES):  # another branch and back, a folder removed and restored
            become(root, files)
            assert work(memory.refresh()) == (0, 0)
        assert embedder.texts == []
        # Another checkout that is no sibling has the same files at the same paths.
        second = tmp_path / "second"
        become(second, STATES[2])
        with ProjectMemory(second, Settings(home, "counting", workers=1)) as another:
            another.refresh()
            become(second, OTHER)
            assert work(another.refresh()) == (0, 0)
        # At another path the rows are others.
        write(root, {"shop/again.py": OTHER["shop/extra.py"]})
        assert memory.refresh().parsed == 1
    modes = {place.stat().st_mode & 0o77 for place in (home / "facts", *(home / "facts").iterdir())}
    assert modes == {0}


@given(st.lists(st.sampled_from(range(len(STATES))), min_size=2, max_size=5), st.sampled_from((0, 40_000, 10**9)), st.integers(0, 99))
@settings(max_examples=6, deadline=None)
def test_with_and_without_the_cache_an_index_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], limit: int, seed: int
) -> None:
    base, chance = tmp_path_factory.mktemp("walk"), random.Random(seed)
    root, home = base / "project", base / "home"
    for step in steps:
        become(root, STATES[step])
        with ProjectMemory(root, Settings(home, "hash", workers=1, cache_bytes=limit)) as memory:
            memory.refresh()
            skipped = memory.status().skipped
        if chance.random() < 0.5 and file_of(home).exists():
            data = bytearray(file_of(home).read_bytes())
            for _ in range(chance.randrange(200)):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            file_of(home).write_bytes(data)
    assert rows(root, home) == fresh_rows(root, base / "fresh")
    with ProjectMemory(root, Settings(base / "fresh", "hash", workers=1)) as memory:
        assert memory.status().skipped == skipped
    assert (limit > 0 and len(set(steps)) > 1) or not file_of(home).exists()
    shutil.rmtree(base)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _changed(data: bytes) -> bytes:
    return data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]


@pytest.mark.parametrize("damaged", [_cut, _changed, lambda _: b"", lambda _: None])
def test_a_damaged_entry_is_parsed_and_kept_anew(tmp_path: Path, damaged: Callable[[bytes], bytes | None]) -> None:
    root, home = tmp_path / "project", tmp_path / "home"
    root.mkdir()
    with ProjectMemory(root, Settings(home, "hash", workers=1)) as memory:
        for files in (FILES, OTHER):
            become(root, files)
            memory.refresh()
        with sqlite3.connect(file_of(home)) as opened:
            for number, data in opened.execute("SELECT number, rows FROM contents").fetchall():
                if (left := damaged(data)) is None:
                    opened.execute("DELETE FROM contents WHERE number = ?", (number,))
                else:
                    opened.execute("UPDATE contents SET rows = ? WHERE number = ?", (left, number))
        become(root, FILES)
        assert memory.refresh().parsed == 1
        become(root, OTHER)
        memory.refresh()
        become(root, FILES)
        assert memory.refresh().parsed == 0
    assert rows(root, home) == fresh_rows(root, tmp_path / "fresh")


def test_the_cache_stays_within_its_limit_and_keeps_what_was_used_last(tmp_path: Path) -> None:
    root, home = tmp_path / "project", tmp_path / "home"
    become(root, FILES)
    chosen = Settings(home, "hash", workers=1, cache_bytes=60_000)
    with ProjectMemory(root, chosen) as memory:
        for number in range(12):
            memory.refresh()
            write(root, {"shop/money.py": MONEY + f"\n\nNUMBER = {number}\n"})
        with sqlite3.connect(file_of(home)) as opened:
            assert 0 < opened.execute("SELECT sum(size) FROM packs").fetchone()[0] <= chosen.cache_bytes
            assert opened.execute("SELECT count(*) FROM files WHERE pack NOT IN (SELECT number FROM contents)").fetchone() == (0,)
        memory.refresh()
        write(root, {"shop/money.py": MONEY + "\n\nNUMBER = 10\n"})
        assert memory.refresh().parsed == 0
        write(root, {"shop/money.py": MONEY + "\n\nNUMBER = 0\n"})
        assert memory.refresh().parsed == 1


def test_two_at_once_share_the_cache(tmp_path: Path) -> None:
    home, roots = tmp_path / "home", [tmp_path / "one", tmp_path / "two"]

    def walk(root: Path) -> None:
        with ProjectMemory(root, Settings(home, "hash", workers=1)) as memory:
            for number in range(6):
                become(root, STATES[number % 2])
                memory.refresh()

    for root in roots:
        become(root, FILES)
    threads = [threading.Thread(target=walk, args=(root,)) for root in roots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for root in roots:
        assert rows(root, home) == fresh_rows(root, tmp_path / "fresh")


def test_a_failed_parser_is_not_kept_and_a_setting_turns_the_cache_off(tmp_path: Path) -> None:
    root, home = tmp_path / "project", tmp_path / "home"
    become(root, FILES)
    off = replace(Settings(home, "hash", workers=1), cache_bytes=read_settings({"MEMORYD_CACHE_MB": "0"}).cache_bytes)
    with ProjectMemory(root, off) as memory:
        for files, parsed in ((FILES, len(FILES)), (OTHER, 2), (FILES, 1)):
            become(root, files)
            assert memory.refresh().parsed == parsed
    assert not file_of(home).parent.exists()
    with pytest.raises(UsageError, match="MEMORYD_CACHE_MB"):
        read_settings({"MEMORYD_CACHE_MB": "-1"})


def test_a_walk_over_branches_parses_what_is_new_once(tmp_path: Path) -> None:
    root, home = tmp_path / "project", tmp_path / "home"
    become(root, FILES)
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", root, *identity, *arguments], check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    with ProjectMemory(root, Settings(home, "hash", workers=1)) as memory:
        memory.refresh()
        for number in range(5):
            write(root, {"shop/cart.py": CART + f"\n\ndef step_{number}():\n    pass\n"})
            git("add", ".")
            git("commit", "-q", "-m", str(number))
            memory.refresh()
        for number in (4, 2, 3, 0, 1):  # as `git bisect` goes
            git("checkout", "-q", f"main~{number}")
            assert memory.refresh().parsed == 0
        write(root, {"shop/money.py": MONEY + "\n\nSTASHED = 1\n"})
        memory.refresh()
        git("stash")
        assert memory.refresh().parsed == 0
        git("stash", "pop")
        assert memory.refresh().parsed == 0
    assert rows(root, home) == fresh_rows(root, tmp_path / "fresh")
