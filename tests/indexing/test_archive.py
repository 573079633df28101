"""An index that travels as a file: what arrives is what a fresh index would be, and nothing hostile or damaged arrives at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from memoryd.config import Settings
from memoryd.embed import load
from memoryd.errors import ArchiveRefused, StoreUnusable
from memoryd.indexing import open_archive
from memoryd.indexing.archive import MAX_FOOTER, MAX_RATIO, ROWS, seal
from memoryd.memory import ProjectMemory
from memoryd.model import Secrets
from tests import warm
from tests.project import FILES, MONEY, Shell, fresh_rows, index_folder, many, rows, write


@dataclass(frozen=True)
class Parts:
    """What an archive is made of, to be put together in another way."""

    table: pa.Table
    manifest: bytes


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("exported")
    write(base / "project", FILES)
    with _memory(base / "project", base / "home") as memory:
        memory.refresh()
        memory.export(base / "index.memoryd")
    return base / "index.memoryd"


@pytest.fixture
def memory(root: Path, tmp_path: Path) -> Iterator[ProjectMemory]:
    with _memory(root, tmp_path / "home") as opened:
        yield opened


def _memory(root: Path, home: Path, embedder: str = "hash") -> ProjectMemory:
    return ProjectMemory(root, Settings(home, embedder=embedder, workers=1))


def _parts(archive: Path) -> Parts:
    found = pq.ParquetFile(archive)
    return Parts(found.read().replace_schema_metadata(None), found.metadata.metadata[b"memoryd"])


def _packed(parts: Parts, file: Path, rows: int = ROWS, **metadata: bytes) -> Path:
    """Write an archive with a seal that is right: what only who wants to deceive would make of wrong parts."""
    with pq.ParquetWriter(file, parts.table.schema, compression="zstd", use_dictionary=False, write_page_checksum=True) as writer:
        writer.write_table(parts.table, rows)
        writer.add_key_value_metadata({"memoryd": parts.manifest, "seal": b"memoryd blake2b " + b"0" * 64, **metadata})
    return _sealed(file)


def _sealed(file: Path) -> Path:
    with file.open("r+b") as opened, suppress(ArchiveRefused):
        seal(opened)
    return file


def _split(data: bytes) -> tuple[bytes, bytes]:
    """Return the pages of an archive, and the footer."""
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    return data[:start], data[start:-8]


def _joined(pages: bytes, footer: bytes, file: Path) -> Path:
    return _sealed(_written(file, pages + footer + len(footer).to_bytes(4, "little") + b"PAR1"))


def _number(value: int) -> bytes:
    """Return how a footer holds a number (Thrift's compact protocol)."""
    value, found = (value << 1) ^ (value >> 63), b""
    while value > 127:
        value, found = value >> 7, found + bytes([value & 127 | 128])
    return found + bytes([value])


def _replaced(table: pa.Table, column: str, values: list[Any]) -> pa.Table:
    return table.set_column(
        table.schema.get_field_index(column), table.schema.field(column), pa.array(values, table.schema.field(column).type)
    )


def test_an_index_taken_in_at_another_path_is_the_one_a_fresh_index_would_be(exported: Path, memory: ProjectMemory, tmp_path: Path) -> None:
    report = memory.take_in(exported)
    assert (report.parsed, report.embedded) == (0, 0)
    assert rows(memory.root, tmp_path / "home") == fresh_rows(memory.root, tmp_path / "fresh")
    assert memory.status().fresh
    assert memory.search("parse_money")[0].id == "shop/money.py#parse_money"


def test_files_that_differ_here_are_parsed_and_no_others(exported: Path, memory: ProjectMemory, tmp_path: Path) -> None:
    write(memory.root, {"shop/money.py": MONEY + "\n\nCENT = 1\n", "shop/tax.py": "def tax():\n    return 19\n"})
    (memory.root / "README.md").unlink()
    (memory.root / "config.yaml").rename(memory.root / "settings.yaml")
    report = memory.take_in(exported)
    assert (report.added, report.modified, report.removed, report.renamed, report.parsed) == (1, 1, 1, 1, 2)
    assert rows(memory.root, tmp_path / "home") == fresh_rows(memory.root, tmp_path / "fresh")


def test_what_this_machine_knew_of_files_by_their_stat_is_not_believed_of_an_archive(exported: Path, memory: ProjectMemory) -> None:
    write(memory.root, {"shop/money.py": MONEY.replace("cents", "pence")})
    memory.refresh()
    assert memory.take_in(exported).modified == 1
    assert b"pence" in memory.show("shop/money.py#Money").text.encode()


def test_the_same_index_gives_the_same_bytes_wherever_it_is_and_whichever_way_it_came_about(
    exported: Path, memory: ProjectMemory, tmp_path: Path
) -> None:
    write(memory.root, {"shop/money.py": MONEY + "\n\nCENT = 1\n"})
    memory.refresh()
    write(memory.root, {"shop/money.py": MONEY})
    memory.refresh()
    memory.export(tmp_path / "again.memoryd")
    assert (tmp_path / "again.memoryd").read_bytes() == exported.read_bytes()
    again = _parts(tmp_path / "again.memoryd")
    assert str(tmp_path) not in str(again.table.to_pylist())
    assert str(tmp_path).encode() not in again.manifest + (tmp_path / "again.memoryd").read_bytes()


def test_an_archive_taken_in_exports_as_itself_with_many_files(tmp_path: Path) -> None:
    write(tmp_path / "one", many(620, 4))
    write(tmp_path / "two", many(620, 4))
    with _memory(tmp_path / "one", tmp_path / "home") as one, _memory(tmp_path / "two", tmp_path / "home") as two:
        one.refresh()
        one.export(tmp_path / "one.memoryd")
        assert two.take_in(tmp_path / "one.memoryd").parsed == 0
        two.export(tmp_path / "two.memoryd")
    data = (tmp_path / "one.memoryd").read_bytes()
    assert (tmp_path / "two.memoryd").read_bytes() == data
    assert _parts(tmp_path / "one.memoryd").table.nbytes < len(data) * MAX_RATIO / 2, "the bound must leave room for what is real"


def test_an_empty_project_travels_as_well(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with _memory(tmp_path / "empty", tmp_path / "home") as memory:
        memory.refresh()
        memory.export(tmp_path / "empty.memoryd")
        assert memory.take_in(tmp_path / "empty.memoryd").parsed == 0


@pytest.mark.parametrize(
    ("here", "is_strange"),
    [
        (FILES, False),
        ({f"lib/{number}.py": "" for number in range(50)} | dict(list(FILES.items())[:1]), False),
        ({"README.md": "", "config.yaml": "", "lamp/switch.py": ""}, True),
        ({"README.md": ""}, False), ({"LICENSE": ""}, True), ({}, True),
    ],
    ids=["the same", "grown and moved", "other folders", "only what all have", "nothing of it", "an empty folder"],
)  # fmt: skip
def test_an_archive_of_another_project_is_told_by_the_paths_in_its_folders(
    exported: Path, tmp_path: Path, here: dict[str, str], is_strange: bool
) -> None:
    (tmp_path / "here").mkdir()
    write(tmp_path / "here", here)
    with _memory(tmp_path / "here", tmp_path / "home") as memory:
        found = memory.overlap(exported)
        assert memory.version() == 0
    assert (found.archived, found.shared, found.is_strange) == (len(FILES), len(here.keys() & FILES.keys()), is_strange)


def test_an_index_of_another_embedder_is_refused(exported: Path, root: Path, tmp_path: Path) -> None:
    with _memory(root, tmp_path / "home", "static") as memory, pytest.raises(ArchiveRefused, match="MEMORYD_EMBEDDER"):
        memory.take_in(exported)


def _written(file: Path, data: bytes) -> Path:
    file.write_bytes(data)
    return file


Make = Callable[[Path, Path], Path]
"""Makes an archive to refuse in a file, from the sound one in another."""


def _hostile() -> dict[str, Make]:
    def facts_of(change: Callable[[pa.Table], pa.Table], **changed: Any) -> Make:
        def make(sound: Path, file: Path) -> Path:
            parts = _parts(sound)
            return _packed(Parts(change(parts.table), orjson.dumps({**orjson.loads(parts.manifest), **changed})), file)

        return make

    def column(name: str, value: Any) -> Make:
        return facts_of(lambda table: _replaced(table, name, [value, *table[name].to_pylist()[1:]]))

    def manifest(**changed: Any) -> Make:
        return facts_of(lambda table: table, **changed)

    def manifest_of(data: bytes) -> Make:
        return lambda sound, file: _packed(replace(_parts(sound), manifest=data), file)

    def pages(change: Callable[[bytes], bytes]) -> Make:
        def make(sound: Path, file: Path) -> Path:
            found, footer = _split(sound.read_bytes())
            return _joined(change(found), footer, file)

        return make

    def largest(sound: Path) -> Any:
        group = pq.ParquetFile(sound).metadata.row_group(0)
        return max((group.column(index) for index in range(group.num_columns)), key=lambda one: one.total_uncompressed_size)

    def lies(name: str, lie: int) -> Make:
        """Let the footer lie about a number of the largest column."""

        def make(sound: Path, file: Path) -> Path:
            found, footer = _split(sound.read_bytes())
            true = getattr(largest(sound), name, None) or getattr(pq.ParquetFile(sound).metadata.row_group(0), name)
            assert _number(true) in footer
            return _joined(found, footer.replace(_number(true), _number(lie)), file)

        return make

    def bomb(sound: Path, file: Path) -> Path:
        return facts_of(lambda table: _replaced(table, "doc", ["x" * (48 * 2**20), *table["doc"].to_pylist()[1:]]))(sound, file)

    def lying_bomb(sound: Path, file: Path) -> Path:
        return lies("total_byte_size", 1_000)(bomb(sound, file), file)

    def crowd(sound: Path, file: Path) -> Path:
        parts = _parts(sound)
        return _packed(replace(parts, table=pa.concat_tables([parts.table] * (ROWS // len(parts.table) + 1))), file, 2 * ROWS)

    def flipped(data: bytes, at: int) -> bytes:
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    def page(sound: Path, file: Path) -> Path:
        """Flip a bit in the middle of the data of the largest column; the heads of pages have no checksum but the seal's."""
        found, footer = _split(sound.read_bytes())
        column = largest(sound)
        return _joined(flipped(found, column.data_page_offset + column.total_compressed_size // 2), footer, file)

    return {
        "wrong digest of the facts": lambda sound, file: _written(file, flipped(sound.read_bytes(), sound.stat().st_size // 2)),
        "wrong checksum of a page": page,
        "another format": manifest(format="memoryd archive 1"),
        "another format of the index": manifest(index=99),
        "a manifest that is no object": manifest_of(b"[]"),
        "a manifest that is no JSON": manifest_of(b"{"),
        "a manifest without files": manifest(files=7),
        "no manifest": lambda sound, file: _joined(*_split(sound.read_bytes().replace(b"\x07memoryd", b"\x07another", 1)), file),
        "sizes that are none": manifest(rows=-1),
        "dimensions that fit no memory": manifest(dimensions=2**31),
        "fewer rows than there are": manifest(rows=3),
        "more rows than there are": manifest(rows=10**12),
        "files that it does not hold": manifest(files={"shop/none.py": "00"}),
        "paths that leave the project": manifest(files={"../../etc/passwd": "00"}),
        "paths that leave it in disguise": manifest(files={"a/\\x2e\\x2e/b": "00"}),
        "absolute paths": manifest(files={"/etc/passwd": "00"}),
        "facts larger than any": lies("total_byte_size", 2**50),
        "facts of less than nothing": lies("total_byte_size", -5),
        "more bytes than the file has": lies("total_compressed_size", 2**50),
        "a place outside of the file": lies("data_page_offset", 2**50),
        "rows that the footer makes up": lies("num_rows", 2**40),
        "too many rows at once": crowd,
        "something first": pages(lambda found: b"more" + found),
        "something last": lambda sound, file: _sealed(_written(file, sound.read_bytes() + b"y")),
        "only a manifest": facts_of(lambda table: table.slice(0, 0)),
        "a bomb": bomb,
        "a bomb in the footer": lambda sound, file: _packed(_parts(sound), file, comment=b"x" * (MAX_FOOTER + 1)),
        "a bomb in a page of which the footer lies": lying_bomb,
        "facts cut short": pages(lambda found: found[: len(found) // 2]),
        "facts that are no Parquet": pages(lambda found: b"\x80" * len(found)),
        "a footer with a length that lies": lambda sound, file: _sealed(_written(file, sound.read_bytes()[:-8] + b"\xff\xff\xff\x7fPAR1")),
        "no facts": pages(lambda _: b""),
        "other columns": facts_of(lambda table: table.drop_columns(["doc"])),
        "columns in another order": facts_of(lambda table: table.select(table.schema.names[::-1])),
        "rows twice": lambda sound, file: facts_of(
            lambda table: pa.concat_tables([table, table.slice(0, 1)]), rows=len(_parts(sound).table) + 1
        )(sound, file),
        "a unit that ends before it starts": column("last_line", 0),
        "a unit before the start": column("start", -5),
        "a unit of another file": column("id", "elsewhere.py#x"),
        "a file that the manifest does not name": column("path", "/etc/passwd"),
        "another digest of a file": column("digest", "00"),
        "nothing where a text should be": column("signature", None),
        "a vector of nothing": column("vector", [float("nan")] * 256),
        "no Parquet": lambda sound, file: _written(file, _parts(sound).manifest),
        "an empty file": lambda _, file: _written(file, b""),
    }


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ProjectMemory, Path, list[tuple[str, ...]]]]:
    """A project with an index that must survive every refusal."""
    base = tmp_path_factory.mktemp("standing")
    write(base / "project", {**FILES, "mine.py": "MINE = 1\n"})
    with _memory(base / "project", base / "home") as memory:
        memory.refresh()
        yield memory, base / "home", rows(memory.root, base / "home")


@pytest.mark.parametrize("name", _hostile())
def test_what_is_damaged_foreign_or_hostile_is_refused_and_the_old_index_stays(
    name: str, exported: Path, standing: tuple[ProjectMemory, Path, list[tuple[str, ...]]], tmp_path: Path
) -> None:
    memory, home, before = standing
    archive = _hostile()[name](exported, tmp_path / "hostile.memoryd")
    with pytest.raises(ArchiveRefused, match=r"is not taken in: .*; the index here is as it was"):
        memory.take_in(archive)
    assert rows(memory.root, home) == before
    assert len(list(index_folder(memory.root, home).glob("facts-*.lance"))) == 1, "something was left behind"


def test_an_archive_cut_at_any_place_or_with_any_byte_changed_does_no_harm(
    exported: Path, standing: tuple[ProjectMemory, Path, list[tuple[str, ...]]], tmp_path: Path
) -> None:
    memory, home, before = standing
    data = exported.read_bytes()
    file = tmp_path / "damaged.memoryd"
    step = len(data) // 12
    for damaged in [data[:end] for end in range(1, len(data), step)] + [
        data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :] for place in range(12, len(data), step)
    ]:
        file.write_bytes(damaged)
        with pytest.raises(ArchiveRefused):
            memory.take_in(file)
    assert rows(memory.root, home) == before


def test_a_footer_changed_and_sealed_again_is_refused_or_the_rows_are_what_they_were(exported: Path, tmp_path: Path) -> None:
    pages, footer = _split(exported.read_bytes())
    before, embedder, refused = _parts(exported).table, load("hash"), 0
    places = range(0, len(footer), 23)
    for place in places:
        changed = footer[:place] + bytes([footer[place] ^ 255]) + footer[place + 1 :]
        try:
            with open_archive(
                _joined(pages, changed, tmp_path / "changed.memoryd"), embedder.id, embedder.dimensions, Secrets.MASK
            ) as archive:
                assert pa.Table.from_batches(archive.batches()).equals(before), place
        except ArchiveRefused:
            refused += 1
    assert refused > len(places) / 3


def test_only_files_are_read_and_only_to_files_is_written(
    standing: tuple[ProjectMemory, Path, list[tuple[str, ...]]], tmp_path: Path
) -> None:
    memory, _, _ = standing
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "missing"):
        with pytest.raises(ArchiveRefused):
            memory.take_in(path)
    for path in (tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(StoreUnusable, match="cannot write"):
            memory.export(path)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_an_index_that_cannot_be_read_is_replaced(exported: Path, memory: ProjectMemory) -> None:
    memory.folder.mkdir(parents=True)
    (memory.folder / "meta.json").write_text("{")
    (memory.folder / "stat.json").write_text('{"format": "memoryd stat cache 1", "files": {}}')
    assert memory.take_in(exported).parsed == 0
    assert memory.status().fresh


def test_ci_restores_imports_reindexes_and_finds_the_index_fresh(exported: Path, shell: Shell, tmp_path: Path) -> None:
    assert warm.run(shell, "import", str(exported), "--json").json["parsed"] == 0
    assert warm.run(shell, "reindex", "--check").code == 0
    write(shell.root, {"new.py": "NEW = 1\n"})
    assert warm.run(shell, "reindex", "--check").code == 3
    done = warm.run(shell, "export", str(tmp_path / "out.memoryd"), "--json")
    assert (done.code, done.json["files"]) == (0, len(FILES) + 1)
    (tmp_path / "out.memoryd").write_bytes(b"damaged")
    done = warm.run(shell, "import", str(tmp_path / "out.memoryd"))
    assert (done.code, "Traceback" in done.err) == (1, False)
    assert "is not taken in" in done.err
    assert warm.run(shell, "reindex", "--check").code == 0
