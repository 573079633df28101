"""A query node: answers questions about the repositories of a fleet that the asker may see, from its tables and from files of this machine.

First which repositories, by LanceDB's own indexes; then each of the best is ranked as a project by itself, by the same model, and its
units stand by their probability and by the worth of their repository.
"""

import hashlib
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from indexers import languages as known_languages
from memoryd.advice import SHOW_OF_FLEET, Face
from memoryd.config import Settings
from memoryd.embed import load as load_embedder
from memoryd.errors import FleetUnusable, UnknownHandle, UsageError
from memoryd.fleet.listed import named_in
from memoryd.fleet.serving.answers import FleetHit, FleetPack, Located, PackedRepository, heading
from memoryd.fleet.serving.dependents import MOST_USES, FleetImpact, Package, dependents_of, uses_of
from memoryd.fleet.serving.local_copy import LocalCopy
from memoryd.fleet.serving.routing import Candidate, Routed, Searched, Within, route
from memoryd.fleet.serving.views import FleetView, Views
from memoryd.fleet.serving.vocabulary import Vocabulary
from memoryd.fleet.tables import REPOSITORIES, no_fleet
from memoryd.fleet.tasks import work_folder
from memoryd.limits import DEFAULT_BUDGET, DEFAULT_HITS
from memoryd.model import Hit, Pack, Shown
from memoryd.packing import fill, show, with_best_lines
from memoryd.ranking import Query, Ranked, rank, read_query, score, search, understood
from memoryd.sharing import check_installed
from memoryd.store import Tables
from memoryd.tokens import TokenCount, counter
from memoryd.versions import Sources, Unit

OPENED, WORTH_OPENING = 4, 0.6
"""The most repositories whose units are ranked, and the least worth of one, relative to the best: ranking one costs 17 ms of a CPU.

Of 200 questions to learn from (scripts/train), .45 had as many answered by the right repository, and fewer by the right unit.
"""
STEEPNESS = 1.5
"""The exponent of a repository's worth, relative to the best, by which the scores of its units are multiplied."""
PACKED, LEAST_SHARE, OF_BEST = 3, 0.12, 5
"""The most repositories in a pack, the least share of its budget that is worth a repository, and how many units tell that share."""
PACK_CANDIDATES = 400
OVERSHOT = 4
"""How many times as many hits are asked for where those in other languages are left out."""
SEEN_SECONDS = 5.0
"""How long a node answers from the repositories that it read: a commit that was taken in is seen after that."""
BESIDE = 8
"""The searches of LanceDB that run at once: a question makes three."""
MOST_ASKED = 64
"""The scopes of askers for which what many questions need is kept."""
INDEX_BYTES = 512 << 20
"""The memory for LanceDB's indexes, of which each question reads other parts: those of 200,000 units take 100 MB."""
COPIES = "copies"
"""The folder with copies of tables that lie in object storage."""
COLUMNS = ("repository", "commit", "part", "units", "visibility", "languages", "provides", "requires", "vector")


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose question it is: `names` are the repositories that it may see (`acme/*` for all below), `None` for the whole fleet."""

    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is limited to: repositories by name (`acme/*` for all below) and languages; empty for no limit."""

    repositories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @classmethod
    def of(cls, repositories: Iterable[str], languages: Iterable[str]) -> "Scope":
        """Take names as somebody writes them. Raises `UsageError` for a language that there is not."""
        found = tuple(dict.fromkeys(one.lower() for one in languages))
        if unknown := [one for one in found if one not in known_languages()]:
            raise UsageError(f"no language is called {unknown[0]!r}; the languages are: {', '.join(sorted(known_languages()))}")
        return cls(tuple(repositories), found)


OWNER = Asker()


@dataclass(frozen=True, slots=True)
class _Row:
    candidate: Candidate
    package: Package
    languages: frozenset[str]


@dataclass(frozen=True, eq=False)
class _Held:
    """What the fleet holds at a version of its table of repositories, and what was asked of it."""

    version: int
    rows: Mapping[str, _Row]
    asked: dict[tuple[Scope, Asker], Within] = field(default_factory=dict)

    def visible(self, asker: Asker) -> tuple[str, ...]:
        """Return the repositories that an asker may see, sorted."""
        return tuple(self.rows) if asker.names is None else named_in(self.rows, asker.names)

    def seen(self, repository: str, asker: Asker) -> _Row:
        """Return a repository. Raises `UnknownHandle` if there is none, or the asker may not see it."""
        if repository not in self.visible(asker):
            raise UnknownHandle(f"no repository of this fleet is called {repository!r}; search names those that answer")
        return self.rows[repository]

    def within(self, scope: Scope, asker: Asker) -> Within:
        """Return what an asker may ask within a scope. Raises `UsageError` for a repository that the asker does not see."""
        found = self.asked.get((scope, asker))
        if found is None:
            visible = self.visible(asker)
            wanted = named_in(visible, scope.repositories) if scope.repositories else visible
            if scope.repositories and not wanted:
                raise UsageError(
                    f"no repository of this fleet is called {scope.repositories[0]!r}; name one as search prints it, or ACME/*"
                )
            rows = (self.rows[name] for name in wanted)
            candidates = tuple(row.candidate for row in rows if not scope.languages or row.languages.intersection(scope.languages))
            found = Within(candidates, len(candidates) == len(self.rows), scope.languages)
            if len(self.asked) < MOST_ASKED:
                self.asked[scope, asker] = found
        return found


class Node:
    """Answers from the tables at an address. Safe to use from several threads."""

    def __init__(self, address: str, settings: Settings) -> None:
        self._settings = settings
        self._embedder = load_embedder(settings.embedder)
        self._tables = Tables(address, INDEX_BYTES)
        name = hashlib.blake2b(address.encode(), digest_size=8).hexdigest()
        self._views = Views(self._tables, _views_folder(settings, name), self._embedder, settings.secrets)
        self._lock = threading.Lock()
        self._held = _Held(-1, {})
        self._looked = -SEEN_SECONDS
        self._sources = Searched(self._tables, Vocabulary(self._tables), ThreadPoolExecutor(BESIDE, "memoryd-route"))
        place = work_folder(settings) / COPIES / name
        self._copy = LocalCopy(address, place, lambda: self._tables.move(str(place)))

    def serve(self) -> None:
        """Have a copy of tables in object storage on this machine, and answer from it as soon as it is whole. Raises `RemoteUnusable`."""
        if not self._tables.is_local:
            check_installed()
            self._copy.start()

    @property
    def address(self) -> str:
        """Where the tables are that it answers from: those of the fleet, or a copy of them."""
        return self._tables.address

    def close(self) -> None:
        """Follow the tables no longer."""
        self._copy.close()

    def repositories(self, asker: Asker = OWNER) -> tuple[Located, ...]:
        """Return the repositories that an asker may see."""
        held = self._now()
        return tuple(Located(name, held.rows[name].candidate.commit) for name in held.visible(asker))

    def search(self, asked: str, scope: Scope, asker: Asker = OWNER, limit: int = DEFAULT_HITS) -> tuple[FleetHit, ...]:
        """Return the units that answer a query, best first. Raises `UsageError` for a repository that the asker does not see."""
        query = read_query(asked)
        hits: list[tuple[Candidate, FleetView, Hit]] = []
        for routed, share, view in self._opened(query, scope, asker):
            understandable = understood(view, query)
            if understandable is None:
                continue
            scoring = score(view, understandable, self._settings.ranking)
            found = search(view, scoring, limit * (OVERSHOT if scope.languages else 1))
            # Scores tell the order in one repository: of two, that is better whose likeliest unit is.
            worth = share * scoring.likeliest / (max((hit.score for hit in found), default=0.0) or 1.0)
            hits += [
                (routed.candidate, view, replace(hit, score=round(hit.score * worth, 6)))
                for hit in found if not scope.languages or view.records[hit.path].language in scope.languages
            ]  # fmt: skip
        hits.sort(key=lambda one: (-one[2].score, one[0].repository, one[2].id))
        return tuple(
            FleetHit(candidate.repository, candidate.commit, *with_best_lines(view, [hit], query, ()))
            for candidate, view, hit in hits[:limit]
        )

    def pack(self, task: str, scope: Scope, asker: Asker = OWNER, budget: int = DEFAULT_BUDGET, face: Face = Face.SHELL) -> FleetPack:
        """Return the evidence for a task, from at most a few repositories, as text of at most `budget` tokens. Raises as `search` does."""
        query = read_query(task)
        asked: list[_Asked] = []
        for routed, share, view in self._opened(query, scope, asker):
            understandable = understood(view, query)
            if understandable is not None:
                ranked = [
                    one for one in rank(view, score(view, understandable, self._settings.ranking), PACK_CANDIDATES)
                    if not scope.languages or view.records[one.unit.path].language in scope.languages
                ]  # fmt: skip
                worth = share * sum(one.probability for one in ranked[:OF_BEST])
                asked.append(_Asked(routed.candidate, view, understandable, ranked, worth))
        return _packed(sorted(asked, key=lambda one: (-one.worth, one.candidate.repository))[:PACKED], budget, face)

    def show(self, repository: str, handle: str, asker: Asker = OWNER) -> Shown:
        """Return the text of a unit, a file, or lines of it, at the commit of the fleet. Raises `UnknownHandle`."""
        return show(self._view(self._now().seen(repository, asker).candidate), handle)

    def impact(self, repository: str, handle: str = "", asker: Asker = OWNER) -> FleetImpact:
        """Return which repositories that the asker sees require packages of one, and where they use a definition of it.

        Raises `UnknownHandle`.
        """
        held = self._now()
        row = held.seen(repository, asker)
        found = dependents_of(row.package, (held.rows[name].package for name in held.visible(asker)))
        uses = uses_of(self._tables, self._definition(row.candidate, handle).qualname, found) if handle else []
        dependents = tuple(sorted(found.values(), key=lambda one: one.repository))
        return FleetImpact(repository, row.candidate.commit, handle, dependents, tuple(uses[:MOST_USES]), max(0, len(uses) - MOST_USES))

    def _definition(self, candidate: Candidate, handle: str) -> Unit:
        view = self._view(candidate)
        unit = view.catalog.by_id.get(handle)
        named = [one for one in view.catalog.by_name.get(handle.rpartition(".")[2].lower(), ()) if one.rpartition("#")[2] == handle]
        if unit is None and len(named) == 1:
            unit = view.catalog.by_id[named[0]]
        if unit is None or not unit.qualname:
            raise UnknownHandle(f"{handle} names no definition of {candidate.repository}; give one as search prints it: PATH#NAME")
        return unit

    def _opened(self, query: Query, scope: Scope, asker: Asker) -> "Sequence[tuple[Routed, float, FleetView]]":
        """Return the repositories that a question is asked of, each with its share of the best one's worth and its view."""
        within = self._now().within(scope, asker)
        if not within.candidates:
            return ()
        vector = self._embedder.embed([query.headline[:2_000]])[0]
        routed = route(self._sources, query, vector, within, OPENED)
        best = routed[0].worth if routed else 0.0
        worthy = (one for one in routed if one.worth >= WORTH_OPENING * best > 0)
        return [(one, (one.worth / best) ** STEEPNESS, self._view(one.candidate)) for one in worthy]

    def _view(self, candidate: Candidate) -> FleetView:
        return self._views.of(candidate.part, candidate.repository)

    def _now(self) -> _Held:
        """Return what the fleet holds; it is read again where it changed."""
        with self._lock:
            if time.monotonic() - self._looked >= SEEN_SECONDS:
                version = self._tables.version(REPOSITORIES)
                if version != self._held.version:
                    self._held = _Held(version, self._read_rows())
                self._looked = time.monotonic()
            return self._held

    def _read_rows(self) -> dict[str, _Row]:
        rows = self._tables.rows(REPOSITORIES, COLUMNS)
        if rows is None:
            raise no_fleet(self._tables.address)
        if rows.schema.field("vector").type.list_size != self._embedder.dimensions:
            raise FleetUnusable("another embedder made this fleet; set MEMORYD_EMBEDDER as where it was indexed", self._tables.address)
        found = {}
        for row in sorted(rows.to_pylist(), key=lambda row: str(row["repository"])):
            candidate = Candidate(row["repository"], row["commit"], row["part"], row["units"], np.asarray(row["vector"], np.float32))
            names = frozenset(row["provides"]), frozenset(row["requires"])
            package = Package(candidate.part, candidate.repository, candidate.commit, *names)
            found[row["repository"]] = _Row(candidate, package, frozenset(one["name"] for one in row["languages"]))
        parts = {row.candidate.part for row in found.values()}
        self._views.keep(parts)
        self._sources.vocabulary.follow(parts)
        return found


def _views_folder(settings: Settings, name: str) -> Path:
    return work_folder(settings) / "views" / name


@dataclass(frozen=True, eq=False)
class _Asked:
    """A repository with its units ranked for a task, as the task is understood there, and its worth."""

    candidate: Candidate
    view: FleetView
    query: Query
    ranked: Sequence[Ranked]
    worth: float


def _packed(asked: Sequence[_Asked], budget: int, face: Face) -> FleetPack:
    """Pack each repository by itself, within its share of the budget, the best first."""
    count = counter()
    total = sum(one.worth for one in asked)
    chosen = [one for one in asked if total and one.worth / total >= LEAST_SHARE]
    total = sum(one.worth for one in chosen)
    parts: list[PackedRepository] = []
    text = ""
    for place, one in enumerate(chosen):
        left = budget - count(text)
        share = 1.0 if place == len(chosen) - 1 else one.worth / sum(other.worth for other in chosen[place:])
        opening = ("\n" if text else "") + heading(one.candidate.repository, one.candidate.commit)
        pack = _fitting(one, int(left * share) - count(opening), count, face)
        if pack.text and count(text + opening + pack.text) <= budget:
            text += opening + pack.text
            parts.append(PackedRepository(one.candidate.repository, one.candidate.commit, pack.items, pack.omitted, pack.verdict))
    return FleetPack(text, count(text), budget, tuple(parts))


def _fitting(one: _Asked, budget: int, count: TokenCount, face: Face) -> Pack:
    room = max(1, budget)
    sources = Sources(one.view, (found.unit.path for found in one.ranked))
    return fill(one.view, one.ranked, sources, one.query, room, count).write(count, face, "", SHOW_OF_FLEET)
