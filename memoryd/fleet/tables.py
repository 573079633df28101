"""The tables of a fleet, and what a part of it is.

A part is what one task made: the rows of one repository at one commit, by one set of rules. Its rows in all tables have its name, and
they count once the table of repositories names it. So tables need no transaction between them: what no repository names is not there.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from indexers import language_revision, languages
from memoryd.errors import FleetUnusable
from memoryd.graph import revision as graph_revision
from memoryd.model import Secrets
from memoryd.parsing import revision_of
from memoryd.store import FORMAT as INDEX_FORMAT
from memoryd.store import Tables, table_schema

FORMAT = "memoryd fleet 1"
REPOSITORIES, COVERAGE, UNITS, FILES, WORDS, IMAGES = "repositories", "coverage", "units", "files", "words", "images"
ROWS = (UNITS, FILES, WORDS, IMAGES)
"""The tables with rows of parts."""
COUNT = pa.struct([("name", pa.string()), ("count", pa.int64())])
OWN = [pa.field(name, pa.string()) for name in ("part", "repository", "commit", "visibility")]
WRITTEN_IN = "written_in"
"""The column with the language of a unit's file: `language` is that of the row of a file alone, as in any index."""
FULL_TEXT = {UNITS: ("words", "names")}
SCALAR = {UNITS: ("part", "path", WRITTEN_IN), FILES: ("part", "path"), WORDS: ("word", "part"), IMAGES: ("part",)}
VECTOR = {UNITS: "vector"}
"""The columns that LanceDB indexes, by table."""


def schema_of(table: str, dimensions: int) -> pa.Schema:
    """Return the columns of one of the tables."""
    own: dict[str, list[pa.Field]] = {
        UNITS: [*OWN, pa.field(WRITTEN_IN, pa.string()), *table_schema(dimensions)],
        FILES: [*OWN, *(pa.field(name, pa.string()) for name in ("path", "language", "digest", "skipped")), pa.field("text", pa.binary())],
        WORDS: [OWN[0], pa.field("word", pa.string()), pa.field("units", pa.int32()), pa.field("named", pa.int32())],
        IMAGES: [OWN[0], pa.field("file", pa.string()), pa.field("number", pa.int32()), pa.field("data", pa.binary())],
        REPOSITORIES: [
            *OWN, pa.field("address", pa.string()), pa.field("rules", pa.string()), pa.field("summary", pa.string()),
            pa.field("languages", pa.list_(COUNT)), pa.field("reasons", pa.list_(COUNT)),
            *(pa.field(name, pa.int64()) for name in ("files", "units", "lines", "bytes")),
            pa.field("provides", pa.list_(pa.string())), pa.field("requires", pa.list_(pa.string())),
            pa.field("vector", pa.list_(pa.float16(), dimensions)),
        ],
        COVERAGE: [pa.field(name, pa.string()) for name in ("repository", "address", "visibility", "commit", "state", "why")],
    }  # fmt: skip
    return pa.schema(own[table])


def no_fleet(address: str) -> FleetUnusable:
    """Return the error that there is no fleet at an address."""
    return FleetUnusable("there is no fleet; make it with: memoryd fleet index", address)


def tidy(tables: Tables, table: str) -> None:
    """Index the rows of one of the tables that are not indexed yet, and merge what changes scattered."""
    tables.tidy(table, FULL_TEXT.get(table, ()), SCALAR.get(table, ()), VECTOR.get(table, ""))


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rows of a part depend on besides the files: `revision` is a digest of all of it, `embedder` what made the vectors."""

    revision: str
    embedder: str
    dimensions: int


@cache
def rules(embedder: str, dimensions: int, secrets: Secrets) -> Rules:
    """Return the rules by which this version of memoryd indexes with an embedder."""
    of_languages = [revision_of(name, secrets) for name in ("", *sorted(languages()))]
    parts = (FORMAT, str(INDEX_FORMAT), embedder, str(dimensions), graph_revision(), language_revision(""), *of_languages)
    return Rules(hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest(), embedder, dimensions)


def part_of(name: str, visibility: str, commit: str, made_by: Rules) -> str:
    """Return the name of the part of a repository at a commit."""
    digest = hashlib.blake2b("\0".join((name, visibility, commit, made_by.revision)).encode(), digest_size=10).hexdigest()
    return f"{re.sub('[^A-Za-z0-9]+', '-', name)[:40]}-{digest}"
