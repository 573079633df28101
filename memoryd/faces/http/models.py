"""What goes over HTTP: requests and answers.

Requests are strict: an unknown field or a number given as text is refused and named. Answers have the fields that the command
line prints with `--json`; they are written from the core's own values, and the models here are what the API promises of them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from memoryd.faces.http.examples import EXAMPLE_ROOT, HIT, PACK, PROJECT, REPORT, SHOWN, STATUS
from memoryd.limits import DEFAULT_BUDGET, DEFAULT_HITS, LONGEST_ITEM, LONGEST_TASK, MAP_BUDGET, MOST_BUDGET, MOST_HANDLES, MOST_HITS

Root = Annotated[
    str,
    Field(min_length=1, max_length=4096, pattern="^/", description="The project's folder, as an absolute path."),
]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TASK, pattern=r"[^ \t\r\n]")]
Handle = Annotated[str, Field(min_length=1, max_length=LONGEST_ITEM)]


def whole(given: Any) -> Any:
    """Read 5.0 as 5: JSON knows no difference, and some programs write it so."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Budget = Annotated[int, Field(ge=1, le=MOST_BUDGET, description="Most tokens of the text."), BeforeValidator(whole)]
Limit = Annotated[int, Field(ge=1, le=MOST_HITS, description="Most hits."), BeforeValidator(whole)]


class Request(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answer(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PackRequest(Request):
    """Ask for the evidence for a task."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "task": "why is the total rounded twice", "budget": 2_000}]}
    )

    root: Root
    task: Text = Field(description="A question, a bug report, a stack trace, a symbol or a path.")
    budget: Budget = DEFAULT_BUDGET


class SearchRequest(Request):
    """Ask for the units that answer a query."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "query": "parse money", "limit": 5}]})

    root: Root
    query: Text = Field(description="Words or names.")
    limit: Limit = DEFAULT_HITS


class ShowRequest(Request):
    """Ask for symbols, files or lines."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "handles": ["shop/money.py#parse_money", "shop/cart.py:1-4"]}]}
    )

    root: Root
    handles: list[Handle] = Field(
        min_length=1, max_length=MOST_HANDLES, description="What packs and hits name: a symbol, a path, or lines of it."
    )


class MapRequest(Request):
    """Ask for an overview."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "budget": 500}]})

    root: Root
    budget: Budget = MAP_BUDGET


class ReindexRequest(Request):
    """Bring the index of a project up to date."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "wait": True}]})

    root: Root
    wait: bool = Field(True, description="Wait for another refresh of the project to end, instead of failing with 409.")


class ProjectRequest(Request):
    """Register a project."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT}]})

    root: Root


class HitModel(Answer):
    """A unit that answers a query; lines are 1-based, inclusive."""

    id: str
    path: str
    start_line: int
    end_line: int
    kind: str
    score: float
    reasons: list[str] = Field(description="Which signals found it.")


class Hits(Answer):
    """The units that answer a query, best first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"hits": [HIT]}]})

    hits: list[HitModel]


class PackItemModel(Answer):
    """One piece of a pack's text."""

    id: str
    path: str
    start_line: int
    end_line: int
    level: Literal["FULL", "OUTLINE", "SIGNATURE", "NAME"]
    tokens: int
    score: float
    reasons: list[str]


class OmittedModel(Answer):
    """What a pack left out; `id` is a handle for `/v1/show`."""

    id: str
    path: str
    start_line: int
    end_line: int
    why: str


class PackAnswer(Answer):
    """Text within a budget of tokens, what it consists of, and what was left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [PACK]})

    text: str
    tokens: int = Field(description="Counts exactly `text`; never more than `budget`.")
    budget: int
    items: list[PackItemModel]
    omitted: list[OmittedModel]
    store_version: int


class ShownModel(Answer):
    """Lines of a file, exactly as on disk."""

    path: str
    start_line: int
    end_line: int
    text: str


class ShownAnswer(Answer):
    """What the handles name, in their order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"shown": [SHOWN]}]})

    shown: list[ShownModel]


class SkippedModel(Answer):
    """A file that is not indexed, and why."""

    path: str
    reason: str


class ChangesModel(Answer):
    """How the working tree differs from the index."""

    added: list[str]
    modified: list[str]
    removed: list[str]
    renamed: list[tuple[str, str]]


class StatusAnswer(Answer):
    """What is indexed, what is not and why, and whether it is fresh."""

    model_config = ConfigDict(json_schema_extra={"examples": [STATUS]})

    root: str
    data: str
    store_version: int
    files: int
    units: int
    languages: dict[str, int]
    embedder: str
    fresh: bool
    changes: ChangesModel
    skipped: list[SkippedModel]


class ReportAnswer(Answer):
    """What a refresh did. Counts are files, except `embedded` and `reused`, which are vectors made and kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [REPORT]})

    added: int
    modified: int
    removed: int
    renamed: int
    parsed: int
    embedded: int
    reused: int
    skipped: list[SkippedModel]
    seconds: float
    store_version: int


class ProjectModel(Answer):
    """A registered project; the numbers are those of when it was last loaded."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROJECT]})

    root: str
    loaded: bool
    store_version: int
    files: int
    last_used: float = Field(description="Seconds since 1970; 0 where it was not used yet.")


class ProjectsPage(Answer):
    """Registered projects by root, a page at a time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"projects": [PROJECT], "next": None}]})

    projects: list[ProjectModel]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")


class HealthAnswer(Answer):
    """That the daemon answers, and which it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok", "version": "0.1.0", "pid": 4711}]})

    status: Literal["ok"]
    version: str
    pid: int


class StopAnswer(Answer):
    """That the daemon ends after the requests in flight."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "stopping"}]})
    status: Literal["stopping"]
