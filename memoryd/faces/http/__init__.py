"""HTTP: the application of the daemon, and how it is asked and refused.

app          the application: routes, middleware, what is answered where no route is
routes       pack, search, show, map, reindex, projects, the daemon itself
note_routes  notes
requests     what clients send (`note_requests`: about notes)
answers      what they get: the core's values and pages of them, with `examples`
problems     what may go wrong, as RFC 9457 tells it
middleware   what every request passes: an id, access, a bounded body
dispatch     questions and refreshes in threads, bounded
events       a refresh as server-sent events
metrics      what the daemon counts
openapi, docs_page  the documentation
"""

from memoryd.faces.http.app import application
from memoryd.faces.http.dispatch import Dispatcher
from memoryd.faces.http.middleware import Limits, replay, tell_failure
from memoryd.faces.http.problems import PROBLEM_JSON, Refusal, problem, refusal_of, refuse

__all__ = ["PROBLEM_JSON", "Dispatcher", "Limits", "Refusal", "application", "problem", "refusal_of", "refuse", "replay", "tell_failure"]
