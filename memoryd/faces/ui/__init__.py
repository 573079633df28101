"""The dashboard in the HTTP application: pages at `/ui`, in HTML for browsers and in JSON for programs.

mount           serves `/ui`; imports the rest with the first request for it
page_request    a request for a page: who asks, about what; and its answer
entrance        signing in and out, scripts and styles
project_routes  projects, the page Ask, sources
note_routes     notes and drafts
graph_routes    the map and the graph
session_routes  sessions
usage_routes    what sessions cost
usage_reports   that, worked out in a process of its own
machine_routes  settings and clients
client_routes   installing for a client, and removing
live_routes     what happens, as server-sent events
pages           which address shows what
"""

from memoryd.faces.ui.mount import mount_ui

__all__ = ["mount_ui"]
