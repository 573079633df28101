"""The requests about a fleet that clients send over HTTP."""

from pydantic import ConfigDict, Field

from memoryd.faces.http.requests import Budget, Handle, Limit, Request, Text
from memoryd.limits import DEFAULT_BUDGET, DEFAULT_HITS, LONGEST_ITEM, MOST_HANDLES, MOST_ITEMS


class FleetQuestion(Request):
    """The base of all questions to a fleet."""

    repositories: list[Handle] = Field([], max_length=MOST_ITEMS, description="Only these repositories, or all below `acme/*`.")
    languages: list[Handle] = Field([], max_length=MOST_ITEMS, description="Only files in these languages.")


class FleetSearchRequest(FleetQuestion):
    """Ask for the units of all repositories that answer a query."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "parse money", "repositories": ["acme/*"], "limit": 5}]})

    query: Text = Field(description="Words or names.")
    limit: Limit = DEFAULT_HITS


class FleetPackRequest(FleetQuestion):
    """Ask for the evidence for a task."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"task": "how is a request retried", "languages": ["go"], "budget": 2_000}]})

    task: Text = Field(description="A question, a bug report, a stack trace or a symbol.")
    budget: Budget = DEFAULT_BUDGET


class FleetShowRequest(Request):
    """Ask for symbols, files or lines of a repository."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"repository": "acme/shop", "handles": ["shop/money.py#parse_money"]}]})

    repository: Handle = Field(description="A repository, as search names it.")
    handles: list[Handle] = Field(min_length=1, max_length=MOST_HANDLES, description="A symbol, a path, or lines of it.")


class FleetImpactRequest(Request):
    """Ask what may break in other repositories."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"repository": "acme/shop", "handle": "shop/cart.py#Cart.total"}]})

    repository: Handle = Field(description="A repository, as search names it.")
    handle: str = Field("", max_length=LONGEST_ITEM, description="A definition of it; without one, only who requires its packages.")
