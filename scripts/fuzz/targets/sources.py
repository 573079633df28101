"""Extraction in every language, and the rows made of it. The first line names the language."""

from collections.abc import Iterator
from pathlib import Path

from indexers import language_of, language_revision
from memoryd.parsing.rows import file_rows, moved
from scripts.fuzz.targets.laws import LANGUAGES, check_facts

SAMPLES = Path(__file__).parents[3] / "tests" / "indexers" / "samples"
PATH, OTHER = "a/b.py", "c#d:1-2"


def check(data: bytes) -> None:
    """Facts keep their laws, ids are unique, and rows of a moved file are those of a file that was always there."""
    head, _, source = data.partition(b"\n")
    name = head.decode("ascii", "replace")
    language = name if name in LANGUAGES else LANGUAGES[sum(head) % len(LANGUAGES)]
    facts = check_facts(language, source)
    rows = file_rows(PATH, "digest", language_revision(language), source, facts)
    ids = [row.id for row in rows.rows]
    assert len(set(ids)) == len(ids)
    assert all(0 <= row.start <= row.end <= len(source) for row in rows.rows)
    assert moved(rows, OTHER) == file_rows(OTHER, "digest", language_revision(language), source, facts)
    for row in rows.rows:
        "".join((row.summary, row.names, row.words, row.doc, row.signature)).encode("utf-8")


def seeds() -> Iterator[bytes]:
    """Yield the samples."""
    for path in sorted(SAMPLES.iterdir()):
        source = path.read_bytes()
        if path.suffix != ".outline":
            yield (language_of(path.name, source[:4096]) or "text").encode() + b"\n" + source
