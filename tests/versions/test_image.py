"""The image of a version, and what changed since: answers from them are those of the table, to the last bit."""

import random
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memoryd import arrays
from memoryd.config import Settings
from memoryd.embed import load
from memoryd.memory import ProjectMemory
from memoryd.model import Secrets
from memoryd.overlay import Overlay
from memoryd.store import Store, Unreadable
from memoryd.versions import Catalog, View
from memoryd.versions.catalog import COLUMNS
from memoryd.versions.changes import CHANGED_ROWS, MERGED
from tests.project import FILES, all_edges, no_room_for_files, write

STEPS = 14
EMBEDDER = load("hash")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[ProjectMemory]:
    write(tmp_path / "project", FILES)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        yield memory


def mapped(memory: ProjectMemory) -> View | None:
    store = Store.find(memory.folder, EMBEDDER.id, EMBEDDER.dimensions, str(memory.root))
    return View.mapped(memory.root, store, EMBEDDER, Secrets.MASK)


def read(memory: ProjectMemory) -> View:
    return View.load(memory.root, Store.newest(memory.folder), EMBEDDER, Secrets.MASK)


def same(one: View, other: View) -> None:
    """Check that two views hold and find the same."""
    assert dict(one.records) == dict(other.records)
    assert dict(one.catalog.files) == dict(other.catalog.files)
    assert dict(one.catalog.by_id) == dict(other.catalog.by_id)
    assert dict(one.catalog.by_name) == dict(other.catalog.by_name)
    assert (one.version, one.units) == (other.version, other.units)
    assert all(one.catalog.by_name.get(name) == other.catalog.by_name[name] for name in other.catalog.by_name)
    documented = other.documented(list(other.catalog.files))
    assert one.documented(list(other.catalog.files)).items() >= {id_: documented[id_] for id_ in other.catalog.by_id}.items()
    assert all_edges(one.graph) == all_edges(other.graph)
    assert one.graph.counts == other.graph.counts
    assert (one.graph.users(), one.graph.central(50)) == (other.graph.users(), other.graph.central(50))
    ids = list(other.catalog.by_id)
    for id_ in ids[:: 1 + len(ids) // 200]:
        assert nearest(one, id_) == nearest(other, id_)
    rows = one.matcher.numbers(ids)
    for _ in ("looked up", "known"):
        assert np.array_equal(one.nodes(rows), one.graph.nodes(one.matcher.ids(rows)))
    assert found(one) == found(other)


def nearest(view: View, id_: str) -> list[tuple[str, float]]:
    near = view.graph.nearby({id_: 1.0}, 20)
    return list(zip(view.graph.ids(near.nodes), near.scores.tolist(), strict=True))


def found(view: View) -> list[object]:
    """Return what a search finds, rows by their ids, with exact scores."""
    vector = EMBEDDER.embed(["parse money total"])[0]
    told = view.matcher.search(["money", "total", "cart", "made"], vector, 50)
    files = view.matcher.files(["money", "total"], 20)
    return [
        *((view.matcher.ids(one.numbers), one.scores.tolist()) for one in told),
        *(([view.matcher.paths[number] for number in one.numbers.tolist()], one.scores.tolist()) for one in files),
        view.matcher.numbers(view.matcher.ids(told.words.numbers)).tolist() == told.words.numbers.tolist(),
    ]


def test_the_image_with_what_changed_since_is_what_the_table_holds_and_so_is_a_version_at_rest(memory: ProjectMemory) -> None:
    memory.search("parse_money")
    chance, made = random.Random(4), dict(FILES)
    for step in range(STEPS):
        path = chance.choice([*made, f"shop/made_{step}.py", f"shop/made_{step}.py"])
        if path in made and chance.random() < 0.3:
            (memory.root / path).unlink()
            del made[path]
        else:
            made[path] = f"from shop.money import parse_money\n\n\ndef made_{step}():\n    return parse_money('{step}')\n"
            write(memory.root, {path: made[path]})
        with ProjectMemory(memory.root, Settings(memory.folder.parents[2], embedder="hash", workers=1)) as other:
            other.refresh()
        view = mapped(memory)
        assert view is not None
        same(view, read(memory))
        if step % 4 == 3:
            assert memory.version() == view.version  # moves what is in memory to what the other process wrote
            same(memory.view(), view)
            assert [memory.shrink(0.0), memory.shrink(0.0), memory.shrink(60.0)] == [True, False, False]
            same(memory.view(), view)
    assert len(list(memory.folder.glob("*.changes.arrow"))) <= MERGED + 1


def test_a_version_that_cannot_be_saved_at_rest_is_tried_once(memory: ProjectMemory) -> None:
    memory.search("parse_money")
    write(memory.root, {"shop/money.py": FILES["shop/money.py"] + "\n\ndef cents():\n    return parse_money('1')\n"})
    memory.refresh()
    assert memory.view().graph is not None
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most[1]))  # as on a full disk
    try:
        assert not memory.shrink(0.0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert not memory.shrink(0.0)
    assert [hit.id for hit in memory.search("cents")]
    write(memory.root, {"shop/money.py": FILES["shop/money.py"]})
    memory.refresh()
    assert memory.view().graph is not None
    assert memory.shrink(0.0)


def test_nothing_is_read_from_the_table_while_the_image_serves(memory: ProjectMemory) -> None:
    memory.search("parse_money")
    write(memory.root, {"shop/money.py": FILES["shop/money.py"] + "\n\ndef cents():\n    return parse_money('1')\n"})
    memory.refresh()
    view = mapped(memory)
    assert view is not None
    expected = [hit.id for hit in memory.search("cents")]
    for file in memory.folder.glob("*.lance/data/*"):
        file.write_bytes(b"")
    assert "shop/money.py#cents" in {edge.source for edge in all_edges(view.graph)}
    assert view.documented(["shop/money.py", "shop/cart.py"])
    with ProjectMemory(memory.root, Settings(memory.folder.parents[2], embedder="hash", workers=1)) as other:
        assert [hit.id for hit in other.search("cents")] == expected
        assert other.status().fresh
    with pytest.raises(Unreadable):
        Store.newest(memory.folder)


@pytest.mark.parametrize("lost", ["*.units.arrow", "*.graph.arrow", "*.changes.arrow"])
def test_without_all_of_it_the_table_is_read_and_another_image_saved(memory: ProjectMemory, lost: str) -> None:
    memory.search("parse_money")
    write(memory.root, {"shop/money.py": FILES["shop/money.py"] + "\n\nCENT = 1\n"})
    memory.refresh()
    gone = list(memory.folder.glob(lost))
    for file in gone:
        file.unlink()
    assert gone
    assert mapped(memory) is None
    with ProjectMemory(memory.root, Settings(memory.folder.parents[2], embedder="hash", workers=1)) as other:
        assert other.search("CENT")[0].path == "shop/money.py"
    view = mapped(memory)
    assert view is not None
    same(view, read(memory))


def test_what_a_command_had_to_make_it_saves_and_the_next_command_makes_nothing(memory: ProjectMemory) -> None:
    settings = Settings(memory.folder.parents[2], embedder="hash", workers=1)
    task = "where is money parsed"

    def asked() -> list[object]:
        with ProjectMemory(memory.root, settings) as command:
            return [command.search("parse_money"), command.pack(task)]

    def files() -> dict[str, Path]:
        return {file.name.partition(".")[2]: file for file in memory.folder.glob("*.arrow")}

    def beside() -> dict[str, int]:
        return {name: file.stat().st_ino for name, file in files().items()}

    memory.search("parse_money")
    expected, whole = asked(), beside()
    assert whole.keys() == {"arrow", "units.arrow", "graph.arrow", "docs.arrow"}
    damaged = [[name] for name in whole if name != "docs.arrow"] + [["units.arrow", "docs.arrow"], ["arrow", "graph.arrow"]]
    for lost, names in [*((True, [name]) for name in whole), *((False, names) for names in damaged)]:
        for name in names:
            file = files()[name]
            held = bytearray(file.read_bytes())
            held[len(held) // 2] ^= 255
            file.unlink()
            if not lost:
                file.write_bytes(held)
        assert asked() == expected
        made = beside()
        assert made.keys() == whole.keys(), names
        assert asked() == expected
        assert beside() == made, names
    files()["graph.arrow"].unlink()
    with no_room_for_files():
        assert asked() == expected
    assert beside().keys() != whole.keys()
    assert asked() == expected
    for file in memory.folder.glob("*.lance/data/*"):
        file.write_bytes(b"")
    assert asked() == expected  # with nothing to make anything from


def test_when_much_has_changed_the_image_goes_and_the_next_answer_saves_another(memory: ProjectMemory) -> None:
    memory.refresh()
    with ProjectMemory(memory.root, Settings(memory.folder.parents[2], embedder="hash", workers=1)) as other:
        other.search("parse_money")
    write(memory.root, {"many.py": "".join(f"def made_{number}():\n    pass\n\n\n" for number in range(CHANGED_ROWS + 1))})
    memory.refresh()
    assert mapped(memory) is None
    assert not list(memory.folder.glob("*.changes.arrow"))
    memory.search("made_3")
    view = mapped(memory)
    assert view is not None
    same(view, read(memory))


def test_an_image_made_by_other_rules_of_linking_counts_as_none(memory: ProjectMemory) -> None:
    memory.search("parse_money")
    assert mapped(memory) is not None
    file = next(memory.folder.glob("*.units.arrow"))
    found = arrays.load(file, {})
    assert found is not None
    arrays.save(file, {name: found.array(name) for name in found.names}, {**found.made_for, "rules": "other"})
    assert mapped(memory) is None


def test_units_taken_column_by_column_are_those_of_the_rows(memory: ProjectMemory) -> None:
    odd = {
        "a#b.py": "def f():\n    pass\n\n\ndef f():\n    pass\n\n\nclass F:\n    f = 1\n    g = F = 2\n",
        "z.ts": "interface B { g: string; G: number }\nclass A { g = 1 }\n",
        "ü:1.md": "# F\n\ntext\n\n# F\n\nmore\n",
        "empty.py": "",
    }
    write(memory.root, {**odd, "bundle.min.py": "x = 1\n", "data.bin": "\0\1\2"})
    memory.refresh()
    store = Store.newest(memory.folder)
    view, nothing = read(memory), Overlay[str, Any]({})
    rows = Catalog(nothing, nothing, nothing, nothing).patched((), store.columns((*COLUMNS, "skipped")))
    apart = read(memory).catalog.by_id  # one by one, not file by file
    assert {id_: apart[id_] for id_ in rows.by_id} == dict(rows.by_id)
    assert not [id_ for id_ in ("a#b.py#F", "a\\#b.py#", "a\\#b.py#F.", "z.ts:1-1", "#", "") if id_ in apart]
    assert dict(view.catalog.files) == dict(rows.files)
    assert dict(view.catalog.by_id) == dict(rows.by_id)
    assert dict(view.catalog.by_name) == dict(rows.by_name)
    assert dict(view.catalog.by_member) == dict(rows.by_member)
    assert view.catalog.by_member["g"] == ("a#b.py#F".replace("a#b", "a\\#b"), "z.ts#A", "z.ts#B")
    assert dict(view.records) == store.files()
    assert "a#b.py" in view.catalog.files
    assert len(view.catalog.by_name["f"]) == 5


def test_a_prepared_view_answers_as_one_that_is_not(memory: ProjectMemory) -> None:
    memory.search("parse_money")
    one, other = mapped(memory), mapped(memory)
    assert one is not None
    assert other is not None
    one.prepare()
    same(one, other)
    assert np.array_equal(one.matcher.coverage(["money"]), other.matcher.coverage(["money"]))


def test_opening_and_searching_read_no_reference_and_no_edge_of_the_graph(memory: ProjectMemory) -> None:
    memory.search("parse_money")
    view = mapped(memory)
    assert view is not None
    view.prepare()
    assert found(view)
    assert nearest(view, "shop/money.py#parse_money")
    assert view.graph.use_counts(np.arange(view.graph.facts.nodes)).any()
    assert vars(view.graph).keys().isdisjoint({"edges", "links", "codes", "tables", "inheritance", "importance"})
    assert "references" not in vars(view.graph.facts)
