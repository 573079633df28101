"""What is read of YAML whose keys are definitions: as PyYAML reads it, on its true lines, at a cost that grows with its size."""

from pathlib import Path
from typing import Any

import pytest

from indexers import Lines, index_source, language_of
from indexers.keyed.reading import MOST_DEPTH, read
from scripts.fuzz.targets.laws import check_facts
from tests.growth import LINEAR, growth

yaml = pytest.importorskip("yaml")
SAMPLES = Path(__file__).parent / "samples"
FILES = (SAMPLES / ".github/workflows/ci.yml", SAMPLES / "compose.yaml", SAMPLES / "shop.yaml", SAMPLES / "deploy.yaml")
ODD = b"""\
a:  # of a
- b: "c: d"
  'e f': g: # h
- - i
  - {j: [k, {l: "m, n"}, o: p], q: }
r: &anchor
  s: !tag |
    t: u
   # v
  w: x
    y: z
"/{x}": http://y:1 # z
? complex
: key
- lost
"""


def paths(value: Any) -> set[tuple[str, ...]]:
    """Return the paths of all keys and items in a value."""
    found = set()
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while waiting:
        path, held = waiting.pop()
        pairs = held.items() if isinstance(held, dict) else [("", one) for one in held] if isinstance(held, list) else []
        for key, one in pairs:
            inner = (*path, "on" if key is True else str(key))
            found.add(inner)
            waiting.append((inner, one))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_keys_and_items_are_those_that_another_reader_finds(path: Path) -> None:
    source = path.read_bytes()
    merged = source.replace(b"<<: *logging", b"")  # whose keys another reader copies
    expected = set().union(*(paths(document) for document in yaml.safe_load_all(merged)))
    assert {entry.path for entry in read(merged, Lines(merged)).entries} == expected


def test_what_is_no_plain_yaml_is_read_as_far_as_it_goes() -> None:
    found = [".".join(entry.path) for entry in read(ODD, Lines(ODD)).entries]
    assert found == [
        "a", "a.", "a..b", "a..e f", "a.", "a..", "a..", "a...j", "a...j.", "a...j.", "a...j..l", "a...j.", "a...j.", "a...q",
        "r", "r.s", "r.w", "/{x}", "/{x}.",
    ]  # fmt: skip


def test_a_file_is_told_by_its_place_or_by_what_it_says() -> None:
    head = b"# Of the shop.\nopenapi: '3.1.0'\n"
    told = {
        ".github/workflows/ci.yml": "workflow", "web/.github/workflows/a.yaml": "workflow", "action.yml": "workflow",
        ".github/dependabot.yml": "yaml", "compose.yml": "compose", "docker/docker-compose.test.yaml": "compose", "decompose.yml": "yaml",
    }  # fmt: skip
    assert {path: language_of(path) for path in told} == told
    assert (language_of("api.yml", head), language_of("api.yml", b"  openapi: 3\n"), language_of("api.md", head)) == (
        "openapi_yaml", "yaml", "markdown",
    )  # fmt: skip


def test_what_is_too_deep_or_open_is_said_to_be_broken_and_costs_what_its_size_does() -> None:
    for source in (b"- " * (MOST_DEPTH + 1), b"".join(b" " * n + b"a:\n" for n in range(MOST_DEPTH + 1)), b"a: " + b"[" * 99, b"a: [b"):
        assert check_facts("compose", source).has_errors
    opened = (
        b"- ", b"a: [", b"a: {", b"[", b"{", b'"', b"'", b'a: "', b"a: [\"\\", b"&a ", b"!", b"a: &", b" ", b"a b ", b"a:", b"#", b"a:\n",
        b"- a: |\n",
    )  # fmt: skip
    for body in (b"services:\n", b"services:\n  a: ["):

        def hostile(size: int, body: bytes = body) -> None:
            for one in opened:
                index_source("compose", body + one * (size // len(one)))

        assert growth(hostile, 16_000) < LINEAR
    service = b"  a%d:\n    # why\n    depends_on: [a, b, {c: d}]\n    volumes:\n    - a:b\n"
    assert growth(lambda size: index_source("compose", b"services:\n" + service * (size // len(service))), 16_000) < LINEAR
