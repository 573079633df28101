"""The HTTP application of the daemon: routes, requests and answers, problems, middleware, documentation.

app          the application: routes, middleware, the answer where there is no route
routes       pack, search, show, map, reindex, projects, the daemon itself
note_routes  notes
hook_routes  events of clients' hooks
requests     the requests that clients send (`note_requests`: about notes)
answers      the answers: the core's values and pages of them, with `examples`
problems     errors as problem documents (RFC 9457)
middleware   an id, access control and a bounded body for every request
dispatch     questions and refreshes in a bounded number of threads
events       the progress of a refresh as server-sent events
metrics      the daemon's counters
openapi, docs_page  the documentation
"""

from memoryd.faces.http.answers import respond
from memoryd.faces.http.app import application
from memoryd.faces.http.dispatch import Dispatcher
from memoryd.faces.http.events import CONTENT_TYPE as EVENT_STREAM
from memoryd.faces.http.events import events as refresh_events
from memoryd.faces.http.middleware import ADMITTED, Limits, replay, tell_failure
from memoryd.faces.http.problems import PROBLEM_JSON, Refusal, problem, refusal_of, refuse

__all__ = [
    "ADMITTED",
    "EVENT_STREAM",
    "PROBLEM_JSON",
    "Dispatcher",
    "Limits",
    "Refusal",
    "application",
    "problem",
    "refresh_events",
    "refusal_of",
    "refuse",
    "replay",
    "respond",
    "tell_failure",
]
