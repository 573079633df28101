"""The verdict at the end of a pack: the same in its text and in its fields, with handles that can be opened; small projects are told."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import filelock
import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import Answering, Level
from memoryd.packing.verdicts.confidence import ENOUGH, Features, judged
from memoryd.packing.verdicts.spoken import Spoken
from memoryd.tokens import counter
from tests.project import FILES, many, write

SMALL = "a small project: reading its code ("


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("verdict")
    write(base / "project", {**FILES, **many(12)})
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as made:
        yield made


@pytest.mark.parametrize("task", ["parse_money", "add to a value in step 3", "how is the total of the cart computed", "zzzqqq xyzzy"])
@pytest.mark.parametrize("budget", [200, 400, 4_000])
def test_every_pack_ends_in_its_verdict(memory: ProjectMemory, task: str, budget: int) -> None:
    pack = memory.pack(task, budget)
    last = pack.text.splitlines()[-1]
    assert last.startswith(f"## verdict: {pack.verdict.kind} ({pack.verdict.confidence:.2f})")
    assert pack.tokens == counter()(pack.text) <= budget
    assert 0.0 <= pack.verdict.confidence <= 1.0


def test_the_pack_of_a_report_names_each_file_of_code_that_may_have_to_change_as_far_as_there_is_room(memory: ProjectMemory) -> None:
    report = "Money is lost\n\nThe total of the cart is wrong when a value is added in a step."
    small, large = (memory.pack(report, budget) for budget in (400, 4_000))
    assert {one.path for one in large.omitted if "#" in one.id} <= {item.path for item in large.items}
    named = {item.path for item in large.items if item.level == Level.SIGNATURE}
    assert named - {item.path for item in large.items if item.level != Level.SIGNATURE}
    assert {item.path for item in small.items} < {item.path for item in large.items}


def test_what_to_open_next_can_be_shown_and_is_not_shown_yet(memory: ProjectMemory) -> None:
    pack = memory.pack("parse money and add it to the cart, then charge the customer twice", 400)
    assert pack.verdict.kind == Answering.LOOK
    assert 1 <= len(pack.verdict.next) <= 3
    assert f"; open next: {', '.join(pack.verdict.next)} ({pack.verdict.why})" in pack.text
    whole = {item.id for item in pack.items if item.level == Level.FULL}
    for handle in pack.verdict.next:
        assert memory.show(handle).text
        assert handle not in whole


def test_where_there_is_no_room_for_all_handles_the_first_ones_are_told(memory: ProjectMemory) -> None:
    packs = [memory.pack("parse money and add it to the cart, then charge the customer twice", budget) for budget in range(150, 450, 10)]
    told = {len(pack.text.splitlines()[-1].partition("open next: ")[2].partition(" (")[0].split(", ")) for pack in packs}
    assert told == {2, 3}
    for pack in packs:
        line = pack.text.splitlines()[-1]
        assert (
            "open next: " in line
            or counter()(pack.text) + counter()(f"; open next: {pack.verdict.next[0]} ({pack.verdict.why})") > pack.budget
        )


def test_a_task_that_is_a_name_is_answered(memory: ProjectMemory) -> None:
    assert memory.pack("where is parse_money").verdict.kind == Answering.ANSWER


def test_more_evidence_is_never_less_confidence() -> None:
    steps = (0.0, 0.3, 0.6, 1.0)
    for spoken in (Spoken(*values) for values in product(steps, repeat=4)):
        for name in ("likeliest", "nearest", "known", "together"):
            better = replace(spoken, **{name: 1.0})
            assert better.probability >= spoken.probability
            assert better.is_likely >= spoken.is_likely
    nothing, everything = Spoken(0, 0, 0, 0), Spoken(1, 1, 1, 1)
    for values in product((nothing, Spoken(0.3, 0.4, 0.8, 0.5), everything), steps, steps, steps, (False, True), (False, True)):
        features = Features(*values)
        kind, confidence = judged(features)
        assert (kind == Answering.ANSWER) == (confidence >= ENOUGH and not features.reported)
        for name, most in (("spoken", everything), ("top", 1.0), ("mass", 1.0), ("covered", 1.0)):
            assert judged(replace(features, **{name: most}))[1] >= confidence  # type: ignore[arg-type]
        assert judged(replace(features, reported=True))[1] <= judged(replace(features, reported=False))[1]
        assert confidence <= round(features.spoken.probability, 2)
    assert judged(Features(nothing, 0.6, 1.0, 0.1, named=False, reported=False))[0] == Answering.GREP


@pytest.mark.parametrize(
    "task",
    ["how is the total of the frames of an animation added to the chart", "compute the value of a selector in a step of the cascade"],
)
def test_a_question_about_another_project_is_not_said_to_be_answered(memory: ProjectMemory, task: str) -> None:
    assert memory.pack(task, 4_000).verdict.kind != Answering.ANSWER


def test_a_small_project_is_told_that_it_may_be_read_and_a_large_one_is_not(root: Path, tmp_path: Path) -> None:
    write(root, {"tests/test_long.py": "def test_it():\n    assert 1\n" * 4_000})
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        tokens = sum(counter()(text) for path, text in FILES.items() if path.endswith((".py", ".yaml")))
        said = f"{SMALL}{tokens:,} tokens in 4 files) is fine, too"
        assert memory.pack("parse_money").text.endswith(f"; {said}\n")
        assert f"\n{said}\n" in memory.map().text
        write(root, {"shop/cart.py": "def total():\n    return 1\n"})
        memory.refresh()
        with filelock.FileLock(memory.folder.parent / "refresh.lock"):  # it changes once more, while another process refreshes
            write(root, {"shop/cart.py": "def total():\n    return 2\n"})
            assert memory.is_small()
        write(root, {"shop/long.py": "def long():\n    return 1\n" * 4_000})
        memory.refresh()
        assert SMALL not in memory.pack("parse_money").text + memory.map().text


@pytest.mark.parametrize(
    "task", ["parse_money of the shop", "how is the total of the cart computed", "bake bread with zzzqqq and xyzzy plovers"]
)
def test_places_of_a_task_are_told_where_a_pack_has_an_answer(memory: ProjectMemory, task: str) -> None:
    memory.load()
    places = memory.places(task, 8)
    assert bool(places) == (memory.pack(task, 2_000).verdict.kind != Answering.GREP)
    assert places == (memory.places_at_once(task, 8) or ())


@pytest.mark.parametrize(
    "said", [
        "thanks, that looks good, go on", "please commit everything and push it", "what did you do so far, give me a summary",
        "undo the last change that you made please", "let us do the same for the other files now",
        "explain that to me in simpler words",
    ],
)  # fmt: skip
def test_a_prompt_that_is_no_task_about_the_code_has_no_places(memory: ProjectMemory, said: str) -> None:
    memory.load()
    assert memory.places(said, 8) == ()


def test_no_file_is_read_for_places(memory: ProjectMemory, tmp_path: Path) -> None:
    memory.load()
    moved = (memory.root / "shop").rename(tmp_path / "shop")
    try:
        assert "shop/cart.py#Cart.total" in {unit.id for unit in memory.places("how is the total of the cart computed", 3)}
    finally:
        moved.rename(memory.root / "shop")
