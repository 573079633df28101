"""Ranking: what a unit is and where it stands counts beside what it says."""

from collections.abc import Iterator

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.ranking.formula import Scored
from memoryd.ranking.query import read_query
from tests.project import write

BODY = "".join(f"    step_{number}(totals, taxes)\n" for number in range(30))
VOUCHER = "def apply_discount(voucher):\n" + "    count_down(voucher)\n" * 30


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    root = tmp_path_factory.mktemp("ranked") / "project"
    files = {
        "shop/totals.py": f"SUM_TAXES_TOTALS = 1\n\n\ndef sum_taxes(totals, taxes):\n{BODY}",
        "tests/test_totals.py": f"def test_sum_taxes(totals, taxes):\n{BODY}",
        "docs/totals.md": "# Sum taxes\n\nHow sum taxes of totals works: totals and taxes, sum by sum.\n",
        **dict.fromkeys(("shop/voucher.py", "demos/voucher.py", ".ci/voucher.py"), VOUCHER),
        "native/port.h": "int open_port(int number, int speed);\n",
        "native/port.c": '#include "port.h"\n\nint open_port(int number, int speed) {\n'
        + "    number += speed;\n" * 20
        + "    return number;\n}\n",
    }
    write(root, files)
    with ProjectMemory(root, Settings(root.parent / "home", workers=1)) as made:
        yield made


def paths(memory: ProjectMemory, query: str) -> list[str]:
    return list(dict.fromkeys(hit.path for hit in memory.search(query)))


def test_code_comes_before_its_tests_and_its_prose(memory: ProjectMemory) -> None:
    found = [path for path in paths(memory, "sum taxes of totals") if "totals" in path]
    assert found[:3] == ["shop/totals.py", "docs/totals.md", "tests/test_totals.py"]


def test_tests_come_first_when_the_headline_asks_for_them(memory: ProjectMemory) -> None:
    assert paths(memory, "tests of sum taxes")[0] == "tests/test_totals.py"


def test_a_report_that_mentions_tests_does_not_ask_for_them(memory: ProjectMemory) -> None:
    assert paths(memory, "sum taxes is wrong\n\nI ran the tests, and this test of totals failed.")[0] == "shop/totals.py"


def test_a_definition_that_does_something_comes_before_a_line_of_the_same_words(memory: ProjectMemory) -> None:
    hits = [hit.id for hit in memory.search("sum taxes of totals")]
    assert hits.index("shop/totals.py#sum_taxes") < hits.index("shop/totals.py#SUM_TAXES_TOTALS")


def test_a_name_alone_finds_its_definition_however_short(memory: ProjectMemory) -> None:
    assert memory.search("SUM_TAXES_TOTALS")[0].id == "shop/totals.py#SUM_TAXES_TOTALS"


def test_what_is_done_comes_before_where_it_is_declared(memory: ProjectMemory) -> None:
    assert paths(memory, "open a port with a number and a speed")[:2] == ["native/port.c", "native/port.h"]


def test_code_comes_before_demos_and_hidden_files(memory: ProjectMemory) -> None:
    found = paths(memory, "apply discount to a voucher")
    assert found[0] == "shop/voucher.py"
    assert {"demos/voucher.py", ".ci/voucher.py"} <= set(found)


def test_the_nearest_of_strangers_is_weak_evidence(memory: ProjectMemory) -> None:
    def strongest(text: str) -> float:
        found = Scored.of(memory.view(), read_query(text)).candidates.signals
        return next(float(one.found.scores[0]) for one in found if one.signal == "vector")

    assert strongest("function sum_taxes in shop/totals.py def sum_taxes(totals, taxes)") == 1.0
    assert strongest("open the umbrella when clouds gather over quiet mountain villages") < 0.8


def test_the_headline_of_a_report_counts_more_than_what_follows(memory: ProjectMemory) -> None:
    report = "opening a port at a given speed fails\n\n" + "The version of our shop, its totals, and all the taxes, are listed below.\n" * 3
    assert paths(memory, report)[0] == "native/port.c"
    reasons = {reason for hit in memory.search(report) for reason in hit.reasons}
    assert {"headline title", "headline text"} <= reasons
