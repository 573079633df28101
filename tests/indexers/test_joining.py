"""Lines too few for a unit of their own: where they go, and that none is lost."""

import pytest

from indexers import index_source

GO = b"package p\n\ntype A struct{ n int }\n\n%s\n\nfunc (a *A) F() {}\n"


def units(language: str, source: bytes) -> list[str]:
    facts = index_source(language, source)
    spans = [(symbol.qualname, symbol.span) for symbol in facts.symbols] + [("", block) for block in facts.blocks]
    return [f"{name} {span.first_line}-{span.last_line}" for name, span in spans]


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("go", GO % b"var _ I = (*A)(nil)", ["A 1-5", "A.F 7-7"]),
        ("go", GO % b"// Of F.", ["A 1-3", "A.F 5-7"]),
        ("go", GO % b"var _ I = 1\nvar _ J = 2\nvar _ K = 3", ["A 1-3", "A.F 9-9", " 5-7"]),
        ("go", b"package p\n\nconst a = 1 // One.\n\n\nconst b = 2\n", ["a 1-3", "b 6-6"]),
        ("python", b"import os\n\n\ndef f(): ...\n\n\nf.level = 1\n", ["f 1-7"]),
        ("python", b"import os\n\n\n\ndef f(): ...\n\nf.level = 1\n\n\n\ndef g(): ...\n", ["f 1-7", "g 11-11"]),
        ("rust", b"struct A;\n\nimpl B for A {\n    fn f() {}\n}\n\nimpl A {\n    fn g() {}\n}\n", ["A 1-1", "A.f 3-4", "A.g 7-8"]),
        ("c", b"#ifdef A\nvoid f() {}\n#endif\n\nint x = 1; /* Two\n lines. */\nint y;\n", ["f 1-3", "x 5-6", "y 7-7"]),
        ("javascript", b"go();\nrun();\n", [" 1-2"]),
    ],
)
def test_few_lines_go_to_the_definition_they_are_of(language: str, source: bytes, expected: list[str]) -> None:
    assert units(language, source) == expected


def test_a_long_line_stays_a_block() -> None:
    source = b"function f() {}\n" + b"go(1);" * 400 + b"\nfunction h() {}\n"
    assert units("javascript", source) == ["f 1-1", "h 3-3", " 2-2"]


def test_few_lines_more_than_a_block_holds_stay_with_it() -> None:
    assert units("text", b"word\n" * 42) == [" 1-42"]
    assert units("text", b"word\n" * 43) == [" 1-40", " 41-43"]
    assert units("text", b"word\n" * 39 + b"\n" * 9 + b"word\n") == [" 1-49"]
