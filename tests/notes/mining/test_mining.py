"""Mining: what a project says about why becomes candidates, each with words that stand where it says; nothing else does."""

from dataclasses import replace
from pathlib import Path

import pytest

from memoryd.memory import ProjectMemory
from memoryd.notekinds import NoteKind
from memoryd.notes.checks.evidence import citation_objection
from memoryd.notes.mining.candidates import load_pending, mine, save_pending
from memoryd.notes.mining.commits import Commit, from_commit
from memoryd.notes.mining.decisions import from_record, is_record, read_record
from memoryd.notes.note import Evidence, Note
from tests.notes.conftest import Git
from tests.project import write

CART = '''"""The cart."""


class Cart:
    # DECISION: totals are integers in cents, because floats lose a cent on large orders.
    # Nobody rounds twice this way.
    def total(self):
        return sum(self.lines)

    def empty(self):
        # HACK: the old client sends null for an empty cart and cannot be updated before spring
        return not self.lines


# XXX this is ugly
# WHY: too short
TEXT = "# HACK: this stands in a string and says nothing at all to us"
'''
RECORD = """# 7. Use PostgreSQL for orders

Date: 2026-03-04

## Status

Accepted

## Context

Orders outgrew one file.

## Decision

We will keep orders in PostgreSQL, because `shop/cart.py` needs transactions. See `Cart.total`.

## Consequences

A server to run.
"""
MADR = """---
status: {status}
date: 2026-05-06
---
# Send mail from a queue

## Context and Problem Statement

Requests waited for mail.

## Decision Drivers

* latency of requests, and of nothing else in the world

## Decision Outcome

Chosen option: "a queue in the database", because it needs no other service.

### Consequences

* Good, because mail survives a restart.

## Pros and Cons of the Options
"""
GUIDE = """# Working here

- Always go through `Cart.total` in `shop/cart.py`, never sum lines yourself.
- Never edit `shop/gone.py` by hand, it is made from `shop/cart.py`.
- Use `Cart`.
"""
MESSAGE = """Keep totals in cents (#12)

Floats lost a cent on large orders, so we decided to keep integers
because rounding once is enough.

Co-authored-by: Someone <someone@example.org>
"""


def mined(memory: ProjectMemory, *known: Note) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = {}
    memory.refresh()
    for candidate in mine(memory.view(), known):
        found.setdefault(candidate.author, []).append(candidate)
    return found


def test_a_marked_comment_becomes_a_note_on_the_symbol_it_stands_in_or_above(root: Path, memory: ProjectMemory) -> None:
    write(root, {"shop/cart.py": CART})
    found = {note.kind: note for note in mined(memory)["mined:comment"]}
    decision, hack = found[NoteKind.DECISION], found[NoteKind.CONSTRAINT]
    assert len(found) == 2
    assert [str(claim) for claim in decision.claims] == ["symbol shop/cart.py#Cart.total"]
    assert [str(claim) for claim in hack.claims] == ["symbol shop/cart.py#Cart.empty"]
    assert decision.title == "Totals are integers in cents, because floats lose a cent on large orders"
    assert decision.body.endswith("Nobody rounds twice this way.")
    assert decision.evidence[0].at == "shop/cart.py:5"


@pytest.mark.parametrize(
    "path,text,marked",
    [
        ("a.go", "package a\n\n// WHY: one lock for all, because two of them deadlocked\nfunc F() {}\n", "a.go#F"),
        ("a.ts", "/* HACK(jo): the old browser does not fire the event twice */\nexport function f() {}\n", "a.ts#f"),
        ("a.rb", "class A\n  # XXX sorted here because the gem forgets to do it\n  def f; end\nend\n", "a.rb#A.f"),
        ("a.py", "def f():\n    return 1  # WORKAROUND: the server answers zero for every empty list\n", "a.py#f"),
    ],
)
def test_comments_are_read_in_the_signs_of_their_language(root: Path, memory: ProjectMemory, path: str, text: str, marked: str) -> None:
    write(root, {path: text})
    (found,) = mined(memory)["mined:comment"]
    assert [str(claim) for claim in found.claims] == [f"symbol {marked}"]


@pytest.mark.parametrize(
    "text",
    [
        "# HACK: fix\n",
        "# XXX this whole module should be rewritten some day soon\n",
        "# WHY is this here at all and what does it do\n",
        's = "x # HACK: this stands in a string and says nothing"\n',
        "s = '''\nHACK: the text of a string is no comment at all\n'''\n",
    ],
)
def test_a_mark_without_a_reason_or_outside_of_a_comment_is_no_candidate(root: Path, memory: ProjectMemory, text: str) -> None:
    write(root, {"a.py": text + "def f():\n    return 1\n"})
    assert mined(memory) == {}


def test_comments_in_tests_and_foreign_code_are_left_out(root: Path, memory: ProjectMemory) -> None:
    comment = "# HACK: the old client sends null for an empty cart and cannot be updated\n"
    write(root, {"tests/test_a.py": comment, "vendor/a.py": comment})
    assert mined(memory) == {}


def test_a_decision_record_becomes_a_decision_with_claims_on_what_it_names(root: Path, memory: ProjectMemory) -> None:
    write(root, {"docs/adr/0007-use-postgresql.md": RECORD})
    (found,) = mined(memory)["mined:adr"]
    assert (found.title, found.kind, found.created) == ("Use PostgreSQL for orders", NoteKind.DECISION, "2026-03-04")
    claims = [str(claim) for claim in found.claims]
    assert claims == ["path docs/adr/0007-use-postgresql.md", "path shop/cart.py", "symbol shop/cart.py#Cart.total"]
    assert "Context: Orders outgrew one file." in found.body
    assert "server to run" not in found.body


@pytest.mark.parametrize(
    "status,kind",
    [
        ("accepted", NoteKind.DECISION), ("", NoteKind.DECISION), ("Accepted on 2026-05-06", NoteKind.DECISION),
        ("rejected", NoteKind.DEAD_END),
        ("superseded by ADR-0009", None), ("deprecated", None), ("proposed", None), ("on hold", None),
        ("accepted, superseded by 0009", None),
    ],
)  # fmt: skip
def test_the_status_of_a_record_decides_what_it_is(status: str, kind: NoteKind | None) -> None:
    found = from_record("docs/decisions/0001-mail.md", MADR.format(status=status))
    assert (found.kind if found else None) == kind


def test_a_record_in_madr_gives_the_outcome_and_not_what_drove_it() -> None:
    record = read_record(MADR.format(status="accepted"))
    assert record is not None
    assert record.decision.startswith('Chosen option: "a queue in the database"')
    assert record.date == "2026-05-06"
    assert "latency" not in record.decision


@pytest.mark.parametrize(
    "text", ["", "# Title\n", "no heading\n", "# T\n\n## Decision\n\nshort\n", "---\n", "# T\n## Decision\n" + "\n" * 90, "```\n# T\n"]
)
def test_a_file_without_a_decision_is_no_record(text: str) -> None:
    assert read_record(text) is None


def test_records_are_known_by_where_they_are_kept() -> None:
    assert all(map(is_record, ("docs/adr/0001-a.md", "doc/architecture/decisions/0002-b.md", "adr-3.md", "docs/decisions/area/4-c.md")))
    assert not any(
        map(is_record, ("docs/adr/README.md", "docs/adr/template.md", "docs/adr-guide/x.md", "docs/adr/a.py", "loadrecord/a.md"))
    )


def test_a_commit_that_gives_its_reason_becomes_a_note_on_its_files(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(root, {"shop/cart.py": CART.replace("DECISION", "note").replace("HACK", "note")})
    commit = git.commit(MESSAGE)
    (found,) = mined(memory)["mined:commit"]
    assert (found.title, found.kind) == ("Keep totals in cents", NoteKind.DECISION)
    assert [str(claim) for claim in found.claims] == ["path shop/cart.py"]
    assert found.evidence[0].at == f"commit {commit}"
    assert "Co-authored-by" not in found.body


REASON = "We retry because the gateway drops the first call after a deploy, and nobody can tell us when that will change."


@pytest.mark.parametrize(
    "message,kind",
    [
        (f"Retry once\n\n{REASON}", NoteKind.DECISION),
        (f"feat(http): retry once (#7)\n\n{REASON}\n\n<!-- Tick what holds,\n\nor say why not. -->", NoteKind.DECISION),
        (f"Fix calls after a deploy\n\n{REASON}", NoteKind.LESSON),
        (
            "Sort twice\n\nThis is a workaround for the parser, which forgets the order of equal keys when there are many of them.",
            NoteKind.CONSTRAINT,
        ),
        (
            'Revert "Cache totals"\n\nThis reverts commit abc.\n\nThe cache served totals of other customers after a restart.',
            NoteKind.DEAD_END,
        ),
        ('Revert "Cache totals"\n\nThis reverts commit abc.', None),
        (f'Revert "Merge x"\n\nThis reverts commit {"a" * 40}, reversing\nchanges made to {"b" * 40}.', None),
        (f'Reapply "Cache totals"\n\nThis reverts commit abc.\n\n{REASON}', NoteKind.DECISION),
        (f"Address feedback on #4851\n\n{REASON}", None),
        (f"Various improvements after code review\n\n{REASON}", None),
        (f"Cut v0.25.0-rc.2\n\n{REASON}", None),
        (f"Fix #4851\n\n{REASON}", NoteKind.LESSON),
        (f"Clean up after a request\n\n{REASON}", NoteKind.DECISION),
        ("Retry once", None),
        ("Retry once\n\nWe retry because of the gateway, which is slow.", None),
        (f"Bump x from 1 to 2\n\n{REASON}", None),
        (f"Backport: retry\n\n{REASON}", None),
        (f"[3.1] Backport of retry\n\n{REASON}", None),
        (
            "Edit some messages\n\nThe message of the server does not show one of its lines in grey, and the message of the application"
            " uses secho instead of a warning.",
            None,
        ),
        (
            "Edit some messages\n\nThe message of the application uses secho instead of a warning, so that it is seen where warnings are"
            " switched off by default.",
            NoteKind.DECISION,
        ),
        (
            "Edit some messages\n\nWe print the message of the application with secho\nrather than to warn about it in each and every one.",
            NoteKind.DECISION,
        ),
        (
            "Tidy\n\nMove some code around and rename a few of the variables in it, so that all of them read alike and nothing is lost.",
            None,
        ),
    ],
)
def test_only_a_message_that_gives_a_reason_is_a_candidate(message: str, kind: NoteKind | None) -> None:
    found = from_commit(Commit("a" * 40, "2026-01-02", message))
    assert (found.kind if found else None) == kind


def test_a_commit_of_many_files_or_of_files_that_are_gone_is_left_out(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(root, {f"many/{number}.py": "" for number in range(6)})
    git.commit(MESSAGE)
    write(root, {"gone.py": "A = 1\n"})
    git.commit(MESSAGE.replace("cents", "pence").replace("Floats", "Fractions"))
    (root / "gone.py").unlink()
    git.commit("Remove it")
    assert "mined:commit" not in mined(memory)


def test_a_commit_of_documents_decides_nothing_about_the_code(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(root, {"docs/start.rst": "Start\n=====\n", "NEWS.md": "# News\n", "tests/test_cart.py": "A = 1\n"})
    git.commit(MESSAGE)
    assert "mined:commit" not in mined(memory)
    write(root, {"docs/start.rst": "Go\n==\n", "shop/cart.py": "A = 1\n"})
    git.commit(MESSAGE)
    (found,) = mined(memory)["mined:commit"]
    assert [str(claim) for claim in found.claims] == ["path docs/start.rst", "path shop/cart.py"]


def test_history_is_read_without_running_what_the_repository_names(root: Path, git: Git, memory: ProjectMemory, tmp_path: Path) -> None:
    trap, sprung = tmp_path / "trap", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\ncat\n")
    trap.chmod(0o755)
    write(root, {"shop/cart.py": "A = 1\n", ".gitattributes": "* diff=trap filter=trap\n"})
    git.commit(MESSAGE)
    for key in (
        "gpg.program",
        "core.pager",
        "diff.external",
        "diff.trap.textconv",
        "diff.trap.command",
        "core.fsmonitor",
        "filter.trap.smudge",
    ):
        git("config", key, str(trap))
    git("config", "log.showSignature", "true")
    assert mined(memory)["mined:commit"]
    assert not sprung.exists()


def test_a_rule_for_agents_becomes_a_convention_if_all_it_names_is_there(root: Path, memory: ProjectMemory) -> None:
    write(root, {"AGENTS.md": GUIDE})
    (found,) = mined(memory)["mined:guide"]
    assert found.kind == NoteKind.CONVENTION
    assert {str(claim) for claim in found.claims} == {"symbol shop/cart.py#Cart.total", "path shop/cart.py"}
    assert found.evidence == (Evidence("Always go through `Cart.total` in `shop/cart.py`, never sum lines yourself.", "AGENTS.md:3"),)


def test_every_quote_stands_where_its_candidate_says(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(root, {"shop/cart.py": CART, "docs/adr/0007-use-postgresql.md": RECORD, "AGENTS.md": GUIDE})
    git.commit(MESSAGE)
    found = mined(memory)
    assert set(found) == {"mined:comment", "mined:adr", "mined:commit", "mined:guide"}
    ground = memory.notes.judge.ground(memory.view(), (), frozenset())
    assert [
        citation_objection(evidence, ground)
        for notes in found.values()
        for note in notes
        for evidence in note.evidence
        if citation_objection(evidence, ground)
    ] == []


def test_the_gate_lets_candidates_in(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(root, {"shop/cart.py": CART, "docs/adr/0007-use-postgresql.md": RECORD, "AGENTS.md": GUIDE})
    git.commit(MESSAGE)
    memory.refresh()
    candidates = mine(memory.view(), ())
    assert len({memory.notes.add(candidate).note.id for candidate in candidates}) == len(candidates) >= 4


def test_what_a_note_quotes_is_not_proposed_again_even_when_it_was_retracted(root: Path, memory: ProjectMemory) -> None:
    write(root, {"shop/cart.py": CART})
    first, second = mined(memory)["mined:comment"]
    assert mined(memory, replace(first, retracted="not so"))["mined:comment"] == [second]
    assert mined(memory, first, second) == {}


def test_the_same_project_gives_the_same_candidates(root: Path, memory: ProjectMemory) -> None:
    write(root, {"shop/cart.py": CART, "docs/adr/0007-use-postgresql.md": RECORD, "AGENTS.md": GUIDE})
    assert mined(memory) == mined(memory)


def test_the_pending_list_comes_back_as_it_was_written(root: Path, memory: ProjectMemory, tmp_path: Path) -> None:
    write(root, {"shop/cart.py": CART})
    candidates = tuple(mined(memory)["mined:comment"])
    save_pending(tmp_path / "data", candidates)
    assert load_pending(tmp_path / "data") == candidates
    save_pending(tmp_path / "data", ())
    assert load_pending(tmp_path / "data") == ()
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["pending.json"]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[1]", b'[{"id": "a"}]', b'[{"id": "a", "note": 1}]', b'[{"id": "../a", "note": "x"}]', b"\xff"]
)
def test_a_damaged_pending_list_is_an_empty_one(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "pending.json").write_bytes(damage)
    assert load_pending(tmp_path) == ()
