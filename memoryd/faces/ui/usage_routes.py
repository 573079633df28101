"""The page of usage, for our user alone: what sessions cost, and what memoryd saved."""

from collections.abc import Iterator

from memoryd.config import transcript_folders
from memoryd.faces.http import refuse
from memoryd.faces.ui.page_request import Page, PageRequest
from memoryd.usage import find

WITH_MEMORYD = "memoryd"


async def usage(asked: PageRequest) -> Page:
    """Show what `memoryd usage` tells."""
    asked.check_user()
    options = tuple(_options(asked))
    found = await asked.dispatcher.do(lambda: find(transcript_folders()))
    page = await asked.reports.page(options, found)
    return Page(page, "usage", "Usage", "usage", 422 if page.trouble else 200)


def _options(asked: PageRequest) -> Iterator[str]:
    """Yield the options of the command. Each value stands behind `=`, so that none is taken for another option."""
    for name in ("since", "until", "session"):
        if value := asked.word(name).strip():
            yield f"--{name}={_word(value)}"
    if value := asked.word("what_if").strip():
        yield f"--what-if={_word(value)}"
    if asked.word("compare") == WITH_MEMORYD:
        yield from ("--compare", "without", "with")


def _word(value: str) -> str:
    if not value.isprintable():
        raise refuse("malformed", "a field holds characters that nobody can see")
    return value
