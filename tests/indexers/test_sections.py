"""Headings at the edges of the two formats; the samples `guide.md` and `guide.rst` show the middle."""

import pytest

from indexers import index_source


def titles(language: str, text: str) -> list[str]:
    return [f"{symbol.span.first_line} {symbol.signature}" for symbol in index_source(language, text.encode()).symbols]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("\ufeff# Mark before the title\n", ["1 Mark before the title"]),
        ("# Windows\r\n\r\ntext\r\n\r\nTwo\r\n---\r\n", ["1 Windows", "5 Two"]),
        ("---\ntitle: one\n---\n# One\n", ["4 One"]),
        ("+++\ntitle = 'one'\n+++\n# One\n", ["4 One"]),
        ("---\n# After a rule\n---\n", ["2 After a rule"]),
        ("---\ntitle: never closed\n# One\n", ["3 One"]),
        ("```\n# in a fence that never closes\n", []),
        ("```\n# a\n```python\n# b\n```\n# C\n", ["6 C"]),
        ("~~~\n```\n# a\n~~~\n# B\n", ["5 B"]),
        ("``` a `code` span ```\n# B\n", ["2 B"]),
        ("<!-- one line -->\n# A\n<!--\n# b\n-->\n# C\n", ["2 A", "6 C"]),
        ("<preview>\n\n# A\n", ["3 A"]),
        ("A\n=\nB\n-\n", ["1 A", "3 B"]),
        ("- item\n  text\n---\n", []),
        ("1. item\n\n# A\n", ["3 A"]),
        ("#\n##  \n# #\n", []),
        ("#\tTab ##\n", ["1 Tab"]),
        ("# C#\n", ["1 C#"]),
        ("## [Text](http://x.y/z) and [other][ref]\n", ["1 Text and other"]),
    ],
)
def test_markdown_headings_are_those_a_reader_sees(text: str, expected: list[str]) -> None:
    assert titles("markdown", text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("=====\nTitle\n=====\n\nPart\n----\n", ["1 Title", "5 Part"]),
        ("Title\r\n=====\r\n\r\nPart\r\n----\r\n", ["1 Title", "4 Part"]),
        ("\ufeffTitle\n=====\n", ["1 Title"]),
        ("one\ntwo\n---\n", []),
        ("Code::\n\n    Title\n    =====\n", []),
        ("== ==\na  b\n== ==\n", []),
        ("para\n\n----\n\npara\n", []),
        ("Title\n===\n", []),
        ("Longer title\n====\n", ["1 Longer title"]),
        ("Title\n=====", ["1 Title"]),
    ],
)
def test_rst_titles_follow_docutils(text: str, expected: list[str]) -> None:
    assert titles("rst", text) == expected


def test_the_depth_of_an_rst_title_is_the_order_in_which_adornments_appear() -> None:
    text = "A\n~~\n\nB\n==\n\nC\n^^\n\nD\n==\n\nE\n~~\n"
    assert [symbol.qualname for symbol in index_source("rst", text.encode()).symbols] == ["a", "a.b", "a.b.c", "a.d", "e"]


def test_a_section_ends_where_the_next_of_its_level_begins() -> None:
    facts = index_source("markdown", b"# A\na\n## B\nb\n\n# C\n")
    assert [(symbol.qualname, symbol.span.first_line, symbol.span.last_line) for symbol in facts.symbols] == [
        ("a", 1, 4), ("a.b", 3, 4), ("c", 6, 6),
    ]  # fmt: skip


def test_equal_titles_get_different_names() -> None:
    facts = index_source("markdown", b"## Fixed\n### One\n## Fixed\n### One\n")
    assert [symbol.qualname for symbol in facts.symbols] == ["fixed", "fixed.one", "fixed~2", "fixed~2.one"]
