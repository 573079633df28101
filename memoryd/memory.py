"""The memory of one project: refreshes it and answers questions about it. Every face calls it.

An answer comes from one version of the index and from the bytes on disk at that moment: a file that changed since the last
refresh is refreshed before it is shown.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from indexers import languages as known_languages
from indexers import readable as has_grammar
from memoryd.advice import SHOW, Advice, Face
from memoryd.answer_cache import AnswerCache
from memoryd.config import SESSIONS_FOLDER, Settings
from memoryd.errors import RefreshBusy, UsageError
from memoryd.files import discard_leftovers_in, folder_of, path_text, scan
from memoryd.indexing import Manifest, Overlap, Progress, compare, failed, left_out, open_archive, silent, write_archive
from memoryd.limits import DEFAULT_BUDGET, DEFAULT_HITS, MAP_BUDGET, RELATIONS_BUDGET, TOUR_BUDGET
from memoryd.model import ChangeSet, Hit, Pack, Ranking, RefreshReport, Shown, Skipped, Status, Verification
from memoryd.notekinds import NOTES
from memoryd.packing import (
    Known,
    Maps,
    PackPlan,
    asks_for_tour,
    fill,
    likely_places,
    nothing_known,
    readable,
    show,
    show_raw,
    unanswered,
    with_best_lines,
)
from memoryd.parsing import TIME_LIMIT, TextParser, TimeLimit
from memoryd.ranking import Explanation, Query, Scoring, explain, rank, read_query, score, search, understood
from memoryd.sharing import Maker, Pushed, Remote, Remotes, head_of, states_of
from memoryd.text import names_observation
from memoryd.tokens import TokenCount, counter
from memoryd.versions import FOREVER, Sources, Turns, Unit, Versions, View

if TYPE_CHECKING:
    from memoryd.compilers import Imported
    from memoryd.history import HistoryOf
    from memoryd.notes import Book
    from memoryd.observations import Observations
    from memoryd.relations import Format, Grain, Related, RelationQuestion

PACK_CANDIDATES = 400
Drawing = Callable[[View, frozenset[str], int, TokenCount], Pack]
"""Draws a map of a view without the files that change, within a budget, with a counter of tokens."""
NOTED = 60
"""The number of best units of a pack for which notes are looked up."""
PLACES_CANDIDATES, PLACES_CHARACTERS = 60, 800
"""How many units are candidates for the places of a task, and how much of it is read: more text costs more time and tells little."""
ROWS_AT_ONCE, CHARACTERS_AT_ONCE = 100_000, 200
"""The largest index in rows, and the longest query, for which a search takes at most about ten milliseconds."""


class ProjectMemory:
    """The memory of one checkout. Safe to use from several threads; a question never waits for a refresh to finish."""

    def __init__(
        self, root: Path, settings: Settings, progress: Progress = silent, limit: TimeLimit = TIME_LIMIT, turns: Turns | None = None,
        more: Advice = SHOW,
    ) -> None:  # fmt: skip
        self._versions = Versions(root, settings, progress, limit, turns or Turns(1))
        self._settings, self._more = settings, more
        self._texts = TextParser(limit, self._versions.waiting)
        self._maps, self._cache = Maps(), AnswerCache()
        self.root = self._versions.root
        self.folder = self._versions.folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @cached_property
    def notes(self) -> "Book":
        """The notes of the project. Imported when they are first asked for: in most projects a question needs none of them."""
        from memoryd.notes import Book

        return Book(self.root, self.folder.parent, self._versions.ask, self._versions.waiting, self._settings.secrets, self._texts)

    @cached_property
    def observations(self) -> "Observations":
        """The large outputs of tools that were kept for the project's sessions."""
        from memoryd.observations import Observations

        return Observations(self.folder.parent / SESSIONS_FOLDER)

    def _has_notes(self) -> bool:
        return (self.root / NOTES).is_dir()

    def close(self) -> None:
        """End the parser processes and free the version in memory; the object may be used again.

        A refresh in another thread gets a moment to end before its processes are ended.
        """
        self._versions.close()
        self._texts.close()

    def rest(self, seconds: float) -> None:
        """End the parser processes if none was used for `seconds`; the next refresh starts those it needs."""
        self._versions.rest(seconds)
        self._texts.rest(seconds)

    def shrink(self, seconds: float) -> bool:
        """Hold no more in memory than what answers need, unless a file changed within some seconds; tell whether anything was freed."""
        return self._versions.shrink(seconds)

    def follow(self) -> None:
        """Listen to events of the project's files: a refresh then scans them only where events do not tell all, and now and then."""
        self._versions.follow()

    def load(self) -> None:
        """Load the index into memory and prepare it for questions; from now on each refresh prepares its version, too.

        While a refresh prepares its version, questions are answered from the version before and do not wait.
        """
        self._versions.prepare()

    def refresh(self, wait: bool = True) -> RefreshReport:
        """Update the index to the working tree, in one version.

        One refresh runs at a time per project, across processes. A second one waits or, without `wait`, raises `RefreshBusy`.
        What killed processes left behind is removed, beside notes, too.
        """
        with suppress(OSError), folder_of(self.root, f"{NOTES}/-") as (folder, _):
            discard_leftovers_in(folder)
        return self._versions.refresh(FOREVER if wait else 0.0)

    def rescan(self) -> RefreshReport:
        """Update the index as `refresh` does, after a scan of all files, whatever events have told."""
        return self._versions.rescan()

    def retry(self, wait: bool = True) -> RefreshReport:
        """Update the index as `refresh` does, and parse every file again whose parser failed, whenever that was."""
        return self._versions.retry(FOREVER if wait else 0.0)

    def refresh_paths(self, paths: Iterable[str]) -> RefreshReport:
        """Update some files of the index; other changes wait for the next `refresh`.

        A path that the index does not hold may be ignored or a folder, so it makes this a full `refresh`.
        """
        return self._versions.refresh_paths(paths)

    def verify(self, wait: bool = True) -> Verification:
        """Compare every file of the index with its checksum; what is damaged is made again from the working tree.

        Without `wait`, raises `RefreshBusy` if the project is being refreshed.
        """
        return self._versions.verify(FOREVER if wait else 0.0)

    def export(self, file: Path) -> Manifest:
        """Write the index to an archive that `take_in` accepts on another machine. Raises `StoreUnusable`."""
        return self._versions.ask(lambda view, _: write_archive(view.store, view.secrets, file))

    def push(self, remote: Remote, private_key: str) -> Pushed:
        """Put the rows of the indexed files to a remote, as far as it lacks them, signed if there is a key. Raises `RemoteUnusable`."""
        embedder = self._versions.embedder
        remotes = Remotes(self._settings.home, Maker(embedder.id, embedder.dimensions), self._settings.secrets)

        def pushed(view: View, _: frozenset[str]) -> Pushed:
            files = {path: record.fingerprint for path, record in view.store.files().items() if not record.has_failed}
            return remotes.push(remote, private_key, files, view.store.file_batches)

        return self._versions.ask(pushed)

    def overlap(self, file: Path) -> Overlap:
        """Return how much an exported index and the working tree have in common; change nothing. Raises `ArchiveRefused`."""
        embedder = self._versions.embedder
        with open_archive(file, embedder.id, embedder.dimensions, self._settings.secrets) as archive:
            return compare(archive, scan(self.root).entries.keys())

    def take_in(self, file: Path) -> RefreshReport:
        """Replace the index with an exported one, then refresh. Raises `ArchiveRefused`, leaving the index as it was.

        Every file is read; those whose bytes have the digest that the archive names are not parsed.
        """
        embedder = self._versions.embedder
        with open_archive(file, embedder.id, embedder.dimensions, self._settings.secrets) as archive:
            return self._versions.replace(archive)

    def changes(self) -> ChangeSet:
        """Return how the working tree differs from the index; change nothing."""
        return self._versions.survey()[1].changes

    def version(self) -> int:
        """Move to the newest store version and return its number; 0 if nothing is indexed."""
        return self._versions.version()

    def files(self) -> int:
        """Return the number of indexed files."""
        return sum(not record.skipped for record in self._versions.held().records.values())

    def holds_files(self) -> bool:
        """Tell whether any file is indexed."""
        return self.files() > 0

    def view(self) -> View:
        """Return the view that answers questions; the first time, make the index."""
        return self._versions.view()

    def search(self, query: str, limit: int = DEFAULT_HITS) -> list[Hit]:
        """Return the units that answer `query`, best first."""
        return self._versions.ask(lambda view, _: self._hits(view, read_query(query), limit))

    def search_at_once(self, query: str, limit: int = DEFAULT_HITS) -> list[Hit] | None:
        """Return the hits of `search` if it takes milliseconds and needs nothing but memory; else `None`."""
        view = self._at_once() if len(query) <= CHARACTERS_AT_ONCE else None
        return self._hits(view, read_query(query), limit) if view is not None else None

    def places(self, task: str, most: int) -> tuple[Unit, ...]:
        """Return where a task most likely lives, the likeliest first; nothing where a plain search serves better."""
        return self._versions.ask(lambda view, changing: self._places(view, task, most, changing))

    def places_at_once(self, task: str, most: int) -> tuple[Unit, ...] | None:
        """Return what `places` does if it takes milliseconds and needs nothing but memory; else `None`."""
        view = self._at_once()
        return self._places(view, task, most, frozenset()) if view is not None else None

    def search_with_lines(self, query: str, limit: int = DEFAULT_HITS) -> tuple[Hit, ...]:
        """Return the hits of `search`, each with the line that speaks of the query most, as it is on disk."""

        def found(view: View, changing: frozenset[str]) -> tuple[Hit, ...]:
            asked = read_query(query)
            return with_best_lines(view, self._hits(view, asked, limit), asked, changing)

        return self._versions.ask(found)

    def explain(self, query: str, limit: int = DEFAULT_HITS) -> tuple[tuple[Hit, Explanation], ...]:
        """Return the hits of `search` with the reasons of the model. Raises `UsageError` where the formula ranks."""
        if self._settings.ranking == Ranking.FORMULA:
            raise UsageError("only the model can say why; unset MEMORYD_RANKING")

        def explained(view: View, _: frozenset[str]) -> tuple[tuple[Hit, Explanation], ...]:
            asked = read_query(query)
            hits = search(view, score(view, asked, Ranking.MODEL), limit)
            return tuple(zip(hits, explain(view, asked, hits), strict=True))

        return self._versions.ask(explained)

    def pack(self, task: str, budget: int = DEFAULT_BUDGET, face: Face = Face.SHELL, known: Known = nothing_known) -> Pack:
        """Return the evidence for `task` as text of at most `budget` tokens, in which `face` says how to see what was left out.

        Files that keep changing while they are indexed are left out. Lines that are `known` to the reader are named and not shown.
        """
        return self._versions.ask(lambda view, changing: self._pack(view, task, budget, changing, face, known))

    def pack_change(self, since: str, budget: int = DEFAULT_BUDGET, face: Face = Face.SHELL) -> Pack:
        """Return what changed since the merge base of a commit, with what it was and what stands around it, in at most `budget` tokens.

        Raises `UnknownHandle` if git does not know the commit.
        """
        return self._versions.ask(lambda view, changing: self._pack_change(view, since, budget, changing, face))

    def is_small(self) -> bool:
        """Tell whether the project is so small that its code may as well be read."""
        return self._versions.ask(lambda view, changing: bool(readable(view, changing, counter())))

    def show(self, handle: str) -> Shown:
        """Return the text of a unit, a file, or lines `path:A-B`, as it is on disk, with visible escapes (`memoryd.text.escaping`).

        So is what was kept of an output, `obs:…`. Raises `RefreshBusy` if the file changed and another refresh, which takes long, has
        not reached it yet.
        """
        if names_observation(handle):
            return self.observations.show(handle)
        return self._versions.ask(lambda view, changing: self._show(show, view, handle, changing))

    def show_raw(self, handle: str) -> Shown:
        """Return what `show` does without escapes: for programs, not for terminals. Raises as `show` does."""
        if names_observation(handle):
            return self.observations.show(handle)
        return self._versions.ask(lambda view, changing: self._show(show_raw, view, handle, changing))

    def map(self, budget: int = MAP_BUDGET) -> Pack:
        """Return an overview of the project within `budget` tokens: entry points, public interface, central types, folders."""
        return self._versions.ask(lambda view, changing: self._map(self._maps.overview, view, budget, changing))

    def tour(self, budget: int = TOUR_BUDGET) -> Pack:
        """Return how the project works, in at most `budget` and `TOUR_BUDGET` tokens: entry points, the way of a request, main parts."""
        return self._versions.ask(lambda view, changing: self._map(self._maps.tour, view, min(budget, TOUR_BUDGET), changing))

    def related(self, question: "RelationQuestion", budget: int = RELATIONS_BUDGET, face: Face = Face.SHELL) -> "Related":
        """Return what the graph knows of definitions: who uses them, what may break with them, which tests reach them.

        The text has at most `budget` tokens. Raises `UnknownHandle`, also where git does not know a commit.
        """
        from memoryd.relations import related

        return self._versions.ask(lambda view, changing: related(view, question, changing, budget, counter(), face, self._texts))

    def graph_export(self, form: "Format", grain: "Grain") -> str:
        """Return the graph of files or folders as text for other programs."""
        from memoryd.relations import exported

        return self._versions.ask(lambda view, _: exported(view, form, grain))

    def take_exact(self, scip: bytes) -> "Imported":
        """Have the graph believe what a SCIP index says of the files that have the bytes that were indexed. Raises `ScipRefused`."""
        from memoryd.compilers import uses_of

        known, report = self._versions.ask(lambda view, changing: uses_of(view, scip, changing))
        self._versions.keep_exact(known)
        return report

    def make_exact(self, indexer: str = "") -> "list[Imported]":
        """Run an indexer by its name, or those that are installed for the project's languages, and take what they say.

        Raises `UsageError` if none is installed, `IndexerFailed` if one fails.
        """
        from memoryd.compilers import chosen, run

        made = []
        for program in self._versions.ask(lambda view, _: chosen(view, indexer)):
            scip = self._versions.ask(lambda view, changing, program=program: run(view, program, changing))  # type: ignore[misc]
            made.append(self.take_exact(scip))
        return made

    def history(self, handle: str, most: int = DEFAULT_HITS, face: Face = Face.SHELL) -> "HistoryOf":
        """Return at most so many commits that changed a symbol or file, newest first, and what changes together with its file.

        Raises `UnknownHandle`.
        """
        from memoryd.history import history_of

        return self._versions.ask(lambda view, _: history_of(view, handle, most, self._texts, face))

    def forget_exact(self) -> int:
        """Forget what compilers said; return of how many files that was."""
        return self._versions.forget_exact()

    def status(self) -> Status:
        """Return what is indexed, what is left out and why, and whether the index is fresh; change nothing."""
        held, found = self._versions.survey()
        store, records = held.store, found.records
        languages = Counter(record.language for record in records.values() if not record.skipped)
        errors = Counter(record.language for record in records.values() if record.has_errors)
        head = head_of(self.root)
        return Status(
            root=self._versions.name,
            data=path_text(os.fsencode(self.folder)),
            store_version=store.version if store else 0,
            files=sum(languages.values()),
            units=held.units,
            languages=_most_first(languages),
            errors=_most_first(errors),
            embedder=store.meta.embedder if store else self._settings.embedder,
            fresh=store is not None and not found.changes,
            changes=found.changes,
            skipped=left_out(records, found.skipped),
            failed=tuple(Skipped(path, records[path].skipped) for path in sorted(failed(records))),
            without_grammar=tuple(sorted(name for name in languages if name in known_languages() and not has_grammar(name))),
            branch=head.branch,
            commit=head.commit,
            worktree_of=head.worktree_of,
            remotes=states_of(self._settings.home),
        )

    def _hits(self, view: View, query: Query, limit: int) -> list[Hit]:
        hits, _ = self._cache.of(view, (query, "hits", limit), lambda: search(view, self._scored(view, query), limit))
        return list(hits)

    def _scored(self, view: View, query: Query) -> Scoring:
        """Return what the ranking says of a query: a search and a pack of the same words share it."""
        found, _ = self._cache.of(view, (query, "scoring"), lambda: score(view, query, self._settings.ranking))
        return found

    def _at_once(self) -> View | None:
        """Return the version in memory if a search of it takes milliseconds and needs nothing else."""
        view = self._versions.in_memory
        if view is None or not (view.is_prepared and view.embedder.is_quick) or view.matcher.rows > ROWS_AT_ONCE:
            return None
        return view

    def _places(self, view: View, task: str, most: int, changing: frozenset[str]) -> tuple[Unit, ...]:
        query = None if asks_for_tour(task) else understood(view, read_query(task[:PLACES_CHARACTERS]))
        if query is None:
            return ()
        ranked = rank(view, self._scored(view, query), PLACES_CANDIDATES)
        return tuple(likely_places(view, [one for one in ranked if one.unit.path not in changing], query, most))

    def _pack(self, view: View, task: str, budget: int, changing: frozenset[str], face: Face, known: Known) -> Pack:
        if asks_for_tour(task):
            return replace(self._map(self._maps.tour, view, min(budget, TOUR_BUDGET), changing), budget=budget)
        query, count = understood(view, read_query(task)), counter()
        if query is None:
            return self._unanswered(view, task, budget, changing)
        best, _ = self._cache.of(view, (query, "ranked"), lambda: rank(view, self._scored(view, query), PACK_CANDIDATES))
        ranked = [found for found in best if found.unit.path not in changing]
        about = readable(view, changing, count)

        def filled(budget: int) -> PackPlan:
            sources = Sources(view, (found.unit.path for found in ranked))
            if known is not nothing_known:
                return fill(view, ranked, sources, query, budget, count, changing, known)

            def make() -> tuple[PackPlan, tuple[str, ...]]:
                return fill(view, ranked, sources, query, budget, count, changing), sources.read

            (plan, read), is_repeated = self._cache.of(view, (query, budget, changing), make)
            if is_repeated:
                sources.check(read)
            return plan

        if not self._has_notes():
            return filled(budget).write(count, face, about, self._more)
        units = [found.unit for found in ranked[:NOTED]]
        offered = self.notes.offered(view, changing, task, [unit.id for unit in units], [unit.path for unit in units])
        room = offered.room(budget, count)
        pack = filled(budget - room).write(count, face, about, self._more)
        return offered.onto(pack, room, budget, count)

    def _pack_change(self, view: View, since: str, budget: int, changing: frozenset[str], face: Face) -> Pack:
        from memoryd.history import READ_FOR_A_QUESTION, Touches
        from memoryd.relations import changes_since
        from memoryd.review import lacking, pack_change

        count = counter()
        changes = changes_since(view, self._texts, since, changing)
        with Touches.of(view) as touches:
            touches.read(READ_FOR_A_QUESTION)
            more = (lacking(view, changes, touches),)
        if not self._has_notes():
            return pack_change(view, changes, more, budget, count, face)
        offered = self.notes.offered(view, changing, "", [target.unit.id for target in changes.targets], changes.paths)
        room = offered.room(budget, count)
        return offered.onto(pack_change(view, changes, more, budget - room, count, face), room, budget, count)

    def _unanswered(self, view: View, task: str, budget: int, changing: frozenset[str]) -> Pack:
        """Return the pack of a task of which no file speaks: the notes that do, or else that nothing does."""
        count = counter()
        if self._has_notes():
            offered = self.notes.offered(view, changing, task, (), ())
            pack = offered.onto(Pack("", 0, budget, (), (), view.version), offered.room(budget, count), budget, count)
            if pack.text:
                return pack
        return unanswered(budget, count, view.version)

    def _map(self, drawn: Drawing, view: View, budget: int, changing: frozenset[str]) -> Pack:
        """Return a map or a tour of a project, with the notes that matter most."""
        count = counter()
        if not self._has_notes():
            return drawn(view, changing, budget, count)
        from memoryd.notes import SHARE, noted

        text = self.notes.digest(view, changing, int(budget * SHARE), count)
        room = count(text) + 1 if text else 0
        return noted(drawn(view, changing, budget - room, count), lambda _: text, room, budget, count)

    def _show(self, shown: Callable[[View, str], Shown], view: View, handle: str, changing: frozenset[str]) -> Shown:
        if changing:
            raise RefreshBusy(
                f"{', '.join(sorted(changing))} changed, and {self._versions.name} is being indexed right now; try again in a moment"
            )
        return shown(view, handle)


def _most_first(counts: Counter[str]) -> dict[str, int]:
    """Return counts, the largest first, of equal ones by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
