"""The pages of sessions, for our user alone."""

from memoryd.errors import UnknownHandle
from memoryd.faces.ui.page_request import Page, PageRequest
from memoryd.web import MOST_OUTPUTS, PER_PAGE, first_of, sessions_page


async def sessions(asked: PageRequest) -> Page:
    """Show the sessions of a project, newest first, and the outputs that were kept aside."""
    asked.check_user()
    place, number = await asked.place(), asked.number("page", 1)
    total, found = await asked.dispatcher.do(lambda: asked.dispatcher.sessions.listed(place, first_of(number), PER_PAGE))
    outputs = await asked.ask(lambda memory: memory.observations.listed(MOST_OUTPUTS))
    return Page(sessions_page(found, total, number, outputs), "sessions", "Sessions", "sessions")


async def session(asked: PageRequest) -> Page:
    """Show what is remembered of a session."""
    asked.check_user()
    place, id_ = await asked.place(), asked.word("id")
    found = await asked.dispatcher.do(lambda: asked.dispatcher.sessions.summary(place, id_))
    if found is None:
        raise UnknownHandle("there is no such session: they are remembered for two weeks")
    return Page(found, "session", found.id, "sessions")
