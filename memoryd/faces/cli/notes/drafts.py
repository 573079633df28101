"""The commands that write and remove notes: `note` add, supersede, fold, retract, mine, accept and gc."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from memoryd.errors import UsageError
from memoryd.faces.cli.options import json_option, root_option
from memoryd.faces.cli.output import print_json, print_text, say
from memoryd.faces.cli.project import refreshed
from memoryd.notekinds import NoteKind
from memoryd.text import escaped

if TYPE_CHECKING:
    from memoryd.memory import ProjectMemory
    from memoryd.notes import Judgement, NoteDraft

GIT_SECONDS = 5.0
LONGEST_BODY = 1_000_000
Command = TypeVar("Command", bound=Callable[..., Any])


def _draft_options(command: Command) -> Command:
    for option in reversed(
        (
            click.option("--title", required=True, help="What it says, in one line."),
            click.option(
                "--kind",
                type=click.Choice([kind.value for kind in NoteKind]),
                default=NoteKind.DECISION.value,
                show_default=True,
                help="What it is.",
            ),
            click.option("--claim", "claims", multiple=True, help="What a machine can check; may be given again."),
            click.option(
                "--evidence", multiple=True, metavar="'QUOTE @ PLACE'", help="Words, and where: PATH:A-B or commit HEX; may be given again."
            ),
            click.option("--tag", "tags", multiple=True, help="A word to find it by; may be given again."),
            click.option("--author", help="person, agent, or either with a name after a colon (default: person, as git names you)."),
            click.option("--body", help="The why, in Markdown, where no FILE has it."),
            click.argument("file", required=False, metavar="[FILE|-]"),
            root_option,
            json_option,
        )
    ):
        command = option(command)
    return command


@click.command("add")
@_draft_options
def add(root: str, as_json: bool, **given: Any) -> None:
    """Write a note down, if its claims hold; FILE, or `-` for standard input, has the why.

    A lesson, a constraint or a dead end needs a claim or evidence. What is refused says why (exit 2).

    \b
    memoryd note add --title "Totals are integers in cents" --claim "symbol shop/cart.py#Cart.total" \\
      --evidence "An amount in cents @ shop/money.py:2" --body "Floats drifted by a cent in a thousand orders."
    """
    _write_down(root, as_json, given, ())


@click.command("supersede")
@click.argument("id_", metavar="ID")
@_draft_options
def supersede(root: str, as_json: bool, id_: str, **given: Any) -> None:
    """Write a note down that takes the place of ID, which stays as a file; takes what `add` takes.

    \b
    memoryd note supersede totals-are --title "Totals are decimals" --claim 'text shop/cart.py has "Decimal"'
    """
    _write_down(root, as_json, given, (id_,))


@click.command("fold")
@click.option("--of", "ids", multiple=True, required=True, metavar="ID", help="A note whose place it takes; give at least two.")
@_draft_options
def fold(root: str, as_json: bool, ids: tuple[str, ...], **given: Any) -> None:
    """Write one note down that says what several did, and links to them; they stay as files.

    \b
    memoryd note fold --of totals-are --of rounding-is --title "Money is integers, rounded half-even"
    """
    if len(ids) < 2:
        raise UsageError("folding takes two notes or more: --of ID --of ID; one is superseded with: memoryd note supersede ID")
    _write_down(root, as_json, given, ids)


@click.command("retract")
@click.argument("id_", metavar="ID")
@click.option("--reason", required=True, help="Why; it stays in the file.")
@root_option
@json_option
def retract(id_: str, reason: str, root: str, as_json: bool) -> None:
    """Take a note back: its file stays with the reason, nobody is shown it, and mining does not propose it again.

    \b
    memoryd note retract totals-are --reason "Decimals since the currency service"
    """
    with refreshed(root) as memory:
        found = memory.notes.retract(id_, reason)
    if as_json:
        print_json({"id": found.id, "retracted": found.retracted})
    else:
        print_text(f"retracted {found.id}\n")


@click.command("mine")
@root_option
@json_option
def mine(root: str, as_json: bool) -> None:
    """Look for notes in comments (WHY:, HACK:), decision records, commit messages and instructions for agents.

    What is found is a draft, which `memoryd note show ID` prints, and no note until `memoryd note accept ID`.
    """
    from memoryd.notes import candidate

    with refreshed(root) as memory:
        found = list(map(candidate, memory.notes.pending.mine()))
    if as_json:
        print_json({"pending": found})
        return
    for one in found:
        place = one.evidence[0].at if one.evidence else one.objection
        print_text(f"{one.kind:<10}  {one.id}  {escaped(one.title)}  ({escaped(place)})\n")
    say(f"{len(found)} found; read one with: memoryd note show ID; take one with: memoryd note accept ID" if found else "nothing found")


@click.command("accept")
@click.argument("ids", nargs=-1, required=True, metavar="ID ...")
@root_option
@json_option
def accept(ids: tuple[str, ...], root: str, as_json: bool) -> None:
    """Write down as notes what `mine` found, each if it passes admission. Stops at the first that is refused (exit 2)."""
    from memoryd.notes import in_full, summary

    taken: list[Judgement] = []
    with refreshed(root) as memory:
        try:
            taken.extend(memory.notes.pending.accept(id_) for id_ in ids)
        finally:
            if as_json:
                print_json({"notes": list(map(in_full, taken))})
            else:
                print_text("".join(map(summary, taken)))


@click.command("gc")
@click.option("--apply", "is_meant", is_flag=True, help="Remove the files of those that are superseded or retracted.")
@root_option
@json_option
def gc(is_meant: bool, root: str, as_json: bool) -> None:
    """Print the notes that could go, and why; with --apply remove those that are superseded or retracted.

    What is false stays until it is superseded or retracted. A removed tombstone no longer keeps mining from proposing it.
    """
    from memoryd.notes import Standing

    with refreshed(root) as memory:
        found = memory.notes.gc()
        going = tuple(one for one in found if one.standing != Standing.FALSE)
        if is_meant:
            memory.notes.apply(going)
    if as_json:
        print_json({"removals": found, "removed": [one.id for one in going] if is_meant else []})
        return
    for one in found:
        word = "removed" if is_meant and one in going else one.standing
        print_text(f"{word:<21}  {one.id}  {escaped(one.because)}\n")
    if not found:
        say("every note is alive and holds")
    elif going and not is_meant:
        say(f"nothing was removed; --apply removes {len(going)}; what was committed stays in git")


def _write_down(root: str, as_json: bool, given: dict[str, Any], supersedes: tuple[str, ...]) -> None:
    from memoryd.notes import in_full, summary, write_down

    body = _body(given["file"], given["body"])
    with refreshed(root) as memory:
        judged = write_down(memory.notes, _draft(memory, given, body, supersedes))
    if as_json:
        print_json(in_full(judged))
    else:
        print_text(summary(judged))


def _draft(memory: "ProjectMemory", given: dict[str, Any], body: str, supersedes: tuple[str, ...]) -> "NoteDraft":
    from memoryd.notes import NoteDraft

    return NoteDraft(
        given["title"], given["kind"], body, given["claims"], tuple(map(_evidence, given["evidence"])),
        _author(memory, given["author"]), given["tags"], supersedes,
    )  # fmt: skip


def _body(file: str | None, text: str | None) -> str:
    if file is None:
        return text or ""
    if text is not None:
        raise UsageError("the body comes from --body or from a file, not from both")
    if file == "-":
        return sys.stdin.buffer.read(LONGEST_BODY).decode("utf-8", "replace")
    with open(file, "rb") as opened:
        return opened.read(LONGEST_BODY).decode("utf-8", "replace")


def _evidence(given: str) -> tuple[str, str]:
    quote, mark, place = given.rpartition(" @ ")
    if not mark:
        raise UsageError(f"--evidence {given[:40]!r} names no place; write 'QUOTE @ PATH:A-B', or 'QUOTE @ commit HEX'")
    return quote.strip(), place.strip()


def _author(memory: "ProjectMemory", given: str | None) -> str:
    """Return the author: as given, else the person that git's configuration names."""
    from memoryd.files import git

    if given is not None:
        return given if given.partition(":")[0] in ("person", "agent", "mined") else f"person:{given}"
    asked = git(os.fsencode(memory.root), ["config", "--get", "user.name"], GIT_SECONDS)
    name = asked.stdout.decode("utf-8", "replace").strip() if asked is not None and asked.returncode == 0 else ""
    return f"person:{name[:80]}" if name and "\n" not in name else "person"
