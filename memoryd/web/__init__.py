"""The dashboard: pages about projects, notes and sessions, each a value (its JSON) and a template (its HTML). Serves nothing by itself.

overview       the projects; one project: what is indexed, what is not and why
asking         a pack and a search as agents get them, and why each unit was chosen
note_pages     notes, and drafts of notes
areas          the folders of a project and what they use of one another
impact         what may break when a symbol changes
neighbourhood  what is around a symbol or a file in the graph
usage_page     what sessions cost
session_pages  what agents were told, what they have, what was kept aside
paging         lists a page at a time
rendering      HTML of a value; imports the template engine with the first page
assets         scripts and styles: ours, and those of others
"""

from memoryd.web.areas import Areas, areas_of
from memoryd.web.asking import Answer, answer
from memoryd.web.assets import ASSETS, Asset, asset
from memoryd.web.impact import ImpactPage, impact_page
from memoryd.web.neighbourhood import DEFAULT_NODES, MOST_NODES, Neighbourhood, around
from memoryd.web.note_pages import Choice, DraftsPage, NotePage, NotesPage, drafts_page, note_page, notes_page
from memoryd.web.overview import Overview, ProjectPage, overview_page, project_page
from memoryd.web.paging import PER_PAGE, Paged, paged
from memoryd.web.rendering import Frame, render
from memoryd.web.session_pages import MOST_OUTPUTS, SessionsPage, first_of, sessions_page
from memoryd.web.usage_page import UsagePage

__all__ = [
    "ASSETS", "DEFAULT_NODES", "MOST_NODES", "MOST_OUTPUTS", "PER_PAGE", "Answer", "Areas", "Asset", "Choice", "DraftsPage", "Frame",
    "ImpactPage", "Neighbourhood", "NotePage", "NotesPage", "Overview", "Paged", "ProjectPage", "SessionsPage", "UsagePage", "answer",
    "areas_of", "around", "asset", "drafts_page", "first_of", "impact_page", "note_page", "notes_page", "overview_page", "paged",
    "project_page", "render", "sessions_page",
]  # fmt: skip
