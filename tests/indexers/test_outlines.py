"""Each language's sample → its outline, a golden a person can review. Rewrite with `pytest --update` and read the diff."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexers import REGISTRATIONS, FileFacts, index_source, language_of, language_revision, languages, readable
from indexers.registrations import frameworks

SAMPLES = Path(__file__).parent / "samples"
SOURCES = sorted(path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".outline" and path.parent.name != "frameworks")
REGISTERING = sorted(path for path in (SAMPLES / "frameworks").iterdir() if path.suffix != ".outline")


def placed(path: Path) -> str:
    return path.relative_to(SAMPLES).as_posix()


def outline(facts: FileFacts) -> str:
    """Draw facts as text: symbols by nesting with signature, documentation, references and members, then what is at file level."""
    text = [f"{facts.language}{' (has errors)' if facts.has_errors else ''}"]
    if facts.doc:
        text.append(f"doc: {facts.doc.splitlines()[0]}")
    text += _references(facts, "", "")
    for symbol in facts.symbols:
        indent = "  " * symbol.qualname.count(".")
        text.append(f"{indent}{symbol.kind} {symbol.qualname} [{symbol.span.first_line}-{symbol.span.last_line}] {symbol.signature}")
        if symbol.doc:
            text.append(f'{indent}    "{" ".join(symbol.doc.split())[:100]}"')
        text += _references(facts, symbol.qualname, indent + "    ")
        text += [f"{indent}    has {one.name} [{one.first_line}-{one.last_line}]" for one in facts.members if one.owner == symbol.qualname]
    text += [f"block [{block.first_line}-{block.last_line}]" for block in facts.blocks]
    return "\n".join(text) + "\n"


def _references(facts: FileFacts, scope: str, indent: str) -> list[str]:
    return [
        f"{indent}{reference.kind} {reference.qualifier and reference.qualifier + ' → '}{reference.name}"
        f"{reference.alias and ' as ' + reference.alias} :{','.join(map(str, reference.lines))}"
        for reference in facts.references
        if reference.scope == scope
    ]


@pytest.mark.parametrize("source", SOURCES, ids=placed)
def test_a_sample_gives_its_golden_outline(source: Path, update: bool) -> None:
    content = source.read_bytes()
    found = outline(index_source(language_of(placed(source), content[:4096]), content))
    golden = source.with_name(source.name + ".outline")
    if update:
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("source", REGISTERING, ids=placed)
def test_what_a_sample_registers_with_its_framework_gives_its_golden(source: Path, update: bool) -> None:
    facts = index_source(language_of(placed(source), source.read_bytes()[:4096]), source.read_bytes())
    assert not facts.has_errors
    registered = [reference for reference in facts.references if reference.kind in REGISTRATIONS]
    found = "".join(
        f"{one.line} {one.kind} {one.alias}: {one.qualifier and one.qualifier + ' → '}{one.name or 'itself'}"
        f"{one.scope and ' in ' + one.scope}\n"
        for one in registered
    )  # fmt: skip
    golden = source.with_name(source.name + ".outline")
    if update:
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_every_framework_has_a_sample_and_is_asked_only_of_who_uses_it() -> None:
    registered = {
        reference.alias.rpartition("(")[2].rstrip(")")
        for source in REGISTERING
        for reference in index_source(language_of(placed(source), source.read_bytes()[:4096]), source.read_bytes()).references
        if reference.kind in REGISTRATIONS
    }
    assert {framework.title for name in languages() for framework in frameworks(name)} == registered
    stranger = b"from shop import app\n\n\n@app.get('/')\ndef home(request=Depends(session)):\n    pass\n\n\npath('x/', home)\n"
    assert not [one for one in index_source("python", stranger).references if one.kind in REGISTRATIONS]


def test_no_query_excludes_words_as_tree_sitter_misreads_them() -> None:
    """Of several words, the binding takes `#not-any-of?` for "is not all of them": each name passes."""
    assert not [name for name, language in languages().items() if "#not-any-of?" in language.query]


def test_every_language_has_a_sample() -> None:
    sampled = {language_of(placed(path), path.read_bytes()[:4096]) for path in SOURCES}
    assert set(languages()) <= sampled


def test_samples_are_valid_source() -> None:
    for source in SOURCES:
        content = source.read_bytes()
        assert not index_source(language_of(placed(source), content[:4096]), content).has_errors, source.name


@pytest.fixture
def without_lua(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have no grammar of Lua, as where a wheel is not published for the system."""
    readable.cache_clear()
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "tree_sitter_lua", None)
        yield
    readable.cache_clear()


@pytest.mark.usefixtures("without_lua")
def test_a_language_whose_grammar_is_not_installed_is_read_in_blocks() -> None:
    facts = index_source("lua", b"local function total(cart)\n  return #cart\nend\n")
    assert (facts.symbols, facts.references, len(facts.blocks)) == ((), (), 1)
    assert not readable("lua")
    assert language_revision("lua")


def test_a_bundled_grammar_that_cannot_be_unpacked_leaves_its_files_to_blocks(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    source = (SAMPLES / "orders.proto").read_bytes()
    program = "import sys; from indexers import index_source; f = index_source('protobuf', sys.stdin.buffer.read()); print(len(f.symbols))"
    found = [
        subprocess.run(
            [sys.executable, "-c", program],
            input=source,
            env={**os.environ, "PYTHONPATH": str(SAMPLES.parents[2]), "SEMBLE_GRAMMARS_CACHE_DIR": str(cache)},
            capture_output=True,
            check=True,
        ).stdout.strip()
        for cache in (tmp_path / "file" / "none", tmp_path / "cache")
    ]
    assert found == [b"0", b"6"]
    assert [path.name for path in (tmp_path / "cache").rglob("*proto*")]


def test_documentation_is_without_the_marks_of_its_language() -> None:
    samples = {placed(path): path.read_bytes() for path in SOURCES}
    docs = [
        (name, symbol.doc)
        for name, source in samples.items()
        for symbol in index_source(language_of(name, source[:4096]), source).symbols
        if symbol.kind != "section"
    ]
    marks = ("/*", "//", "(*", "<!--", "<#", "#>", "-->", "*)", "*/", "=head", "!>")
    assert [found for found in docs if found[1].startswith(marks) or found[1].endswith(marks)] == []


@pytest.mark.parametrize(("source", "kind"), [
    ("from django.urls import re_path\nurls = [re_path('old/', view)]\n", "route"),
    ("import pytest\n\n@pytest.mark.usefixtures('database')\nclass Orders:\n    pass\n", "fixture"),
])  # fmt: skip
def test_a_framework_is_asked_of_a_file_that_says_a_single_word_of_it(source: str, kind: str) -> None:
    assert kind in {reference.kind for reference in index_source("python", source.encode()).references}
