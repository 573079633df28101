"""An index that travels as a file: what arrives is what a fresh index would be, and nothing hostile or damaged arrives at all."""

import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest

from memoryd.config import Settings
from memoryd.errors import ArchiveRefused, StoreUnusable
from memoryd.indexing.archive import MAX_RATIO
from memoryd.memory import ProjectMemory
from tests import warm
from tests.project import FILES, MONEY, Shell, fresh_rows, index_folder, many, rows, write

Members = dict[str, bytes]


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


def _members(archive: Path) -> Members:
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def _packed(members: Members, file: Path, change: Callable[[tarfile.TarInfo], None] = lambda _: None) -> Path:
    with tarfile.open(file, "w:gz") as tar:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            change(member)
            tar.addfile(member, io.BytesIO(data))
    return file


def _with_facts(members: Members, facts: bytes, **changed: Any) -> Members:
    """Return an archive whose manifest fits other facts: what only who wants to deceive would make."""
    manifest = orjson.loads(members["manifest.json"])
    manifest |= {"facts": {"bytes": len(facts), "blake2b": hashlib.blake2b(facts).hexdigest()}, **changed}
    return {"manifest.json": orjson.dumps(manifest), "facts.arrow": facts}


def _table(members: Members) -> pa.Table:
    return pa.ipc.open_stream(members["facts.arrow"]).read_all()


def _stream(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as stream:
        stream.write_table(table)
    return sink.getvalue()


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
    assert str(tmp_path).encode() not in gzip.decompress((tmp_path / "again.memoryd").read_bytes())


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
    assert len(gzip.decompress(data)) < len(data) * MAX_RATIO / 2, "the bound must leave room for what is real"


def test_an_empty_project_travels_as_well(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with _memory(tmp_path / "empty", tmp_path / "home") as memory:
        memory.refresh()
        memory.export(tmp_path / "empty.memoryd")
        assert memory.take_in(tmp_path / "empty.memoryd").parsed == 0


def test_an_index_of_another_embedder_is_refused(exported: Path, root: Path, tmp_path: Path) -> None:
    with _memory(root, tmp_path / "home", "static") as memory, pytest.raises(ArchiveRefused, match="MEMORYD_EMBEDDER"):
        memory.take_in(exported)


def _written(file: Path, data: bytes) -> Path:
    file.write_bytes(data)
    return file


def _hostile() -> dict[str, Callable[[Members, Path], Path]]:
    """Archives to refuse, made from the members of a sound one."""

    def facts_of(change: Callable[[pa.Table], pa.Table], **changed: Any) -> Callable[[Members, Path], Path]:
        return lambda members, file: _packed(_with_facts(members, _stream(change(_table(members))), **changed), file)

    def column(name: str, value: Any) -> Callable[[Members, Path], Path]:
        return facts_of(lambda table: _replaced(table, name, [value, *table[name].to_pylist()[1:]]))

    def manifest(**changed: Any) -> Callable[[Members, Path], Path]:
        def make(members: Members, file: Path) -> Path:
            return _packed({**members, "manifest.json": orjson.dumps({**orjson.loads(members["manifest.json"]), **changed})}, file)

        return make

    def linked(kind: bytes) -> Callable[[Members, Path], Path]:
        def change(member: tarfile.TarInfo) -> None:
            if member.name == "facts.arrow":
                member.type, member.linkname, member.size = kind, "/etc/passwd", 0

        return lambda members, file: _packed(members, file, change)

    def bomb(members: Members, file: Path) -> Path:
        zeros = bytes(48 * 2**20)
        return _packed(_with_facts(members, members["facts.arrow"] + zeros), file)

    def pax_bomb(_: Members, file: Path) -> Path:
        with tarfile.open(file, "w:gz", format=tarfile.PAX_FORMAT) as tar:
            member = tarfile.TarInfo("manifest.json")
            member.pax_headers = {"comment": "x" * (96 * 2**20)}
            tar.addfile(member)
        return file

    def rewritten(members: Members, change: Callable[[bytes], bytes], file: Path) -> Path:
        return _packed(_with_facts(members, change(members["facts.arrow"])), file)

    def repeated(members: Members, file: Path) -> Path:
        table = _table(members)
        return _packed(_with_facts(members, _stream(pa.concat_tables([table, table.slice(0, 1)])), rows=len(table) + 1), file)

    return {
        "wrong digest of the facts": lambda members, file: _packed(
            {**members, "facts.arrow": members["facts.arrow"].replace(b"Cart", b"Tart", 1)}, file
        ),
        "another format": manifest(format="memoryd archive 2"),
        "another format of the index": manifest(index=99),
        "a manifest that is no object": lambda members, file: _packed({**members, "manifest.json": b"[]"}, file),
        "a manifest that is no JSON": lambda members, file: _packed({**members, "manifest.json": b"{"}, file),
        "a manifest without facts": manifest(facts=7),
        "sizes that are none": manifest(rows=-1),
        "dimensions that fit no memory": manifest(dimensions=2**31),
        "fewer rows than there are": manifest(rows=3),
        "more rows than there are": manifest(rows=10**12),
        "files that it does not hold": manifest(files={"shop/none.py": "00"}),
        "paths that leave the project": manifest(files={"../../etc/passwd": "00"}),
        "paths that leave it in disguise": manifest(files={"a/\\x2e\\x2e/b": "00"}),
        "absolute paths": manifest(files={"/etc/passwd": "00"}),
        "facts larger than any": manifest(facts={"bytes": 2**50, "blake2b": ""}),
        "a member that climbs": lambda members, file: _packed({"../manifest.json": members["manifest.json"]}, file),
        "a member too many first": lambda members, file: _packed({"x": b"", **members}, file),
        "a member too many last": lambda members, file: _packed({**members, "x": b"y"}, file),
        "a symbolic link": linked(tarfile.SYMTYPE),
        "a hard link": linked(tarfile.LNKTYPE),
        "a device": linked(tarfile.CHRTYPE),
        "only a manifest": lambda members, file: _packed({"manifest.json": members["manifest.json"]}, file),
        "a bomb": bomb,
        "a bomb in a header": pax_bomb,
        "a bomb in the Arrow stream": lambda members, file: _packed(
            _with_facts(members, _stream(_table(members), compression="zstd")), file
        ),
        "facts cut short": lambda members, file: rewritten(members, lambda facts: facts[: len(facts) // 2], file),
        "facts that are no Arrow": lambda members, file: rewritten(members, lambda facts: b"\x80" * len(facts), file),
        "facts with lengths that lie": lambda members, file: rewritten(
            members, lambda facts: facts[:4] + b"\xff\xff\xff\x7f" + facts[8:], file
        ),
        "no facts": lambda members, file: rewritten(members, lambda _: b"", file),
        "other columns": facts_of(lambda table: table.drop_columns(["doc"])),
        "columns in another order": facts_of(lambda table: table.select(table.schema.names[::-1])),
        "rows twice": repeated,
        "a unit that ends before it starts": column("last_line", 0),
        "a unit before the start": column("start", -5),
        "a unit of another file": column("id", "elsewhere.py#x"),
        "a file that the manifest does not name": column("path", "/etc/passwd"),
        "another digest of a file": column("digest", "00"),
        "nothing where a text should be": column("signature", None),
        "a vector of nothing": column("vector", [float("nan")] * 256),
        "no gzip": lambda members, file: _written(file, members["manifest.json"]),
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
    archive = _hostile()[name](_members(exported), tmp_path / "hostile.memoryd")
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
