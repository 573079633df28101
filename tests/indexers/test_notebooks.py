"""What is read of notebooks: code and prose on their true lines, outputs never, and whatever JSON a file holds."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from indexers import index_source
from scripts.fuzz.targets.laws import check_facts
from tests.growth import LINEAR, growth
from tests.lengths import tries


def notebook(*cells: object, kernel: object = "python") -> bytes:
    metadata = {"kernelspec": {"language": kernel}}
    return json.dumps({"cells": cells, "metadata": metadata}, indent=1, ensure_ascii=False).encode()


def code(*source: str, **more: object) -> dict[str, Any]:
    return {"cell_type": "code", "outputs": [{"text": ["printed\n"], "png": "aGlkZGVu"}], **more, "source": source}


def test_definitions_stand_on_their_lines_and_outputs_are_in_no_unit() -> None:
    source = notebook(code("x = 1\n", "if x:\n", "    def deep(): return x\n"), code("def late():\n", '    return "a\\tb"'))
    facts = check_facts("notebook", source)
    lines = source.decode().split("\n")
    assert [(symbol.qualname, symbol.signature) for symbol in facts.symbols] == [("deep", "def deep()"), ("late", "def late()")]
    assert [lines[symbol.span.first_line - 1].strip() for symbol in facts.symbols] == [
        '"    def deep(): return x\\n"',
        '"def late():\\n",',
    ]
    shown = b"".join(source[span.start : span.end] for span in (*facts.blocks, *(symbol.span for symbol in facts.symbols)))
    assert b"printed" not in shown
    assert b"aGlkZGVu" not in shown
    assert b'"x = 1' in shown


def test_a_notebook_is_read_in_the_language_of_its_kernel() -> None:
    r, julia = code("f <- function(x) x\n", "g <- 1"), code("function f(x)\n", "  x\n", "end")
    assert [symbol.qualname for symbol in index_source("notebook", notebook(r, kernel="R")).symbols] == ["f"]
    assert [symbol.qualname for symbol in index_source("notebook", notebook(julia, kernel="julia")).symbols] == ["f"]
    for kernel in ("cobol", 7, None, ["python"]):
        facts = check_facts("notebook", notebook(code("def f():\n", "  pass"), kernel=kernel))
        assert [symbol.qualname for symbol in facts.symbols] == ([] if kernel == "cobol" else ["f"])
        assert facts.blocks or facts.symbols


def test_what_is_no_notebook_of_lines_is_read_as_far_as_it_is_one() -> None:
    whole = {"cell_type": "code", "source": "def f():\n    pass\n"}
    wrong = [{"cell_type": ["code"], "source": {"a": "def g(): pass"}}, 7, None, {"source": [1, ["x"], None]}, {}]
    facts = check_facts("notebook", notebook(whole, *wrong, code("def h(): pass")))
    assert [symbol.qualname for symbol in facts.symbols] == ["h"]
    assert len(facts.blocks) == 1
    assert not facts.has_errors
    on_one_line = json.dumps({"cells": [code("def f(): pass", outputs=[]), code("def g(): pass")]}).encode()
    assert check_facts("notebook", on_one_line).symbols == ()
    twice = b'{"cells": [{"cell_type": "code",\n"source": ["def old(): pass"\n],\n"source": [\n"def new(): pass"\n]}]}'
    assert [symbol.qualname for symbol in check_facts("notebook", twice).symbols] == ["new"]
    for cut in (b"[" * 100_000, b'{"cells":' * 10_000, b'{"cells": [{"source": ["abc', b'{"a": "\\ud800"}', twice[:-9]):
        assert check_facts("notebook", cut).has_errors == (b"ud800" not in cut)


@settings(max_examples=tries(20, 400))
@given(st.lists(st.text(max_size=30).map(lambda text: text.replace("\n", "") + "\n"), max_size=8), st.booleans())
def test_any_text_in_cells_keeps_the_laws(texts: list[str], is_prose: bool) -> None:
    cell = {"cell_type": "markdown" if is_prose else "code", "source": texts}
    check_facts("notebook", notebook(code("def f():\n"), cell, cell))


def test_a_notebook_costs_what_its_size_does() -> None:
    cells = [code("# a\n", "def f(x):\n", "  return g(x)\n"), {"cell_type": "markdown", "source": ["# A\n", "b"]}]
    assert growth(lambda size: index_source("notebook", notebook(*cells * (size // 100))), 8_000) < LINEAR
    assert growth(lambda size: index_source("notebook", b'{"cells": [' + b'{"source": ["' * size), 20_000) < LINEAR
