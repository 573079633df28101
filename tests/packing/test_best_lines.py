"""The line that a search shows of each hit: one of its own, as it is on disk, with most of the words that were asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import BestLine
from tests.project import FILES, write


@pytest.fixture
def memory(root: Path, tmp_path: Path) -> Iterator[ProjectMemory]:
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as made:
        made.refresh()
        yield made


def test_a_search_with_lines_is_the_search_with_a_line_of_each_hit(root: Path, memory: ProjectMemory) -> None:
    hits = memory.search_with_lines("amounts of a price in cents")
    assert [hit.id for hit in hits] == [hit.id for hit in memory.search("amounts of a price in cents")]
    for hit in hits:
        assert hit.best is not None
        assert hit.start_line <= hit.best.number <= hit.end_line
        assert (root / hit.path).read_text().split("\n")[hit.best.number - 1].strip() == hit.best.text


def test_the_line_with_most_of_the_words_is_shown_and_of_equal_ones_the_one_that_tells_most(memory: ProjectMemory) -> None:
    def best(query: str) -> dict[str, BestLine | None]:
        return {hit.title: hit.best for hit in memory.search_with_lines(query)}

    assert best("an amount in cents")["Money"] == BestLine(2, '"""An amount in cents."""')
    assert best("charge money")["charge"] == BestLine(8, "def charge(money):")
    assert best("paying at the checkout")["Paying"] == BestLine(7, "The checkout charges the total.")


def test_a_line_that_changed_a_moment_ago_is_shown_as_it_is_now(root: Path, memory: ProjectMemory) -> None:
    memory.load()
    write(root, {"shop/money.py": "# A comment that was not there.\n\n" + FILES["shop/money.py"].replace("An amount", "Every amount")})
    found = {hit.title: hit.best for hit in memory.search_with_lines("an amount in cents")}
    assert found["Money"] == BestLine(4, '"""Every amount in cents."""')
