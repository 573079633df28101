"""Exact edges: taken from a SCIP index by position, for as long as a file has the bytes that were indexed, and never by halves."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import pytest

from memoryd.config import Settings
from memoryd.embed import load
from memoryd.errors import IndexerFailed, ScipRefused, UsageError
from memoryd.graph import Edge
from memoryd.memory import ProjectMemory
from memoryd.model import Secrets
from memoryd.store import Store
from memoryd.versions import View
from tests.project import SOURCE_ROOT, all_edges, write
from tests.scip.test_scip import field, packed

EMBEDDER = load("hash")
SHOP = {
    "shop/cart.py": (
        "class Cart:\n    def total(self):\n        total = 0\n        return total\n\n\nclass Other:\n    def total(self):\n        pass\n"
    ),
    "shop/pay.py": "def pay(what):\n    '😀'; what.total()\n    return hook(pay)\n\n\ndef hook(value):\n    return value.total()\n",
    "shop/gone.py": "def unrelated():\n    return 1\n",
}
CALL, PAY = "shop/cart.py#Cart.total", "shop/pay.py#pay"
Marks = list[tuple[int, str, int, str, int]]
"""Uses and definitions in a file: the line from 1 on, the name, which of its occurrences on the line, the symbol, the roles."""
DEFINED: Marks = [
    (1, "Cart", 1, "x shop/Cart#", 1), (2, "total", 1, "x shop/Cart#total().", 1), (3, "total", 1, "local 0", 1),
    (4, "total", 1, "local 0", 8),
    (3, "total", 1, "x shop/total0:", 1),  # a name that the indexer numbered, as scip-typescript does with properties of objects
]  # fmt: skip
USED: Marks = [
    (1, "pay", 1, "x pay/pay().", 1), (6, "hook", 1, "x pay/hook().", 1), (2, "total", 1, "x shop/Cart#total().", 0),
    (3, "hook", 1, "x pay/hook().", 0), (3, "pay", 1, "x pay/pay().", 8), (7, "total", 1, "x elsewhere/Thing#total().", 0),
]  # fmt: skip


def scip(root: str, files: dict[str, tuple[str, Marks]]) -> bytes:
    """Return an index of files, by path in it: their text and what is marked in it. Columns count UTF-16."""
    documents = b""
    for path, (text, marks) in files.items():
        lines = text.split("\n")
        occurrences = b""
        for line, name, number, symbol, roles in marks:
            at = -1
            for _ in range(number):
                at = lines[line - 1].index(name, at + 1)
            start = len(lines[line - 1][:at].encode("utf-16-le")) // 2
            occurrences += field(2, field(1, packed(line - 1, start, start + len(name))) + field(2, symbol) + field(3, roles))
        occurrences += field(2, field(1, packed(0, 0, 0, 0)) + field(2, "x the file") + field(3, 1))
        documents += field(2, field(1, path) + field(6, 2) + occurrences)
    return field(1, field(2, field(1, "known") + field(2, "1")) + field(3, root)) + documents


def index_of(root: str, prefix: str = "") -> bytes:
    marks = {"shop/cart.py": DEFINED, "shop/pay.py": USED}
    return scip(root, {path.removeprefix(prefix): (SHOP[path], found) for path, found in marks.items()})


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[ProjectMemory]:
    write(tmp_path / "project", SHOP)
    with ProjectMemory(tmp_path / "project", Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
        yield memory


def edges(memory: ProjectMemory) -> list[Edge]:
    """Return the edges, and check that those of a changed graph, of a saved one and of one that is linked anew are the same."""
    view = memory.view()
    opened = View.load(memory.root, Store.newest(memory.folder), EMBEDDER, Secrets.MASK)
    saved = View.mapped(memory.root, Store.find(memory.folder, EMBEDDER.id, EMBEDDER.dimensions, str(memory.root)), EMBEDDER, Secrets.MASK)
    assert saved is not None
    for other in (opened, saved):
        assert all_edges(other.graph) == all_edges(view.graph)
        assert (other.graph.counts, other.graph.users()) == (view.graph.counts, view.graph.users())
        assert other.graph.central(20) == view.graph.central(20)
    return all_edges(view.graph)


def exact(memory: ProjectMemory) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.kind) for edge in edges(memory) if edge.tier == 0}


def test_a_version_without_what_a_compiler_says_now_is_let_go(memory: ProjectMemory) -> None:
    memory.search("pay")
    before = ref(memory.view())
    memory.take_exact(index_of(f"file://{memory.root}"))
    assert exact(memory)
    gc.collect()
    assert before() is None


def test_exact_edges_hold_while_a_file_has_the_bytes_that_were_indexed(memory: ProjectMemory) -> None:
    before = edges(memory)
    report = memory.take_exact(index_of(f"file://{memory.root}"))
    assert (report.tool, report.files, report.uses, report.exact, report.changed, report.foreign) == ("known 1", 2, 5, 3, (), 0)
    said = {(PAY, CALL, "call"), (PAY, "shop/pay.py#hook", "call")}  # a function that names itself is no edge
    assert exact(memory) == said
    # What the compiler says of a name is all there is of it: the guesses are gone, and a call of something else is nobody's.
    after = edges(memory)
    assert not any(edge.tier == 5 for edge in after)
    assert memory.view().graph.uses("shop/pay.py", "call", "total", CALL)[0].targets == (CALL,)
    assert memory.view().graph.uses("shop/pay.py", "call", "total", CALL)[1].is_outside
    # Another process sees it, an edit elsewhere does not touch it, and an edit of the file gives way to our own edges until it is undone.
    with ProjectMemory(memory.root, Settings(memory.folder.parents[2], embedder="hash", workers=1)) as other:
        assert exact(other) == said
        write(memory.root, {"shop/gone.py": "def unrelated():\n    return 2\n"})
        memory.refresh()
        assert edges(memory) == after
        write(memory.root, {"shop/pay.py": SHOP["shop/pay.py"] + "# more\n"})
        memory.refresh()
        assert edges(memory) == before
        write(memory.root, {"shop/pay.py": SHOP["shop/pay.py"], "shop/cart.py": "\n" + SHOP["shop/cart.py"].replace("Cart", "Basket")})
        memory.refresh()
        # The definition is gone that a use means: of that use nothing is known, of others it is.
        assert exact(memory) == {(PAY, "shop/pay.py#hook", "call")}
        assert not memory.view().graph.uses("shop/pay.py", "call", "total", "shop/cart.py#Basket.total")[0].is_outside
        write(memory.root, SHOP)
        memory.refresh()
        assert edges(memory) == after
        assert other.forget_exact() == 2
    assert edges(memory) == before


@pytest.mark.parametrize(
    "data",
    [
        b"", b"hello", index_of("")[:-1], field(1, field(2, field(1, "known"))), scip("/other/place", {"else.py": ("x = 1\n", [])}),
        scip("", {"../../etc/passwd": ("root\n", []), "/etc/passwd": ("root\n", [])}),
        scip("", {"shop/pay.py": ("\n" + SHOP["shop/pay.py"], [(mark[0] + 1, *mark[1:]) for mark in USED])}),  # other bytes
    ],
)  # fmt: skip
def test_what_is_damaged_or_foreign_changes_nothing(memory: ProjectMemory, data: bytes) -> None:
    memory.take_exact(index_of(""))
    kept = {file.name: file.read_bytes() for file in memory.folder.parent.glob("exact*")}
    with pytest.raises(ScipRefused, match=r"nothing was changed"):
        memory.take_exact(data)
    assert {file.name: file.read_bytes() for file in memory.folder.parent.glob("exact*")} == kept


def test_the_folder_that_was_indexed_may_be_another_one(memory: ProjectMemory, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(memory.root)
    for root, prefix in (("/build/of/ci", ""), (str(tmp_path / "link"), ""), (f"{memory.root}/shop", "shop/")):
        assert memory.take_exact(index_of(root, prefix)).exact == 3
        assert memory.forget_exact() == 2
    around = scip(
        str(tmp_path), {f"project/{path}": (SHOP[path], marks) for path, marks in (("shop/pay.py", USED), ("shop/cart.py", DEFINED))}
    )
    assert memory.take_exact(around).exact == 3


def test_what_is_kept_and_damaged_counts_as_none(memory: ProjectMemory, caplog: pytest.LogCaptureFixture) -> None:
    before = edges(memory)
    memory.take_exact(index_of(""))
    (file,) = memory.folder.parent.glob("exact*")
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    assert edges(memory) == before
    assert "what compilers said is forgotten" in caplog.text


def test_an_indexer_is_run_on_a_copy_and_never_one_of_the_project(memory: ProjectMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = memory.root.parent / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{memory.root}:.:{tools}:/usr/bin:/bin")
    (memory.root / "ty-scip").write_text("#!/bin/sh\ntouch ../../was-run\n")
    (memory.root / "ty-scip").chmod(0o755)
    write(memory.root, {"0001_first.py": "def unfit():\n    pass\n", "settings.env": "KEY=1\n"})
    memory.refresh()
    with pytest.raises(UsageError, match=r"no indexer is installed; run: pip install 'memoryd\[exact\]'"):
        memory.make_exact()
    (tools / "made.scip").write_bytes(index_of(""))
    (tools / "ty-scip").write_text(
        f"#!/bin/sh\nfind . -type f | sort > {tools}/seen\npwd > {tools}/where\n"
        f"test -f shop/gone.py && {{ echo no importable module name: shop/gone.py >&2; exit 1; }}\ncp {tools}/made.scip $3\n"
    )
    (tools / "ty-scip").chmod(0o755)
    assert [one.exact for one in memory.make_exact()] == [3]
    assert (tools / "seen").read_text().split() == ["./shop/cart.py", "./shop/pay.py"]
    assert not (tools / "where").read_text().startswith(str(memory.root))
    assert not os.path.exists((tools / "where").read_text().strip())
    (tools / "ty-scip").write_text("#!/bin/sh\necho it broke >&2\nexit 3\n")
    with pytest.raises(IndexerFailed, match="ty-scip made no index of this project \\(it broke\\)"):
        memory.make_exact("ty-scip")
    assert not list(SOURCE_ROOT.glob("was-run"))
    assert not (memory.root.parent / "was-run").exists()
