"""Related words: a table that ships, and what it finds."""

from pathlib import Path

import pytest

from indexers import query_words
from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.ranking.related import related
from tests.project import write


@pytest.mark.parametrize("asked, written", [("delete", "remove"), ("directory", "dir"), ("authentication", "auth"), ("missing", "absent")])
def test_words_that_mean_the_same_are_related(asked: str, written: str) -> None:
    (stem,), (other,) = query_words(asked), query_words(written)
    assert other in {one.stem for one in related(stem)}


@pytest.mark.parametrize("word", ["", "zzzzzz", "~", "délice"])
def test_a_word_that_code_does_not_use_is_related_to_none(word: str) -> None:
    assert related(word) == []


def test_related_words_are_nearest_first_and_never_the_word_itself() -> None:
    for stem in ("delet", "cach", "configur", "token"):
        found = related(stem)
        assert found
        assert [one.nearness for one in found] == sorted((one.nearness for one in found), reverse=True)
        assert all(0.4 <= one.nearness <= 1 and one.stem != stem for one in found)


def test_a_function_is_found_by_a_word_that_only_means_what_its_name_says(tmp_path: Path) -> None:
    body = "    totals = [step(number) for number in range(9)]\n    return sum(totals)\n"
    names = ("remove_voucher", "print_voucher", "count_voucher", "share_voucher", "paint_voucher")
    write(tmp_path / "project", {"shop/voucher.py": "\n\n".join(f"def {name}(voucher):\n{body}" for name in names)})
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", workers=1)) as memory:
        assert memory.search("delete the voucher")[0].id == "shop/voucher.py#remove_voucher"
