"""Draws the maps of a project, and keeps their drafts while the version stays: a map that is asked again is only cut to its budget."""

from collections.abc import Callable
from weakref import ref

from memoryd.limits import TOUR_BUDGET
from memoryd.model import Pack
from memoryd.packing.maps.guided_tour import tour
from memoryd.packing.maps.project_map import overview
from memoryd.packing.maps.sections import Draft, fit
from memoryd.tokens import TokenCount
from memoryd.versions import Stale, View

Drawing = Callable[[View, frozenset[str], TokenCount], Draft]


class Maps:
    """The maps of one project. Safe to use from several threads."""

    def __init__(self) -> None:
        # The views themselves are not kept: a view is most of what a project takes in memory.
        self._kept: dict[Drawing, tuple[ref[View], Draft]] = {}

    def overview(self, view: View, changing: frozenset[str], budget: int, count: TokenCount) -> Pack:
        """Return the map in at most `budget` tokens; the files `changing` are not read. Raises `Stale`."""
        return fit(view.version, self._draft(overview, view, changing, count), budget, count)

    def tour(self, view: View, changing: frozenset[str], budget: int, count: TokenCount) -> Pack:
        """Return the tour in at most `budget` tokens, and never more than `TOUR_BUDGET`, as `overview` does. Raises `Stale`."""
        return fit(view.version, self._draft(tour, view, changing, count), min(budget, TOUR_BUDGET), count)

    def _draft(self, drawing: Drawing, view: View, changing: frozenset[str], count: TokenCount) -> Draft:
        if changing:
            return drawing(view, changing, count)
        of, draft = self._kept.get(drawing, (None, None))
        if of is None or draft is None or of() is not view:
            draft = drawing(view, changing, count)
            self._kept[drawing] = ref(view), draft
        elif changed := tuple(sorted(path for path in draft.read if not view.is_on_disk(path))):
            raise Stale(changed)
        return draft
