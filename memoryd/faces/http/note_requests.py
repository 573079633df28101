"""The requests about notes that clients send over HTTP, as strict as those of `requests`."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from memoryd.faces.http.requests import EXAMPLE_ROOT, Handle, Question, Request, Text, whole
from memoryd.limits import DEFAULT_NOTES, DEFAULT_PAGE, LONGEST_ITEM, LONGEST_TASK, MOST_ITEMS, MOST_NOTES, MOST_PAGE
from memoryd.notekinds import NoteKind

EXAMPLE_ID = "cart-totals-are"

NoteId = Annotated[str, Field(min_length=1, max_length=LONGEST_ITEM, description="An id, or a beginning of it that no other note has.")]
Item = Annotated[str, Field(min_length=1, max_length=LONGEST_ITEM)]
Items = Annotated[list[Item], Field(max_length=MOST_ITEMS)]
PageSize = Annotated[int, Field(ge=1, le=MOST_PAGE, description="Most of a page."), BeforeValidator(whole)]
Cursor = Annotated[str, Field(max_length=100, pattern="^[a-z0-9-]*$", description="`next` of the page before.")]
Line = Annotated[int, BeforeValidator(whole)]


def _example(**fields: Any) -> ConfigDict:
    example: JsonDict = {"root": EXAMPLE_ROOT, **fields}
    return ConfigDict(json_schema_extra={"examples": [example]})


class EvidenceModel(Request):
    """Words, verbatim, and where they stand."""

    quote: str = Field(min_length=1, max_length=LONGEST_ITEM)
    at: str = Field(min_length=1, max_length=LONGEST_ITEM, description="PATH:A-B, PATH:A, or commit HEX.")


class NoteRequest(Question):
    """Write a note down. It is refused with 409 if a claim does not hold, a quote does not stand where it says, and for more."""

    model_config = _example(
        title="Cart totals are integers in cents", kind="decision", body="Floats drifted by a cent in a thousand orders.",
        claims=["symbol shop/cart.py#Cart.total"], evidence=[{"quote": "An amount in cents.", "at": "shop/money.py:2"}],
        author="agent:reviewer", tags=["money"],
    )  # fmt: skip

    title: str = Field(min_length=1, max_length=LONGEST_ITEM, pattern=r"[^ \t\r\n]", description="What it says, in one line.")
    kind: Annotated[NoteKind, Field(strict=False)] = NoteKind.DECISION
    body: str = Field("", max_length=LONGEST_TASK, description="The why, in Markdown.")
    claims: Items = Field([], description="What a machine can check, such as `symbol shop/cart.py#Cart.total`.")
    evidence: list[EvidenceModel] = Field([], max_length=MOST_ITEMS)
    author: str = Field("agent", max_length=100, pattern="^(person|agent)(:.{1,80})?$")
    tags: Items = Field([], description="Words to find it by.")
    supersedes: list[NoteId] = Field([], max_length=MOST_ITEMS, description="The notes whose place it takes; they stay as files.")


class NotesRequest(Question):
    """List notes."""

    model_config = _example(limit=20)

    everything: bool = Field(False, description="Also those that are superseded or retracted.")
    limit: PageSize = DEFAULT_PAGE
    cursor: Cursor = ""


class NoteIdRequest(Question):
    """Name a note."""

    model_config = _example(id=EXAMPLE_ID)

    id: NoteId


class VerifyRequest(Question):
    """Name notes to be verified."""

    model_config = _example(ids=[EXAMPLE_ID])

    ids: list[NoteId] = Field(min_length=1, max_length=MOST_ITEMS)


class RetractRequest(Question):
    """Take a note back."""

    model_config = _example(id=EXAMPLE_ID, reason="Decimals since the currency service.")

    id: NoteId
    reason: str = Field(min_length=1, max_length=LONGEST_ITEM, pattern=r"[^ \t\r\n]", description="Why; it stays in the file.")


class RecallRequest(Question):
    """Ask for notes on a task, on files and symbols, or on both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"root": EXAMPLE_ROOT, "task": "why are totals integers", "about": ["shop/cart.py#Cart.total"]}],
            "anyOf": [{"required": ["task"]}, {"required": ["about"]}],
        }
    )

    task: Text = ""
    about: list[Handle] = Field([], min_length=1, max_length=MOST_ITEMS, description="Files and symbols that are about to change.")
    limit: Annotated[int, Field(ge=1, le=MOST_NOTES, description="Most notes."), BeforeValidator(whole)] = DEFAULT_NOTES

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if not self.task and not self.about:
            raise ValueError("a recall needs a task, or what it is about")
        return self


class CheckRequest(Question):
    """Check every claim of every note."""

    model_config = _example()

    base: str = Field("", max_length=200, description="A commit, branch or tag: only what changed since the checkout left it.")


class PendingRequest(Question):
    """List what mining finds."""

    model_config = _example(limit=20)

    limit: PageSize = DEFAULT_PAGE
    cursor: Cursor = ""


class AcceptRequest(Question):
    """Name a candidate."""

    model_config = _example(id="floats-drifted")

    id: NoteId


class AuditRequest(Question):
    """Name documents to be audited."""

    model_config = _example(paths=["README.md"])

    paths: list[Handle] = Field([], max_length=MOST_ITEMS, description="Without any: CLAUDE.md, AGENTS.md, READMEs.")


class ViewCommand(Request):
    """See a file or a folder."""

    command: Literal["view"]
    path: str
    view_range: list[Line] | None = Field(None, description="First and last line, -1 for the end.")


class CreateCommand(Request):
    """Make a file."""

    command: Literal["create"]
    path: str
    file_text: str


class StrReplaceCommand(Request):
    """Replace a text that stands once in a file."""

    command: Literal["str_replace"]
    path: str
    old_str: str
    new_str: str


class InsertCommand(Request):
    """Insert a text after a line."""

    command: Literal["insert"]
    path: str
    insert_line: Line
    insert_text: str


class DeleteCommand(Request):
    """Delete a file or a folder."""

    command: Literal["delete"]
    path: str


class RenameCommand(Request):
    """Rename a file or a folder."""

    command: Literal["rename"]
    old_path: str
    new_path: str


class MemoryRequest(Question):
    """What a `tool_use` block of Anthropic's memory tool (`memory_20250818`) asks for, as it is."""

    model_config = _example(input={"command": "view", "path": "/memories"})

    input: ViewCommand | CreateCommand | StrReplaceCommand | InsertCommand | DeleteCommand | RenameCommand = Field(
        discriminator="command",
        description=(
            "`command` and what it takes: `view` path, view_range; `create` path, file_text; `str_replace` path, old_str, new_str;"
            " `insert` path, insert_line, insert_text; `delete` path; `rename` old_path, new_path."
        ),
    )
