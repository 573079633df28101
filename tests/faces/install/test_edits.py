"""Laws of editing settings as text: an entry comes and goes, and every byte of the rest stays, whatever the rest looks like."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.faces.install import jsonc, toml_text
from tests.lengths import tries

PATH = ("servers", "memoryd")
ENTRY = {"command": "memoryd", "args": ["mcp"], "on": True}
NAMES = st.sampled_from(["servers", "a", "b", "memory", "é", 'q"}', "//"])
SPACE = st.sampled_from(["", " ", "\n", "\n  ", "\t", "\r\n\t", " /* } */ ", " // {\n", "\n  // memoryd\n  ", "\n\n"])


@st.composite
def _objects(draw: st.DrawFn, depth: int = 0, *, top: bool = True) -> str:
    """Write an object with anything between its parts that may stand there; `memoryd` is not in it, `servers` is an object."""
    members = []
    for name in draw(st.lists(NAMES, max_size=3, unique=True)):
        if (top and name == "servers") or (depth < 2 and draw(st.booleans())):
            value = draw(_objects(depth + 1, top=False))
        else:
            value = draw(st.sampled_from(["1", "null", '"x"', '"// {"', "[]", "[1, {},]", '[ "a" ]', "-2.5e3"]))
        members.append(f"{draw(SPACE)}{json.dumps(name)}{draw(SPACE)}:{draw(SPACE)}{value}{draw(SPACE)}")
    comma = draw(st.sampled_from(["", ",", f",{draw(SPACE)}"])) if members else draw(SPACE)
    return "{" + ",".join(members) + comma + "}"


@settings(max_examples=tries(80, 2_000), deadline=None)
@given(st.sampled_from(["", "\n", "// first\n", "\ufeff"]), _objects(), st.sampled_from(["", "\n", "\r\n", "\n// last", " /* last */\n"]))
def test_an_entry_put_into_json_and_dropped_leaves_the_text_as_it_was(before: str, text: str, after: str) -> None:
    whole = before + text + after
    said = jsonc.read(whole)
    put = jsonc.put(whole, PATH, ENTRY)
    assert jsonc.read(put) == {**said, "servers": {**said.get("servers", {}), "memoryd": ENTRY}}
    assert jsonc.put(put, PATH, ENTRY) == put
    assert jsonc.drop(put, PATH) == whole
    changed = jsonc.put(put, PATH, {"args": [], "new": 1})
    assert jsonc.read(changed)["servers"]["memoryd"] == {**ENTRY, "args": [], "new": 1}
    assert jsonc.drop(changed, PATH) == whole


@pytest.mark.parametrize("text", ["", "\n", "// c", "// c\n", "/* c */", "// c\r", "/* c */ // d", "/* // */", "\ufeff// c"])
def test_an_entry_put_into_a_file_of_comments_and_dropped_leaves_it_as_it_was(text: str) -> None:
    put = jsonc.put(text, PATH, ENTRY)
    assert jsonc.read(put) == {"servers": {"memoryd": ENTRY}}
    assert jsonc.drop(put, PATH) == text


@pytest.mark.parametrize("after", ["}", ", 'b': 1}", " /* x */}", "\n}", " // x\n}", ",}"])
@pytest.mark.parametrize("before", ["{// c\n", "{'a': 1, // c\r\n", "{'a': 'http://x',\n", "{ /* c */ // d */\r"])
def test_what_follows_a_dropped_entry_does_not_become_part_of_the_comment_before_it(before: str, after: str) -> None:
    whole = f"{{'servers': {before}'memoryd': {{}}{after}}}".replace("'", '"')
    said = jsonc.read(whole)
    del said["servers"]["memoryd"]
    assert jsonc.read(jsonc.drop(whole, PATH) or "") == said


def test_an_entry_that_stands_there_twice_is_dropped_twice() -> None:
    assert jsonc.drop('{"servers": {"memoryd": 1, "a": 2, "memoryd": 3}, "servers": { "memoryd": 4}}', PATH) == '{"servers": { "a": 2}}'


STATEMENTS = st.sampled_from([
    "\n", "# [servers.memoryd]\n", "[a]\n", "[servers.b]\n", "[[c]]\n", "  [ d . e ] # d\n",
    'x = """\n[servers.memoryd]\n"""\n', "y = [\n  '[servers.memoryd]', # no\n]\n", "z = { memoryd = 1 }\n", "w = 1 # w\n",
])  # fmt: skip


@settings(max_examples=tries(80, 2_000), deadline=None)
@given(st.lists(STATEMENTS, max_size=6), st.booleans(), st.booleans())
def test_a_table_put_into_toml_and_dropped_leaves_the_text_as_it_was(statements: list[str], is_windows: bool, ends: bool) -> None:
    text = "".join(statements)
    text = (text if ends else text.removesuffix("\n")).replace("\n", "\r\n" if is_windows else "\n")
    try:
        said: dict[str, Any] = toml_text.read(text)
    except toml_text.Malformed:
        return
    put = toml_text.put(text, PATH, ENTRY)
    assert toml_text.read(put) == {**said, "servers": {**said.get("servers", {}), "memoryd": ENTRY}}
    assert toml_text.put(put, PATH, ENTRY) == put
    assert toml_text.drop(put, PATH) == text


@pytest.mark.parametrize("header", ["[servers.memoryd]", "[servers.memoryd] # ours", "x = 1\r\n[servers.memoryd] # ours"])
def test_a_table_whose_header_ends_the_file_is_filled(header: str) -> None:
    assert toml_text.read(toml_text.put(header, PATH, ENTRY))["servers"]["memoryd"] == ENTRY


@settings(max_examples=tries(80, 2_000), deadline=None)
@given(st.text(alphabet='{}[]:,"\\/* \n\tab1-.eu0né', max_size=40))
def test_any_text_is_json_or_malformed_and_never_anything_else(text: str) -> None:
    try:
        found = jsonc.read(text)
    except jsonc.Malformed:
        return
    with suppress(ValueError):  # comments and trailing commas are what we take beyond JSON
        assert json.loads(text) == found
