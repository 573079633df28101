"""The page of a project's sessions: what agents were told and have, and the outputs that were kept aside."""

from dataclasses import dataclass

from memoryd.observations import Headline
from memoryd.sessions import SessionSummary
from memoryd.web.paging import PER_PAGE, Paged

MOST_OUTPUTS = 50
"""Outputs that are listed, those that were kept last."""


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """Sessions, newest first, and outputs that were kept aside, newest first."""

    sessions: Paged[SessionSummary]
    outputs: tuple[Headline, ...]


def first_of(page: int) -> int:
    """Return the number of the first entry of a page, from 0."""
    return (page - 1) * PER_PAGE


def sessions_page(found: tuple[SessionSummary, ...], total: int, page: int, outputs: tuple[Headline, ...]) -> SessionsPage:
    """Return a page of sessions."""
    return SessionsPage(Paged(found, page, max(1, -(-total // PER_PAGE)), total), outputs)
