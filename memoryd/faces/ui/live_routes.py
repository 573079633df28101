"""What happens, as server-sent events: an event whenever something new is known of a project's sessions. For our user alone."""

import asyncio
import time
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from memoryd.faces.http import EVENT_STREAM
from memoryd.faces.ui.page_request import PageRequest

PAUSE_SECONDS = 0.5
SILENCE_SECONDS = 10.0
"""After this long without an event a comment is sent, which finds out whether somebody listens."""
LONGEST_SECONDS = 600.0
"""After this long a browser connects anew, as it does by itself."""


async def sessions(asked: PageRequest) -> Response:
    """Tell when something happens in the sessions of a project."""
    asked.check_user()
    place, known = await asked.place(), asked.dispatcher.sessions

    async def told() -> AsyncIterator[bytes]:
        # What happens from the moment on at which a browser knows that it is connected is told.
        last, spoken = known.heard(place), time.monotonic()
        until = spoken + LONGEST_SECONDS
        yield b"retry: 3000\n\n"
        while time.monotonic() < until and not asked.is_ending():
            await asyncio.sleep(PAUSE_SECONDS)
            now = known.heard(place)
            if now != last:
                last, spoken = now, time.monotonic()
                yield b"event: changed\ndata: %d\n\n" % now
            elif time.monotonic() - spoken > SILENCE_SECONDS:
                spoken = time.monotonic()
                yield b": nothing new\n\n"

    return StreamingResponse(told(), media_type=EVENT_STREAM)
