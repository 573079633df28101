"""The routes about a fleet over HTTP: a token reaches the repositories that it names, and nothing else is counted, named or scored."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, FastAPI, Request, Response

from memoryd.advice import Face
from memoryd.daemon import Follower
from memoryd.faces.access import PUSHES
from memoryd.faces.http import fleet_requests
from memoryd.faces.http.answers import Excerpts, FleetHits, FleetPush, FleetRepositories, respond
from memoryd.faces.http.dispatch import Dispatcher
from memoryd.faces.http.problems import refuse
from memoryd.fleet import Asker, FleetImpact, FleetPack, Node, Scope, is_signed, read_push
from memoryd.versions import Effort

Result = TypeVar("Result")


def add_fleet(app: FastAPI, dispatcher: Dispatcher, node: Node) -> None:
    """Add the routes that ask the fleet which this daemon serves."""

    async def _asker(request: Request) -> Asker:
        return dispatcher.asker(request)

    Who = Annotated[Asker, Depends(_asker)]  # noqa: N806 — a type, as FastAPI reads it

    async def asked_in_turn(work: Callable[[], Result]) -> Result:
        def taken() -> Result:
            with dispatcher.projects.turns.taken():
                return work()

        return await dispatcher.do(taken, Effort.LONG)

    @app.post("/v1/fleet/search", response_model=FleetHits, tags=["fleet"])
    async def search_fleet(asked: fleet_requests.FleetSearchRequest, who: Who) -> Response:
        """Get the units of all repositories that answer a query, best first, each with its repository and commit."""
        scope = _scope(asked)
        return respond(FleetHits(await asked_in_turn(lambda: node.search(asked.query, scope, who, asked.limit))))

    @app.post("/v1/fleet/pack", response_model=FleetPack, tags=["fleet"])
    async def pack_fleet(asked: fleet_requests.FleetPackRequest, who: Who) -> Response:
        """Get the evidence for a task from the repositories that answer it, within a token budget."""
        scope = _scope(asked)
        return respond(await asked_in_turn(lambda: node.pack(asked.task, scope, who, asked.budget, Face.HTTP)))

    @app.post("/v1/fleet/show", response_model=Excerpts, tags=["fleet"])
    async def show_fleet(asked: fleet_requests.FleetShowRequest, who: Who) -> Response:
        """Get symbols, files or lines of a repository, as they are at the commit that the fleet holds."""
        return respond(Excerpts(await dispatcher.do(lambda: tuple(node.show(asked.repository, one, who) for one in asked.handles))))

    @app.post("/v1/fleet/impact", response_model=FleetImpact, tags=["fleet"])
    async def impact_of_fleet(asked: fleet_requests.FleetImpactRequest, who: Who) -> Response:
        """Get which repositories require packages of one, and where they use a definition of it."""
        return respond(await dispatcher.do(lambda: node.impact(asked.repository, asked.handle, who), Effort.LONG))

    @app.get("/v1/fleet/repositories", response_model=FleetRepositories, tags=["fleet"])
    async def fleet_repositories(who: Who) -> Response:
        """List the repositories that you may ask, with the commit that the fleet holds of each."""
        return respond(FleetRepositories(await dispatcher.do(lambda: node.repositories(who))))


def add_pushes(app: FastAPI, follower: Follower) -> None:
    """Add the route by which git hosts tell of pushes. Whoever signs with the secret may say which repository of the list to look at."""

    @app.post(PUSHES, status_code=202, response_model=FleetPush, tags=["fleet"])
    async def push_to_fleet(request: Request) -> Response:
        """Tell of a push, as GitHub and GitLab do: signed (`X-Hub-Signature-256`), or with the secret (`X-Gitlab-Token`)."""
        body = await request.body()
        if not is_signed(request.headers, body, follower.followed.secret):
            raise refuse("no-token", "the event is not signed with the secret of this fleet")
        push = read_push(body)
        names = push.among(follower.listed()) if push.is_of_head else ()
        follower.hear(names)
        return respond(FleetPush(names), 202)


def _scope(asked: fleet_requests.FleetQuestion) -> Scope:
    return Scope.of(asked.repositories, asked.languages)
