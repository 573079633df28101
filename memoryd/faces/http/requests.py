"""The requests that clients send over HTTP. An unknown field, or a number given as text, is refused and named."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from memoryd.limits import (
    DEFAULT_BUDGET,
    DEFAULT_HITS,
    LONGEST_ITEM,
    LONGEST_TASK,
    MAP_BUDGET,
    MOST_BUDGET,
    MOST_HANDLES,
    MOST_HITS,
    RELATIONS_BUDGET,
    TOUR_BUDGET,
)
from memoryd.questions import Relation

EXAMPLE_ROOT = "/home/ann/shop"
Folder = Annotated[str, Field(min_length=1, max_length=4096, pattern="^/")]
ABOUT_ROOT = "The project's folder, as an absolute path. It may be left out where one project alone is registered."
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TASK, pattern=r"[^ \t\r\n]")]
Handle = Annotated[str, Field(min_length=1, max_length=LONGEST_ITEM)]


def whole(given: Any) -> Any:
    """Read 5.0 as 5: JSON makes no difference, and some programs write it so."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Budget = Annotated[int, Field(ge=1, le=MOST_BUDGET, description="Most tokens of the text."), BeforeValidator(whole)]
Limit = Annotated[int, Field(ge=1, le=MOST_HITS, description="Most hits."), BeforeValidator(whole)]


class Request(BaseModel):
    """The base of all requests: strict and immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def example_of(model: type[BaseModel]) -> Any:
    """Return an example of a request, as the documentation shows it."""
    return _extra(model).get("examples", [None])[0]


def needed_by(model: type[BaseModel]) -> list[str]:
    """Return the fields that a request needs; if it needs one of several, all of these."""
    needed = [name for name, field in model.model_fields.items() if field.is_required()]
    return needed or [name for choice in ("anyOf", "oneOf") for one in _extra(model).get(choice, ()) for name in one["required"]]


def _extra(model: type[BaseModel]) -> Mapping[str, Any]:
    found = model.model_config.get("json_schema_extra")
    return found if isinstance(found, dict) else {}


class Question(Request):
    """The base of all requests about a project."""

    root: Folder | None = Field(None, description=ABOUT_ROOT)


class QuestionAt(Question):
    """The base of requests that a past commit answers, too."""

    at: Annotated[str, Field(max_length=LONGEST_ITEM)] = Field(
        "", description="A commit, such as v1.2: the answer is of the project as it was then, and has the commit's full name as `at`."
    )


class PackRequest(QuestionAt):
    """Ask for the evidence for a task or a change."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"root": EXAMPLE_ROOT, "task": "why is the total rounded twice", "budget": 2_000}],
            "oneOf": [{"required": ["task"]}, {"required": ["since"], "properties": {"at": {"const": ""}}}],
        }
    )

    task: Text = Field("", description="A question, a bug report, a stack trace, a symbol or a path.")
    since: Handle = Field("", description="A commit, instead of a task: what changed since this checkout left it, and what is around.")
    budget: Budget = DEFAULT_BUDGET

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if bool(self.task) == bool(self.since):
            raise ValueError("a pack needs a task, or since which commit: one of them")
        if self.at and self.since:
            raise ValueError("`at` goes with a task: what changed is asked of the working tree")
        return self


class SearchRequest(QuestionAt):
    """Ask for the units that answer a query."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "query": "parse money", "limit": 5, "lines": True}]})

    query: Text = Field(description="Words or names.")
    limit: Limit = DEFAULT_HITS
    lines: bool = Field(False, description="Also the line of each hit that speaks of the query most (`best`), as it is on disk.")


class ShowRequest(QuestionAt):
    """Ask for symbols, files or lines."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "handles": ["shop/money.py#parse_money", "shop/cart.py:1-4"]}]}
    )

    handles: list[Handle] = Field(
        min_length=1, max_length=MOST_HANDLES, description="What packs and hits name: a symbol, a path, or lines of it."
    )
    raw: bool = Field(False, description="Texts exactly as they are on disk, without visible escapes.")


class MapRequest(Question):
    """Ask for an overview."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "budget": 500, "tour": False}]})

    budget: Budget = MAP_BUDGET
    tour: bool = Field(False, description=f"How the project works, in at most {TOUR_BUDGET:,} tokens, instead of all that it has.")


class RelationsRequest(Question):
    """Ask how definitions stand to each other."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"root": EXAMPLE_ROOT, "relation": "callers", "handles": ["shop/cart.py#Cart.total"], "budget": 500}]
        }
    )

    relation: Literal[*map(str, Relation)] = Field(description="What to tell.")  # type: ignore[valid-type]
    handles: list[Handle] = Field(
        [], max_length=MOST_HANDLES,
        description="One definition, file or `path:line`; two for `path`; some for `impact` and `tests`; none for the whole project.",
    )  # fmt: skip
    since: str = Field(
        "", max_length=LONGEST_ITEM, description="For `impact` and `tests`, instead of handles: what changed since a commit."
    )
    budget: Budget = RELATIONS_BUDGET


class HistoryRequest(Question):
    """Ask which commits changed a definition or a file."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "handle": "shop/cart.py#Cart.total", "limit": 5}]})

    handle: Handle = Field(description="A definition, a file, or `path:line`.")
    limit: Annotated[int, Field(ge=1, le=MOST_HITS, description="Most commits."), BeforeValidator(whole)] = DEFAULT_HITS


class ReindexRequest(Question):
    """Bring the index of a project up to date."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT, "wait": True}]})

    wait: bool = Field(True, description="Wait for another refresh of the project to end, instead of failing with 409.")
    retry: bool = Field(False, description="Parse files again that made their parser fail; else that is done a day later.")


class ProjectRequest(Request):
    """Register a project."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"root": EXAMPLE_ROOT}]})

    root: Folder = Field(description="The project's folder, as an absolute path.")
