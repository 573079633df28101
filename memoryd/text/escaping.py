r"""Escapes what a reader cannot see or a terminal obeys, visibly: ESC becomes `\x1b`, a bidirectional override `\u202e`.

`escaped` is for one line of output, such as the name of a file: nothing in it breaks the line. `escaped_text` is for a text of many
lines, which keeps its line ends and tabs. `escaped_json` is for JSON, whose own escapes lose nothing. Each leaves what is escaped
already as it is.

Two kinds of invisible characters have honest uses and stay where they have them: a single variation selector behind a visible
character (the colours of emoji), and the joiners between two characters of a script or of symbols that join (Arabic, Persian, the
scripts of India, families of emoji). Between Latin, Greek or Cyrillic letters a joiner only hides something. Language tags, with
which some flags are written and whole messages hidden, are always escaped.
"""

import re

CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
"""Controls (C0, C1, DEL), the line ends that not every program takes for one, and halves of characters. No line feed, tab, CR."""
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters without a shape (Unicode's Default_Ignorable_Code_Point, and its annotations): directions, blanks of no width, tags."""
SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f"
JOINERS = "\u200c\u200d"
JOINING = "\u0590-\u1cff\u2190-\u2fff\u3040-\ud7ff\uf900-\ufdff\ufe0e\ufe0f\ufe70-\ufefe\U00010000-\U0001faff"
"""Scripts and symbols whose characters may be joined."""
HIDDEN = re.compile(f"[{CONTROLS}{INVISIBLE}{SELECTORS}{JOINERS}]")
"""What is escaped, selectors and joiners only where they have no use."""
BARE_RETURN = re.compile(r"\r(?!\n)")
"""A carriage return before a line feed is part of a line end."""
_IS_HIDDEN, _IS_SELECTOR, _IS_JOINER, _JOINS = (
    re.compile(f"[{one}]").match for one in (f"\0-\x20{HIDDEN.pattern[1:-1]}", SELECTORS, JOINERS, JOINING)
)
_PLAIN = bytes(range(32, 127)) + b"\n\t\r"


def escaped(name: str) -> str:
    """Return a text for one line: every character that is neither printable nor a blank is escaped, line breaks too."""
    text = escaped_text(name)
    return text if text.isprintable() else "".join(one if one.isprintable() else _escape(one) for one in text)


def shortened(text: str, most: int) -> str:
    """Return a text of at most `most` characters; one that was longer ends in a mark that says so."""
    return text if len(text) <= most else f"{text[: most - 2].rstrip()} …"


def escaped_text(text: str) -> str:
    """Return a text of many lines with visible escapes for controls, overrides of direction and what has no shape."""
    if "\r" in text:
        text = BARE_RETURN.sub(r"\\r", text)
    return text if text.isascii() and not text.encode().translate(None, _PLAIN) else HIDDEN.sub(_visible, text)


def escaped_json(document: bytes) -> bytes:
    """Return a JSON document in which strings spell such characters as JSON does, so that a reader sees them and a program gets them."""
    if document.isascii() and b"\x7f" not in document:
        return document
    return HIDDEN.sub(lambda found: found[0] if _has_use(found) else _json_escape(found[0]), document.decode()).encode()


def _visible(found: "re.Match[str]") -> str:
    return found[0] if _has_use(found) else _escape(found[0])


def _has_use(found: "re.Match[str]") -> bool:
    """Tell whether a character is a selector or a joiner that has a use where it stands."""
    one, before, after = found[0], found.string[max(0, found.start() - 1) : found.start()], found.string[found.end() : found.end() + 1]
    if _IS_SELECTOR(one):
        return bool(before) and not _IS_HIDDEN(before)
    return bool(_IS_JOINER(one) and _JOINS(before) and _JOINS(after))


def _escape(one: str) -> str:
    return one.encode("unicode_escape").decode()


def _json_escape(one: str) -> str:
    units = one.encode("utf-16-be")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
