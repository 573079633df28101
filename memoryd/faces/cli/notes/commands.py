"""The commands that read and check notes: `note` list, show, recall, verify, record and check, and `audit`."""

import os
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from memoryd.errors import UnknownNote, UsageError
from memoryd.faces.cli import options
from memoryd.faces.cli.asking import Question, ask
from memoryd.faces.cli.notes import drafts
from memoryd.faces.cli.options import daemon_option, handle, json_option, question, root_option
from memoryd.faces.cli.output import print_json, print_pages, print_text, say
from memoryd.faces.cli.project import refreshed
from memoryd.limits import DEFAULT_NOTES, MOST_NOTES
from memoryd.notekinds import NoteKind
from memoryd.text import escaped

if TYPE_CHECKING:
    from memoryd.memory import ProjectMemory
    from memoryd.notes import Finding, Judgement, Note

EXIT_DISPROVED = 3


@click.group()
def note() -> None:
    """Write down why the code is as it is, and keep that true.

    A note is a Markdown file in `.memoryd/notes`, to be committed and reviewed like code. Its claims are checked against the
    code whenever it is read; what the code disproves is withheld until it is verified again.

    \b
    symbol shop/cart.py#Cart.total                      signature shop/cart.py#Cart.total is def total(self)
    constant shop/money.py#CURRENCY is "EUR"            calls shop/checkout.py#pay -> shop/cart.py#Cart.total
    inherits shop/order.py#Order -> shop/base.py#Base   imports shop/checkout.py -> shop/cart.py
    path shop/cart.py                                   text config.yaml has "half-even"
    command "pytest -q" exits 0                         not path shop/old.py

    An id may be shortened to a beginning that no other note has. `memoryd notes` is the same.
    """


for command in (drafts.add, drafts.supersede, drafts.fold, drafts.retract, drafts.mine, drafts.accept, drafts.gc):
    note.add_command(command)


@note.command("list")
@click.option("--kind", type=click.Choice([kind.value for kind in NoteKind]), help="Only those of a kind.")
@click.option("--all", "everything", is_flag=True, help="Also those that are superseded or retracted.")
@root_option
@json_option
def list_(kind: str | None, everything: bool, root: str, as_json: bool) -> None:
    """Print the notes, those first that need verification: standing, kind, id, title.

    \b
    memoryd note list --kind dead-end
    """
    from memoryd.notes import ALIVE, headline, summary

    with refreshed(root) as memory:
        found = memory.notes.check()
    shown = [one for one in found.judged if (everything or one.standing in ALIVE) and kind in (None, one.note.kind)]
    if as_json:
        print_json({"notes": list(map(headline, shown)), "broken": found.broken})
        return
    print_pages("".join(map(summary, shown)))
    for broken in found.broken:
        say(f"{broken.path} is no note: {broken.reason}")
    if not shown:
        say("no such notes; write one with: memoryd note add --title …")


@note.command("show")
@click.argument("ids", nargs=-1, required=True, metavar="ID ...")
@root_option
@json_option
def show(ids: tuple[str, ...], root: str, as_json: bool) -> None:
    """Print notes in full, each claim with what was found of it; and drafts, which `mine` found.

    \b
    memoryd note show totals-are-integers-3fa2c1
    """
    from memoryd.notes import candidate, candidate_text, full, in_full

    with refreshed(root) as memory:
        notes, drafted = _by_ids(memory, ids)
    if as_json:
        print_json({"notes": list(map(in_full, notes)), "pending": list(map(candidate, drafted))})
    else:
        print_pages("\n".join([*map(full, notes), *map(candidate_text, drafted)]))


def _by_ids(memory: "ProjectMemory", ids: tuple[str, ...]) -> tuple[list["Judgement"], list["Note"]]:
    """Return the notes with some ids, then the drafts. Raises `UnknownNote` for an id that is that of neither."""
    notes, drafted = [], []
    for id_ in ids:
        try:
            notes.append(memory.notes.show(id_))
        except UnknownNote:
            with suppress(UnknownNote):
                drafted.append(memory.notes.pending.find(id_))
                continue
            raise
    return notes, drafted


@note.command("recall")
@click.argument("task", default="")
@click.option("--at", "handles", multiple=True, metavar="PATH|ID", help="A file or symbol that is about to change; may be given again.")
@click.option("--limit", default=DEFAULT_NOTES, show_default=True, type=click.IntRange(1, MOST_NOTES), help="Most notes.")
@root_option
@daemon_option
@json_option
def recall(task: str, handles: tuple[str, ...], limit: int, root: str, as_json: bool) -> None:
    """Print the notes that speak of TASK, or of files and symbols, checked a moment ago.

    What does not hold any more is withheld, and named in one line with the reason.

    \b
    memoryd note recall "why are totals integers"
    memoryd note recall --at shop/cart.py#Cart.total --at shop/money.py
    """
    if not task.strip() and not handles:
        raise UsageError("say what about: memoryd note recall TASK, or --at PATH for what to know before changing a file")
    asked = (question(os.fsencode(task)) if task.strip() else "", [handle(one) for one in handles])

    def here(memory: "ProjectMemory") -> Any:
        from memoryd.notes import recall_about, recalled

        return asdict(recalled(recall_about(memory.notes, memory.root, asked, limit)))

    fields = {name: value for name, value in (("task", asked[0]), ("about", asked[1]), ("limit", limit)) if value}
    found = ask(root, Question("/v1/notes/recall", fields, lambda found: found, here))
    if as_json:
        print_json(found)
        return
    print_pages(found["text"])
    if not found["text"]:
        say("no note speaks of that")


@note.command("verify")
@click.argument("ids", nargs=-1, metavar="[ID ...]")
@root_option
@json_option
def verify(ids: tuple[str, ...], root: str, as_json: bool) -> int:
    """Check notes, without IDs all, and write into those that hold that they do, and where what moved stands now.

    Exit 3 if one does not hold; it is left as it is.

    \b
    memoryd note verify && git commit --all --message "Verify notes"
    """
    from memoryd.notes import ALIVE, SERVED, in_full, summary

    with refreshed(root) as memory:
        wanted = ids or [one.note.id for one in memory.notes.list() if one.standing in ALIVE]
        found = memory.notes.verify(wanted)
    if as_json:
        print_json({"notes": list(map(in_full, found))})
    else:
        print_text("".join(map(summary, found)))
    return 0 if all(one.standing in SERVED for one in found) else EXIT_DISPROVED


@note.command("record")
@click.argument("command")
@click.option("--exit", "code", required=True, type=click.IntRange(-(2**31), 2**31), help="The exit code it ended with.")
@root_option
@json_option
def record(command: str, code: int, root: str, as_json: bool) -> None:
    """Remember how COMMAND ended, for claims about it; memoryd runs no command.

    \b
    pytest -q; memoryd note record "pytest -q" --exit $?
    """
    with refreshed(root) as memory:
        memory.notes.record(command, code)
    if as_json:
        print_json({"command": command, "exit": code})
    else:
        print_text(f"recorded: {escaped(command)} exits {code}\n")


@note.command("check")
@click.option("--base", metavar="REV", help="Only what changed since this checkout left REV; such as origin/main in CI.")
@root_option
@json_option
def check(base: str | None, root: str, as_json: bool) -> int:
    """Check every claim of every note, and print what is disproved as Markdown for a pull request.

    Exit codes: 0 none is disproved, 3 some are, or a file is no note, 2 usage, 1 failure. What cannot be told (a command that
    was never recorded) fails nothing; notes that contradict each other are printed.

    \b
    memoryd note check --base origin/main > comment.md
    """
    from memoryd.notes import review_notes, review_notes_since

    with refreshed(root) as memory:
        found = review_notes_since(memory.notes, base) if base else review_notes(memory.notes)
    if as_json:
        print_json({name: value for name, value in asdict(found).items() if name != "text"})
    else:
        print_pages(found.text)
    return 0 if found.passed else EXIT_DISPROVED


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE ...]", shell_complete=options.files)
@root_option
@json_option
def audit(files: tuple[str, ...], root: str, as_json: bool) -> int:
    """Print the statements of CLAUDE.md, AGENTS.md, READMEs, or FILEs, that name paths or symbols which no longer exist.

    FILE is relative to the project's folder. Exit codes: 0 none found, 3 some, 2 usage, 1 failure.

    \b
    memoryd audit CLAUDE.md docs/architecture.md
    """
    with refreshed(root) as memory:
        found = memory.notes.audit([_inside(handle(file), memory) for file in files])
    if as_json:
        print_json({"findings": found})
    else:
        print_pages("".join(map(_missing, found)) or "nothing is missing\n")
    return EXIT_DISPROVED if found else 0


def _missing(one: "Finding") -> str:
    now = f"; now perhaps {escaped(one.nearest)}" if one.nearest else ""
    return f"{escaped(one.path)}:{one.line}: {escaped(one.missing)} is gone: {escaped(one.because)}{now}\n"


def _inside(file: str, memory: "ProjectMemory") -> str:
    return file.removeprefix(f"{memory.root}/").removeprefix("./")
