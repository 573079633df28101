"""The file of a note: read back as it was written, written the same each time, and anything else is a clear error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.errors import NoteMalformed
from memoryd.notekinds import NoteKind
from memoryd.notes.file.format import item_lines, read_note, write_note
from memoryd.notes.note import Evidence, Note, Verified, canonical_body, new_id
from tests.growth import LINEAR, growth
from tests.notes.test_claims import claims

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
LINE = TEXT.filter(lambda text: "\n" not in text)
DIGESTS = st.dictionaries(TEXT, TEXT, max_size=3)
NOTES = st.builds(
    Note,
    id=st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True),
    title=LINE.filter(str.strip),
    kind=st.sampled_from(NoteKind),
    body=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200).map(canonical_body),
    claims=st.lists(claims(), max_size=3).map(tuple),
    evidence=st.lists(st.builds(Evidence, TEXT, TEXT), max_size=2).map(tuple),
    author=st.sampled_from(["person", "person:Jo", 'agent:claude: "x" # y', "mined:adr"]),
    created=st.sampled_from(["", "2026-11-20"]),
    verified=st.builds(Verified, TEXT, DIGESTS, DIGESTS),
    supersedes=st.lists(TEXT, max_size=2).map(tuple),
    tags=st.lists(TEXT, max_size=3).map(tuple),
    retracted=TEXT,
)
PLAIN = Note("totals-are-cents-3fa2c1", "Totals are cents", NoteKind.DECISION, "Floats lose cents.\n\n---\n\nSo we count.")
HEAD = "title: Totals\nkind: decision\n"


@given(NOTES)
def test_a_note_reads_back_as_it_was_written(note: Note) -> None:
    assert read_note(note.id, write_note(note)) == note
    assert write_note(read_note(note.id, write_note(note))) == write_note(note)


@given(st.binary(max_size=300) | TEXT.map(str.encode) | TEXT.map(lambda text: f"---\n{HEAD}{text}\n---\n".encode()))
def test_any_bytes_are_a_note_or_a_clear_error(source: bytes) -> None:
    found: Note | NoteMalformed
    try:
        found = read_note("some-note", source)
    except NoteMalformed as error:
        found = error
    assert isinstance(found, Note) or str(found).startswith("some-note: ")


def test_the_file_is_one_that_people_review() -> None:
    assert write_note(PLAIN).decode().splitlines() == [
        "---",
        "id: totals-are-cents-3fa2c1",
        "title: Totals are cents",
        "kind: decision",
        "claims: []",
        "evidence: []",
        "author: person",
        'created: ""',
        "verified:",
        '  commit: ""',
        "  files: {}",
        "supersedes: []",
        "tags: []",
        'retracted: ""',
        "---",
        "Floats lose cents.",
        "",
        "---",
        "",
        "So we count.",
    ]


def test_a_note_written_by_hand_needs_a_title_and_a_kind() -> None:
    fields = ("title: Don't use floats", "kind: dead-end", "created: 2026-11-20", "tags: [money, 1.5, yes]", "claims:")
    note = read_note("no-floats", "\r\n".join(("\ufeff---", *fields, "---", "", "Why.", "")).encode())
    assert (note.id, note.title, note.kind, note.created, note.tags, note.body) == (
        "no-floats", "Don't use floats", NoteKind.DEAD_END, "2026-11-20", ("money", "1.5", "yes"), "Why.",
    )  # fmt: skip


@pytest.mark.parametrize(
    "front, says",
    [
        ("", "has no title"),
        (f"{HEAD}title: Again\n", "'title' twice"),
        (f"{HEAD}titel: x\n", "a field 'titel'; fields are"),
        (f"{HEAD}id: ../../etc/passwd\n", "the id is the file's name"),
        (f"{HEAD}id: another\n", "the id is the file's name"),
        ("title: x\nkind: opinion\n", "kinds are decision"),
        ("title: [x]\nkind: decision\n", "no text as 'title'"),
        (f"{HEAD}tags: {{a: b}}\n", "no list as 'tags'"),
        (f"{HEAD}tags: [[a]]\n", "other things than texts"),
        (f"{HEAD}claims: [nonsense x]\n", "no claim begins with"),
        (f"{HEAD}claims: [path ../../etc/passwd]\n", "no path inside the project"),
        (f"{HEAD}author: root\n", "person, agent or mined"),
        (f"{HEAD}created: yesterday\n", "a date such as"),
        (f"{HEAD}evidence: [{{quote: x}}]\n", "without `quote` or without `at`"),
        (f"{HEAD}verified: {{by: me}}\n", "than commit, files and symbols"),
        (f"{HEAD}verified: {{files: [a]}}\n", "no mapping as 'files'"),
        ("title: &a x\nkind: decision\n", "an anchor or alias"),
        ("title: x\nkind: decision\ntags: [*a]\n", "an anchor or alias"),
        ("title: !!python/object/apply:os.system [ls]\nkind: decision\n", "a tag"),
        ("title: !evil x\nkind: decision\n", "a tag"),
        ("a: {b: {c: {d: {e: {f: {g: h}}}}}}\n", "nests too deep"),
        ("- a\n- b\n", "without fields"),
        ("just words\n", "without fields"),
        ("title: x: y: z\n", "no YAML in line"),
        ('title: "x\n', "no YAML in line"),
        ("title: x\x07\n", "no YAML"),
        ("? [a, b]\n: c\n", "no name"),
        ("title: x\n--- {title: y}\n", "several documents"),
    ],
)
def test_forged_front_matter_is_a_clear_error(front: str, says: str) -> None:
    with pytest.raises(NoteMalformed) as refused:
        read_note("some-note", f"---\n{front}---\nBody\n".encode())
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "source, says",
    [
        (b"", "no front matter"),
        (b"# Only Markdown\n", "no front matter"),
        (b"---\ntitle: x\nkind: decision\n---\n<<<<<<< HEAD\nOne.\n=======\nTwo.\n>>>>>>> other\n", "both sides of a merge"),
        (b"<<<<<<< HEAD\n---\ntitle: x\n=======\n---\ntitle: y\n>>>>>>> other\nkind: decision\n---\n", "both sides of a merge"),
        (b"---\ntitle: x\nkind: decision\n", "no front matter"),
        (b"---\ntitle: x\nkind: decision\n---\n" + b"x" * 70_000, "larger than 64 KiB"),
        (b"---\ntitle: x\nkind: decision\n---\n\0\0\0", "binary"),
        (b"---\ntitle: \xff\xfe\nkind: decision\n---\n", "utf-8"),
    ],
)
def test_what_is_no_note_is_a_clear_error(source: bytes, says: str) -> None:
    with pytest.raises(NoteMalformed) as refused:
        read_note("some-note", source)
    assert says in str(refused.value)


def test_a_bomb_takes_no_time() -> None:
    def bomb(size: int) -> None:
        levels = "".join(f"l{number}: &l{number} [*l{number - 1}, *l{number - 1}, *l{number - 1}]\n" for number in range(1, size))
        with pytest.raises(NoteMalformed, match="anchor"):
            read_note("bomb", f"---\nl0: &l0 [lol]\n{levels}---\n".encode())

    def deep(size: int) -> None:
        with pytest.raises(NoteMalformed):
            read_note("deep", b"---\n" + b"[" * size + b"\n---\n")

    assert growth(bomb, 32) < LINEAR
    assert growth(deep, 20_000) < LINEAR


def test_what_would_not_read_back_is_not_written() -> None:
    with pytest.raises(NoteMalformed):
        write_note(Note("an-id", "two\nlines", NoteKind.LESSON))
    with pytest.raises(NoteMalformed):
        write_note(Note("an-id", "Title", NoteKind.LESSON, "a lone surrogate \ud800"))
    with pytest.raises(NoteMalformed):
        write_note(Note("../escape", "Title", NoteKind.LESSON))


def test_ids_are_readable_stable_and_differ_with_what_is_said() -> None:
    id_ = new_id("Cart totals are integers, in *cents*!", "2026-11-20", "person", "Why.")
    assert id_.rpartition("-")[0] == "cart-totals-are-integers-in-cents"
    assert id_ == new_id("Cart totals are integers, in *cents*!", "2026-11-20", "person", "Why.")
    assert id_ != new_id("Cart totals are integers, in *cents*!", "2026-11-20", "person", "Another why.")
    assert new_id("Größe 数", "", "person", "").rpartition("-")[0] == "gr-e"
    assert new_id("数", "", "person", "").startswith("note-")


def test_the_lines_of_items_are_those_of_the_file() -> None:
    lines = ["\ufeff---", *HEAD.splitlines(), "claims:", "- path a", "", "- 'path", "  b'", "tags: [x,", "  y]", "---", "- no item"]
    source = "\r\n".join(lines).encode()
    assert (item_lines(source, "claims"), item_lines(source, "tags")) == ((5, 7), (9, 10))
    assert [item_lines(source, field) for field in ("evidence", "title", "none")] == [()] * 3
    assert item_lines(b"# no note", "claims") == ()
