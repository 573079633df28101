"""Steps in which files of the index are damaged, or the disk fills up. The daemon rests while files are damaged."""

import random
import shutil
from functools import partial
from pathlib import Path

from scripts.bench.torture.arena import Arena, checked, pick
from scripts.bench.torture.edits import edit
from scripts.bench.torture.processes import Job, command, with_small_files


def flip_bit(arena: Arena, chance: random.Random) -> None:
    """Flip a bit of a file."""
    if file := _victim(arena, chance):
        data = bytearray(file.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(data)
        _asked_once(arena)


def overwrite(arena: Arena, chance: random.Random) -> None:
    """Overwrite some bytes of a file."""
    if file := _victim(arena, chance):
        data = bytearray(file.read_bytes())
        place = chance.randrange(len(data))
        size = chance.choice((1, 16, 512, 4096))
        data[place : place + size] = chance.choice((bytes(size), chance.randbytes(size)))
        file.write_bytes(data)
        _asked_once(arena)


def truncate(arena: Arena, chance: random.Random) -> None:
    """Cut a file short, or make it longer than it was."""
    if file := _victim(arena, chance):
        with file.open("r+b") as opened:
            opened.truncate(chance.choice((0, chance.randrange(file.stat().st_size), file.stat().st_size + 4_096)))
        _asked_once(arena)


def remove(arena: Arena, chance: random.Random) -> None:
    """Remove a file."""
    if file := _victim(arena, chance):
        file.unlink()
        _asked_once(arena)


def older_file(arena: Arena, chance: random.Random) -> None:
    """Put an older state of a file in its place, or back where it no longer was."""
    arena.rest()
    files = _files(arena.older)
    if file := pick(chance, files):
        place = arena.data / file.relative_to(arena.older)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
        _asked_once(arena)
    if not files or chance.random() < 0.5:
        arena.snapshot()


def older_index(arena: Arena, chance: random.Random) -> None:
    """Put an older state of the whole index in its place, as from a backup."""
    arena.rest()
    if arena.older.exists():
        shutil.rmtree(arena.data, ignore_errors=True)
        shutil.copytree(arena.older, arena.data)
        edit(arena, chance)
        _asked_once(arena)
    else:
        arena.snapshot()


def foreign_file(arena: Arena, chance: random.Random) -> None:
    """Put a file or folder that nobody asked for into the data folder."""
    arena.rest()
    if arena.index.is_dir():
        name = chance.choice(
            (f".meta.json.{chance.getrandbits(48):012x}.new", "facts-9-abc.lance", "facts-1-abc.arrow", "notes.txt", "tmp")
        )
        place = arena.index / name
        if chance.random() < 0.5:
            place.mkdir(exist_ok=True)
        elif not place.is_dir():
            place.write_bytes(chance.randbytes(100))
        _asked_once(arena)


def full_disk(arena: Arena, chance: random.Random) -> None:
    """Fill the disk while the index is brought up to date: that succeeds, or fails in words, also in the daemon's answers."""
    edit(arena, chance)
    arena.asked()  # one that begins on a full disk only says so, and ends
    arena.disk.shrink(chance.choice((0, 4_096, 40_000, 400_000)))
    try:
        arena.run("reindex", str(arena.root), codes=(0, 1))
        arena.post("/v1/search", (200, 503), query="invoice total")
        arena.post("/v1/reindex", (200, 503))
        arena.run("search", "invoice total", "--root", str(arena.root), codes=(0, 1))
    finally:
        arena.disk.grow()


def small_files(arena: Arena, chance: random.Random) -> None:
    """Let no file grow beyond a few bytes while the index is brought up to date."""
    edit(arena, chance)
    most = chance.choice((0, 512, 4_096, 20_000, 100_000))
    job = Job(partial(with_small_files, most, partial(command, "reindex", str(arena.root))), arena.place)
    checked(job.end(), ("reindex, with small files",), (0, 1))


def _victim(arena: Arena, chance: random.Random) -> Path | None:
    """Stop the daemon, and return a file of the index that is not empty."""
    arena.rest()
    return pick(chance, [file for file in _files(arena.data) if file.stat().st_size])


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def _asked_once(arena: Arena) -> None:
    """Ask a question of the damaged index."""
    arena.run("search", "invoice total", "--root", str(arena.root), "--json")
