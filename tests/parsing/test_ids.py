"""Ids: two things never share one, whatever files are called and hold."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexers import index_source, languages
from memoryd.config import Settings
from memoryd.files import path_text
from memoryd.memory import ProjectMemory
from memoryd.notes import Claim, split_name
from memoryd.parsing import Columns, FileRows, moved
from memoryd.parsing.rows import file_rows
from memoryd.text import file_id, plain_path, split_id, symbol_id
from tests.lengths import tries
from tests.project import fresh_rows, rows

MARKS = ("a.py", "b", "f", "#", ":", "~", "1", "2", "-", "\\", " ", ".", "x5c", "\n", "\udcff")
NAMES = st.lists(st.sampled_from(MARKS), min_size=1, max_size=8).map("".join)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: path_text("/".join(names).encode("utf-8", "surrogateescape")))
FRAGMENTS = (
    "import a.b;", "import a", "from a import b", "class A {}", "class A: pass", "class A\nend", "interface I {}", "fn f() {}",
    "use a::b;", "struct S;", "def f(): pass", "def f; end", "f() { :; }", "function f() {}", "function f() end", "<?php",
    "namespace n;", "using System;", "x = 1", "let y = 2;", "int f(void) { return 1; }", "package p", "func f() {}", "# f", "f\n===",
    "data T = T", "(/) a b = a", "~f", "a#b:1-1", "1:2",
)  # fmt: skip
SEPARATORS = (" ", "; ", "\n", "\r", "\r\n")
SOURCES = st.lists(st.tuples(st.sampled_from(FRAGMENTS), st.sampled_from(SEPARATORS)), max_size=8).map(
    lambda parts: "".join(map("".join, parts))
)
LANGUAGES = sorted({*languages(), "text", "markdown", "rst"})


def parsed(path: str, language: str, source: str) -> FileRows:
    facts = index_source(language, source.encode())
    return file_rows(path, "digest", "revision", source.encode(), facts)


@settings(max_examples=tries(60, 2_000), deadline=None)
@given(files=st.dictionaries(PATHS, st.tuples(st.sampled_from(LANGUAGES), SOURCES), min_size=1, max_size=5), other=PATHS)
@example({"A.java": ("java", "import a.b; class A {} import c.d; class B {}\n")}, "b")
@example(
    {"a.py": ("python", "def f(): pass\nx = 1\n"), "a.py#f": ("text", "x"), "a.py:2-2": ("text", "x"), "a.py\\\\#f": ("text", "x")}, "#"
)
@example({"a\nb": ("text", "one\n")}, "c\nd")
def test_no_two_units_share_an_id_and_a_moved_file_has_those_of_its_new_path(files: Mapping[str, tuple[str, str]], other: str) -> None:
    made = [parsed(path, *what) for path, what in files.items()]
    ids = [row.id for file in made for row in file.rows]
    assert len(set(ids)) == len(ids)
    for file in made:
        assert {split_id(row.id)[0] for row in file.rows} == {file.path}
        assert Columns.of(file.rows) == file.columns
        assert moved(file, other) == parsed(other, *files[file.path])


@given(PATHS)
def test_an_id_and_a_claim_spell_every_path_so_that_it_is_read_back(path: str) -> None:
    assert split_id(file_id(path)) == (path, "")
    assert split_id(symbol_id(path, "A.f#:~2")) == (path, "#A.f#:~2")
    assert split_name(symbol_id(path, "A.f")) == (path, "A.f")
    assert plain_path(path) == path


def test_an_ordinary_path_reads_as_it_is() -> None:
    assert symbol_id("src/a b.py", "f") == "src/a b.py#f"
    assert symbol_id("src/c#/a.cs", "A") == r"src/c\#/a.cs#A"
    assert split_name("src/c#/a.cs#A") == split_name(r"src/c\#/a.cs#A") == ("src/c#/a.cs", "A")


FILES = {
    "t/A.java": "import a.b; class A {} import c.d; class B {}\n",
    "cr.py": "import a\rx = 1\rdef f(): pass\ry = 2\r",
    "a.py": "def f():\n    return 1\n\n\nx = 1\n",
    "a.py#f": "text\n",
    "a.py:5-5": "text\n",
    "c#/x.py": "from a import f\n\n\ndef g():\n    return f()\n",
    "odd#1:2.py": "def h():\n    return 1\n",
    "new\nline.py": "def n():\n    return 1\n",
}


def test_a_project_of_hostile_names_is_refreshed_and_equals_one_that_is_rebuilt(tmp_path: Path) -> None:
    root, home = tmp_path / "project", tmp_path / "home"
    _write(root, FILES)
    with ProjectMemory(root, Settings(home, embedder="hash", workers=1)) as memory:
        memory.refresh()
        _write(root, {path: text + "\n" for path, text in FILES.items()})
        assert memory.refresh().modified == len(FILES)
        (root / "odd#1:2.py").rename(root / "odd:2#1.py")
        (root / "new\nline.py").rename(root / "line\nnew.py")
        assert len(memory.refresh().skipped) == 0
    assert rows(root, home) == fresh_rows(root, tmp_path / "fresh")


@settings(max_examples=tries(3, 30), deadline=None, derandomize=True)
@given(
    rounds=st.lists(st.dictionaries(NAMES.filter(lambda name: name.strip(".")), SOURCES, min_size=1, max_size=4), min_size=2, max_size=3)
)
def test_incremental_equals_rebuilt_whatever_files_are_called(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[dict[str, str]]
) -> None:
    base = tmp_path_factory.mktemp("law")
    root = base / "project"
    root.mkdir()
    with ProjectMemory(root, Settings(base / "home", embedder="hash", workers=1)) as memory:
        for files in rounds:
            _write(
                root, {f"{name}{ending}": text for (name, text), ending in zip(files.items(), (".java", ".py", ".rs", ""), strict=False)}
            )
            memory.refresh()
            if path := min(root.iterdir(), default=None):
                path.rename(path.with_name(f"#{path.name}"))
            assert not memory.refresh().skipped
    assert rows(root, base / "home") == fresh_rows(root, base / "fresh")


@pytest.mark.parametrize(
    ("handle", "text"),
    [
        ("c#/x.py#g", FILES["c#/x.py"]), (r"c\#/x.py#g", FILES["c#/x.py"]), ("c#/x.py", FILES["c#/x.py"]),
        ("odd#1:2.py#h", FILES["odd#1:2.py"]), (r"odd\#1\:2.py#h", FILES["odd#1:2.py"]), (r"odd\#1\:2.py", FILES["odd#1:2.py"]),
        ("odd#1:2.py:2", "    return 1\n"), (r"odd\#1\:2.py:2", "    return 1\n"),
        ("a.py#f", "def f():\n    return 1\n"), (r"a.py\#f", "text\n"), ("a.py:5-5", "x = 1\n"), (r"a.py\:5-5", "text\n"),
    ],
)  # fmt: skip
def test_a_handle_may_spell_the_path_as_it_is_or_as_in_ids(named: ProjectMemory, handle: str, text: str) -> None:
    assert named.show(handle).text == text


@pytest.mark.parametrize(
    "claim",
    [
        "symbol c#/x.py#g",
        r"symbol c\#/x.py#g",
        "calls c#/x.py#g -> a.py#f",
        "imports c#/x.py -> a.py#f",
        r"symbol odd\#1:2.py#h",
        "path c#/x.py",
    ],
)
def test_a_claim_may_spell_the_path_as_it_is_or_as_in_ids(named: ProjectMemory, claim: str) -> None:
    assert named.notes.tell(Claim.parse(claim)).holds


def test_ids_of_the_search_and_the_graph_are_handles(named: ProjectMemory) -> None:
    assert {hit.id for hit in named.search("h odd")} >= {r"odd\#1\:2.py#h"}
    assert [edge.source for edge in named.view().graph.callers("a.py#f")] == [r"c\#/x.py#g"]
    assert [edge.target for edge in named.view().graph.callees(r"c\#/x.py#g")] == ["a.py#f"]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("named")
    _write(base / "project", FILES)
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as memory:
        yield memory


def _write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
