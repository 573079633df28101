"""What a pack shows: lines of the disk at their place and each once, windows of what is long, what is named, and what is worth it."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from memoryd.advice import Face
from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import Answering, Level, Ranking
from memoryd.packing import fill
from memoryd.packing.choice import Candidate, steps
from memoryd.packing.pack import UNLIKELY, UNSPOKEN_TOKENS
from memoryd.packing.windows import declaring, documentation, windows
from memoryd.ranking import rank, read_query, score
from memoryd.tokens import counter
from memoryd.versions import Sources, Unit
from tests.growth import LINEAR, growth
from tests.project import FILES, write

DOC = "".join(f"        Line {number} of what is known about tariffs.\n" for number in range(30))
LONG = "".join(f"    value_{number} = {number}\n" for number in range(120))
TARIFF = f'''from shop.money import parse_money


class Tariff:
    """The tariff of a zone."""

    def freight(self, weight):
        """Return the freight of a weight.

{DOC}        """
        return self.weighed(weight) * parse_money("1.20")

    def weighed(self, weight):
        return round(weight)


def levy(order):
    first = order
{LONG}    customs = order.duty("customs duty of the border")
{LONG}    return customs


def ship(order):
    return Tariff().freight(order.weight)
'''
WRAPPED = """export const wrapped = class Parcel {
  weigh(scale) { return scale.weight(this) }
  freight(zone) {
    const inner = (grams) => {
      return zone.price(grams)
    }
    return inner(this.weight)
  }
}
"""
FRANK = "".join(
    f"  /** Franks an envelope of {kind} paper. */\n  int frank({kind} paper) {{\n"
    + "".join(f"    paper.press({line});\n" for line in range(12))
    + "    return paper.ink;\n  }\n\n"
    for kind in ("Rag", "Card", "Silk", "Kraft", "Vellum", "Washi")
)
TESTS = "def test_odd_parcel_weighs():\n    assert 1 == 1\n"
PROJECT = {
    **FILES,
    "shop/tariff.py": TARIFF,
    "web/parcel.js": WRAPPED,
    "web/Press.java": f"class Press {{\n{FRANK}}}\n",
    "tests/test_parcel.py": TESTS,
}
TASKS = (
    "freight of a weight",
    "customs duty at the border",
    "class Parcel freight",
    "Tariff",
    "levy",
    "cart money total",
    "parcel.js",
    "paying",
)
REPORT = "Freight is wrong\n\nThe customs duty of the border is lost when a parcel is weighed."
VAGUE = "animation frames of the chart are drawn in a value"
PLACE, GAP = re.compile(r"\[(\d+)-(\d+)\]"), re.compile(r"  … lines (\d+)-(\d+) (?:left out|shown apart)")
OWN = re.compile(r"  \[\d+-\d+\] |  … \d+ more$|  calls: |  called by: ")


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("pack")
    write(base / "project", PROJECT)
    with ProjectMemory(base / "project", Settings(base / "home", workers=1)) as made:
        made.load()
        yield made


def quoted(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the lines of files that a pack quotes, with their paths and numbers."""
    paths = "|".join(map(re.escape, PROJECT))  # prose has headings of its own
    for part in re.split(rf"(?:^|\n\n)## (?=(?:{paths})\n)", re.split(r"\n## (?:left out \(|verdict: )", text)[0].rstrip("\n"))[1:]:
        path, *lines = part.split("\n")
        expected = 0
        for line in lines:
            if match := PLACE.match(line):
                expected = int(match[1])
            elif match := GAP.match(line):
                assert int(match[1]) == expected
                expected = int(match[2]) + 1
            elif not OWN.match(line):
                yield path, expected, line
                expected += 1


@pytest.mark.parametrize("budget", [60, 150, 400, 1_000, 4_000])
@pytest.mark.parametrize("task", TASKS)
def test_every_quoted_line_stands_in_its_file_at_its_place_and_is_quoted_once(memory: ProjectMemory, task: str, budget: int) -> None:
    pack = memory.pack(task, budget)
    lines = list(quoted(pack.text))
    assert [line for line in lines if PROJECT[line[0]].split("\n")[line[1] - 1] != line[2]] == []
    assert [place for place, times in Counter(line[:2] for line in lines).items() if times > 1] == []
    assert pack.tokens == counter()(pack.text) <= budget


def test_a_pack_says_of_no_line_that_its_reader_has_it_unless_that_line_was_asked_about(memory: ProjectMemory) -> None:
    asked: set[frozenset[int]] = set()

    def known(_path: str, _lines: Sequence[str], numbers: Collection[int]) -> bool:
        asked.add(frozenset(numbers))
        return True

    texts = [memory.pack(task, 4_000, known=known).text for task in ("parcels and prices", "customs duty at the border")]
    runs = [line.split(", ") for text in texts for line in re.findall(r"  … lines ([-\d, ]+) are in your context", text)]
    said = [[number for run in some for number in range(int(run.split("-")[0]), int(run.split("-")[-1]) + 1)] for some in runs]
    assert {frozenset(numbers) for numbers in said} <= asked
    assert any(len(some) > 1 for some in runs)  # around documentation that is folded, and between windows


def test_long_documentation_of_what_is_hardly_needed_is_folded_and_its_handle_shows_it(memory: ProjectMemory) -> None:
    text = memory.pack("parcels and prices", 4_000).text
    (number, handle) = re.findall(r"left out: (\d+) lines of documentation, (\S+)", text)[0]
    shown = memory.show(handle)
    assert int(number) == shown.end_line - shown.start_line + 1 > 20
    assert "Line 29 of what is known" in shown.text
    assert "Return the freight of a weight." in text
    assert "return self.weighed(weight) *" in text
    assert "Line 9" not in text


def test_windows_show_the_first_lines_of_a_long_function_and_those_that_speak_of_the_task(memory: ProjectMemory) -> None:
    pack = memory.pack("customs duty at the border", 450)
    assert "shop/tariff.py#levy" in {item.id for item in pack.items if item.level == Level.OUTLINE}
    assert "def levy(order):" in pack.text
    assert 'order.duty("customs duty of the border")' in pack.text
    assert "value_60" not in pack.text


def test_the_headline_of_windows_has_the_signature_that_they_would_cut(tmp_path: Path) -> None:
    opening = "/* Adds up. */\nstatic int\nsurcharge(struct order *order,\n    int weight)\n{\n"
    body = "    sum += weight;\n" * 65 + "    pay(order, PIER);\n    return sum;\n}\n"
    write(tmp_path / "project", {"pier.c": opening + body})
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        text = memory.pack("who is paid at the pier", 200).text
    assert "[1-73] static int surcharge(struct order *order, int weight)\n/* Adds up. */\n  … lines 2-68 left out\n" in text
    assert "    pay(order, PIER);\n" in text


def test_of_copies_one_is_shown_and_the_others_say_where_it_stands(tmp_path: Path) -> None:
    total = "def total(cart):\n    owed = 0\n    for one in cart:\n        owed += one.price\n    return round_half_even(owed)\n"
    short, other = "def owed():\n    return 1\n", "def other():\n" + "    pass\n" * 9
    files = {"shop/cart.py": total, "lib/cart.py": f"{other}\n\n{total}", "shop/short.py": short, "lib/short.py": short}
    write(tmp_path / "project", files)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        pack = memory.pack("how is the total of a cart owed and rounded", 2_000)
    shown = {item.path: item for item in pack.items if item.id.endswith("total")}
    (whole,) = (item for item in shown.values() if item.level == Level.FULL)
    assert [item.level for item in shown.values()].count(Level.SIGNATURE) == 1
    assert pack.text.count("owed += one.price") == 1
    assert pack.text.count(f"  … the same lines as {whole.path}:{whole.start_line}-{whole.end_line}\n") == 1
    assert not any(id_.endswith("total") for id_ in pack.verdict.next)
    assert pack.text.count("def owed():") == 2  # too short to be named instead


def test_a_copy_is_left_out_with_what_shows_its_lines(tmp_path: Path) -> None:
    total = "def total(cart):\n    owed = 0\n    for one in cart:\n        owed += one.price\n    return round_half_even(owed)\n"
    question = "how is the total of a cart owed and rounded"
    write(tmp_path / "project", {"shop/cart.py": total, "lib/cart.py": total, "lib/other.py": "def other():\n    return total\n"})
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
        view, query, count = memory.view(), read_query(question), counter()
        ranked = rank(view, score(view, query, Ranking.MODEL), 20)
        plan = fill(view, ranked, Sources(view, view.catalog.files), query, 2_000, count)
        unlikely = [replace(piece, likely=piece.likely._replace(probability=0.0)) if piece.lines else piece for piece in plan.pieces]
        plan = replace(plan, pieces=tuple(unlikely))
        whole = plan.write(count, Face.MCP, "")
        written = [replace(plan, most=most).write(count, Face.MCP, "").text for most in range(whole.tokens, 0, -1)]
    assert "the same lines as" in written[0]
    shown = [text.count("owed += one.price") for text in written if "the same lines as" in text]
    assert shown == [1] * len(shown)
    assert len(shown) < len(written)


def test_what_a_function_calls_and_who_calls_it_is_told_by_handles_unless_it_is_shown(memory: ProjectMemory) -> None:
    text = memory.pack("weighed", 120).text
    assert "  called by: Tariff.freight\n" in text
    assert memory.show("Tariff.freight").path == "shop/tariff.py"
    both = memory.pack("Tariff.freight and Tariff.weighed", 4_000).text
    assert "def freight" in both
    assert "called by: Tariff.freight" not in both


def test_tests_beside_a_function_are_no_callers_of_it(tmp_path: Path) -> None:
    way = "        // on its way\n" * 80
    weigh = "pub fn weigh(grams: u32) -> u32 {\n    grams * 2\n}\n\n"
    post = f"pub fn post(grams: u32) -> u32 {{\n{way}    weigh(grams)\n}}\n\n"
    tests = f"#[cfg(test)]\nmod tests {{\n    use super::*;\n\n    #[test]\n    fn heavy() {{\n{way}        weigh(9);\n    }}\n}}\n"
    write(tmp_path / "project", {"parcel.rs": weigh + post + tests})
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        assert "  called by: post\n" in memory.pack("parcel.rs weigh", 130).text


def test_the_class_around_a_shown_method_is_named_once(memory: ProjectMemory) -> None:
    text = memory.pack("Tariff.weighed", 150).text
    assert text.count("class Tariff") == 1
    assert text.index("class Tariff") < text.index("def weighed")


@pytest.mark.parametrize("task", ["{}", "where is {}", "how is the cart total computed, see {}"])
def test_an_exact_name_that_hardly_anything_else_has_is_shown_also_of_a_test(memory: ProjectMemory, task: str) -> None:
    assert TESTS in memory.pack(task.format("test_odd_parcel_weighs"), 1_000).text


@pytest.mark.parametrize("task, whole", [("frank", 2), ("where is frank", 2), ("how is an envelope franked with ink", 6)])
def test_of_many_overloads_of_a_name_alone_two_are_shown_whole_and_the_others_by_their_signatures(
    memory: ProjectMemory, task: str, whole: int
) -> None:
    pack = memory.pack(task, 4_000)
    shown = Counter(item.level for item in pack.items if ".frank" in item.id)
    bodies = pack.text.count("return paper.ink;")  # on their own, or in the class around them
    assert (bodies, shown[Level.SIGNATURE]) == (whole, 6 - whole)


@pytest.mark.parametrize("task", [*TASKS, REPORT, "parse_money", "duty of a wuthering first return of zones", VAGUE])
def test_where_a_pack_stops_does_not_depend_on_its_budget(memory: ProjectMemory, task: str) -> None:
    *smaller, largest = [memory.pack(task, budget) for budget in (400, 1_250, 4_000, 100_000)]
    shown = {pack.budget: [(item.id, item.level) for item in pack.items] for pack in (*smaller, largest)}
    for pack in smaller:
        assert UNLIKELY not in pack.text or shown[pack.budget] == shown[largest.budget]
        assert pack.tokens <= largest.tokens
    assert all("#" not in one.id for one in largest.omitted) or UNLIKELY in largest.text  # whole files are not listed


def test_where_the_project_hardly_speaks_of_a_task_its_pack_is_short_and_names_words_to_search_for(memory: ProjectMemory) -> None:
    pack = memory.pack(VAGUE, 8_000)
    assert pack.verdict.kind == Answering.GREP
    assert pack.items
    assert pack.tokens <= UNSPOKEN_TOKENS
    words = pack.verdict.why.partition("of its words the project has: ")[2].split(", ")
    assert pack.text.endswith(f"; {pack.verdict.why}\n") or f"; {pack.verdict.why}; " in pack.text
    assert all(word in " ".join(PROJECT.values()) and word in VAGUE for word in words)


def test_a_large_budget_is_not_spent_on_what_is_not_worth_it(memory: ProjectMemory) -> None:
    pack = memory.pack("parse_money", 100_000)
    assert "def parse_money" in pack.text
    assert pack.omitted
    assert pack.tokens < 500


def _unit(number: int, lines: int) -> Unit:
    return Unit(f"a.py#f{number}", "a.py", "function", f"f{number}", 0, lines * 37, 1, lines, "def f(x)")


@pytest.mark.parametrize("is_report, signed, nothing", [(False, 0.004, 0.001), (True, 0.001, 0.0002)])
def test_the_likelier_a_unit_the_more_of_it_is_shown_and_of_the_unlikely_nothing(is_report: bool, signed: float, nothing: float) -> None:
    def taken(lines: int, probability: float) -> list[Level]:
        return [step.level for step in steps([Candidate(_unit(0, lines), probability, probability)], is_report)]

    assert taken(30, 0.9) == [Level.SIGNATURE, Level.FULL]
    assert taken(30, signed) == [Level.SIGNATURE]
    assert taken(30, nothing) == []
    assert taken(300, 0.9) == [Level.SIGNATURE, Level.OUTLINE, Level.FULL]


def test_a_report_opens_a_file_that_it_likely_needs_though_hardly_any_unit_of_it() -> None:
    def taken(of_file: float, is_report: bool) -> list[Level]:
        return [step.level for step in steps([Candidate(_unit(0, 30), 0.0002, of_file)], is_report)]

    assert taken(0.0002, True) == taken(0.5, False) == []
    assert taken(0.5, True) == [Level.SIGNATURE]


@pytest.mark.parametrize("is_report", [False, True])
def test_steps_are_ordered_by_worth_and_those_of_a_unit_from_poor_to_rich(is_report: bool) -> None:
    found = steps((Candidate(_unit(number, 5 + number * 7 % 90), 0.9 - number / 60, 0.9) for number in range(50)), is_report)
    assert [step.worth for step in found] == sorted((step.worth for step in found), reverse=True)
    richness = [Level.SIGNATURE, Level.OUTLINE, Level.FULL]
    for candidate in range(50):
        places = [richness.index(step.level) for step in found if step.candidate == candidate]
        assert places == sorted(set(places))


@pytest.mark.parametrize(
    "body, folded",
    [
        (["def f():", '    """Short."""', *["    x = 1"] * 20], []),
        (["def f():", '    """Long.', *["    words"] * 20, '    """', "    return 1"], [(4, 23)]),
        ([*["// a comment"] * 15, "func f() {}"], [(3, 15)]),
        ([*["#include <a.h>"] * 15, "int f();"], []),
        (["x = [", *['    """a', "    b", '    """,'] * 9, "]"], []),
    ],
)
def test_only_long_documentation_is_folded(body: Sequence[str], folded: list[tuple[int, int]]) -> None:
    assert documentation(body) == folded


def test_windows_keep_to_their_size_and_close_small_gaps() -> None:
    body = [f"line {number} {'goal' if number in (40, 46, 80) else ''}" for number in range(120)]
    assert windows(body, range(1), {"goal": 1.0}, 24) == [(0, 3), (38, 49), (78, 83)]
    assert windows(body, range(1), {}, 24) == [(0, 24)]
    # What costs no more than the mark of a gap is shown: these are the last lines of a function.
    assert windows([*body[:49], *("}" for _ in range(9))], range(1), {"goal": 1.0}, 24) == [(0, 3), (38, 58)]


@pytest.mark.parametrize(
    "opening,signature,declared,first",
    [
        (["def load(a):"], "def load(a)", range(1), (0, 3)),
        (["// Makes one.", "func Make(t *T) *Cluster {"], "func Make(t *T) *Cluster", range(1, 2), (0, 3)),
        ([*["// Makes it."] * 5, "func Make(t *T) *Cluster {"], "func Make(t *T) *Cluster", range(5, 6), (0, 3)),
        (["/* Loads. */", "static int", "load(int a,", "    int b)"], "static int load(int a, int b)", range(1, 4), (0, 1)),
        (["load<", "  A,", ">(", "  a: A,", "): B {"], "load<A>(a: A): B", range(5), None),
        (["load(a, /* of */", "  b)", "{", "}"], "load(a, b)", range(0), (0, 3)),
    ],
)
def test_windows_begin_with_the_signature_or_leave_all_of_it_to_the_headline(
    opening: list[str], signature: str, declared: range, first: tuple[int, int] | None
) -> None:
    body = [*opening, *["    of it"] * 60, *["    the goal"] * 9, *["    of it"] * 60]
    assert declaring(body, signature) == declared
    found = windows(body, declared, {"goal": 1.0}, 24)
    assert (found[0] if len(found) == 2 else None) == first


@pytest.mark.parametrize("line", ['"""', "'''", "// a", "goal", "goal " * 50, "def f():"])
def test_windows_and_folds_take_time_in_proportion_to_the_unit(line: str) -> None:
    def work(size: int) -> None:
        body = [line] * size
        documentation(body)
        windows(body, declaring(body, line), {"goal": 1.0}, 24)

    assert growth(work, 2_000) <= LINEAR
