"""One file's trouble costs that file: rows that the store refuses are left out with the reason, and the rest is indexed."""

from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.config import Settings
from memoryd.embed import load
from memoryd.indexing import Project, create, silent, survey, update
from memoryd.indexing.bisection import at_fault
from memoryd.memory import ProjectMemory
from memoryd.model import Skipped
from memoryd.parsing import Columns, FileRows, ParserPool
from memoryd.parsing.parser import Parsed, parse
from memoryd.sharing import Facts, Maker, Remotes
from memoryd.store import RowsRefused, Store
from tests.project import FILES, index_folder, many, write

Damage = Callable[[FileRows], FileRows]


class BrokenPool(ParserPool):
    """A pool that parses in this process and makes of some files rows such as a broken grammar might give."""

    def __init__(self, root: Path, broken: Mapping[str, Damage]) -> None:
        super().__init__(root, 1)
        self._folder = root
        self._broken = broken

    def parse(self, paths: Sequence[str]) -> Generator[Parsed, None, None]:
        for path in paths:
            parsed = parse(self._folder, path)
            if isinstance(parsed.outcome, FileRows) and path in self._broken:
                parsed = parsed._replace(outcome=self._broken[path](parsed.outcome))
            yield parsed


def too_large(file: FileRows) -> FileRows:
    return file._replace(columns=Columns.of([row._replace(end=2**40) for row in file.rows]))


def no_text(file: FileRows) -> FileRows:
    return file._replace(columns=Columns.of([row._replace(doc="\ud800") for row in file.rows]))


def doubled(file: FileRows) -> FileRows:
    return file._replace(columns=Columns.of([file.rows[0], *file.rows]))


@pytest.mark.parametrize("damage", [too_large, no_text])
def test_a_first_index_leaves_out_the_file_whose_rows_no_column_can_hold(root: Path, tmp_path: Path, damage: Damage) -> None:
    project = _project(root, tmp_path / "home", {"shop/money.py": damage})
    _, outcome = create(project, survey(root, project.folder, {}))
    _assert_only_skipped(root, tmp_path / "home", outcome.skipped, "shop/money.py")


@pytest.mark.parametrize("damage", [too_large, no_text, doubled])
def test_a_refresh_leaves_out_the_files_that_the_store_refuses_in_one_version(root: Path, tmp_path: Path, damage: Damage) -> None:
    write(root, many(9, 2))
    healthy = _project(root, tmp_path / "home", {})
    store, _ = create(healthy, survey(root, healthy.folder, {}))
    write(root, {path: (root / path).read_text() + "\n\ndef added(): return 1\n" for path in [*many(9, 2), "shop/money.py"]})
    (root / "shop/cart.py").unlink()
    project = _project(root, tmp_path / "home", {"shop/money.py": damage, "pkg3/module_3.py": damage})
    before = store.version
    outcome = update(project, store, survey(root, project.folder, store.files()))
    assert store.version == before + 2  # one without the old rows, and the one with the new ones
    _assert_only_skipped(root, tmp_path / "home", outcome.skipped, "pkg3/module_3.py", "shop/money.py")
    with _memory(root, tmp_path / "home") as memory:
        assert {hit.path for hit in memory.search("added", 20)} >= {"pkg0/module_0.py", "pkg8/module_8.py"}
        write(root, {"shop/money.py": FILES["shop/money.py"]})
        assert memory.refresh().modified == 1
        assert [one.path for one in memory.status().skipped] == ["pkg3/module_3.py"]


@given(bad=st.sets(st.integers(0, 40)), number=st.integers(0, 40))
def test_exactly_the_items_at_fault_are_found(bad: set[int], number: int) -> None:
    def attempt(items: Sequence[int]) -> None:
        if wrong := sorted(bad.intersection(items)):
            raise RowsRefused(str(wrong[0]))

    assert at_fault(range(number), attempt).keys() == bad.intersection(range(number))


def test_of_items_that_are_refused_only_together_the_later_is_at_fault() -> None:
    def attempt(items: Sequence[str]) -> None:
        if {"b", "e"} <= set(items):
            raise RowsRefused("both")

    assert list(at_fault("abcdef", attempt)) == ["e"]


def _project(root: Path, home: Path, broken: Mapping[str, Damage]) -> Project:
    facts, remotes = Facts(home, 0, "hash", 256), Remotes(home, Maker("hash", 256))
    return Project(root, str(root), index_folder(root, home), load("hash"), BrokenPool(root, broken), silent, facts, remotes)


def _memory(root: Path, home: Path) -> ProjectMemory:
    return ProjectMemory(root, Settings(home, embedder="hash", workers=1))


def _assert_only_skipped(root: Path, home: Path, skipped: tuple[Skipped, ...], *paths: str) -> None:
    with _memory(root, home) as memory:
        status = memory.status()
    assert sorted(skipped, key=lambda one: one.path) == list(status.skipped)
    assert [one.path for one in status.skipped] == list(paths)
    assert all(one.reason.startswith("the index does not take its rows: ") for one in skipped)
    assert status.fresh
    records = Store.newest(index_folder(root, home)).files()
    assert len(records) == len([path for path in root.rglob("*") if path.is_file()])
