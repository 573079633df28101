"""The baseline that searches for keywords: which, in what order its files are read, and what is read of them."""

from pathlib import Path

import pytest

from scripts.bench.baselines import Hits, has_ripgrep, keywords, search, windows
from tests.project import write

FILES = {"a.py": "total\nTotal total\n", "b.py": "cart of a total\n", "c/d.py": "nothing\n"}


def test_names_that_look_like_code_are_searched_for_first() -> None:
    found = keywords("How does the cart fail?\nparse_money raises in Cart.total")
    assert found == ("parse_money", "cart.total", "cart", "fail", "raises", "total")


def test_files_with_more_different_keywords_are_read_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert search(tmp_path, FILES, ("total", "cart")) == {"b.py": Hits((1, 1), 2), "a.py": Hits((1, 2, 2), 1)}


@pytest.mark.skipif(not has_ripgrep(), reason="ripgrep is not installed; with `rg` on the path these tests run")
def test_ripgrep_itself_finds_the_same(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert search(tmp_path, FILES, ("total", "cart")) == {"b.py": Hits((1, 1), 2), "a.py": Hits((1, 2, 2), 1)}


def test_windows_that_meet_are_read_once() -> None:
    assert windows(Hits((5, 150, 600), 1), 650) == [(1, 250), (500, 650)]
