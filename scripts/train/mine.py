"""Turns the packages of `packages.csv` into records of functions, types and files with the texts that document them.

    python -m scripts.train.mine FOLDER            # archives, fetched if need be, and records go there

The embedder learns from these records. A record is one unit as our own extractor cuts it, its documentation taken out of the body,
with other texts about it: comments inside it with the code below them, sentences of the package's prose that name it, and names of
tests that call it.
"""

import argparse
import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from pathlib import Path

from indexers import FileFacts, Reference, Symbol, index_source, language_of, languages
from memoryd.files import unwanted
from scripts.train.archives import Package, fetched, manifest, members, slug

RECORDS_A_PACKAGE = 1_500
SOURCES_A_PACKAGE = 3_000_000
"""The most bytes of one package that are parsed; files are taken in the order of a digest of their paths."""

BODY = 2_000
COMMENTS = 4
MENTIONS = 4
KINDS = frozenset({
    "function", "method", "constructor", "class", "interface", "struct", "enum", "trait", "object", "protocol", "module", "macro", "type",
})  # fmt: skip
VENDORED = re.compile(r"(^|/)(_?vendor(ed)?|third_?party|3rdparty|node_modules|extern(al)?|bundled|generated|locales?|i18n)/")
BUILT = re.compile(r"(^|/)(dist|build|umd|cjs|esm\d*|fesm\d*|es|commonjs|bundles?|_esm\d*|_cjs|mjs|out)/|\.d\.m?ts$|\.(umd|cjs|esm)\.")
TESTS = re.compile(
    r"(^|/)(tests?|specs?|testing|__tests__|testdata|test-data)/|(^|/)(test_[^/]*|conftest)\.py$"
    r"|[._-](test|tests|spec)\.\w+$|Tests?\.\w+$"
)
IDENTIFIER = re.compile(
    r"`{1,2}(?:[\w.#:~/-]*[.#:~/])?([A-Za-z_]\w{4,60})(?:\(\))?`{1,2}"
    r"|\b([a-z]\w*_\w{2,50}|[a-z]+[A-Z]\w{2,50}|[A-Z][a-z]+[A-Z]\w{2,50})\b"
)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*])|\n\s*\n|\n\s*[-*+•]\s+|\n\s*\d+\.\s+")
MARKS = re.compile(r"\"\"\"|'''|/\*|\*/|^\s*(\*|///?|#|[-=~^]{2,})\s*$")
LINE_COMMENT = re.compile(r"^[ \t]*(?://+|#+|--)[!/]?[ \t]?(.*)$")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
NO_COMMENT = re.compile(
    r"(?i)^\W*(todo|fixme|xxx|hack|noqa|type:|pylint|eslint|pragma|region|endregion|nolint|tslint|ts-|prettier|istanbul|c8|@ts|flake8|mypy"
    r"|copyright|licen[cs]e|spdx|generated)|[;{}]\s*$|^\s*[\w.]+\(.*\)\s*$|[=<>]{1,3}.*[;)]\s*$"
)


@dataclass(slots=True)
class Record:
    """One unit. `body` is its source without `doc`; `comments` are (comment, code below); `mentions` and `tests` name it elsewhere."""

    package: str
    language: str
    path: str
    kind: str
    qualname: str
    signature: str
    doc: str
    uses: list[str]
    body: str
    comments: list[tuple[str, str]] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the last part of the qualified name."""
        return self.qualname.rpartition(".")[2].partition("~")[0]


def main() -> None:
    """Write the records of each package that has none yet, and say how many there are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    packages = manifest()
    with ProcessPoolExecutor(options.jobs) as pool:
        counts = list(pool.map(_write, packages, [options.folder] * len(packages)))
    print(f"{sum(counts):,} records of {sum(map(bool, counts)):,} packages")


def records_file(package: Package, folder: Path) -> Path:
    """Return the file with the records of a package, one JSON object per line."""
    return folder / "records" / f"{slug(package)}.jsonl.gz"


def _write(package: Package, folder: Path) -> int:
    target = records_file(package, folder)
    if target.exists():
        with gzip.open(target, "rt") as file:
            return sum(1 for _ in file)
    try:
        records = mine(package, members(fetched(package, folder)))
    except (subprocess.CalledProcessError, OSError, ValueError, EOFError, IndexError, zipfile.BadZipFile, tarfile.TarError) as error:
        print(f"{package.name} {package.version}: {error}", file=sys.stderr)
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with gzip.open(part, "wt", compresslevel=4, encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":")) + "\n" for record in records)
    part.rename(target)
    return len(records)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()


def mine(package: Package, files: Iterable[tuple[str, bytes]]) -> list[Record]:
    """Return at most RECORDS_A_PACKAGE records of one package, documented and mentioned ones first, in a stable order."""
    sources, prose = _sorted(files)
    records: list[Record] = []
    tests: list[tuple[str, tuple[str, ...]]] = []
    for path, language, source in sources:
        facts = index_source(language, source)
        if TESTS.search(path):
            tests += _tests(facts)
        else:
            records += records_of(f"{package.ecosystem}/{package.name}", path, source, facts)
    _attach(records, prose, tests)
    records.sort(key=lambda one: (-bool(one.doc) - bool(one.comments or one.mentions or one.tests), _key(f"{one.path}#{one.qualname}")))
    return records[:RECORDS_A_PACKAGE]


def _sorted(files: Iterable[tuple[str, bytes]]) -> tuple[list[tuple[str, str, bytes]], list[str]]:
    """Return sources as (path, language, bytes), and the texts of prose. Files built from other sources of the package are left out."""
    sources, prose = [], []
    for path, source in files:
        if VENDORED.search(path) or unwanted(path, source):
            continue
        language = language_of(path, source[:4096])
        if language in languages():
            sources.append((path, language, source))
        elif language in ("markdown", "rst"):
            prose.append(source.decode("utf-8", "replace"))
    written = [found for found in sources if not BUILT.search(found[0])]
    chosen = sorted(written if 4 * len(written) > len(sources) else sources, key=lambda found: _key(found[0]))
    ends = accumulate(len(source) for _, _, source in chosen)
    return [found for found, end in zip(chosen, ends, strict=True) if end <= SOURCES_A_PACKAGE], prose


def records_of(package: str, path: str, source: bytes, facts: FileFacts) -> Iterator[Record]:
    """Yield the records of one file."""
    uses = defaultdict(list)
    for reference in facts.references:
        uses[reference.scope].append(reference)
    outer = [symbol.name for symbol in facts.symbols if "." not in symbol.qualname]
    if ENGLISH.search(facts.doc):
        yield Record(package, facts.language, path, "file", "", "", facts.doc, outer[:60], "")
    for symbol in facts.symbols:
        if symbol.kind in KINDS and symbol.span.last_line > symbol.span.first_line:
            yield _record(package, path, source, facts.language, symbol, uses[symbol.qualname])


def _record(package: str, path: str, source: bytes, language: str, symbol: Symbol, uses: list[Reference]) -> Record:
    text = source[symbol.span.start : symbol.span.end][: 4 * BODY].decode("utf-8", "replace")
    names = [name for name in dict.fromkeys(reference.name for reference in uses) if name and name != "*"]
    body = _without_doc(text, symbol.doc)
    doc = symbol.doc if len(ENGLISH.findall(symbol.doc)) >= 3 and _is_english(symbol.doc) else ""
    return Record(package, language, path, symbol.kind, symbol.qualname, symbol.signature, doc, names[:60], body[:BODY], _comments(body))


def _without_doc(text: str, doc: str) -> str:
    """Return the text without the lines of its documentation, wherever they are, and without the marks that open and close comments."""
    if not doc:
        return text
    said = {" ".join(re.findall(r"\w+", line)) for line in doc.splitlines()}
    kept = []
    for line in text.splitlines():
        words = " ".join(re.findall(r"\w+", line))
        if (words and words in said) or (not words and MARKS.search(line)):
            continue
        kept.append(line)
    # `doc` may be cut short; what is left of a longer documentation is removed here.
    return re.sub(r"(\"\"\"|''')[\s\S]*?(\1|\Z)|/\*\*[\s\S]*?(\*/|\Z)", "", "\n".join(kept))


def _comments(body: str) -> list[tuple[str, str]]:
    """Return the comments on lines of their own inside a body, each with the code down to the next comment or blank line."""
    found: list[tuple[str, str]] = []
    comment: list[str] = []
    code: list[str] = []
    for line in [*body.splitlines()[1:], ""]:
        said = LINE_COMMENT.match(line)
        if (said or not line.strip()) and code:
            text = " ".join(comment)
            if comment and len(ENGLISH.findall(text)) >= 4 and not NO_COMMENT.search(text) and _is_english(text):
                found.append((text[:300], "\n".join(code)[:500]))
            comment, code = [], []
        if said:
            comment.append(said[1].strip())
        elif line.strip():
            code.append(line)
    return found[:COMMENTS]


def _is_english(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return bool(ENGLISH.search(text)) and sum(character.isascii() and character.isalpha() for character in text) > 0.95 * letters


def _tests(facts: FileFacts) -> list[tuple[str, tuple[str, ...]]]:
    """Return the name of each test, split into words, with the names that the test uses."""
    uses = defaultdict(list)
    for reference in facts.references:
        uses[reference.scope].append(reference.name)
    return [
        (f"{symbol.name} {symbol.doc if _is_english(symbol.doc) else ''}".strip()[:300], tuple(uses[symbol.qualname]))
        for symbol in facts.symbols
        if symbol.kind in ("function", "method") and re.match(r"_*test|it_|should", symbol.name, re.IGNORECASE) and uses[symbol.qualname]
    ]


def _attach(records: list[Record], prose: list[str], tests: list[tuple[str, tuple[str, ...]]]) -> None:
    """Add to records the sentences of prose that name them and the tests that use them; a name of over two records is ignored."""
    by_name: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.qualname:
            by_name[record.name].append(record)
    for text in prose:
        for sentence in SENTENCE.split(text):
            names = sorted({next(filter(None, match.groups())) for match in IDENTIFIER.finditer(sentence)})
            named = [name for name in names if 1 <= len(by_name.get(name, ())) <= 2]
            if 1 <= len(named) <= 3 and len(ENGLISH.findall(sentence)) >= 6 and len(sentence) <= 400 and _is_english(sentence):
                for record in (record for name in named for record in by_name[name] if len(record.mentions) < MENTIONS):
                    record.mentions.append(" ".join(sentence.split()))
    for name, used in tests:
        rare = sorted({one for one in used if 1 <= len(by_name.get(one, ())) <= 2 and len(one) > 4}, key=_key)
        for record in (record for one in rare[:3] for record in by_name[one] if len(record.tests) < MENTIONS):
            record.tests.append(name)


if __name__ == "__main__":
    main()
