"""Steps of somebody at work: files are edited, moved, deleted and ignored, branches switched, notes written."""

import random
import re
import shutil
from pathlib import Path

from scripts.bench.torture.arena import Arena, pick
from scripts.bench.torture.project import module

TIMES = 5
"""The most edits of one step."""


def edit(arena: Arena, chance: random.Random) -> None:
    """Change a few files in various ways."""
    for _ in range(chance.randint(1, TIMES)):
        chance.choice(EDITS)(arena, chance)


def git_branch(arena: Arena, chance: random.Random) -> None:
    """Commit what there is, and go to another branch, a new one or one from before."""
    arena.git("add", "--all", "--", ".", ":!.memoryd")
    arena.git("commit", "--quiet", "--allow-empty", "-m", "work")
    branches = arena.git("branch", "--format=%(refname:short)").split()
    if len(branches) < 4 or chance.random() < 0.3:
        arena.git("checkout", "--quiet", "-b", f"branch-{chance.getrandbits(32)}")
        edit(arena, chance)
    else:
        arena.git("checkout", "--quiet", "--force", chance.choice(branches))


def git_reset(arena: Arena, chance: random.Random) -> None:
    """Take all changes back, as somebody who has had enough."""
    arena.git("reset", "--quiet", "--hard", chance.choice(("HEAD", "HEAD~1")))
    arena.git("clean", "-fdq", "--exclude=.memoryd")


def note_over_http(arena: Arena, chance: random.Random) -> None:
    """Write notes over HTTP."""
    for _ in range(chance.randint(1, 4)):
        title, claims = drafted(arena, chance)
        made = arena.post("/v1/notes", (201,), title=title, kind="decision", body=body(chance), claims=claims, author="agent:torture")
        arena.notes[made["id"]] = made["title"]


def note_on_command_line(arena: Arena, chance: random.Random) -> None:
    """Write a note on the command line."""
    import json

    title, claims = drafted(arena, chance)
    given = [part for claim in claims for part in ("--claim", claim)]
    ended = arena.run("note", "add", "--title", title, "--body", body(chance), "--json", *given)
    made = json.loads(ended.out)
    arena.notes[made["id"]] = made["title"]


def drafted(arena: Arena, chance: random.Random) -> tuple[str, list[str]]:
    """Return the title of a note like no other, and claims that hold."""
    words = " ".join(chance.choice(WORDS) for _ in range(6))
    file = pick(chance, [one for one in arena.files() if PLAIN.fullmatch(str(one.relative_to(arena.root)))])
    # An ignored file exists for no claim, so that who writes notes learns nothing of it.
    holds = file is not None and not arena.git("check-ignore", "--no-index", str(file))
    return f"{words} {chance.getrandbits(40):x}", [f"path {file.relative_to(arena.root)}"] if file and holds else []


def body(chance: random.Random) -> str:
    """Return the text of a note."""
    return "\n\n".join(" ".join(chance.choice(WORDS) for _ in range(chance.randint(5, 40))) for _ in range(3))


PLAIN = re.compile(r"[\w./-]+\.py", re.ASCII)
"""Paths that a claim need not quote."""
WORDS = "total order invoice customer address rounding cents because half even load twice never always module cart line größe 注文".split()


def _rewrite(arena: Arena, chance: random.Random) -> None:
    if file := pick(chance, arena.files()):
        file.write_text(module(chance.randrange(40), chance.randrange(100)))


def _append(arena: Arena, chance: random.Random) -> None:
    if file := pick(chance, arena.files()):
        with file.open("a") as opened:
            opened.write(f"\n\ndef added_{chance.getrandbits(20)}(order):\n    return order.total()\n")


def _change_a_line(arena: Arena, chance: random.Random) -> None:
    if file := pick(chance, arena.files()):
        lines = file.read_bytes().split(b"\n")
        lines[chance.randrange(len(lines))] = b"# changed %d" % chance.getrandbits(20)
        file.write_bytes(b"\n".join(lines))


def _create(arena: Arena, chance: random.Random) -> None:
    number = chance.randrange(1_000)
    write(arena.root / f"pkg_{number % 8}" / f"new_{number}.py", module(number).encode())


def _delete(arena: Arena, chance: random.Random) -> None:
    if (file := pick(chance, arena.files())) and len(arena.files()) > 20:
        file.unlink()


def _delete_folder(arena: Arena, chance: random.Random) -> None:
    folders = sorted({file.parent for file in arena.files()} - {arena.root})
    if len(folders) > 4:
        shutil.rmtree(chance.choice(folders))


def _rename(arena: Arena, chance: random.Random) -> None:
    if file := pick(chance, arena.files()):
        file.rename(file.with_name(f"moved_{chance.getrandbits(24)}{file.suffix}"))


def _swap(arena: Arena, chance: random.Random) -> None:
    one, other = pick(chance, arena.files()), pick(chance, arena.files())
    if one and other and one != other:
        ours, theirs = one.read_bytes(), other.read_bytes()
        one.write_bytes(theirs)
        other.write_bytes(ours)


def _copy(arena: Arena, chance: random.Random) -> None:
    if file := pick(chance, arena.files()):
        shutil.copyfile(file, file.with_name(f"copy_{chance.getrandbits(24)}{file.suffix}"))


def _move_folder(arena: Arena, chance: random.Random) -> None:
    folders = sorted({file.parent for file in arena.files()} - {arena.root})
    if folders:
        chance.choice(folders).rename(arena.root / f"folder_{chance.getrandbits(24)}")


def _empty(arena: Arena, chance: random.Random) -> None:
    if file := pick(chance, arena.files()):
        file.write_bytes(b"")


def _same_stat(arena: Arena, chance: random.Random) -> None:
    """Other bytes of the same length, within the same tick of the clock as what was there."""
    if (file := pick(chance, arena.files())) and (source := file.read_bytes()):
        place = chance.randrange(len(source))
        file.write_bytes(source[:place] + b"x" + source[place + 1 :])


def _ignore(arena: Arena, chance: random.Random) -> None:
    rules = ("build/\n*.log\n", "build/\npkg_1/\n", "*.py\n!pkg_*/*.py\n", "samples\n", "/pkg_[23]/\n")
    write(arena.root / ".gitignore", chance.choice(rules).encode())


def _folder_for_file(arena: Arena, chance: random.Random) -> None:
    if file := pick(chance, arena.files()):
        source = file.read_bytes()
        file.unlink()
        write(file / "inner.py", source)


def _line_ends(arena: Arena, chance: random.Random) -> None:
    if file := pick(chance, arena.files()):
        end = chance.choice((b"\r\n", b"\r", b"\n"))
        file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", end))


def write(file: Path, source: bytes) -> None:
    """Write a file with its folders, unless another file is in the way."""
    if not any(parent.exists() and not parent.is_dir() for parent in file.parents) and not file.is_dir():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(source)


EDITS = (
    _rewrite, _append, _append, _change_a_line, _change_a_line, _create, _create, _delete, _delete_folder, _rename, _rename, _swap,
    _copy, _move_folder, _empty, _same_stat, _ignore, _folder_for_file, _line_ends,
)  # fmt: skip
