"""What nobody sees or a terminal obeys is visible in every text, and JSON loses nothing by it."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.text import escaped, escaped_json, escaped_text

TEXTS = st.text(
    st.characters() | st.sampled_from("\r\n\t\\\x1b\x7f\x9b\u00ad\u200b\u200c\u200d\u202e\u2028\u2066\u3164\ufe0f\ufeff\U000e0041é❤م")
)
KEPT = "\n\t\r\u200c\u200d"
"""Characters of a kind that is escaped, which stay where they have a use."""


@pytest.mark.parametrize(
    "written, shown",
    [
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("\x9b2J\x7f", r"\x9b2J\x7f"),
        ("a\u202eb\u2066c\u200fd\u061c", r"a\u202eb\u2066c\u200fd\u061c"),
        ("pass\u200bword, pass\u200dword, pas\u00adsword", r"pass\u200bword, pass\u200dword, pas\xadsword"),
        ("a\u2028b\x85c\x0bd\x0ce", r"a\u2028b\x85c\x0bd\x0ce"),
        ("\U000e0068\U000e0069\U000e01ef", r"\U000e0068\U000e0069\U000e01ef"),
        ("\u3164 = 1\u2062x\ufeff", r"\u3164 = 1\u2062x\ufeff"),
        ("x\ufe00\ufe01\ufe02", "x\ufe00" + r"\ufe01\ufe02"),
        ("over\rwritten\r\nnext\r", "over\\rwritten\r\nnext\\r"),
        ("half \ud83d", r"half \ud83d"),
    ],
)
def test_what_attacks_is_escaped(written: str, shown: str) -> None:
    assert escaped_text(written) == shown


@pytest.mark.parametrize("text", ["a\tb\n  c\r\n", "Größe 日本語 עברית", "❤️ 1️⃣ 👩‍❤️‍👨 👩🏽‍🚀 🏳️‍🌈", "می‌خواهم", "क्‍ष", "𝕏 ∑ ½ \xa0"])
def test_what_honest_text_needs_stays(text: str) -> None:
    assert escaped_text(text) == text
    assert json.loads(escaped_json(json.dumps([text], ensure_ascii=False).encode())) == [text]


@given(TEXTS)
def test_no_text_keeps_a_character_that_steers_or_hides(text: str) -> None:
    shown = escaped_text(text)
    assert [one for one in shown if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") and one not in KEPT] == []
    assert "\r" not in shown.replace("\r\n", "")
    assert escaped_text(shown) == shown
    assert shown.count("\n") == text.count("\n")
    assert escaped(text).isprintable()
    assert escaped(shown.replace("\r\n", "\n")) == escaped(text.replace("\r\n", "\n"))


@given(st.lists(TEXTS))
def test_escaped_json_is_the_same_json(texts: list[str]) -> None:
    encodable = [text.encode("utf-8", "replace").decode() for text in texts]
    document = json.dumps(encodable, ensure_ascii=False).encode()
    shown = escaped_json(document)
    assert json.loads(shown) == encodable
    assert [one for one in shown.decode() if unicodedata.category(one) in ("Cc", "Zl", "Zp")] == []
