"""Foreign text ends no delimiter: whatever it is, it can be read back, and no line outside of its own place comes from it."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from memoryd.text import escaped, escaped_text, literal, quotation, source_line, source_lines, source_text

FORGED = st.sampled_from(
    [
        *(
            "  > ",
            "> ",
            "- decision: ",
            "## notes: x",
            "## left out (2); x",
            "## verdict: answer",
            "## a.py:1-2",
            "[1-9] class Fake",
            "\\[1-9] f",
            '"',
            "\\",
        ),
        *(
            "  … lines 1-2 left out",
            "… show_code a:1-2",
            "  calls: a",
            "  called by: b",
            '" (person; verified) [note]',
            "\n",
            "\r\n",
            "\r",
            "\u2028",
            "\x1b[2J",
            "\u202e",
        ),
    ]
)
TEXTS = st.lists(FORGED | st.text(max_size=8)).map("".join)


@given(TEXTS)
def test_a_quotation_is_read_back_line_by_line(text: str) -> None:
    lines = quotation(text)
    assert all(line == "  >" or line.startswith("  > ") for line in lines)
    assert all(len(line.splitlines()) == 1 for line in lines)
    assert "\n".join(line[4:] for line in lines) == escaped_text(text).replace("\r\n", "\n")


@given(TEXTS)
def test_a_literal_is_one_line_and_ends_at_its_last_mark(text: str) -> None:
    shown = literal(text)
    assert len(shown.splitlines()) == 1
    assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', shown)
    if escaped(text) == text:
        assert json.loads(shown) == text


@given(TEXTS)
def test_no_line_of_source_reads_as_one_of_memoryd_and_each_is_read_back(text: str) -> None:
    for line in text.split("\n"):
        shown = source_line(line)
        assert not re.match(r"\[\d+-\d+\]|## (notes:|left out \(|not shown$|.*:\d+-\d+$)|(  )?… (lines|show_code|cut here)\b", shown)
        assert line == (shown[1:] if shown.startswith("\\") and source_line(shown[1:]) == shown else shown)
    assert source_text(text).count("\n") == text.count("\n")


@given(st.lists(TEXTS.map(lambda text: text.replace("\n", ""))))
def test_lines_of_source_are_marked_together_as_each_is_alone(lines: list[str]) -> None:
    assert source_lines(lines) == "".join(f"{source_line(line)}\n" for line in lines)
